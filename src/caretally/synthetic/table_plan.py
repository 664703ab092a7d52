"""What a population of made-up tables is asked to be, and the draws it is made of.

The mixture is that of the generator of entries, drawn for thousands of patients at once; single
patients are not the same. Chance repeats for a seed and a number of a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from caretally.clock import ServiceMonth, day_number, midnights
from caretally.patient_months.extras import np
from caretally.patient_months.rows import calendar_years

Array: TypeAlias = Any
"""An array of integers."""


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """A population of whole practices.

    month: the last month with activity; months: how many months have it. Readings begin a month
    earlier, so that device periods end in the first of them.
    """

    patients: int
    seed: int
    month: ServiceMonth
    months: int = 1
    patients_per_part: int = 15_000

    @cached_property
    def active_months(self) -> tuple[ServiceMonth, ...]:
        """The months with activity, in order."""
        found = [self.month]
        while len(found) < self.months:
            found.insert(0, found[0].previous())
        return tuple(found)

    @cached_property
    def first_day(self) -> int:
        """The first day with readings."""
        return day_number(self.active_months[0].previous().first_day)

    @cached_property
    def last_day(self) -> int:
        """The last day with activity."""
        return day_number(self.month.last_day)

    def part_sizes(self) -> list[int]:
        """Return how many patients each part has."""
        whole, rest = divmod(self.patients, self.patients_per_part)
        return [self.patients_per_part] * whole + ([rest] if rest else [])


class Draws:
    """Chance by the column."""

    def __init__(self, *seed: int) -> None:
        """Begin the draws of a seed."""
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def between(self, low: Any, high: Any, count: int) -> Array:
        """Return numbers from low to high, both included; either may be a column."""
        return self._generator.integers(low, high, count, dtype=np.int64, endpoint=True)

    def hump(self, low: Any, high: Any, count: int) -> Array:
        """Return numbers from low to high, both included, the middle most often."""
        half = (high - low) // 2
        return low + self.between(0, half, count) + self.between(0, high - low - half, count)

    def chance(self, per_thousand: Any, count: int) -> Array:
        """Return for each row whether something happens so many times in a thousand."""
        return self.between(0, 999, count) < per_thousand

    def pick(self, numbers: Sequence[int], count: int) -> Array:
        """Return one of some numbers for each row, all alike."""
        return np.array(numbers, dtype=np.int64)[self.between(0, len(numbers) - 1, count)]

    def order(self, limits: Array, width: int) -> Array:
        """Return for each row the numbers below its limit in random order, others behind them."""
        keys = self._generator.random((len(limits), width), dtype=np.float32)
        keys[np.arange(width) >= limits[:, None]] = 2
        return keys.argsort(axis=1)


def midnight_grid(zones: Sequence[str], plan: TablePlan) -> Array:
    """Return the second at which each day of the plan begins, by zone, with a margin around."""
    years = calendar_years(plan.month)
    origin = day_number(ServiceMonth(years[0], 1).first_day)
    begin, end = plan.first_day - MARGIN - origin, plan.last_day + MARGIN - origin
    return np.array([midnights(zone, *years)[begin:end] for zone in zones], dtype=np.int64)


MARGIN = 120
"""Days before the first and after the last day for which local time is known."""
