"""When a patient of a campaign is called next: its days and hours, retries by outcome, a pause.

A function of what was tried before. It knows nothing of consent, caps or the law: whether a call
may be made then is the gate's to say, once more right before dialing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from caretally.clock import local_date, zone

REACHED = frozenset({"completed", "handed_over", "hung_up", "declined", "opted_out"})
"""Outcomes after which the patient has rest until the next round."""
WRONG_NUMBER = frozenset({"wrong_person"})
"""Outcomes after which the number must be given anew before anybody is called there."""
RETRIES: Mapping[str, tuple[int, ...]] = {
    "no_answer": (120, 1440), "busy": (30, 120), "voicemail": (1440,), "failed": (60,),
}  # fmt: skip
"""Minutes to wait after an outcome, for the first attempt and those after it; a starting point."""
MOST_RETRIES, MOST_MINUTES = 5, 7 * 1440
MOST_DAYS = 400
"""Days that are looked at for one that the campaign calls on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a campaign was set up with. weekdays: 1 is Monday. retries: minutes by outcome."""

    begins_on: date
    ends_on: date
    weekdays: frozenset[int]
    from_time: str
    to_time: str
    every_days: int
    retries: Mapping[str, tuple[int, ...]]

    def slot(self, at: datetime, zone_name: str) -> datetime | None:
        """Return the first instant from `at` on that lies within the terms; None without."""
        local = at.astimezone(zone(zone_name))
        day = max(local.date(), self.begins_on)
        for _ in range(MOST_DAYS):
            if day > self.ends_on:
                return None
            opens = self.opening(day, zone_name)
            closes = datetime.combine(day, wall(self.to_time), tzinfo=zone(zone_name))
            found = max(at, opens)
            if day.isoweekday() in self.weekdays and found < closes.astimezone(at.tzinfo):
                return found
            day += timedelta(days=1)
        return None

    def opening(self, day: date, zone_name: str) -> datetime:
        """Return when calls begin on a local date."""
        local = datetime.combine(day, wall(self.from_time), tzinfo=zone(zone_name))
        return local.astimezone(zone("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A call of the campaign that was dialed. attempt: of its round, from 1."""

    attempt: int
    outcome: str
    begun_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The next call. attempt: 1 is the first of a round."""

    due_at: datetime
    attempt: int


def next_call(terms: Terms, zone_name: str, tried: Sequence[Tried], at: datetime) -> Next | None:
    """Return when a patient is called next; None where the campaign is over for the patient.

    tried: the calls before, the last one last. A call that is planned or running is not among them:
    whoever has one is not asked about.
    """
    attempt, wanted = 1, at
    if tried:
        last = tried[-1]
        waits = terms.retries.get(last.outcome, ())
        if last.attempt <= len(waits):
            attempt = last.attempt + 1
            wanted = last.ended_at + timedelta(minutes=waits[last.attempt - 1])
        else:
            first = next(each for each in reversed(tried) if each.attempt == 1)
            again = local_date(first.begun_at, zone_name) + timedelta(days=terms.every_days)
            wanted = terms.opening(again, zone_name)
    due = terms.slot(max(wanted, at), zone_name)
    return Next(due_at=due, attempt=attempt) if due is not None else None


def agreed_time(
    terms: Terms, zone_name: str, wanted: datetime, allowed: Callable[[datetime], datetime | None]
) -> datetime | None:
    """Return the first instant that both the campaign and the gate's clock allow; None without.

    allowed: returns the earliest instant from the given one on at which the gate's clock allows it.
    """
    at: datetime | None = wanted
    for _ in range(2 * MOST_DAYS):
        if at is None:
            return None
        slot = terms.slot(at, zone_name)
        then = allowed(slot) if slot is not None else None
        if then is None or then == slot:
            return then
        at = then
    return None


def wall(text: str) -> time:
    """Return a time of the wall clock; 24:00 is the last instant of a day."""
    return time.max if text == "24:00" else time.fromisoformat(text)
