"""Where instants and numbers lie on a drawing, in tenths of a unit and without rounding errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from caretally.clock import seconds_of

STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
MOST_TICKS = 5


def tenths(amount: int) -> str:
    """Return an amount of tenths as a number.

    Example:
        >>> tenths(1234), tenths(-5)
        ('123.4', '-0.5')
    """
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 10}.{amount % 10}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """The axis of time: from the second it begins, how many it holds, and where it lies.

    left, width: in whole units.
    """

    begins: int
    seconds: int
    left: int
    width: int

    def place(self, at: datetime) -> int:
        """Return where an instant lies, in tenths; what is outside lies on the edge."""
        share = self.width * 10 * (seconds_of(at) - self.begins) // self.seconds
        return self.left * 10 + max(0, min(share, self.width * 10))

    def x(self, at: datetime) -> str:
        """Return where an instant lies."""
        return tenths(self.place(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upward:
    """An axis of numbers, from the lowest tick at the bottom to the highest at the top."""

    top: int
    height: int
    ticks: tuple[Decimal, ...]

    def y(self, value: Decimal) -> str:
        """Return where a number lies."""
        low, high = self.ticks[0], self.ticks[-1]
        return tenths(self.top * 10 + int((high - value) * self.height * 10 / (high - low)))


def ticks_for(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Return round numbers around all values, in equal steps.

    Example:
        >>> [int(tick) for tick in ticks_for([Decimal(72), Decimal(144)])]
        [60, 80, 100, 120, 140, 160]
    """
    found = sorted(values)
    low, high = found[0], found[-1]
    span = max(high - low, Decimal(2))
    step = next((Decimal(each) for each in STEPS if span / each <= MOST_TICKS), None)
    step = step or Decimal(STEPS[-1])
    first = (low / step).to_integral_value(rounding=ROUND_FLOOR)
    last = (high / step).to_integral_value(rounding=ROUND_CEILING)
    if last == first:
        last += 1
    return tuple(step * n for n in range(int(first), int(last) + 1))
