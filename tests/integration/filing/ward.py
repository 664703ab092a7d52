"""A practice with devices in patients' hands, and readings put where unpacking puts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import msgspec

from caretally.clock import EPOCH
from caretally.devices.unpacked import Measured, VendorReading
from caretally.journal.entries import (
    Consented,
    DeviceAssigned,
    DeviceRegistered,
    DeviceReturned,
    Enrolled,
    Entry,
    Identifier,
    PracticeRegistered,
    ReadingRecorded,
)
from caretally.practice.filing import file_ready
from caretally.practice.unpacking import key_of, surest
from caretally.store.models import Connection, Inbound, IntakeReading
from caretally.store.stored_journal import StoredJournal

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
PRACTICE, CHICAGO, PHOENIX = "prac_ward", "America/Chicago", "America/Phoenix"
MICROSECOND = timedelta(microseconds=1)


def pressure(systolic: int, diastolic: int) -> tuple[Measured, ...]:
    """Return a pressure as it is told."""
    return (
        Measured("8480-6", Decimal(systolic), "mm[Hg]"),
        Measured("8462-4", Decimal(diastolic), "mm[Hg]"),
    )


def weight(value: str, unit: str = "kg") -> tuple[Measured, ...]:
    """Return a weight as it is told."""
    return (Measured("29463-7", Decimal(value), unit),)


@dataclass(slots=True, kw_only=True)
class Ward:
    """A practice at work.

    doors: names of the connections that deliveries come in by.
    """

    journal: StoredJournal
    connections: dict[str, int] = field(default_factory=dict)
    doors: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def open(self, *patients: str, time_zone: str | None = CHICAGO) -> None:
        """Enroll patients in a practice in Phoenix."""
        body = PracticeRegistered(practice=PRACTICE, name="Ward", time_zone=PHOENIX)
        entries = [self.entry(body)] if not self.count else []
        for patient in patients:
            entries += [
                self.entry(
                    Enrolled(program="rpm", diagnoses=("I10",), time_zone=time_zone), patient
                ),
                self.entry(Consented(scope="rpm"), patient),
            ]
        self.save(*entries)

    def entry(self, body: object, patient: str | None = None, at: datetime = BEGAN) -> Entry:
        """Return an entry as the ward's nurse writes it."""
        self.count += 1
        return Entry(
            id=f"ward_{self.count}", patient=patient, at=at, recorded_at=at, actor="staff:nia",
            body=body,  # type: ignore[arg-type]
        )  # fmt: skip

    def save(self, *entries: Entry) -> None:
        """Save entries."""
        self.journal.append(PRACTICE, entries, received_at=NOW)

    def register(self, device: str, *names: tuple[str, str], medical: bool = True) -> None:
        """Put a device on the books."""
        identifiers = tuple(Identifier(scheme=s, value=v) for s, v in names)
        body = DeviceRegistered(device=device, medical_device=medical, identifiers=identifiers)
        self.save(self.entry(body))

    def assign(self, device: str, patient: str, at: datetime = BEGAN) -> None:
        """Give a device to a patient."""
        self.save(self.entry(DeviceAssigned(device=device, medical_device=True), patient, at))

    def give_back(self, device: str, patient: str, at: datetime) -> None:
        """Take a device back."""
        self.save(self.entry(DeviceReturned(device=device), patient, at))

    def connection(self, vendor: str = "tenovi") -> int:
        """Return the number of a vendor's connection."""
        if vendor not in self.connections:
            made = Connection.objects.using(self.journal.db.alias).create(
                practice_id=self.number, name=f"con_{vendor}", vendor=vendor, title=vendor,
                made_at=NOW, made_by="staff:nia",
            )  # fmt: skip
            self.connections[vendor] = made.pk
        return self.connections[vendor]

    @property
    def number(self) -> int:
        """The number of the practice."""
        return int(
            self.journal.db.rows("SELECT id FROM store_practice WHERE name = %s", PRACTICE)[0][0]
        )

    def tell(
        self, *readings: VendorReading, vendor: str = "tenovi", received_at: datetime = NOW
    ) -> list[int]:
        """Put readings where unpacking puts them; returns their numbers."""
        alias, connection = self.journal.db.alias, self.connection(vendor)
        body = msgspec.json.encode(readings)
        self.count += 1
        inbound = Inbound.objects.using(alias).create(
            practice_id=self.number, connection_id=connection,
            key=sha256(body + bytes(self.count)).digest(), digest=sha256(body).digest(), body=body,
            received_us=(received_at - EPOCH) // MICROSECOND,
        )  # fmt: skip
        found = []
        for element, each in enumerate(readings):
            name = surest(each.names)
            measured_us = each.measured_at and (each.measured_at - EPOCH) // MICROSECOND
            made = IntakeReading.objects.using(alias).create(
                practice_id=self.number, connection_id=connection, inbound=inbound,
                element=element, key=key_of(name, each, measured_us), name=name,
                content=msgspec.json.encode(each).decode(), measured_us=measured_us,
                received_us=inbound.received_us,
            )  # fmt: skip
            found.append(made.pk)
        return found

    def file(self, at: datetime = NOW) -> int:
        """File what waits."""
        done = 0
        while more := file_ready(self.journal, at):
            done += more
        return done

    def row(self, number: int) -> IntakeReading:
        """Return a reading as it stands in the intake."""
        found: IntakeReading = IntakeReading.objects.using(self.journal.db.alias).get(pk=number)
        return found

    def readings(self, patient: str | None = None) -> list[Entry]:
        """Return the entries of readings in the journal, by time."""
        return sorted(
            (
                each
                for each in self.journal.entries(PRACTICE)
                if isinstance(each.body, ReadingRecorded) and patient in (None, each.patient)
            ),
            key=lambda each: each.at,
        )

    def days(self, patient: str, month: str) -> int:
        """Return the data days of a kept month."""
        rows = self.journal.db.rows(
            "SELECT data_days FROM store_patientmonth WHERE patient = %s AND month = %s",
            patient, month,
        )  # fmt: skip
        return int(rows[0][0]) if rows else 0


def told(
    at: datetime | None,
    measured: tuple[Measured, ...],
    *,
    names: tuple[tuple[str, str], ...] = (("tenovi:device", "77aa"),),
    origin: str = "device",
    **more: object,
) -> VendorReading:
    """Return a reading as a parser returns one."""
    metric = "85354-9" if len(measured) > 1 else measured[0].metric
    return VendorReading(
        names=names, metric=metric, measured=measured, measured_at=at, origin=origin,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
