"""By when an alert must be acknowledged: minutes that run always, or in the hours of a practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from caretally.clock import local_date, zone

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
MOST_DAYS = 366
"""Days that are counted through; a practice that never opens is waited for until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody answers: hours of local days, from the first up to the second.

    always: levels whose minutes run day and night. weekdays: 0 is Monday.
    """

    time_zone: str
    from_hour: int = 8
    to_hour: int = 17
    weekdays: frozenset[int] = WORKDAYS
    always: frozenset[str] = frozenset({"emergent"})

    def answer_by(self, raised_at: datetime, minutes: int, level: str) -> datetime:
        """Return the instant by which an alert must be acknowledged."""
        left = timedelta(minutes=minutes)
        if level in self.always or self.to_hour <= self.from_hour:
            return raised_at + left
        day, end = local_date(raised_at, self.time_zone), raised_at
        for _ in range(MOST_DAYS):
            if day.weekday() in self.weekdays:
                begin = max(self.at_hour(day, self.from_hour), raised_at)
                end = self.at_hour(day, self.to_hour)
                if begin < end:
                    if begin + left <= end:
                        return begin + left
                    left -= end - begin
            day += timedelta(days=1)
        return end

    def at_hour(self, day: date, hour: int) -> datetime:
        """Return the instant of an hour of a local date; hour 24 is the next midnight."""
        if hour == 24:
            day, hour = day + timedelta(days=1), 0
        return datetime.combine(day, time(hour), zone(self.time_zone)).astimezone(UTC)
