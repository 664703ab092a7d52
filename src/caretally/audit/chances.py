"""How likely a count is by chance alone, in whole numbers."""

from __future__ import annotations

from functools import lru_cache
from math import comb

MOST_DRAWS = 1_000
"""Beyond, so many stand for all in proportion: the odds are astronomical long before."""
NEGLIGIBLE = 10**9
"""A term so many times smaller than the sum is not added any more."""


@lru_cache(maxsize=4096)
def odds_against(hits: int, draws: int, one_in: int) -> int:
    """Return N where so many hits or more come about once in N tries; 1 where they are usual.

    Each draw hits once in `one_in`. The tail of the binomial, in integers.

    Example:
        >>> odds_against(1, 1, 300)
        300
        >>> odds_against(0, 5, 300)
        1
    """
    if draws > MOST_DRAWS:
        return odds_against(hits * MOST_DRAWS // draws, MOST_DRAWS, one_in)
    if hits <= 0:
        return 1
    term: int = comb(draws, hits) * (one_in - 1) ** (draws - hits)
    tail, count = term, hits
    while count < draws and term * NEGLIGIBLE > tail:
        term = term * (draws - count) // ((count + 1) * (one_in - 1))
        tail, count = tail + term, count + 1
    whole: int = one_in**draws
    return whole // max(1, tail)


def odds_words(odds: int) -> str:
    """Return odds for reading; what is beyond a million is said so.

    Example:
        >>> odds_words(3_000_000)
        'less than once in a million by chance'
    """
    if odds <= 1:
        return "usual by chance"
    if odds > 1_000_000:
        return "less than once in a million by chance"
    return f"about once in {odds:,} by chance"
