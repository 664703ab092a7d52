"""What a chart shows, as records: a stretch of days, vital signs with bounds, and what happened.

Nothing here knows a database or a page; a drawing is made from these records and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from caretally.clock import instant_of, midnight
from caretally.practice.vitals import DayOfPeriod, Vital

PERIOD = "period:"
"""How the names of stretches begin that are device periods."""
ALERT, CONTACT, ATTEMPT, MEDICATION = "alert", "contact", "attempt", "medication"
LANES = (ALERT, CONTACT, ATTEMPT, MEDICATION)
OPEN, ACKNOWLEDGED, CLOSED, DONE = "open", "acknowledged", "closed", "done"


CHANGES = {
    "started": "started", "stopped": "stopped", "dose_raised": "dose raised",
    "dose_lowered": "dose lowered", "changed": "changed",
}  # fmt: skip
"""What happened to a medication, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of whole local days.

    name: as an address says it. zone: in which the patient's days are counted.
    """

    name: str
    words: str
    first_on: date
    last_on: date
    zone: str

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return instant_of(midnight(self.first_on, self.zone))

    @property
    def ends(self) -> datetime:
        """The instant after it."""
        return instant_of(midnight(self.last_on + timedelta(days=1), self.zone))

    @property
    def days(self) -> Sequence[date]:
        """Its dates."""
        count = (self.last_on - self.first_on).days + 1
        return [self.first_on + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePeriod:
    """A device period of thirty days, with the dates that have data so far."""

    first_on: date
    last_on: date
    data_days: int

    @property
    def name(self) -> str:
        """As an address says it."""
        return f"{PERIOD}{self.first_on.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A bound of a curve while it was in force, in the unit of the curve.

    side: low or high. says: such as `Systolic above 160`. is_starting_point: nobody signed it.
    """

    curve: str
    side: str
    value: Decimal
    begins: datetime
    ends: datetime
    says: str
    is_starting_point: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened, on its lane.

    lane: one of `LANES`. at, until: an alert lasts until it is closed; None while it is open.
    level: of an alert. state: open, acknowledged, closed; of anything else, done. key: id of the
    entry. about: id of the alert.
    """

    lane: str
    at: datetime
    until: datetime | None
    says: str
    key: str
    state: str = DONE
    level: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """A vital sign with the bounds of its curves."""

    vital: Vital
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """All that a chart shows.

    days: every date of the stretch, with whether data came. periods: device periods that touch it.
    held_count: readings that the intake holds back. now: nothing after it is known yet.
    """

    patient: str
    label: str
    stretch: Stretch
    now: datetime
    signs: tuple[Signs, ...]
    marks: tuple[Mark, ...]
    days: tuple[DayOfPeriod, ...]
    periods: tuple[DevicePeriod, ...]
    held_count: int = 0

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return self.stretch.begins

    @property
    def ends(self) -> datetime:
        """The instant after it."""
        return self.stretch.ends

    @property
    def zone(self) -> str:
        """In which zone its days are counted."""
        return self.stretch.zone

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it at all."""
        return not self.signs and not self.marks

    def of(self, lane: str) -> tuple[Mark, ...]:
        """Return the marks of a lane, by time."""
        return tuple(each for each in self.marks if each.lane == lane)


def gaps_of(axis: Axis) -> tuple[tuple[date, date], ...]:
    """Return runs of dates without any reading, up to yesterday, as first and last date."""
    found: list[tuple[date, date]] = []
    for day in axis.days:
        if day.state != "none":
            continue
        if found and found[-1][1] + timedelta(days=1) == day.on:
            found[-1] = (found[-1][0], day.on)
        else:
            found.append((day.on, day.on))
    return tuple(found)
