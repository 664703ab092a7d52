"""What processes keep in memory never shows: several save by turns, and totals are the fold's."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from caretally.billability.content import content_of
from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.entries import (
    ContactHeld,
    DeviceAssigned,
    Entry,
    EntryVoided,
    ReadingRecorded,
    StaffRegistered,
    TimeLogged,
)
from caretally.store import appending
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal
from caretally.store.verification import verify
from caretally.synthetic.cast import cast_entries
from tests.integration.store.test_hostile import differences, pieces, storable
from tests.property.hostile import hostile_entries

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = ServiceMonth(2026, 3)
FEW = ("pat_cleo", "pat_edie", "pat_hal")
SAVES = int(os.environ.get("STORE_SAVES", "60"))
MONTHS = "SELECT stream_id, month, version, digest FROM store_patientmonth ORDER BY 1, 2"


def kept(journal: StoredJournal) -> list[tuple[object, ...]]:
    """Return all kept months with their versions and digests."""
    return [(*row[:3], bytes(row[3])) for row in journal.db.rows(MONTHS)]


def of_few() -> list[Entry]:
    """Return the entries of a few of the cast and of their practices."""
    return [entry for entry in cast_entries() if entry.patient is None or entry.patient in FEW]


class Writer:
    """Invents saves: time, contacts and readings of patients who share nurses, and corrections."""

    def __init__(self, entries: Sequence[Entry], seed: int) -> None:
        """Begin with what is stored."""
        self.entries = list(entries)
        self.rng = random.Random(seed)
        self.open: list[Entry] = []
        self.number = 0

    def like(self, kind: type) -> Entry:
        """Return some entry of a kind that is no correction, of any of the patients."""
        return self.rng.choice([e for e in self.entries if isinstance(e.body, kind)])

    def save(self) -> list[Entry]:
        """Return the next save: one or two entries, or a correction of an invented one."""
        self.number += 1
        if self.open and self.rng.random() < 0.3:
            return [self.correction()]
        made = [
            self.invented(f"new_{self.number}_{part}") for part in range(self.rng.choice((1, 2)))
        ]
        self.open += made
        return made

    def moment(self) -> datetime:
        """Return an instant on one of two days, so that nurses are in two places at once."""
        day = self.rng.choice(
            (datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
        )
        return day + timedelta(minutes=self.rng.randrange(20 * 60, 27 * 60))

    def invented(self, name: str) -> Entry:
        """Return an entry of some kind by some nurse about some patient."""
        kinds = (TimeLogged, TimeLogged, ContactHeld, ReadingRecorded, DeviceAssigned)
        template = self.like(self.rng.choice((*kinds, StaffRegistered)))
        begin = self.moment()
        body = template.body
        if isinstance(body, TimeLogged | ContactHeld):
            end = begin + timedelta(seconds=self.rng.randrange(30, 3_000))
            body = replace(body, start=begin, end=end)
            if isinstance(body, TimeLogged):
                performer = self.like(TimeLogged).body
                assert isinstance(performer, TimeLogged)
                body = replace(body, performer=performer.performer)
            else:
                body = replace(body, excluded=())
        elif isinstance(body, ReadingRecorded):
            body = replace(body, measured_at=begin, vendor_reading_id=self.rng.choice("abcde"))
        patient = self.rng.choice(FEW) if template.patient is not None else None
        return replace(
            template, id=name, patient=patient, at=begin, recorded_at=NOW, body=body,
            supersedes=None, reason="told late",
        )  # fmt: skip

    def correction(self) -> Entry:
        """Return a correction or void of an entry that nothing corrects yet."""
        wrong = self.open.pop(self.rng.randrange(len(self.open)))
        name = f"right_{self.number}"
        if self.rng.random() < 0.5:
            void = replace(wrong, id=name, reason="not so", body=EntryVoided(entry=wrong.id))
            return replace(void, supersedes=None)
        right = self.invented(name)
        while type(right.body) is not type(wrong.body):
            right = self.invented(name)
        right = replace(right, supersedes=wrong.id)
        self.open.append(right)
        return right


def wrong_months(journal: StoredJournal, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the kept months whose content is not that of all entries."""
    sql = "SELECT patient, digest FROM store_patientmonth WHERE month = %s"
    stored = {row[0]: bytes(row[1]) for row in journal.db.rows(sql, str(MARCH))}
    for decision in decide(entries, MARCH):
        if stored.get(decision.patient) != content_of(decision).digest:
            yield decision.patient


@pytest.mark.parametrize("seed", [1, 2])
def test_two_processes_by_turns_total_what_the_fold_says(site, seed: int) -> None:
    first, second = site.journal(), site.journal()
    entries = of_few()
    first.append("cast", entries, received_at=NOW)
    writer = Writer(entries, seed)
    rng = random.Random(seed)
    for _ in range(SAVES):
        saved = writer.save()
        entries += saved
        rng.choice((first, second)).append("cast", saved, received_at=NOW)
        assert list(wrong_months(first, entries)) == [], [entry.id for entry in saved]
    assert len({e.id for e in entries if e.supersedes or isinstance(e.body, EntryVoided)}) > 5
    assert first.db.rows("SELECT COUNT(*) FROM store_overlap")[0][0] > 10
    for journal in (first, second):
        for decision in decide(entries, MARCH):
            found = journal.decision("cast", decision.patient, MARCH)
            assert found.to_json() == decision.to_json()
    before = kept(first)
    for journal in (second, first, site.journal()):
        rebuild(journal.db, journal.desk)
        assert kept(first) == before
    assert verify(first.db).problems == ()


@pytest.mark.slow
def test_two_processes_by_turns_with_hostile_populations(site) -> None:
    journals = site.journal(), site.journal()
    for seed in range(4):
        invented, _ = hostile_entries(2_000 + seed)
        entries, practice = storable(invented), f"practice {seed}"
        rng = random.Random(seed)
        for piece in pieces(entries, rng):
            rng.choice(journals).append(practice, piece, received_at=NOW)
        assert differences(journals[0], practice, entries) == []
    before = kept(journals[0])
    rebuild(journals[1].db, journals[1].desk)
    assert kept(journals[0]) == before


def test_a_save_that_is_taken_back_leaves_nothing_behind(site) -> None:
    journal, entries = site.journal(), of_few()
    journal.append("cast", entries, received_at=NOW)
    writer = Writer(entries, 5)
    before = kept(journal)
    for fault in (appending.work_out, appending.file_ties):
        lost = writer.save()
        with (
            mock.patch.object(appending, fault.__name__, side_effect=RuntimeError),
            pytest.raises(RuntimeError),
        ):
            journal.append("cast", lost, received_at=NOW)
        assert kept(journal) == before
    writer.open.clear()
    for saved in (writer.save() for _ in range(5)):
        entries += saved
        journal.append("cast", saved, received_at=NOW)
        assert list(wrong_months(journal, entries)) == []
