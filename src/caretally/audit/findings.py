"""What a measure of the self-audit says: a figure, whether its alarm rings, and the cases behind.

Whole numbers only: a share is two counts, and percent are worked out when they are written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

MOST_CASES = 200
"""Cases that a finding keeps; how many there are is told beside."""


class Figure(NamedTuple):
    """A count, or a share of a whole.

    part: how many. whole: of how many; None for a count of its own.
    """

    part: int
    whole: int | None = None

    @property
    def permille(self) -> int:
        """The share in thousandths, cut; 0 of nothing is 0."""
        return 1000 * self.part // self.whole if self.whole else 0

    @property
    def words(self) -> str:
        """The figure for reading, such as `3 of 40 (7.5 %)`."""
        if self.whole is None:
            return f"{self.part:,}"
        return f"{self.part:,} of {self.whole:,} ({percent(self.permille)})"

    @property
    def short(self) -> str:
        """The figure in a word: percent of a share, or the count."""
        return f"{self.part:,}" if self.whole is None else percent(self.permille)


def percent(permille: int) -> str:
    """Return thousandths as percent with one decimal.

    Example:
        >>> percent(75)
        '7.5 %'
    """
    return f"{permille // 10}.{permille % 10} %"


def exceeds(figure: Figure, percents: int) -> bool:
    """Tell whether a share is more than so many percent; nothing of nothing never is."""
    return bool(figure.whole) and 100 * figure.part > percents * (figure.whole or 0)


class Case(NamedTuple):
    """One thing to look at, with the way to its evidence.

    says: in words, without any name. staff: id. entries: ids. on: ISO date.
    """

    says: str
    patient: str = ""
    staff: str = ""
    entries: tuple[str, ...] = ()
    on: str = ""


class Bar(NamedTuple):
    """A person's figure in a picture; rings: whether it is why the alarm rings."""

    staff: str
    figure: Figure
    rings: bool = False


class Bin(NamedTuple):
    """How many months came to a total from one second to before another."""

    begins: int
    ends: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a measure found in a month.

    says: what the figure means, in a sentence. rings: whether the alarm rings. cases: the first of
    them; count: how many there are. bars: by person. bins: a histogram.
    """

    figure: Figure
    says: str
    rings: bool = False
    cases: tuple[Case, ...] = ()
    count: int = 0
    bars: tuple[Bar, ...] = ()
    bins: tuple[Bin, ...] = ()


def listed(cases: Iterable[Case]) -> tuple[tuple[Case, ...], int]:
    """Return the first cases, and how many there are."""
    found = tuple(cases)
    return found[:MOST_CASES], len(found)


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its word.

    Example:
        >>> plural(2, "patient")
        '2 patients'
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
