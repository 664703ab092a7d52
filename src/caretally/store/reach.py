"""Which patient-months an entry may change: its own, and those tied to it.

Too many costs time, never truth; too few would leave a total standing that is no longer so. The
months kept for a patient are those in which something happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caretally.clock import ServiceMonth, instant_of
from caretally.journal.entries import (
    DeviceAssigned,
    DeviceReturned,
    Entry,
    PracticeRegistered,
    ReadingRecorded,
    StaffRegistered,
)
from caretally.patient_months.rows import SPAN_KINDS
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream, patient_streams
from caretally.store.ties import LONGEST_SPAN, Filed, Ties

FIRST, LAST = ServiceMonth(2010, 1), ServiceMonth(2035, 12)
"""Months kept at all; earlier and later ones have no rules and are decided when asked for."""
WEST, EAST = timedelta(hours=12), timedelta(hours=14)
"""Farthest that local time lies behind and before UTC."""


@dataclass(slots=True)
class Reach:
    """What one patient's stream must have worked out anew.

    touched: months in which something happened; they are kept from now on. since: all kept months
    from this one on. again: kept months that other streams change.
    """

    touched: set[str] = field(default_factory=set)
    since: str | None = None
    again: set[str] = field(default_factory=set)

    def from_month(self, month: str) -> None:
        """Take in all kept months from one on."""
        self.since = month if self.since is None else min(self.since, month)

    def chosen(self, kept: Collection[str]) -> list[str]:
        """Return the months to work out, given those that are kept."""
        later = (month for month in kept if self.since is not None and month >= self.since)
        return sorted({*self.touched, *later, *(self.again & set(kept))})


def months_touched(begins: datetime, ends: datetime) -> Iterator[str]:
    """Yield the months in which two instants may lie somewhere on earth, as far as any are kept."""
    for instant in (begins, ends):
        for local in ((instant - WEST).date(), (instant + EAST).date()):
            month = ServiceMonth(local.year, local.month)
            if FIRST <= month <= LAST:
                yield str(month)


def months_between(begins: int, ends: int) -> set[str]:
    """Return the months that two seconds may lie in."""
    return set(months_touched(instant_of(begins), instant_of(ends)))


def extent(entry: Entry) -> tuple[datetime, datetime]:
    """Return the instants between which an entry takes place."""
    closes: datetime = getattr(entry.body, "end", None) or entry.at
    if entry.body.kind not in SPAN_KINDS:
        closes = entry.at
    return min(entry.at, closes), max(entry.at, closes)


ALWAYS = str(FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """Works out what entries reach, inside one save.

    streams: those of the entries, by number.
    """

    book: Book
    shelf: Shelf
    streams: Mapping[int, Stream]
    found: dict[int, Reach] = field(default_factory=dict)

    def of(self, stream: int) -> Reach:
        """Return what a stream must work out."""
        return self.found.setdefault(stream, Reach())

    def take(self, filed: Sequence[Filed], ties: Ties, corrected: Iterable[Filed]) -> None:
        """Take in new entries, what they are tied to, and the stored entries they correct."""
        states: set[int] = set()
        everything = [*filed, *corrected]
        for entry, stream in everything:
            if entry.patient is None:
                self.take_practice(entry)
            else:
                self.take_own(entry, stream)
                if not isinstance(entry.body, ReadingRecorded):
                    states.add(stream)
        for tied in ties.overlaps:
            self.of(tied.stream).again |= months_between(tied.begins, tied.ends)
        for stream in ties.shared:
            self.of(stream).from_month(ALWAYS)
        self.take_rivals(states)
        self.take_devices(everything)

    def take_own(self, entry: Entry, stream: int) -> None:
        """Take in what an entry does to its own patient."""
        reach, body = self.of(stream), entry.body
        reach.touched.update(months_touched(*extent(entry)))
        if body.kind in SPAN_KINDS:
            begins, ends = extent(entry)
            if ends - begins > timedelta(days=20):
                reach.from_month(ALWAYS)
        elif isinstance(body, ReadingRecorded):
            reach.from_month(self.first_of_vendor(entry, body, stream))
        else:
            reach.from_month(ALWAYS)

    def first_of_vendor(self, entry: Entry, body: ReadingRecorded, stream: int) -> str:
        """Return the first month of a reading, or of the one that a vendor replaces by it."""
        first = entry.at
        if body.vendor_reading_id is not None and stream in self.streams:
            key = body.vendor_reading_id
            for other in self.shelf.entries(self.book.db, self.streams[stream]):
                if getattr(other.body, "vendor_reading_id", None) == key:
                    first = min(first, other.at)
        return min(months_touched(first, first), default=ALWAYS)

    def take_practice(self, entry: Entry) -> None:
        """Take in what an entry about the practice does to its patients."""
        body = entry.body
        if isinstance(body, PracticeRegistered):
            for stream in patient_streams(self.book):
                self.of(stream.id).from_month(ALWAYS)
        elif isinstance(body, StaffRegistered):
            rows = self.book.db.rows(
                "SELECT DISTINCT stream_id FROM store_staffspan WHERE practice_id = %s "
                "AND person = %s",
                self.book.number,
                body.staff,
            )
            for row in rows:
                self.of(row[0]).from_month(ALWAYS)

    def take_rivals(self, streams: Collection[int]) -> None:
        """Take in the months in which others' seconds hang on what these patients' charts say."""
        tied = [n for n in streams if n not in self.streams or self.streams[n].ties]
        rows = self.book.db.rows_in(
            "SELECT rival_id, begins, ends FROM store_overlap WHERE stream_id IN ({})", tied
        )
        for rival, begins, ends in rows:
            self.of(rival).again |= months_between(begins - LONGEST_SPAN, ends + LONGEST_SPAN)

    def take_devices(self, entries: Iterable[Filed]) -> None:
        """Take in everybody who held a device that these entries speak of."""
        devices = {
            entry.body.device
            for entry, _ in entries
            if isinstance(entry.body, DeviceAssigned | DeviceReturned)
        }
        rows = self.book.db.rows_in(
            "SELECT DISTINCT stream_id FROM store_deviceevent WHERE practice_id = %s "
            "AND device IN ({})",
            sorted(devices),
            self.book.number,
        )
        for row in rows:
            self.of(row[0]).from_month(ALWAYS)
