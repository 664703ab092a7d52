"""A patient with everything on file, and a short way to tell what happened to her.

Used to build worked cases as entries. It refuses to know what is billable.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from caretally.journal import entries as kinds
from caretally.journal.entries import Body, Entry

NEW_YORK = "America/New_York"


class Story:
    """Collects the entries of one patient; nothing but the staff is given."""

    def __init__(self, *, zone: str = NEW_YORK, program: str = "rpm") -> None:
        self.zone = zone
        self.program = program
        self.entries: list[Entry] = []
        self.staff = {
            "nurse": "rn",
            "doctor": "physician",
            "desk": "receptionist",
            "bot": "ai_agent",
        }
        begun = date(2018, 11, 1)
        for staff, role in self.staff.items():
            body = kinds.StaffRegistered(staff=staff, role=role)
            self.add(body, self.at(begun, "08:00"), patient=None)

    def at(self, day: date, clock: str) -> datetime:
        """An instant from a local date and a clock time HH:MM or HH:MM:SS."""
        parts = [int(part) for part in clock.split(":")] + [0]
        local = datetime(day.year, day.month, day.day, *parts[:3], tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def add(self, body: Body, at: datetime, *, patient: str | None = "p1", **other: Any) -> Entry:
        """Write an entry of the patient, or of nobody."""
        end = getattr(body, body.ends) if body.ends is not None else None
        entry = Entry(
            id=f"e{len(self.entries):04d}",
            patient=patient,
            at=at,
            recorded_at=end or at,
            actor="system:story",
            body=body,
        )
        entry = replace(entry, **other)
        self.entries.append(entry)
        return entry

    def enroll(
        self,
        day: date,
        *,
        program: str | None = None,
        diagnoses: tuple[str, ...] = ("I10",),
        established_on: date | None = None,
        clock: str = "00:00",
    ) -> Story:
        """Enroll, with a visit a month before unless another is told."""
        body = kinds.Enrolled(
            program=program or self.program,
            diagnoses=diagnoses,
            time_zone=self.zone,
            established_on=established_on or day - timedelta(days=30),
        )
        self.add(body, self.at(day, clock))
        return self

    def consent(self, day: date, clock: str = "00:00", *, scope: str | None = None) -> Story:
        """Give consent."""
        self.add(kinds.Consented(scope=scope or self.program), self.at(day, clock))
        return self

    def order(self, day: date) -> Story:
        """Order the program."""
        body = kinds.Ordered(program=self.program, ordering_provider="doctor")
        self.add(body, self.at(day, "00:00"))
        return self

    def cover(self, day: date, payer: str = "medicare_ffs", to_on: date | None = None) -> Story:
        """Be covered by a payer."""
        body = kinds.Covered(payer=payer, from_on=day, to_on=to_on)
        self.add(body, self.at(day, "00:00"))
        return self

    def device(self, day: date, device: str = "cuff", **fields: Any) -> Story:
        """Get a device."""
        body = kinds.DeviceAssigned(device=device, **({"medical_device": True} | fields))
        self.add(body, self.at(day, "00:00"))
        return self

    def set_up(self, day: date, device: str = "cuff") -> Story:
        """Be taught to use a device."""
        body = kinds.SetupCompleted(device=device, educated_by="nurse")
        self.add(body, self.at(day, "10:00"))
        return self

    def read(self, days: list[date], clock: str = "08:00", **fields: Any) -> Story:
        """Measure on some days."""
        given = {"device": "cuff", "value": Decimal(120), "unit": "mm[Hg]", "origin": "device"}
        for day in days:
            moment = self.at(day, clock)
            body = kinds.ReadingRecorded(metric="8480-6", measured_at=moment, **(given | fields))
            self.add(body, moment)
        return self

    def talk(self, day: date, clock: str, seconds: int, **fields: Any) -> Entry:
        """Talk with a nurse on the telephone about the readings."""
        start = self.at(day, clock)
        given: dict[str, Any] = {
            "program": self.program,
            "mode": "telephone",
            "performers": ("nurse",),
            "spoke_with": "patient",
            "two_way": True,
            "topics": ("device_data",),
        }
        end = start + timedelta(seconds=seconds)
        return self.add(kinds.ContactHeld(start=start, end=end, **(given | fields)), start)

    def work(self, day: date, clock: str, seconds: int, **fields: Any) -> Entry:
        """Review by the nurse."""
        start = self.at(day, clock)
        given = {"program": self.program, "category": "review", "performer": "nurse"}
        end = start + timedelta(seconds=seconds)
        return self.add(kinds.TimeLogged(start=start, end=end, **(given | fields)), start)

    def void(self, entry: Entry) -> Entry:
        """Take an entry back."""
        body = kinds.EntryVoided(entry=entry.id)
        return self.add(body, entry.recorded_at, reason="entered in error")


def days(first: date, count: int) -> list[date]:
    """So many dates on end."""
    return [first + timedelta(days=offset) for offset in range(count)]


def ready(begin: date, *, program: str = "rpm", zone: str = NEW_YORK, **fields: Any) -> Story:
    """A patient with all evidence on file from a date on."""
    story = Story(program=program, zone=zone)
    story.enroll(begin).consent(begin).order(begin)
    story.cover(begin - timedelta(days=30), fields.pop("payer", "medicare_ffs"))
    story.device(begin, **fields)
    return story
