"""How high the rows of a table are, told beforehand.

A typesetter that must find out the height of a row sets its cells twice, which takes a third of the
time of a packet. So the lines of a cell are counted here, with widths of letters rounded up and
only breaks at spaces: never fewer lines than there will be. What cannot be told the page finds out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

SIZE, LINE, LEADING, INSETS = 8.0, 5.3, 3.6, 6.4
"""Points: of a letter, of a line, between lines, above and below a cell."""
SIDES, ON_PAGE = 10.0, 504.0
"""Points: beside a cell, with some to spare for letters set apart, and of all columns of a page."""
BY_WIDTH = {
    200: "'",
    220: ",.|",
    240: ":;",
    260: " ·",
    280: "ijl{}’",
    300: "!()I\\",
    320: "ft",
    340: '"-/J',
    360: "[]",
    380: "*r“”",
    400: "`s",
    440: "?cz",
    460: "ae~é",
    480: "#$0123456789§",
    500: "FS_bgvx",
    520: "^dkopqy",
    540: "Lhu",
    560: "+<=>EPn–×",
    580: "Y",
    600: "BRT",
    620: "Z",
    640: "%K",
    660: "CVX",
    680: "U",
    700: "AGN",
    720: "&DOQ",
    740: "H",
    760: "w—…",
    800: "m",
    840: "M",
    900: "@",
    960: "W",
}
"""Letters of Libertinus Serif, by thousandths of the letter size they take at most."""
WIDTHS = {letter: width for width, letters in BY_WIDTH.items() for letter in letters}
UNTOLD = 0
"""In place of lines or a height: find out."""


def heights(
    rows: Sequence[Sequence[str]], shares: Sequence[int], points: Sequence[int]
) -> list[float]:
    """Return the height of each row in points; 0 where the page must find out.

    shares: how much of what is left a column gets; where none, it is so many points wide.
    """
    fixed = sum(wide for share, wide in zip(shares, points, strict=True) if not share)
    one = max(0.0, ON_PAGE - fixed) / max(1, sum(shares))
    wide = [share * one if share else point for share, point in zip(shares, points, strict=True)]
    return [height(row, wide) for row in rows]


def height(row: Sequence[str], wide: Sequence[float]) -> float:
    """Return the height of a row, whose columns are so many points wide."""
    counts = [
        lines(cell, round((room - SIDES) * 1000 / SIZE))
        for cell, room in zip(row, wide, strict=True)
    ]
    if UNTOLD in counts:
        return UNTOLD
    most = max(counts)
    return round(INSETS + most * LINE + (most - 1) * LEADING, 1)


def lines(text: str, room: int) -> int:
    """Return on how many lines a text fits at most, in thousandths of the letter size.

    Example:
        >>> lines("one two", 10_000), lines("one two", 1_800), lines("one", 100)
        (1, 2, 0)
    """
    count = 0
    for part in text.split("\n"):
        left = -1
        for word in part.split(" "):
            took = width(word)
            if took is None or took > room:
                return UNTOLD
            left -= took + WIDTHS[" "]
            if left < 0:
                count, left = count + 1, room - took
    return count


@lru_cache(maxsize=20_000)
def width(word: str) -> int | None:
    """Return how wide a word is at most; None where a letter is not known."""
    found = [WIDTHS.get(letter) for letter in word]
    return None if None in found else sum(filter(None, found))
