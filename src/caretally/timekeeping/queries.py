"""What others may ask about time: whose day is fuller than a day can be, and what was attested."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.clock import local_date
from caretally.journal.entries import ContactHeld, Entry, TimeLogged
from caretally.timekeeping.logged import Taken, clashes, parts_of, taken_by
from caretally.timekeeping.spans import Span, total_seconds

__all__ = [
    "Clash",
    "DayLoad",
    "attested",
    "double_seconds",
    "loads",
    "overloaded",
    "people_of",
    "taken_by",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoad:
    """What a person has on record for a local day; a span belongs to the day it starts on.

    seconds: each second once. entries: how many entries.
    """

    person: str
    day: date
    seconds: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two entries that claim the same second of a person."""

    person: str
    entry: str
    other: str


def people_of(entry: Entry) -> tuple[str, ...]:
    """Return whose time an entry is."""
    if isinstance(entry.body, TimeLogged):
        return (entry.body.performer,)
    return entry.body.performers if isinstance(entry.body, ContactHeld) else ()


def loads(in_force: Iterable[Entry], zone_name: str) -> tuple[DayLoad, ...]:
    """Return what everybody has on record, by day and person."""
    spans: dict[tuple[date, str], list[Span]] = {}
    counts: dict[tuple[date, str], int] = {}
    for entry in in_force:
        for person in dict.fromkeys(people_of(entry)):
            key = local_date(entry.at, zone_name), person
            spans.setdefault(key, []).extend(parts_of(entry, person))
            counts[key] = counts.get(key, 0) + 1
    return tuple(
        DayLoad(person=person, day=day, seconds=total_seconds(found), entries=counts[day, person])
        for (day, person), found in sorted(spans.items())
    )


def overloaded(found: Iterable[DayLoad], capacity: timedelta) -> tuple[DayLoad, ...]:
    """Return the days that hold more work than a person's day does."""
    return tuple(each for each in found if timedelta(seconds=each.seconds) > capacity)


def double_seconds(in_force: Iterable[Entry]) -> tuple[Clash, ...]:
    """Return the entries that claim seconds of a person twice, such as after an import."""
    entries = tuple(in_force)
    people = dict.fromkeys(person for entry in entries for person in people_of(entry))
    found: list[Clash] = []
    for person in people:
        earlier: list[Taken] = []
        for taken in sorted(taken_by(person, entries), key=lambda each: (each.span, each.by)):
            others = clashes(taken.span, earlier, but=taken.by)
            found += (Clash(person=person, entry=taken.by, other=other) for other in others)
            earlier = [each for each in earlier if each.span.end > taken.span.start] + [taken]
    return tuple(dict.fromkeys(found))


def attested(in_force: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the time that no timer measured and somebody attests to."""
    return tuple(
        entry
        for entry in in_force
        if isinstance(entry.body, TimeLogged) and entry.body.attested_by is not None
    )
