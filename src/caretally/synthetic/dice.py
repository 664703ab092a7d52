"""Chance that repeats: the same seed gives the same draws on every platform.

Only whole numbers, and only from the bits of Python's Mersenne Twister, whose sequence is fixed for
a text seed; nothing here uses floating point or the order of a hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A stream of draws named by a seed of words and numbers."""

    __slots__ = ("_bits",)

    def __init__(self, *seed: int | str) -> None:
        """Begin the stream that belongs to a seed."""
        self._bits = Random(":".join(map(str, seed))).getrandbits

    def below(self, limit: int) -> int:
        """Return a number from 0 to limit - 1, all alike."""
        return (self._bits(32) * limit) >> 32

    def between(self, low: int, high: int) -> int:
        """Return a number from low to high, both included, all alike."""
        return low + ((self._bits(32) * (high - low + 1)) >> 32)

    def hump(self, low: int, high: int) -> int:
        """Return a number from low to high, both included, the middle most often."""
        half = (high - low) // 2
        return low + self.below(half + 1) + self.below(high - low - half + 1)

    def chance(self, per_thousand: int) -> bool:
        """Return whether something happens that does so so many times in a thousand."""
        return self._bits(32) * 1000 >> 32 < per_thousand

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items, all alike."""
        return items[(self._bits(32) * len(items)) >> 32]

    def some_of(self, count: int, low: int, high: int) -> list[int]:
        """Return `count` different numbers from low to high, in the order drawn."""
        left = list(range(low, high + 1))
        drawn = []
        for _ in range(min(count, len(left))):
            at = self.below(len(left))
            left[at], left[-1] = left[-1], left[at]
            drawn.append(left.pop())
        return drawn


def spread(*weighted: tuple[Item, int]) -> tuple[Item, ...]:
    """Return every item as often as its weight, for `Dice.pick`."""
    return tuple(item for item, weight in weighted for _ in range(weight))
