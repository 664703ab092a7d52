"""Which patient-months an entry may change: its own, and those tied to it.

Too many costs time, never truth; too few would leave a total standing that is no longer so. The
months kept for a patient are those in which something happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caretally.billability.close import AFTER_DECIDING
from caretally.clock import DEFAULT_ZONE, ServiceMonth, instant_of, local_date
from caretally.journal.entries import (
    DeviceAssigned,
    DeviceReturned,
    Enrolled,
    Entry,
    PracticeRegistered,
    ReadingRecorded,
    StaffRegistered,
)
from caretally.patient_months.ledgers import SPAN_KINDS
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream, numbered_streams, patient_streams
from caretally.store.ties import LONGEST_SPAN, Filed, Ties

FIRST, LAST = ServiceMonth(2010, 1), ServiceMonth(2035, 12)
"""Months kept at all; earlier and later ones have no rules and are decided when asked for."""


OF_TRIAGE = frozenset({
    "threshold_set", "alert_rule_set", "alert_raised", "alert_joined", "alert_assigned",
    "alert_acknowledged", "alert_escalated", "alert_closed",
})  # fmt: skip
"""Kinds that change no month but the one they happened in, which is kept from then on."""


@dataclass(slots=True)
class Reach:
    """What one patient's stream must have worked out anew.

    touched: months in which something happened; they are kept from now on. since: all kept months
    from this one on. again: kept months that other streams change.
    """

    touched: set[str] = field(default_factory=set)
    since: str | None = None
    again: set[str] = field(default_factory=set)

    @property
    def hangs_on_kept(self) -> bool:
        """Whether it takes in months only if they are kept."""
        return self.since is not None or bool(self.again)

    def from_month(self, month: str) -> None:
        """Take in all kept months from one on."""
        self.since = month if self.since is None else min(self.since, month)

    def chosen(self, kept: Collection[str]) -> list[str]:
        """Return the months to work out, given those that are kept."""
        later = (month for month in kept if self.since is not None and month >= self.since)
        return sorted({*self.touched, *later, *(self.again & set(kept))})


def zones_of(*entries: Iterable[Entry]) -> frozenset[str]:
    """Return the zones in which somebody's days may be told, given what is on record."""
    zones = {
        entry.body.time_zone
        for some in entries
        for entry in some
        if isinstance(entry.body, Enrolled | PracticeRegistered)
    }
    return frozenset({DEFAULT_ZONE, *(zone for zone in zones if zone is not None)})


def months_touched(instants: Iterable[datetime], zones: Iterable[str]) -> set[str]:
    """Return the months in which instants lie in some zones, as far as any are kept."""
    dates = {local_date(instant, zone) for instant in instants for zone in zones}
    months = {ServiceMonth(date.year, date.month) for date in dates}
    return {str(month) for month in months if FIRST <= month <= LAST}


def months_near(begins: int, ends: int) -> set[str]:
    """Return the months that two seconds may lie in, wherever on earth."""
    return months_touched((instant_of(begins), instant_of(ends)), FARTHEST)


FARTHEST = ("Etc/GMT+12", "Etc/GMT-14")
"""The zones in which it is earliest and latest."""


def extent(entry: Entry) -> tuple[datetime, datetime]:
    """Return the instants between which an entry takes place."""
    closes: datetime = getattr(entry.body, "end", None) or entry.at
    if entry.body.kind not in SPAN_KINDS:
        closes = entry.at
    return min(entry.at, closes), max(entry.at, closes)


def first_by_vendor(entries: Iterable[Entry]) -> dict[str, datetime]:
    """Return the earliest instant of the readings that share a vendor's id."""
    firsts: dict[str, datetime] = {}
    for entry in entries:
        body = entry.body
        if isinstance(body, ReadingRecorded) and body.vendor_reading_id is not None:
            key = body.vendor_reading_id
            if key not in firsts or entry.at < firsts[key]:
                firsts[key] = entry.at
    return firsts


def months_of(entries: Iterable[Entry], zones: Iterable[str]) -> set[str]:
    """Return the months in which entries take place; what follows from decisions makes none."""
    instants = {
        instant
        for entry in entries
        if entry.body.kind not in AFTER_DECIDING
        for instant in extent(entry)
    }
    return months_touched(instants, zones)


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
    zones: dict[int, frozenset[str]] = field(default_factory=dict)
    firsts: dict[int, dict[str, datetime]] = field(default_factory=dict)

    def zones_of(self, stream: int) -> frozenset[str]:
        """Return the zones in which a stream's days may be told."""
        if stream not in self.zones:
            db, own = self.book.db, self.book.own
            told = self.shelf.zones(db, self.stream(stream))
            practice = self.shelf.zones(db, own) if own is not None else frozenset()
            self.zones[stream] = told | practice | {DEFAULT_ZONE}
        return self.zones[stream]

    def stream(self, number: int) -> Stream:
        """Return the row of a stream."""
        if number not in self.streams:
            return numbered_streams(self.book, [number])[number]
        return self.streams[number]

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
            elif entry.body.kind not in AFTER_DECIDING:
                self.take_own(entry, stream)
                if entry.body.kind not in {ReadingRecorded.kind, *OF_TRIAGE}:
                    states.add(stream)
        for tied in ties.overlaps:
            self.of(tied.stream).again |= months_near(tied.begins, tied.ends)
        for stream in ties.shared:
            self.of(stream).from_month(ALWAYS)
        self.take_rivals(states)
        self.take_devices(everything)

    def take_own(self, entry: Entry, stream: int) -> None:
        """Take in what an entry does to its own patient."""
        reach, body = self.of(stream), entry.body
        zones = self.zones_of(stream)
        reach.touched |= months_touched(extent(entry), zones)
        if body.kind in SPAN_KINDS:
            begins, ends = extent(entry)
            if ends - begins > timedelta(days=20):
                reach.from_month(ALWAYS)
        elif isinstance(body, ReadingRecorded):
            reach.from_month(self.first_of_vendor(entry, body, stream))
        elif body.kind not in OF_TRIAGE:
            # No rule of billing reads what is written about alerts.
            reach.from_month(ALWAYS)
        if isinstance(body, Enrolled) and body.time_zone is not None:
            self.touch_all(stream)

    def touch_all(self, stream: int) -> None:
        """Take in all months in which anything happened: they may be others in another zone."""
        entries = self.shelf.entries(self.book.db, self.stream(stream))
        self.of(stream).touched |= months_of(entries, self.zones_of(stream))

    def first_of_vendor(self, entry: Entry, body: ReadingRecorded, stream: int) -> str:
        """Return the first month of a reading, or of the one that a vendor replaces by it."""
        first = entry.at
        if body.vendor_reading_id is not None:
            if stream not in self.firsts:
                entries = self.shelf.entries(self.book.db, self.stream(stream))
                self.firsts[stream] = first_by_vendor(entries)
            first = min(first, self.firsts[stream].get(body.vendor_reading_id, first))
        return min(months_touched((first,), self.zones_of(stream)), default=ALWAYS)

    def take_practice(self, entry: Entry) -> None:
        """Take in what an entry about the practice does to its patients."""
        body = entry.body
        if isinstance(body, PracticeRegistered):
            for stream in patient_streams(self.book):
                self.of(stream.id).from_month(ALWAYS)
                if body.time_zone is not None:
                    self.touch_all(stream.id)
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
            self.of(rival).again |= months_near(begins - LONGEST_SPAN, ends + LONGEST_SPAN)

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
