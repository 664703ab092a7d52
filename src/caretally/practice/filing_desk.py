"""What becomes of readings that wait: bound, placed in time, held against the record and judged.

One desk serves one batch inside the lock of its practice. It decides and builds entries; storing is
left to `filing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from caretally.clock import EPOCH
from caretally.devices.binding import Bound, Unbound, bound, device_of, names_in
from caretally.devices.duplicates import corrects, told_before
from caretally.devices.plausibility import Judged, judge, marks
from caretally.devices.rules import ESTIMATED_TIME, NOT_STORABLE, Hold
from caretally.devices.seen import Seen
from caretally.devices.unpacked import VendorReading
from caretally.devices.zones import PATIENT as OF_PATIENT
from caretally.devices.zones import PRACTICE as OF_PRACTICE
from caretally.devices.zones import Placed, Zone
from caretally.journal.entries import (
    Component,
    Enrolled,
    Entry,
    PatientRegistered,
    PracticeRegistered,
    ReadingRecorded,
)
from caretally.journal.envelopes import LATE_AFTER
from caretally.journal.register import Register, register_of
from caretally.practice.seen_readings import SeenReadings
from caretally.store.charts import practice_entries
from caretally.store.device_cards import Held as Custody
from caretally.store.device_cards import custody_of, devices_named, in_force
from caretally.store.readings_on_the_way import Waiting, connection_of
from caretally.store.shelf import Shelf
from caretally.store.streams import PATIENT, Book, Stream, named_streams

INTAKE = "system:intake"
LATE_UPLOAD, VENDOR_CORRECTION = "late_upload", "vendor_correction"
DEVICE_ORIGIN = "device"
MICROSECOND = timedelta(microseconds=1)
MOST_NAME, MOST_CONTEXT = 255, 1_000
READING = msgspec.json.Decoder(VendorReading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a reading: one of entry, hold and repeats is set.

    entry: to be appended. hold: why it is held back. repeats: id of the entry on record that told
    the same, and `how` whether by another route or the same again.
    """

    waiting: Waiting
    device: str = ""
    patient: str = ""
    entry: Entry | None = None
    hold: Hold | None = None
    repeats: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person decided about a reading that was held back.

    device: that it is of, instead of the one its names mean. origin: instead of the one told.
    measured_at: instead of the time told. reason: why.
    """

    reason: str
    device: str = ""
    origin: str = ""
    measured_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Read:
    """A reading that waits, decoded; `reading` is None where it cannot be."""

    waiting: Waiting
    reading: VendorReading | None
    ruling: Ruling | None = None


def read_of(waiting: Waiting, ruling: Ruling | None = None) -> Read:
    """Return a reading that waits, decoded and as a person corrected it."""
    try:
        reading = READING.decode(waiting.content)
    except msgspec.MsgspecError:
        return Read(waiting=waiting, reading=None, ruling=ruling)
    if ruling is not None:
        reading = corrected(reading, ruling)
    return Read(waiting=waiting, reading=reading, ruling=ruling)


def corrected(reading: VendorReading, ruling: Ruling) -> VendorReading:
    """Return a reading as a person corrected it."""
    if ruling.device:
        reading = msgspec.structs.replace(reading, names=(("device", ruling.device),))
    if ruling.origin:
        reading = msgspec.structs.replace(reading, origin=ruling.origin)
    if ruling.measured_at is not None:
        reading = msgspec.structs.replace(
            reading, measured_at=ruling.measured_at, wall=None, offset_seconds=None
        )
    return reading


@dataclass(slots=True, kw_only=True)
class Desk:
    """One batch's work.

    at: when the entries are written down.
    """

    book: Book
    shelf: Shelf
    memory: SeenReadings
    at: datetime
    devices: dict[str, str] = field(default_factory=dict)
    custody: dict[str, tuple[Custody, ...]] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    routes: dict[str, int | None] = field(default_factory=dict)
    zones: dict[str, tuple[Register, str]] = field(default_factory=dict)

    def outcomes(self, batch: Sequence[Read]) -> list[Outcome]:
        """Return what becomes of readings, in their order; each sees those before it."""
        self.make_ready(batch)
        return [self.outcome(each) for each in batch]

    def make_ready(self, batch: Sequence[Read]) -> None:
        """Look up what the whole batch needs: devices, who held them, charts."""
        readings = [each.reading for each in batch if each.reading is not None]
        names = {name for reading in readings for name in names_in(reading)}
        self.devices = devices_named(self.book, names)
        self.custody = custody_of(self.book, set(self.devices.values()))
        holders = {
            PATIENT + each.patient
            for stretches in self.custody.values()
            for each in stretches
            if each.patient
        }
        self.streams = named_streams(self.book, holders)

    def outcome(self, read: Read) -> Outcome:
        """Return what becomes of a reading."""
        waiting, reading = read.waiting, read.reading
        if reading is None:
            return Outcome(waiting=waiting, hold=unreadable())
        device = device_of(reading, self.devices)
        around = (reading.wall or EPOCH).replace(tzinfo=UTC)
        home_of = partial(self.home, around=around)
        found = bound(reading, device, self.custody.get(device, ()), home_of)
        if isinstance(found, Unbound):
            return Outcome(waiting=waiting, device=found.device, hold=found.hold)
        seen = self.seen(found.patient)
        body = body_of(reading, found, received_at(waiting))
        told = told_before(seen, body, self.route_of, waiting.connection)
        if told is not None:
            is_own = self.route_of(told.id) in (None, waiting.connection)
            return Outcome(
                waiting=waiting, device=device, patient=found.patient, repeats=told.id,
                how="again" if is_own else "route",
            )  # fmt: skip
        return self.judged(read, found, body, seen)

    def judged(self, read: Read, found: Bound, body: ReadingRecorded, seen: Seen) -> Outcome:
        """Return whether a reading that is bound is filed or held back."""
        judging = Judged.of(body, received_at(read.waiting), seen)
        hold = judge(judging) if read.ruling is None else None
        if hold is not None:
            return Outcome(
                waiting=read.waiting, device=found.device, patient=found.patient, hold=hold
            )
        assert read.reading is not None
        entry = self.entry_of(
            read, found, in_context(body, read.reading, found.placed, marks(judging))
        )
        seen.take([entry])
        self.routes[entry.id] = read.waiting.connection
        return Outcome(
            waiting=read.waiting, device=found.device, patient=found.patient, entry=entry
        )

    def entry_of(self, read: Read, found: Bound, body: ReadingRecorded) -> Entry:
        """Return the entry of a reading."""
        before = corrects(self.seen(found.patient), body)
        reason = LATE_UPLOAD if self.at - body.measured_at > LATE_AFTER else None
        if before is not None:
            reason = VENDOR_CORRECTION
        is_measured = body.origin == DEVICE_ORIGIN
        return Entry(
            id=read.waiting.entry_id,
            patient=found.patient,
            at=body.measured_at,
            recorded_at=self.at,
            actor=f"device:{found.device}" if is_measured else INTAKE,
            supersedes=before.id if before is not None else None,
            reason=reason,
            body=body,
        )

    def seen(self, patient: str) -> Seen:
        """Return the readings on record of a patient."""
        return self.memory.of(self.book.db, self.shelf, self.streams[PATIENT + patient])

    def route_of(self, entry_id: str) -> int | None:
        """Return by which connection a reading on record came; None where it came by none."""
        if entry_id not in self.routes:
            self.routes[entry_id] = connection_of(self.book, entry_id)
        return self.routes[entry_id]

    def home(self, patient: str, around: datetime) -> Zone:
        """Return the zone in which a patient's local times are read; of nobody, the practice's.

        Of several enrollments the latest begun by then tells, as for the patient's days.
        """
        if patient not in self.zones:
            self.zones[patient] = self.placing(patient)
        register, living_in = self.zones[patient]
        enrolled = register.enrolled.get(patient, ())
        begun = [each for each in enrolled if each.at <= around] or list(enrolled[:1])
        body = begun[-1].body if begun else None
        own = body.time_zone if isinstance(body, Enrolled) else None
        if own or living_in:
            return Zone(of=OF_PATIENT, name=own or living_in)
        clinic = body.practice if isinstance(body, Enrolled) else None
        return Zone(of=OF_PRACTICE, name=register.home_zone(clinic))

    def placing(self, patient: str) -> tuple[Register, str]:
        """Return what is on record of places and of a patient's enrollments and zone."""
        entries: list[Entry] = list(practice_entries(self.book, self.shelf))
        stream = self.streams.get(PATIENT + patient)
        if stream is not None:
            entries += self.shelf.entries(self.book.db, stream)
        known = in_force(self.book, [each for each in entries if isinstance(each.body, PLACING)])
        known.sort(key=lambda each: (each.at, each.id))
        zones = [e.body.time_zone for e in known if isinstance(e.body, PatientRegistered)]
        return register_of(known), (zones[-1] if zones else None) or ""


