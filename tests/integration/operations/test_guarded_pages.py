"""Signing in, policies and broken glass where PostgreSQL shows a page only its own practice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from caretally import clock
from caretally.journal.entries import PolicyAdopted
from caretally.practice.caller import system_caller
from caretally.practice.demo_clock import BEGINS_AT
from caretally.practice.office import Office
from caretally.store.database import ALL, Database, scoped
from caretally.store.models import Membership, Practice
from caretally.web.frame import asking
from caretally.web.frame.held import forget
from tests.integration.demonstrated import LAKESIDE
from tests.integration.operations.test_guards import guarded

__all__ = ["guarded"]
PASSWORD = "a long and plain sentence"  # noqa: S105 - of a test
PATIENT = f"/p/{LAKESIDE}/patients/pat_ada/"


@pytest.fixture
def tom(guarded: Database) -> Iterator[Client]:
    """Return the browser of a nurse who is held to a clinic without patients, signed in."""
    clock.set_ahead(BEGINS_AT - datetime.now(UTC))
    asking.journal.cache_clear()
    cache.clear()
    user = get_user_model().objects.create_user(f"tom{guarded.alias}", password=PASSWORD)
    Membership.objects.create(
        user=user, practice=Practice.objects.get(name=LAKESIDE), role="nurse", staff="stf_tom",
        clinic="prac_nowhere", from_on=date(2026, 1, 1), granted_by="system:test",
        granted_at=BEGINS_AT,
    )  # fmt: skip
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    yield client
    Membership.objects.filter(user=user).update(to_on=date(2026, 1, 2))
    user.username = f"was_{user.pk}"
    user.save()
    asking.journal.cache_clear()
    clock.set_ahead(timedelta(0))


def told(db: Database, kind: str) -> int:
    """Return how many entries of a kind the practice's access chains tell."""
    sql = "SELECT count(*) FROM store_entry WHERE line LIKE %s"
    with scoped(LAKESIDE):
        return int(db.rows(sql, f'%"kind":"{kind}"%')[0][0])


def test_a_sign_in_is_told_and_glass_is_offered(guarded: Database, tom: Client) -> None:
    assert told(guarded, "signed_in") >= 1
    answer = tom.get(PATIENT)
    assert answer["Location"].startswith(f"/p/{LAKESIDE}/glass/pat_ada/")
    tom.post(answer["Location"], {"reason": "covers for a colleague"})
    assert tom.get(PATIENT).status_code == 200
    assert told(guarded, "glass_broken") == 1


def test_a_policy_of_the_practice_reaches_the_frame_of_its_pages(
    guarded: Database, tom: Client
) -> None:
    body = PolicyAdopted(policy="require_mfa", value="yes", owner="Amir", from_on=date(2026, 3, 1))
    caller = system_caller(LAKESIDE, "test")
    office = Office(journal=asking.journal(), caller=caller, now=clock.now())
    with scoped(ALL):
        office.append([office.filing(None).entry(body)])
    forget(LAKESIDE)
    assert tom.get(PATIENT)["Location"] == "/accounts/2fa/totp/activate/"
