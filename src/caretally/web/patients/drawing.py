"""Charts of vital signs and bars of seconds as SVG, drawn here and nowhere else.

A drawing has a title and a description, colors come from the style sheet, and the page puts the
same numbers in a table beside it. Widths are in percent, so that text never shrinks with the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from caretally.clock import seconds_of, zone
from caretally.practice.patient_month import Mark
from caretally.practice.patient_page import Threshold
from caretally.practice.vitals import Curve, Vital, plain

HEIGHT = 150
"""Height of the plot in pixels."""
FULL = 1000
"""Both axes of the plot, in its own units."""
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
MOST_TICKS = 5
CURVE_CLASSES = ("curve-a", "curve-b", "curve-c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a chart spans: from when to when in which zone, and between which numbers.

    ticks: the numbers that are written beside it, the smallest first.
    """

    begins: datetime
    ends: datetime
    zone: str
    ticks: tuple[Decimal, ...]

    def x(self, at: datetime) -> int:
        """Return where an instant lies, from 0 to 1000."""
        whole = seconds_of(self.ends) - seconds_of(self.begins)
        return FULL * (seconds_of(at) - seconds_of(self.begins)) // max(1, whole)

    def y(self, value: Decimal) -> int:
        """Return where a number lies, from 0 at the top to 1000."""
        low, high = self.ticks[0], self.ticks[-1]
        return int(FULL - FULL * (value - low) / (high - low))


