"""What a synthetic program is asked to be: how many patients, how long, from when, which seed.

The size of every practice follows from the seed alone, so that any one practice can be made without
the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from caretally.clock import ServiceMonth, day_number
from caretally.errors import InputError, Problem
from caretally.synthetic.dice import Dice

MOST_PATIENTS = 10_000_000
MOST_MONTHS = 120
SMALLEST_PRACTICE = 220
LARGEST_PRACTICE = 380


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A synthetic program of whole practices.

    patients: charts in all, 1 to 10,000,000.
    months: service months with activity, 1 to 120.
    seed: names one of many programs; part of every id, so that programs of two seeds can be mixed.
    first_month: the first service month with activity.
    """

    patients: int
    months: int
    seed: int
    first_month: ServiceMonth

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out, naming every reason."""
        asked = (
            ("patients", self.patients, 1, MOST_PATIENTS),
            ("months", self.months, 1, MOST_MONTHS),
            ("seed", self.seed, 0, 2**63 - 1),
            ("first_month", self.first_month.year, 2000, 2100),
        )
        problems = [
            Problem(where="synthesize", field=name, found=str(found), expected=f"{least} to {most}")
            for name, found, least, most in asked
            if not least <= found <= most
        ]
        if problems:
            raise InputError(problems)

    def service_months(self) -> tuple[ServiceMonth, ...]:
        """Return the months in order."""
        months = [self.first_month]
        while len(months) < self.months:
            months.append(months[-1].next())
        return tuple(months)

    def month_days(self) -> tuple[tuple[int, int], ...]:
        """Return the first and last day number of every month."""
        return tuple(
            (day_number(month.first_day), day_number(month.last_day))
            for month in self.service_months()
        )


@lru_cache(maxsize=16)
def practice_sizes(plan: Plan) -> tuple[int, ...]:
    """Return the patients of every practice; the last practice takes what is left."""
    sizes: list[int] = []
    left = plan.patients
    while left > 0:
        dice = Dice(plan.seed, "size", len(sizes))
        sizes.append(min(left, dice.hump(SMALLEST_PRACTICE, LARGEST_PRACTICE)))
        left -= sizes[-1]
    return tuple(sizes)
