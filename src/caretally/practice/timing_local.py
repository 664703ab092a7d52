"""Local times as people type them, and the instants they mean; what means two or none is refused.

An hour comes twice when clocks go back, and one is missing when they go forward. Nobody guesses
which was meant: a time that came twice is asked for again, with the choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from caretally.clock import zone
from caretally.errors import InputError, Problem

FIRST, SECOND = "first", "second"
TWICE = "an hour that came twice, as clocks went back"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTime:
    """A date and a time as typed.

    which: `first` or `second`, where the time came twice that day.
    """

    day: str
    time: str
    which: str = ""


def instant(typed: LocalTime, zone_name: str, *, field: str) -> datetime:
    """Return the instant of a local time in a zone.

    Raises:
        InputError: it is no date and time, did not happen, or happened twice and nobody said which.
    """
    try:
        naive = datetime.combine(date.fromisoformat(typed.day), time.fromisoformat(typed.time))
    except ValueError:
        found = "no date and time" if typed.day and typed.time else "nothing"
        raise refused(field, found, "a date and a time such as 09:05:30") from None
    if naive.tzinfo is not None:
        raise refused(field, "a time with an offset", f"a local time in {zone_name}")
    early = naive.replace(tzinfo=zone(zone_name), fold=0)
    late = early.replace(fold=1)
    before, after = early.utcoffset(), late.utcoffset()
    assert before is not None
    assert after is not None
    if before < after:
        words = f"a local time that {zone_name} left out, as clocks went forward"
        raise refused(field, words, "a time before or after the hour left out")
    if before > after and typed.which not in {FIRST, SECOND}:
        raise refused(field, TWICE, "the first or the second time", "choose which one it was")
    return (late if typed.which == SECOND else early).astimezone(UTC)


def instant_after(typed: LocalTime, begins: datetime, zone_name: str, *, field: str) -> datetime:
    """Return the instant of a time typed without a date of its own, such as when a call ended.

    It is of the date typed, or of the next where that is earlier than the beginning and the stretch
    would be short: a call over midnight.

    Raises:
        InputError: as `instant`.
    """
    found = instant(typed, zone_name, field=field)
    if found >= begins:
        return found
    tomorrow = date.fromisoformat(typed.day) + timedelta(days=1)
    later = LocalTime(day=tomorrow.isoformat(), time=typed.time, which=typed.which)
    following = instant(later, zone_name, field=field)
    return following if following - begins <= timedelta(hours=8) else found


def typed_from(at: datetime, zone_name: str) -> LocalTime:
    """Return an instant as it would be typed."""
    local = at.astimezone(zone(zone_name))
    came_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    which = (SECOND if local.fold else FIRST) if came_twice else ""
    return LocalTime(day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M:%S}", which=which)


def refused(field: str, found: str, expected: str, hint: str = "") -> InputError:
    """Return the refusal of a field."""
    problem = Problem(where="the form", field=field, found=found, expected=expected, hint=hint)
    return InputError([problem])
