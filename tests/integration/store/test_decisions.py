"""What is decided from the database is what `decide` says of the same entries."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest

from caretally.billability.content import content_of, encode
from caretally.billability.decide import decide
from caretally.billability.scenarios import entries_of, installed_scenarios
from caretally.clock import ServiceMonth
from caretally.errors import InputError
from caretally.journal.entries import Entry
from caretally.store.reach import FIRST, LAST
from caretally.store.stored_journal import StoredJournal
from caretally.store.ties import targets_of
from caretally.synthetic.cast import cast_entries
from caretally.synthetic.program import synthesize
from tests.integration.databases import KINDS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = ServiceMonth(2026, 3)
PATIENTS = int(os.environ.get("STORE_PATIENTS", "80"))
"""Generated patients; a full proof takes 2,000."""
EVERY = int(os.environ.get("STORE_EVERY", "4"))
"""Every so manieth scenario is tried; a full proof takes each."""


def stored_rows(journal: StoredJournal, practice: str, month: ServiceMonth) -> dict[str, bytes]:
    """Return the digests of a month's projections by patient."""
    rows = journal.db.rows(
        "SELECT patient, digest FROM store_patientmonth WHERE practice_id = "
        "(SELECT id FROM store_practice WHERE name = %s) AND month = %s",
        practice,
        str(month),
    )
    return {patient: bytes(digest) for patient, digest in rows}


def differences(
    journal: StoredJournal, practice: str, entries: Sequence[Entry], month: ServiceMonth
) -> Iterable[str]:
    """Yield patients whose decision or projection is another than that of the entries."""
    kept = stored_rows(journal, practice, month)
    for decision in decide(entries, month):
        digest = content_of(decision).digest
        found = journal.decision(practice, decision.patient, month)
        if found.to_json() != decision.to_json():
            yield f"{decision.patient}: decision"
        if kept.get(decision.patient, digest) != digest:
            yield f"{decision.patient}: projection"


@pytest.mark.slow
def test_every_scenario(site) -> None:
    journal = site.journal()
    wrong = []
    first = KINDS.index(site.kind) % EVERY  # each database tries others of them
    for number, scenario in list(enumerate(installed_scenarios()))[first::EVERY]:
        practice = f"practice {number}"
        try:
            entries = entries_of(scenario)
        except InputError:
            continue
        try:
            expected = [
                each.to_json()
                for each in decide(
                    entries, scenario.month, policy=scenario.policy, as_of=scenario.as_of
                )
            ]
        except InputError:
            with pytest.raises(InputError):
                journal.append(practice, entries, received_at=NOW)
            continue
        journal.append(practice, entries, received_at=NOW)
        found = [
            journal.decision(
                practice, each["patient"], scenario.month,
                policy=scenario.policy, as_of=scenario.as_of,
            ).to_json()
            for each in expected
        ]  # fmt: skip
        if encode(found) != encode(expected):
            wrong.append(scenario.name)
        if FIRST <= scenario.month <= LAST and (scenario.policy or scenario.as_of) is None:
            wrong += differences(journal, practice, entries, scenario.month)
    assert wrong == []


@pytest.mark.parametrize("order", ["together", "one by one", "shuffled"])
def test_the_cast(site, order: str) -> None:
    journal, entries = site.journal(), list(cast_entries())
    if order == "together":
        journal.append("cast", entries, received_at=NOW)
    else:
        if order == "shuffled":
            random.Random(7).shuffle(entries)
            entries.sort(key=lambda entry: bool(targets_of(entry)))
        size = 1 if order == "one by one" else 40
        entries = entries if order == "shuffled" else [e for e in entries if of_few(e)]
        for first in range(0, len(entries), size):
            journal.append("cast", entries[first : first + size], received_at=NOW)
    for month in (MARCH.previous(), MARCH):
        assert list(differences(journal, "cast", entries, month)) == []


def of_few(entry: Entry) -> bool:
    """Tell whether an entry is of the practices or of one of three patients."""
    return entry.patient is None or entry.patient in {"pat_cleo", "pat_edie", "pat_fay"}


def test_generated_patients(site) -> None:
    journal = site.journal()
    entries = list(synthesize(PATIENTS, 1, seed=4, first_month=MARCH))
    journal.append("north", entries, received_at=NOW)
    assert list(differences(journal, "north", entries, MARCH)) == []
