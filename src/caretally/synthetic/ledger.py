"""Where the draws of a chart become entries, with running ids and plain seconds as instants."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from caretally.clock import day_number, instant_of, midnights
from caretally.journal.entries import Body, Entry
from caretally.synthetic.plan import Plan

LATE_SECONDS = 72 * 3600
"""An entry recorded later than this after it took effect needs a reason."""

in_order_of_recording = attrgetter("recorded_at", "id")


class Almanac:
    """Local days of one zone as seconds, for the years of a plan."""

    __slots__ = ("_first", "_starts", "zone_name")

    def __init__(self, plan: Plan, zone_name: str) -> None:
        """Look up the midnights of the plan's years and of one year on either side."""
        months = plan.service_months()
        first_year = months[0].year - 1
        self.zone_name = zone_name
        self._starts = midnights(zone_name, first_year, months[-1].year + 1)
        self._first = day_number(months[0].first_day.replace(year=first_year, month=1, day=1))

    def second(self, day: int, second_of_day: int = 0) -> int:
        """Return the second so far after the beginning of a local day."""
        return self._starts[day - self._first] + second_of_day


class Stamp(NamedTuple):
    """The envelope of an entry but for its id and patient.

    at: when it took effect.
    recorded: the second at which it was written down.
    """

    at: datetime
    recorded: int
    actor: str
    reason: str | None = None
    supersedes: str | None = None


class Ledger:
    """The growing entries of one chart, or of a practice where `patient` is None."""

    __slots__ = ("entries", "patient", "prefix")

    def __init__(self, prefix: str, patient: str | None) -> None:
        """Open an empty ledger whose entry ids begin with `prefix`."""
        self.prefix = prefix
        self.patient = patient
        self.entries: list[Entry] = []

    def write(self, body: Body, stamp: Stamp) -> str:
        """Append an entry and return its id."""
        name = f"{self.prefix}_{len(self.entries) + 1:04d}"
        self.entries.append(
            Entry(
                id=name,
                patient=self.patient,
                at=stamp.at,
                recorded_at=instant_of(stamp.recorded),
                actor=stamp.actor,
                supersedes=stamp.supersedes,
                reason=stamp.reason,
                body=body,
            )
        )
        return name

    def note(self, body: Body, second: int, actor: str) -> str:
        """Append an entry that was written down when it took effect."""
        return self.write(body, Stamp(instant_of(second), second, actor))

    def sorted(self) -> list[Entry]:
        """Return the entries in the order of recording."""
        return sorted(self.entries, key=in_order_of_recording)
