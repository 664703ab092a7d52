"""The outlook of a period: exact, and against counting every outcome by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.triage.habits import Habit, chance_of, chances, habit_of, outlook

TODAY = date(2026, 3, 26)


def by_hand(habit: Habit, days: int) -> list[Fraction]:
    """Return the chances by walking through every sequence of days, each updating what is known."""
    found = [Fraction(0)] * (days + 1)
    for outcome in product((0, 1), repeat=days):
        seen, total, chance = habit.with_reading + 1, habit.days + 2, Fraction(1)
        for day in outcome:
            share = Fraction(seen, total)
            chance *= share if day else 1 - share
            seen, total = seen + day, total + 1
        found[sum(outcome)] += chance
    return found


@given(st.integers(0, 14), st.integers(0, 14), st.integers(0, 7))
def test_chances_are_those_of_every_sequence(one: int, other: int, days: int) -> None:
    habit = Habit(with_reading=one, days=one + other)
    assert list(chances(habit, days)) == by_hand(habit, days)


@given(st.integers(0, 14), st.integers(0, 14), st.integers(0, 30), st.integers(0, 30))
def test_an_outlook_is_ordered_and_possible(one: int, other: int, so_far: int, days: int) -> None:
    habit = Habit(with_reading=one, days=one + other)
    assert sum(chances(habit, days)) == 1
    found = outlook(habit, so_far, days)
    assert so_far <= found.least <= found.middle <= found.most <= so_far + days
    assert chance_of(habit, so_far, days, so_far) == 1
    assert chance_of(habit, so_far, days, so_far + days + 1) == 0


def test_a_daily_habit_looks_further_than_none() -> None:
    daily, never = Habit(with_reading=14, days=14), Habit(with_reading=0, days=14)
    assert outlook(daily, 6, 10).middle >= 15
    assert outlook(never, 6, 10).middle <= 7
    assert chance_of(daily, 6, 10, 16) > Fraction(1, 2) > chance_of(never, 6, 10, 16)


@pytest.mark.parametrize(
    ("ago", "held", "expected"),
    [
        ([0, 1, 2, 14, 15], None, (3, 14)),
        ([1, 1, 2], 3, (2, 3)),
        ([1], 0, (0, 0)),
        ([], 40, (0, 14)),
    ],
)
def test_a_habit_is_of_whole_days_with_a_device(
    ago: list[int], held: int | None, expected: tuple[int, int]
) -> None:
    dates = [TODAY - timedelta(days=n) for n in ago]
    since = None if held is None else TODAY - timedelta(days=held)
    found = habit_of(dates, TODAY, since)
    assert (found.with_reading, found.days) == expected
