"""A person's own day: every stretch of work on record, over all patients of the practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caretally.clock import instant_of, midnight
from caretally.journal.entries import ContactHeld, Entry, TimeLogged
from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.practice.timing_taken import entries_of
from caretally.store.cards import Card, card_named
from caretally.timekeeping.commands import lateness
from caretally.timekeeping.logged import parts_of
from caretally.timekeeping.spans import Span, total_seconds

LATE = timedelta(hours=72)
"""Time written down later than this is flagged in a decision."""
WIDTH = 1000
"""Units of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """An entry of the day.

    card: None beyond the caller's clinics. parts: the stretches that are time. late: how long after
    its end it was written down.
    """

    entry: Entry
    card: Card | None
    parts: tuple[Span, ...]
    late: timedelta

    @property
    def is_contact(self) -> bool:
        """Whether it is a conversation."""
        return isinstance(self.entry.body, ContactHeld)

    @property
    def category(self) -> str:
        """The sort of work, in a word."""
        body = self.entry.body
        return body.category if isinstance(body, TimeLogged) else "contact"

    @property
    def seconds(self) -> int:
        """Its seconds."""
        return total_seconds(self.parts)

    @property
    def is_late(self) -> bool:
        """Whether it was written down so late that a reviewer is told."""
        return self.late > LATE

    @property
    def late_words(self) -> str:
        """How late, in words; empty within an hour."""
        hours = int(self.late.total_seconds()) // 3600
        if hours < 1:
            return ""
        return f"{hours // 24} d {hours % 24} h later" if hours >= 48 else f"{hours} h later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch in the picture of the day, in its units."""

    x: int
    width: int
    kind: str
    worked: Worked
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A person's local day at the practice.

    first_hour, last_hour: what the picture shows.
    """

    day: date
    zone_name: str
    begins: datetime
    ends: datetime
    worked: tuple[Worked, ...]
    first_hour: int = 7
    last_hour: int = 19

    @property
    def total_seconds(self) -> int:
        """Each second once."""
        return total_seconds(part for each in self.worked for part in each.parts)

    @property
    def talked_seconds(self) -> int:
        """Seconds in conversations."""
        return total_seconds(p for each in self.worked if each.is_contact for p in each.parts)

    @property
    def hours(self) -> tuple[tuple[int, int], ...]:
        """Hours with their place in the picture."""
        shown = self.last_hour - self.first_hour
        step = 1 if shown <= 12 else 2
        return tuple(
            (self.first_hour + past, WIDTH * past // shown) for past in range(0, shown + 1, step)
        )

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The stretches in the picture."""
        start = self.begins + timedelta(hours=self.first_hour)
        shown = (self.last_hour - self.first_hour) * 3600
        return tuple(
            Bar(
                x=int((part.start - start).total_seconds()) * WIDTH // shown,
                width=max(3, part.seconds * WIDTH // shown),
                kind="contact" if each.is_contact else "time",
                worked=each, span=part,
            )
            for each in self.worked
            for part in each.parts
        )  # fmt: skip


def day_of(office: Office, day: date) -> Day:
    """Return the caller's day; empty for somebody without a staff id."""
    zone_name = office.home_zone()
    begins = instant_of(midnight(day, zone_name))
    ends = instant_of(midnight(day + timedelta(days=1), zone_name))
    staff, whole = office.caller.staff, Span(begins, ends)
    worked = [
        Worked(
            entry=each, card=_card(office, each.patient or ""), late=lateness(each),
            parts=tuple(_cut(p, whole) for p in parts_of(each, staff) if p.overlaps(whole)),
        )
        for each in (entries_of(office, (office.book(), staff), whole) if staff else ())
    ]  # fmt: skip
    worked.sort(key=lambda each: (each.entry.at, each.entry.id))
    starts = [part.start for each in worked for part in each.parts]
    stops = [part.end for each in worked for part in each.parts]
    first = min([7, *((each - begins) // timedelta(hours=1) for each in starts)])
    last = max([19, *(-((begins - each) // timedelta(hours=1)) for each in stops)])
    return Day(
        day=day, zone_name=zone_name, begins=begins, ends=ends, worked=tuple(worked),
        first_hour=first, last_hour=last,
    )  # fmt: skip


def _cut(part: Span, whole: Span) -> Span:
    return Span(max(part.start, whole.start), min(part.end, whole.end))


def _card(office: Office, patient: str) -> Card | None:
    found = card_named(office.book(), patient)
    return found if found is not None and office.reaches(found, SEE_PATIENTS) else None
