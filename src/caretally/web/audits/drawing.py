"""The small line of twelve months beside a figure; larger pictures are those of the reports.

Places are in percent across and pixels down, so that nothing is stretched with the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from caretally.practice.self_auditing import Tally
from caretally.web.patients.drawing import percent

HEIGHT, ROOM = 28, 4
FULL = 1000


def months_line(tallies: Sequence[Tally | None], says: str) -> SafeString:
    """Return months as a line, the month that is shown last; a month that rang is a larger mark."""
    values = [None if each is None else value_of(each) for each in tallies]
    top = max([1, *(each for each in values if each is not None)])
    at = [
        (percent(40 + 920 * index // max(1, len(values) - 1)), down(value, top), tally.rings)
        for index, (value, tally) in enumerate(zip(values, tallies, strict=True))
        if value is not None and tally is not None
    ]
    lines = format_html_join(
        "", '<line class="trend-line" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        ((a[0], a[1], b[0], b[1]) for a, b in pairwise(at)),
    )  # fmt: skip
    marks = format_html_join(
        "", '<circle class="{}" cx="{}" cy="{}" r="{}"/>',
        (("trend-rings", x, y, 4) if rings else ("trend-mark", x, y, 2) for x, y, rings in at),
    )  # fmt: skip
    return format_html(
        '<svg class="trend" role="img" aria-label="{}" height="{}">{}{}</svg>',
        says, HEIGHT, lines, marks,
    )  # fmt: skip


def value_of(tally: Tally) -> int:
    """Return the height of a month: the share in thousandths, or the count."""
    return tally.figure.part if tally.figure.whole is None else tally.figure.permille


def down(value: int, top: int) -> int:
    """Return how far below the upper edge a value stands."""
    return HEIGHT - ROOM - (HEIGHT - 2 * ROOM) * value // top
