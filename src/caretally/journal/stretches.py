"""Stretches of time that entries open and close: enrollments, consents, orders.

The fold knows them as windows of whole seconds; here they keep the entries that made them, so that
a person can be shown why something is open. A repeated opening changes no bounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caretally.journal.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One open stretch.

    opened_by: the entries that opened or renewed it, by time; never empty.
    closed_by: the entry that closed it; None while it is open.
    """

    opened_by: tuple[Entry, ...]
    closed_by: Entry | None = None

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return self.opened_by[0].at

    @property
    def ends(self) -> datetime | None:
        """The instant after it; None while it is open."""
        return self.closed_by.at if self.closed_by else None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it is open at an instant."""
        return self.begins <= at and (self.ends is None or at < self.ends)

    def latest_at(self, at: datetime) -> Entry:
        """Return the latest entry up to an instant that opened or renewed it."""
        known = [entry for entry in self.opened_by if entry.at <= at]
        return (known or self.opened_by)[-1 if known else 0]


def stretches(opened: Iterable[Entry], closed: Iterable[Entry]) -> tuple[Stretch, ...]:
    """Return the stretches that entries open and close; at the same instant a close comes first."""
    events = [(entry.at, True, entry.id, entry) for entry in opened]
    events += [(entry.at, False, entry.id, entry) for entry in closed]
    made: list[Stretch] = []
    openings: list[Entry] = []
    for at, opens, _, entry in sorted(events, key=lambda event: event[:3]):
        if opens:
            openings.append(entry)
        elif openings:
            if at > openings[0].at:
                made.append(Stretch(opened_by=tuple(openings), closed_by=entry))
            openings = []
    if openings:
        made.append(Stretch(opened_by=tuple(openings)))
    return tuple(made)


def stretch_at(among: Iterable[Stretch], at: datetime) -> Stretch | None:
    """Return the stretch that is open at an instant."""
    return next((stretch for stretch in among if stretch.holds_at(at)), None)
