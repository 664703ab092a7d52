"""The patient's own readings as a drawing: one vital sign, large type, and no more than is needed.

The same numbers stand in a table below. Colors come from the page by their classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from caretally.clock import instant_of, midnight, zone
from caretally.practice.portal_wording import Wording
from caretally.practice.vitals import Curve, Vital, plain
from caretally.web.charts.scale import Across, Upward, tenths, ticks_for
from caretally.web.charts.svg import HUES, INK, LINE, said, shape

LEFT, RIGHT, TOP, PLOT, FOOT = 56, 16, 16, 240, 40
WIDE, NARROW = 640, 320
"""Widths of the two drawings: one for desks, one for phones, with letters of the same size."""
ROOM, WORD = 110, 60
"""How far dates below stand apart, and how much room one needs."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """On what a drawing is made. days: first and last date, both among them."""

    width: int
    days: tuple[date, date]
    zone: str
    words: Wording


def drawing(vital: Vital, paper: Paper) -> str:
    """Return the drawing of a vital sign; it is well-formed XML."""
    days, zone_name, words, width = paper.days, paper.zone, paper.words, paper.width
    begins, ends = (midnight(day, zone_name) for day in (days[0], days[1] + A_DAY))
    across = Across(begins=begins, seconds=ends - begins, left=LEFT, width=width - LEFT - RIGHT)
    values = [point.value for curve in vital.curves for point in curve.points]
    upward = Upward(top=TOP, height=PLOT, ticks=ticks_for(values))
    name = f"drawn-{vital.kind.name}-{width}"
    title = words.say("drawing_title", what=words.say(f"vital_{vital.kind.name}"))
    opening = (
        f'<svg class="vs" role="img" aria-labelledby="{name}" width="{width}" '
        f'height="{TOP + PLOT + FOOT}" viewBox="0 0 {width} {TOP + PLOT + FOOT}" '
        f'font-family="system-ui, sans-serif" font-size="18"><title id="{name}">'
        f"{said(title)}</title>"
    )
    return "".join((
        opening,
        *scale(upward, width), *dates(across, paper),
        *(part for number, curve in enumerate(vital.curves)
          for part in drawn(curve, across, upward, (number, paper))),
        "</svg>",
    ))  # fmt: skip


def scale(upward: Upward, width: int) -> Iterator[str]:
    """Yield a line and a number for every tick."""
    for tick in upward.ticks:
        y = upward.y(tick)
        yield (
            f'<path class="vs-line" stroke="{LINE}" fill="none" d="M{LEFT} {y}H{width - RIGHT}"/>'
            f'<text class="vs-ink" fill="{INK}" x="{LEFT - 8}" y="{y}" dy="6" '
            f'text-anchor="end">{plain(tick)}</text>'
        )


def dates(across: Across, paper: Paper) -> Iterator[str]:
    """Yield some dates below, with a line each."""
    first, last = paper.days
    count = (last - first).days + 1
    step = max(1, -(-count * ROOM // across.width))
    for offset in range(0, count, step):
        day = first + timedelta(days=offset)
        place = across.place(instant_of(midnight(day, paper.zone)))
        x = tenths(place)
        yield f'<path class="vs-line" stroke="{LINE}" fill="none" d="M{x} {TOP}v{PLOT}"/>'
        if place <= (across.left + across.width - WORD) * 10:
            yield (
                f'<text class="vs-ink" fill="{INK}" x="{x}" y="{TOP + PLOT + 24}">'
                f"{said(paper.words.short_day(day))}</text>"
            )


def drawn(curve: Curve, across: Across, upward: Upward, look: tuple[int, Paper]) -> Iterator[str]:
    """Yield a curve, broken where days are missing, and its readings with their words.

    look: number of the curve, and the paper.
    """
    number, paper = look
    hue, where = HUES[number], zone(paper.zone)
    places = [(across.x(each.at), upward.y(each.value)) for each in curve.points]
    local = [each.at.astimezone(where) for each in curve.points]
    joined = [after.toordinal() - before.toordinal() <= 1 for before, after in pairwise(local)]
    path = "".join(
        f"{'L' if is_joined else 'M'}{x} {y}"
        for (x, y), is_joined in zip(places, (False, *joined), strict=True)
    )
    if path:
        yield (
            f'<path class="{hue[0]}" stroke="{hue[1]}" fill="none" stroke-width="2.5" d="{path}"/>'
        )
    for point, at, place in zip(curve.points, local, places, strict=True):
        told = said(f"{paper.words.day(at.date())}: {plain(point.value)}")
        yield shape("device", place, hue, f"<title>{told}</title>")