def ticks_for(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Return round numbers around all values, five steps at most.

    Example:
        >>> [int(tick) for tick in ticks_for([Decimal(72), Decimal(144)])]
        [60, 80, 100, 120, 140, 160]
    """
    found = sorted(values)
    low, high = found[0], found[-1]
    span = max(high - low, Decimal(2))
    step = next((Decimal(each) for each in STEPS if span / each <= MOST_TICKS), None)
    step = step or Decimal(STEPS[-1])
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    last = (high / step).to_integral_value(rounding="ROUND_CEILING")
    if last == first:
        last += 1
    return tuple(step * n for n in range(int(first), int(last) + 1))


def chart(
    vital: Vital,
    frame: tuple[datetime, datetime, str],
    *,
    talked: Sequence[datetime] = (),
    thresholds: Sequence[Threshold] = (),
) -> SafeString:
    """Return the drawing of a vital sign; `talked` are instants of contacts, marked below."""
    begins, ends, zone_name = frame
    numbers = [point.value for curve in vital.curves for point in curve.points]
    ticks = ticks_for([*numbers, *(line.value for line in thresholds)])
    made = Frame(begins=begins, ends=ends, zone=zone_name, ticks=ticks)
    name = vital.kind.name
    curves = list(enumerate(vital.curves))
    return format_html(
        '<div class="chart"><svg class="axis" width="44" height="{1}" aria-hidden="true">{4}</svg>'
        '<svg class="plot" role="img" aria-labelledby="{0}-title {0}-desc" height="{1}">'
        '<title id="{0}-title">{2}</title><desc id="{0}-desc">{3}</desc>'
        '<svg y="10" width="100%" height="{5}" viewBox="0 0 1000 1000" '
        'preserveAspectRatio="none">{6}{7}{8}{9}</svg>{10}{11}</svg></div>',
        name, HEIGHT + 46, title_of(vital), description_of(vital, thresholds),
        tick_labels(made), HEIGHT, grid(made), threshold_lines(made, thresholds),
        format_html_join("", "{}", ((curve_path(made, c, n),) for n, c in curves)),
        format_html_join("", "{}", ((dots(made, c, n),) for n, c in curves)),
        day_labels(made), contact_marks(made, talked),
    )  # fmt: skip


def title_of(vital: Vital) -> str:
    """Return the title of a drawing."""
    if vital.unit.startswith("per "):
        return f"{vital.kind.title} {vital.unit}"
    return f"{vital.kind.title} in {vital.unit}" if vital.unit else vital.kind.title


def description_of(vital: Vital, thresholds: Iterable[Threshold] = ()) -> str:
    """Return what a drawing shows, for people who do not see it."""
    said = []
    for curve in vital.curves:
        numbers = [point.value for point in curve.points]
        count = len(numbers)
        said.append(
            f"{curve.name}: {count} reading{'' if count == 1 else 's'}, from "
            f"{plain(min(numbers))} to {plain(max(numbers))}, latest {plain(numbers[-1])}"
        )
    said += [f"threshold: {line.says}" for line in thresholds]
    return "; ".join(said) + "."


def tick_labels(frame: Frame) -> SafeString:
    """Return the numbers beside the plot."""
    return format_html_join(
        "", '<text class="tick" x="38" y="{}" text-anchor="end">{}</text>',
        ((14 + HEIGHT * frame.y(tick) // FULL, plain(tick)) for tick in frame.ticks),
    )  # fmt: skip


def grid(frame: Frame) -> SafeString:
    """Return a line across the plot for every number beside it."""
    return format_html_join(
        "", '<path class="grid" d="M0 {}H1000"/>', ((frame.y(tick),) for tick in frame.ticks)
    )


def threshold_lines(frame: Frame, thresholds: Iterable[Threshold]) -> SafeString:
    """Return a dashed line for every threshold, with its name as a tooltip."""
    return format_html_join(
        "", '<path class="threshold" d="M0 {}H1000"><title>{}</title></path>',
        ((frame.y(line.value), line.says) for line in thresholds),
    )  # fmt: skip


def curve_path(frame: Frame, curve: Curve, number: int) -> SafeString:
    """Return the line through a curve's points."""
    steps = [f"{frame.x(point.at)} {frame.y(point.value)}" for point in curve.points]
    return format_html('<path class="curve {}" d="M{}"/>', CURVE_CLASSES[number], "L".join(steps))


def dots(frame: Frame, curve: Curve, number: int) -> SafeString:
    """Return a dot for every point, with its number as a tooltip; typed ones look different."""
    where, name, hue = zone(frame.zone), escape(curve.name), CURVE_CLASSES[number]
    found = (
        f'<path class="dot {hue}{"" if point.origin == "device" else " dot-typed"}" '
        f'd="M{frame.x(point.at)} {frame.y(point.value)}h0"><title>{name} {plain(point.value)}, '
        f"{point.at.astimezone(where):%Y-%m-%d %H:%M}</title></path>"
        for point in curve.points
    )
    # Only numbers, dates and the escaped name are put in.
    return mark_safe("".join(found))  # noqa: S308


def day_labels(frame: Frame) -> SafeString:
    """Return dates below the plot, five at most."""
    where = zone(frame.zone)
    first, last = frame.begins.astimezone(where), frame.ends.astimezone(where)
    step = max(1, (last - first).days // 5)
    days = [first.date() + timedelta(days=n) for n in range(step, (last - first).days + 1, step)]
    labels = (
        (percent(frame.x(datetime(day.year, day.month, day.day, 12, tzinfo=where))),
         HEIGHT + 28, f"{day:%b} {day.day}")
        for day in days
    )  # fmt: skip
    return format_html_join(
        "", '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>', labels
    )


def contact_marks(frame: Frame, talked: Iterable[datetime]) -> SafeString:
    """Return a mark below the plot for every contact."""
    where = zone(frame.zone)
    return format_html_join(
        "", '<circle class="talked" cx="{}" cy="{}" r="4"><title>Contact {}</title></circle>',
        (
            (percent(frame.x(at)), HEIGHT + 39, f"{at.astimezone(where):%Y-%m-%d %H:%M}")
            for at in talked
            if frame.begins <= at <= frame.ends
        ),
    )  # fmt: skip


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


def zoomable(vital: Vital, zone_name: str) -> dict[str, object]:
    """Return the numbers of a chart for zooming on the page: seconds, and values as text."""
    times = sorted({seconds_of(point.at) for curve in vital.curves for point in curve.points})
    return {
        "title": title_of(vital),
        "zone": zone_name,
        "times": times,
        "curves": [{"name": curve.name, "values": aligned(curve, times)} for curve in vital.curves],
    }


def aligned(curve: Curve, times: Sequence[int]) -> list[str | None]:
    """Return a curve's numbers at some seconds; None where it has none."""
    values = {seconds_of(point.at): plain(point.value) for point in curve.points}
    return [values.get(at) for at in times]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table beside a chart."""

    at: datetime
    values: tuple[str, ...]
    origin: str


def table_of(vital: Vital) -> tuple[Row, ...]:
    """Return the rows of the table beside a chart, the latest first."""
    found: dict[datetime, dict[str, tuple[str, str]]] = {}
    for curve in vital.curves:
        for point in curve.points:
            found.setdefault(point.at, {})[curve.name] = (plain(point.value), point.origin)
    names = [curve.name for curve in vital.curves]
    return tuple(
        Row(
            at=at, values=tuple(row.get(name, ("", ""))[0] for name in names),
            origin=next(iter(row.values()))[1],
        )
        for at, row in sorted(found.items(), reverse=True)
    )  # fmt: skip
