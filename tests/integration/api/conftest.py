"""Tokens of the demonstration's people, and clients that show them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from caretally import clock
from caretally.practice import opened
from caretally.practice.caller import places_of
from caretally.practice.roles import USE_API
from caretally.practice.tokens import Wanted, make_token
from caretally.store.stored_journal import StoredJournal
from tests.integration.demonstrated import LAKESIDE, Demo

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Program:
    """Another program with a token."""

    token: str
    client: Client

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        return self.client.get(API + path, query, headers=self.headers)

    def post(self, path: str, content: object, **headers: str) -> Any:
        """Send JSON, or bytes as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content)
        content_type = headers.pop("content_type", "application/json")
        return self.client.post(
            API + path, body, content_type=content_type, headers={**self.headers, **headers}
        )

    def delete(self, path: str) -> Any:
        """End something."""
        return self.client.delete(API + path, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """The header that shows the token."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


Connect = Callable[..., Program]


def all_scopes(journal: StoredJournal, login: str, practice: str) -> tuple[str, ...]:
    """Return all that a person may do in a practice."""
    user = user_of(login)
    for place in places_of(journal.db, user, clock.now().date()):
        if place.practice == practice:
            return tuple({name for grant in place.grants for name in grant.permissions})
    return ()


def user_of(login: str) -> int:
    """Return the number of an account."""
    return int(get_user_model().objects.get(username=login).pk)


def connected(journal: StoredJournal, login: str, practice: str = LAKESIDE) -> Program:
    """Return a program with a token that may all its person may."""
    scopes = all_scopes(journal, login, practice)
    if USE_API not in scopes:
        return Program("", Client())
    wanted = Wanted(login=login, scopes=scopes, practice=practice)
    made = make_token(journal.db, wanted, clock.now())
    return Program(made.secret, Client(raise_request_exception=False))


@pytest.fixture(autouse=True)
def fresh_journal() -> Iterator[None]:
    """Let the process forget the journal of the test before."""
    opened.journal.cache_clear()
    yield
    opened.journal.cache_clear()


@pytest.fixture
def connect(demo: Demo) -> Connect:
    """Return a function from a login to a program with a token of that person."""

    def made(login: str, practice: str = LAKESIDE) -> Program:
        return connected(demo.journal, login, practice)

    return made
