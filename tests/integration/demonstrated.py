"""The demonstration as a fresh database for every test, and people who are signed in.

`demo` is on SQLite; `demo_postgres` is the same on PostgreSQL. The clock stands ahead so that it is
the demonstration's morning; what a test does takes real microseconds from there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client, override_settings

from caretally import clock
from caretally.practice.caller import caller_in
from caretally.practice.demo_clock import BEGINS_AT, keep_in, kept_in
from caretally.practice.demonstration import HARBOR, LAKESIDE, set_up
from caretally.practice.office import Office
from caretally.project.configuration import SEALING_FILE
from caretally.project.database_url import SQLITE_FILE, database_settings, sqlite_settings
from caretally.store.stored_journal import StoredJournal
from caretally.web.frame import asking
from tests.django_here import SEALING_KEY
from tests.integration.databases import Cluster, bound, free_port, unbound
from tests.integration.made_once import made_once

Enter = Callable[[str], Client]
__all__ = [
    "HARBOR",
    "LAKESIDE",
    "Demo",
    "demo",
    "demo_home",
    "demo_pattern",
    "demo_postgres",
    "enter",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demonstration of its own; `default` is its database."""

    journal: StoredJournal

    def office(self, login: str, practice: str = LAKESIDE) -> Office:
        """Return somebody's office, as of the demonstration's present."""
        user = get_user_model().objects.get(username=login)
        at = clock.now()
        caller = caller_in(self.journal.db, practice, (user.pk, login), at.date())
        return Office(journal=self.journal, caller=caller, now=at)


def filled(home: Path) -> None:
    """Fill the database bound to `default`, with passwords that the program itself takes."""
    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS[1:]):
        set_up(StoredJournal(), home, datetime.now(UTC))


def hasty(file: Path) -> dict[str, Any]:
    """Return the settings of a SQLite file whose loss would hurt nobody."""
    wanted = sqlite_settings(file)
    start = wanted["OPTIONS"]["init_command"].replace("=FULL", "=OFF")
    wanted["OPTIONS"] = {**wanted["OPTIONS"], "init_command": start}
    return wanted


@pytest.fixture(scope="session")
def demo_pattern(tmp_path_factory: pytest.TempPathFactory, pattern: Path) -> Path:
    """Return a SQLite file with the demonstration, to copy."""

    def make(home: Path) -> None:
        shutil.copy(pattern, home / "demo.sqlite3")
        bound(hasty(home / "demo.sqlite3"))
        filled(home)
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unbound()

    return made_once(tmp_path_factory, "demonstration", make) / "demo.sqlite3"


@pytest.fixture(scope="session")
def demo_home(demo_pattern: Path) -> Callable[[Path], Path]:
    """Return a function that makes a home of the program with the demonstration, begun just now."""

    def make(home: Path) -> Path:
        home.mkdir(parents=True, mode=0o700)
        shutil.copy(demo_pattern, home / SQLITE_FILE)
        (home / SEALING_FILE).write_text(SEALING_KEY, encoding="utf-8")
        kept = kept_in(demo_pattern.parent)
        assert kept is not None
        keep_in(home, datetime.now(UTC), kept.password)
        return home

    return make


@pytest.fixture
def demo(tmp_path: Path, demo_pattern: Path) -> Iterator[Demo]:
    """Return the demonstration on SQLite."""
    file = tmp_path / "demo.sqlite3"
    shutil.copy(demo_pattern, file)
    yield from lived(hasty(file))


@pytest.fixture(scope="session")
def postgres_demo_pattern(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """Return the cluster, with the demonstration as a template in it."""
    cluster.sql("CREATE DATABASE demo_pattern TEMPLATE pattern")
    bound(database_settings(cluster.url("demo_pattern"), Path()))
    filled(tmp_path_factory.mktemp("demo"))
    unbound()
    return cluster


@pytest.fixture
def demo_postgres(postgres_demo_pattern: Cluster) -> Iterator[Demo]:
    """Return the demonstration on PostgreSQL."""
    name = f"demo{free_port()}"
    postgres_demo_pattern.sql(f"CREATE DATABASE {name} TEMPLATE demo_pattern")
    yield from lived(database_settings(postgres_demo_pattern.url(name), Path()))
    postgres_demo_pattern.sql(f"DROP DATABASE {name} WITH (FORCE)")


def lived(wanted: dict[str, Any]) -> Iterator[Demo]:
    """Bind a demonstration, with its clock, while a test runs."""
    bound(wanted)
    clock.set_ahead(BEGINS_AT - datetime.now(UTC))
    asking.journal.cache_clear()
    yield Demo(journal=asking.journal())
    asking.journal.cache_clear()
    clock.set_ahead(timedelta(0))
    unbound()


@pytest.fixture
def enter(demo: Demo) -> Enter:
    """Return a function from a login to a browser-like client that is signed in."""

    def signed_in(login: str) -> Client:
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(get_user_model().objects.get(username=login), backend=backend)
        return client

    return signed_in
