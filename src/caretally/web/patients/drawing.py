"""Bars of seconds as SVG, drawn here and nowhere else; charts of vital signs are of `web/charts`.

Widths are in percent, so that text never shrinks with the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from caretally.practice.patient_month import Mark

FULL = 1000
"""The length of a bar, in its own units."""


def percent(place: int) -> str:
    """Return a place of the plot in percent."""
    return f"{place // 10}.{place % 10}%"


def bar(seconds: int, marks: Sequence[Mark], name: str, *, span: int) -> SafeString:
    """Return seconds as a bar toward the amounts that codes ask for; `span` is its full length."""
    reached = [mark for mark in marks if seconds >= mark.amount]
    said = ", ".join(
        f"{mark.amount // 60} minutes {'reached' if mark in reached else 'not reached'}"
        for mark in marks
    )
    return format_html(
        '<svg class="bar" role="img" aria-label="{}" height="34">'
        '<rect class="bar-track" width="100%" height="12" rx="6"/>'
        '<rect class="bar-fill" width="{}" height="12" rx="6"/>{}</svg>',
        f"{name}: {seconds // 60} minutes {seconds % 60} seconds; {said or 'no amount asked'}",
        percent(FULL * seconds // span),
        format_html_join(
            "", '<line class="bar-mark{}" x1="{}" x2="{}" y1="0" y2="16"/>'
            '<text class="tick" x="{}" y="30" text-anchor="middle">{}</text>',
            (
                (" is-reached" if mark in reached else "", at, at, at, f"{mark.amount // 60} min")
                for mark in marks
                for at in [percent(FULL * mark.amount // span)]
            ),
        ),
    )  # fmt: skip


def span_of(seconds: Iterable[int], marks: Iterable[Mark]) -> int:
    """Return the full length of bars that are to be compared: a little more than the largest."""
    return max([1, *seconds, *(mark.amount for mark in marks)]) * 21 // 20 + 1
