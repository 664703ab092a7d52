"""A patient's readings for other systems: those in force, by the time they were measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from caretally.journal.entries import Entry, ReadingRecorded
from caretally.practice.office import Office

PURPOSE = "API: observations"
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A page of the readings measured since an instant and before another."""

    since: datetime = FIRST
    until: datetime = LAST
    first: int = 0
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """A page of readings. zone: of the patient. total: on all pages."""

    entries: tuple[Entry, ...]
    zone: str
    total: int


def readings_of(office: Office, patient: str, stretch: Stretch) -> Readings:
    """Return a page of readings, and tell in the access chain that the caller looked.

    Raises:
        ForbiddenError: the caller may not see patients.
        UnknownError: no such patient, or beyond the caller's clinics.
    """
    chart = office.open_chart(patient, purpose=PURPOSE)
    found = sorted(
        (
            entry
            for entry in chart.record.in_force
            if isinstance(entry.body, ReadingRecorded)
            and entry.patient == patient
            and stretch.since <= entry.at < stretch.until
        ),
        key=lambda entry: (entry.at, entry.id),
    )
    page = tuple(found[stretch.first : stretch.first + stretch.limit])
    zone = chart.card.time_zone or office.home_zone()
    return Readings(entries=page, zone=zone, total=len(found))
