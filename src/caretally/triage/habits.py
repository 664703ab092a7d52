"""What a patient's recent habit of measuring says about the days to come, and how little that is.

The habit is on how many of the last days a reading came. Of the days to come each is taken to be as
likely as those, and independent of the others, which people are not: the spread that is told is
what such days give by chance, and the true one is wider. Every number is exact; nothing is rounded
before it is compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import comb

LOOK_BACK_DAYS = 14
LIKELY = Fraction(4, 5)
"""The share of outcomes that a likely range holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """On how many of some last days, up to yesterday, a reading came."""

    with_reading: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How many days of a period will have data, at the habit: the middle, and a likely range."""

    least: int
    middle: int
    most: int


def habit_of(dates: Iterable[date], today: date, held_since: date | None) -> Habit:
    """Return the habit of the last two weeks, or of as many days as the patient holds a device."""
    first = today - timedelta(days=LOOK_BACK_DAYS)
    if held_since is not None:
        first = min(max(first, held_since), today)
    with_reading = {day for day in dates if first <= day < today}
    return Habit(with_reading=len(with_reading), days=(today - first).days)


def chances(habit: Habit, days: int) -> tuple[Fraction, ...]:
    """Return how likely 0, 1, 2 … of some days to come have a reading.

    The share of days is not known, only seen: this is the beta-binomial distribution that follows
    from what was seen, with no opinion before it.

    Example:
        >>> [str(each) for each in chances(Habit(with_reading=1, days=1), 1)]
        ['1/3', '2/3']
    """
    one, other = habit.with_reading + 1, habit.days - habit.with_reading + 1
    whole = comb(one + other + days - 1, days)
    return tuple(
        Fraction(comb(one + x - 1, x) * comb(other + days - x - 1, days - x), whole)
        for x in range(days + 1)
    )


def outlook(habit: Habit, so_far: int, days: int) -> Outlook:
    """Return how many days will have data when some days to come are over."""
    tail = (1 - LIKELY) / 2
    found = chances(habit, days)
    marks: list[int] = []
    for share in (tail, Fraction(1, 2), 1 - tail):
        below, number = Fraction(0), 0
        while below + found[number] < share:
            below += found[number]
            number += 1
        marks.append(so_far + number)
    return Outlook(least=marks[0], middle=marks[1], most=marks[2])


def chance_of(habit: Habit, so_far: int, days: int, wanted: int) -> Fraction:
    """Return how likely at least so many days will have data when some days to come are over."""
    return sum(
        (chance for number, chance in enumerate(chances(habit, days)) if so_far + number >= wanted),
        Fraction(0),
    )
