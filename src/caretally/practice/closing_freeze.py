"""Decides a whole month of a practice anew, without keeping anybody from working.

Charts are read in snapshots, some hundred at a time. What grew meanwhile is decided again under the
practice's lock, in the transaction that stores everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from caretally.billability.close import plain
from caretally.clock import ServiceMonth, local_date
from caretally.journal.entries import DecisionMade
from caretally.practice.closing_checks import Check, Findings, around_decisions, found_in
from caretally.practice.office import Office
from caretally.store.database import batches
from caretally.store.deciding_many import TIED, Decided, Deciding
from caretally.store.months import content_of
from caretally.store.papers import papers
from caretally.store.streams import Book, Stream, numbered_streams, patient_streams

AT_ONCE = 200
ROUNDS, FEW = 3, 50
"""How often charts that grew meanwhile are decided again before the practice is locked, and how
many may be left for then."""
Told = Callable[[int, int], None]
"""Told how many charts are done, of how many."""


def in_silence(done: int, total: int) -> None:
    """Tell nobody."""


class Frozen(NamedTuple):
    """A decided patient-month, as small as it can be kept.

    findings: names of checks, once for each thing found.
    """

    patient: str
    body: DecisionMade
    findings: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Freeze:
    """A month being decided.

    lengths: of the streams that were read. frozen: decisions by stream; patients without activity
    and without enrollment in the month have none.
    """

    office: Office
    month: ServiceMonth
    known_until: datetime
    told: Told = in_silence
    lengths: dict[int, int] = field(default_factory=dict)
    frozen: dict[int, Frozen] = field(default_factory=dict)
    suspects: dict[int, str] = field(default_factory=dict)
    deciding: Deciding | None = None

    def run(self) -> None:
        """Decide everybody, then those who grew meanwhile."""
        for _ in range(ROUNDS):
            grown = self.grown(self.office.book())
            if len(grown) <= (FEW if self.lengths else 0):
                break
            total, done = len(grown), 0
            for part in batches([each.id for each in grown], AT_ONCE):
                self.decide(int(number or 0) for number in part)
                done += len(part)
                self.told(done, total)

    def grown(self, book: Book) -> list[Stream]:
        """Return the streams that were not read, have grown, or depend on one that has."""
        streams = patient_streams(book)
        if self.deciding is not None and self.deciding.is_outdated():
            return streams
        grown = {each.id for each in streams if self.lengths.get(each.id) != each.length}
        beside = self.beside(book, grown) if grown and self.lengths else set()
        return [
            each for each in streams if each.id in grown or (each.ties & TIED and each.id in beside)
        ]

    def beside(self, book: Book, grown: Iterable[int]) -> set[int]:
        """Return the numbers of streams that staff or devices tie to these."""
        numbers = sorted(grown)
        overlaps = book.db.rows_in(
            "SELECT DISTINCT rival_id FROM store_overlap WHERE stream_id IN ({})", numbers
        )
        devices = book.db.rows_in(
            "SELECT DISTINCT other.stream_id FROM store_deviceevent AS mine "
            "JOIN store_deviceevent AS other ON other.practice_id = mine.practice_id "
            "AND other.device = mine.device WHERE mine.stream_id IN ({})",
            numbers,
        )
        corrections = book.db.rows_in(
            "SELECT DISTINCT target_stream_id FROM store_correction WHERE stream_id IN ({})",
            numbers,
        )
        return {row[0] for row in (*overlaps, *devices, *corrections)}

    def decide(self, numbers: Iterable[int]) -> None:
        """Decide some patients' month, as they are stored in one instant."""
        with self.office.db.snapshot():
            self.decide_here(self.office.book(), sorted(numbers))

    def decide_here(self, book: Book, numbers: Sequence[int]) -> None:
        """Decide some patients' month, in the transaction that is open."""
        if self.deciding is None:
            self.deciding = Deciding(
                book=book, desk=self.office.journal.desk, month=self.month,
                known_until=self.known_until,
            )  # fmt: skip
        self.deciding.begin()
        streams = numbered_streams(book, numbers)
        kept = kept_digests(book, self.month, numbers)
        for number in numbers:
            self.frozen.pop(number, None)
            self.suspects.pop(number, None)
            self.lengths[number] = streams[number].length
        for decided in self.deciding.decide([streams[number] for number in numbers]):
            self.take(decided, kept.get(decided.stream))

    def take(self, decided: Decided, digest: bytes | None) -> None:
        """Keep a decision, if the patient had activity in the month or was enrolled."""
        body, month = decided.body, decided.decision.month
        if digest is None and not month.decided.enrolled:
            return
        if digest is not None and digest != plain(body.facts):
            self.suspects[decided.stream] = decided.decision.patient
        findings = list(found_in(decided))
        if local_date(self.known_until, month.time_zone) <= self.month.last_day:
            findings.append("month_is_over")
        self.frozen[decided.stream] = Frozen(decided.decision.patient, body, tuple(findings))

    def checks(self) -> tuple[Check, ...]:
        """Return all checks with what was found."""
        found: Findings = around_decisions(self.office, self.month, self.known_until)
        for patient, _, findings in sorted(self.frozen.values(), key=lambda each: each.patient):
            for name in findings:
                found.add(name, patient=patient)
        for number, patient in sorted(self.suspects.items(), key=lambda each: each[1]):
            if self.is_stale(number):
                found.add("projection_is_current", patient=patient)
        return found.checks()

    def is_stale(self, number: int) -> bool:
        """Tell whether what is kept of a month is not what deciding it anew now makes."""
        with self.office.db.snapshot():
            book, desk = self.office.book(), self.office.journal.desk
            stream = numbered_streams(book, [number])[number]
            decision = papers(book, stream, desk.shelf, [self.month]).decided(
                desk.judge, self.month
            )
            kept = kept_digests(book, self.month, [number])
        return kept.get(number) != content_of(decision).digest

    @property
    def bodies(self) -> dict[str, DecisionMade]:
        """The decisions by patient."""
        return {each.patient: each.body for each in self.frozen.values()}


def kept_digests(book: Book, month: ServiceMonth, numbers: Iterable[int]) -> dict[int, bytes]:
    """Return the digests of what pages show of a month, by stream."""
    rows = book.db.rows_in(
        "SELECT stream_id, digest FROM store_patientmonth WHERE month = %s AND stream_id IN ({})",
        numbers, str(month),
    )  # fmt: skip
    return {row[0]: bytes(row[1]) for row in rows}
