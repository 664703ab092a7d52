"""What a person already has on record: no second of it may be logged again.

A contact is time as well, and so is what a timer measured and nobody logged yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caretally.journal.entries import ContactHeld, Entry, TimeLogged
from caretally.timekeeping.spans import Span, span, without
from caretally.timekeeping.timers import Limits, Timer, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch of a person's time that is spoken for.

    by: the id of the entry or timer.
    """

    span: Span
    by: str


def taken_by(person: str, in_force: Iterable[Entry]) -> tuple[Taken, ...]:
    """Return a person's contacts and time, of all patients; excluded legs of contacts are free."""
    return tuple(
        Taken(span=part, by=entry.id)
        for entry in in_force
        for part in parts_of(entry, person)
        if part.seconds
    )


def parts_of(entry: Entry, person: str) -> tuple[Span, ...]:
    """Return the stretches of an entry in which a person worked."""
    body = entry.body
    if isinstance(body, TimeLogged) and body.performer == person:
        return (span(body.start, body.end),)
    if isinstance(body, ContactHeld) and person in body.performers:
        return without(
            span(body.start, body.end), (span(leg.start, leg.end) for leg in body.excluded)
        )
    return ()


def taken_by_timer(timer: Timer, now: datetime, limits: Limits) -> tuple[Taken, ...]:
    """Return what a timer has measured by an instant."""
    spans = settled(timer, now, limits).spans_at(now)
    return tuple(Taken(span=each, by=timer.id) for each in spans if each.seconds)


def clashes(wanted: Span, taken: Iterable[Taken], *, but: str | None = None) -> tuple[str, ...]:
    """Return who else speaks for seconds of a span, but for one entry; each once."""
    found = (each.by for each in taken if each.by != but and each.span.overlaps(wanted))
    return tuple(dict.fromkeys(found))
