"""What comes out of the interface is what `caretally decide --json` prints of what went in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client

from caretally.billability.decide import decide
from caretally.billability.scenarios import Scenario, entries_of, installed_scenarios
from caretally.clock import ServiceMonth
from caretally.errors import InputError
from caretally.journal.canonical import line_of
from caretally.journal.entries import Entry
from caretally.practice.opened import journal
from caretally.practice.roles import COMPLIANCE
from caretally.practice.tokens import Wanted, make_token
from caretally.project.database_url import database_settings
from caretally.store.database import ALL, scoped
from caretally.store.models import Membership
from caretally.store.streams import locked_book
from caretally.synthetic.program import synthesize
from tests.integration.api.conftest import Program
from tests.integration.databases import KINDS, Cluster, bound, free_port, unbound
from tests.integration.demonstrated import hasty

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = ServiceMonth(2026, 3)
NDJSON = "application/x-ndjson"
PATIENTS = int(os.environ.get("API_PATIENTS", "60"))
EVERY = int(os.environ.get("API_EVERY", "5"))
"""Every so manieth scenario is tried; a full proof takes each and 2,000 patients."""

Door = Callable[[str], Program]


@pytest.fixture(params=KINDS)
def door(
    request: pytest.FixtureRequest, tmp_path: Path, pattern: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Door]:
    """Return a function from a practice to a program that may write and read there."""
    monkeypatch.setattr("caretally.api.asking.now", lambda: NOW)
    cluster, name = None, f"door{free_port()}"
    if request.param == "sqlite":
        bound(hasty(Path(shutil.copy(pattern, tmp_path / "door.sqlite3"))))
    else:
        cluster = request.getfixturevalue("cluster")
        cluster.sql(f"CREATE DATABASE {name} TEMPLATE pattern")
        bound(database_settings(cluster.url(name), Path()))
    user = get_user_model().objects.create_user("writer")
    yield lambda practice: opened_for(practice, user)
    unbound()
    if isinstance(cluster, Cluster):
        cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


def opened_for(practice: str, user: Any) -> Program:
    """Open a practice and return a program that may write and read there."""
    db = journal().db
    with scoped(ALL):
        with db.atomic():
            number = locked_book(db, practice).number
        Membership.objects.create(
            user=user, practice_id=number, role=COMPLIANCE, from_on="2026-01-01",
            granted_by="system:test", granted_at=NOW,
        )  # fmt: skip
        wanted = Wanted(login="writer", scopes=("write_entries", "see_patients"), practice=practice)
        return Program(make_token(db, wanted, NOW).secret, Client())


def posted(program: Program, entries: Iterable[Entry]) -> Any:
    """Send entries and return the answer."""
    lines = b"".join(line_of(entry) for entry in entries)
    return program.post("/entries", lines, content_type=NDJSON)


def different(
    program: Program, expected: Sequence[tuple[str, bytes]], month: ServiceMonth, **query: str
) -> list[str]:
    """Return the patients whose decision is answered with other bytes."""
    return [
        patient
        for patient, content in expected
        if program.get(f"/patients/{patient}/months/{month}", **query).content != content
    ]


def printed(entries: Sequence[Entry], month: ServiceMonth, **how: Any) -> list[tuple[str, bytes]]:
    """Return what `caretally decide --json` prints, by patient."""
    found = decide(entries, month, **how)
    return [(each.patient, msgspec.json.encode(each.to_json())) for each in found]


def scenario_differences(door: Door, number: int, scenario: Scenario) -> tuple[int, list[str]]:
    """Return how many decisions of a scenario were compared, and which differ."""
    try:
        entries = entries_of(scenario)
    except InputError:
        return 0, []
    program = door(f"practice {number}")
    try:
        expected = printed(entries, scenario.month, policy=scenario.policy, as_of=scenario.as_of)
    except InputError:
        is_refused = posted(program, entries).status_code in {409, 422}
        return 1, [] if is_refused else [f"{scenario.name}: taken"]
    answer = posted(program, entries)
    if answer.status_code != 200:
        return len(expected), [f"{scenario.name}: {answer.status_code}"]
    query = {"policy": scenario.policy} if scenario.policy else {}
    if scenario.as_of is not None:
        query["as_of"] = scenario.as_of.isoformat()
    wrong = different(program, expected, scenario.month, **query)
    return len(expected), [f"{scenario.name}: {patient}" for patient in wrong]


@pytest.mark.slow
def test_scenarios(door: Door, record_property: Callable[[str, object], None]) -> None:
    compared, wrong = 0, []
    for number, scenario in list(enumerate(installed_scenarios()))[::EVERY]:
        count, found = scenario_differences(door, number, scenario)
        compared += count
        wrong += found
    record_property("compared", compared)
    record_property("differences", len(wrong))
    assert wrong == []
    assert compared > 100


@pytest.mark.slow
def test_generated_patients(door: Door, record_property: Callable[[str, object], None]) -> None:
    entries = list(synthesize(PATIENTS, 1, seed=8, first_month=MARCH))
    program = door("north")
    for first in range(0, len(entries), 20_000):
        assert posted(program, entries[first : first + 20_000]).status_code == 200
    expected = printed(entries, MARCH)
    wrong = different(program, expected, MARCH)
    record_property("compared", len(expected))
    record_property("differences", len(wrong))
    assert wrong == []
    assert len(expected) >= PATIENTS


@pytest.mark.parametrize("door", ["sqlite"], indirect=True)
def test_a_difference_would_be_noticed(door: Door) -> None:
    entries = list(synthesize(5, 1, seed=8, first_month=MARCH))
    program = door("north")
    posted(program, entries)
    expected = printed(entries, MARCH)
    assert different(program, expected, MARCH) == []
    changed = [(patient, content.replace(b"1", b"2", 1)) for patient, content in expected]
    assert len(different(program, changed, MARCH)) == len(expected)
    assert connections["default"].vendor == "sqlite"
