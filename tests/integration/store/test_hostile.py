"""Hostile populations, saved in any order and in pieces: every total is that of the whole file.

What an entry may change is found out anew with every save; a reach that is too narrow leaves a
total standing that is no longer so, and these populations are made to bring that to light.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from caretally.billability.content import content_of
from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from caretally.store.appending import unreadable
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal
from caretally.store.ties import targets_of
from caretally.store.verification import verify
from tests.property.hostile import hostile_entries

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POPULATIONS = int(os.environ.get("STORE_POPULATIONS", "8"))


def storable(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that the contract allows, without corrections of those it does not."""
    dropped = {entry.id for entry in entries if unreadable([entry])}
    while True:
        orphans = {entry.id for entry in entries if dropped.intersection(targets_of(entry))}
        if orphans <= dropped:
            return [entry for entry in entries if entry.id not in dropped]
        dropped |= orphans


def pieces(entries: Sequence[Entry], rng: random.Random) -> Iterator[list[Entry]]:
    """Yield entries in any order and in pieces, corrections not before what they correct."""
    waiting = list(entries)
    rng.shuffle(waiting)
    stored: set[str] = set()
    while waiting:
        ready = [entry for entry in waiting if stored.issuperset(targets_of(entry))]
        piece = ready[: rng.choice((1, 3, 20, 60))]
        stored.update(entry.id for entry in piece)
        waiting = [entry for entry in waiting if entry.id not in stored]
        yield piece


def differences(journal: StoredJournal, practice: str, entries: Sequence[Entry]) -> list[str]:
    """Return the patient-months kept whose content is another than that of the whole file."""
    rows = journal.db.rows(
        "SELECT patient, month, digest FROM store_patientmonth WHERE practice_id = "
        "(SELECT id FROM store_practice WHERE name = %s) ORDER BY month, patient",
        practice,
    )
    kept: dict[str, dict[str, bytes]] = {}
    for patient, month, digest in rows:
        kept.setdefault(month, {})[patient] = bytes(digest)
    return [
        f"{practice} {decision.patient} {month}"
        for month, of_month in kept.items()
        for decision in decide(entries, ServiceMonth.parse(month))
        if of_month.get(decision.patient, content_of(decision).digest)
        != content_of(decision).digest
    ]


@pytest.mark.slow
def test_saved_in_pieces_is_decided_as_a_whole(site) -> None:
    journal: StoredJournal = site.journal()
    wrong = []
    for seed in range(POPULATIONS):
        invented, month = hostile_entries(1_000 + seed)
        entries = storable(invented)
        practice = f"practice {seed}"
        for piece in pieces(entries, random.Random(seed)):
            journal.append(practice, piece, received_at=NOW)
        wrong += differences(journal, practice, entries)
        for decision in decide(entries, month):
            found = journal.decision(practice, decision.patient, month)
            if found.to_json() != decision.to_json():
                wrong.append(f"{practice} {decision.patient} decided")
    assert wrong == []
    sql = "SELECT stream_id, month, version, digest FROM store_patientmonth ORDER BY 1, 2"
    before = [(*row[:3], bytes(row[3])) for row in journal.db.rows(sql)]
    rebuild(journal.db, StoredJournal(journal.db).desk)
    assert [(*row[:3], bytes(row[3])) for row in journal.db.rows(sql)] == before
    assert verify(journal.db).problems == ()