PLACING = (Enrolled, PatientRegistered, PracticeRegistered)


def received_at(waiting: Waiting) -> datetime:
    """Return when a reading's delivery was received here."""
    return EPOCH + waiting.received_us * MICROSECOND


def unreadable() -> Hold:
    """Return why a reading is held whose kept form cannot be read."""
    return Hold(rule=NOT_STORABLE, says="its kept form cannot be read; replay the delivery")


def body_of(reading: VendorReading, found: Bound, received: datetime) -> ReadingRecorded:
    """Return what the entry of a reading says, circumstances left out."""
    alone = reading.measured[0] if len(reading.measured) == 1 else None
    if alone is not None and alone.metric != reading.metric:
        alone = None
    parts = tuple(
        Component(metric=each.metric, value=each.value, unit=each.unit) for each in reading.measured
    )
    return ReadingRecorded(
        device=found.device,
        metric=reading.metric,
        value=alone.value if alone is not None else None,
        unit=alone.unit if alone is not None else None,
        components=() if alone is not None else parts,
        measured_at=found.placed.at,
        received_at=(reading.received_at or received).astimezone(UTC),
        origin=reading.origin,
        vendor_reading_id=reading.vendor_reading_id[:MOST_NAME] or None,
    )


def in_context(
    body: ReadingRecorded, reading: VendorReading, placed: Placed, marked: Sequence[str]
) -> ReadingRecorded:
    """Return what an entry says with its circumstances: marks, the zone, the vendor's words."""
    words = [
        *([ESTIMATED_TIME] if reading.is_estimated else []),
        *placed.flags,
        *marked,
        *reading.flags,
        *([f"zone {placed.zone}"] if placed.zone else []),
        *(f"{key} {value}" for key, value in reading.context),
    ]
    return replace(body, context="; ".join(words)[:MOST_CONTEXT] or None)
