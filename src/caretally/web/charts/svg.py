"""The chart of vital signs as SVG: one axis of time, drawn by the server for screen and paper.

A drawing is text and nothing else: no script, no style attribute, no address outside. Every shape
has its color as an attribute, so that it can be read alone, and a class, by which the page puts the
colors of its theme in their place. What it shows stands in its description and in the table beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from caretally.clock import instant_of, midnight, seconds_of, zone
from caretally.practice.chart_records import (
    ALERT,
    ATTEMPT,
    CLOSED,
    CONTACT,
    MEDICATION,
    Axis,
    Bound,
    Mark,
    Signs,
    gaps_of,
)
from caretally.practice.vitals import Curve, Point, Vital, plain
from caretally.web.charts.scale import Across, Upward, tenths, ticks_for

LEFT, RIGHT, TOP = 44, 12, 8
HEAD, PLOT, BETWEEN, LANE, STRIP, DATES, KEY = 22, 104, 14, 18, 14, 20, 18
NARROW = 600
"""Below this width names take a line more, and say less."""
HUES = (("vs-a", "#0b6e69"), ("vs-b", "#b35c00"), ("vs-c", "#6a4fb3"))
"""Class and color of the curves of a panel."""
LEVELS = {"emergent": "#a3261b", "urgent": "#b35c00", "routine": "#0b4f8a", "technical": "#4c5a59"}
INK, QUIET, LINE, BOUND, GAP = "#17211f", "#4c5a59", "#d5dedd", "#a3261b", "#eef2f2"
DAY_HUES = {
    "data": "#0b6e69", "none": "#fdeae7", "reading": "#fdf3d8", "today": "#ffffff",
    "to_come": "#e9eeee",
}  # fmt: skip
KINDS = {
    "device": "measured by a device", "typed": "typed by hand, or origin not known",
    "estimated": "time estimated", "late": "arrived late", "held": "held back, not counted",
}  # fmt: skip
"""How a reading may look, in words."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ROOM_FOR_WORDS = 1200
"""Tenths of a unit that a bound must last for its name to be written beside it."""
MOST_ROWS = 5
"""Rows on which alerts of the same time are laid out; further ones share the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How a drawing is made.

    width: in units, which are pixels where it is shown in its own size. name: how its ids begin.
    is_alone: whether it is a document of its own, on white. links: addresses by the key of a mark.
    """

    width: int = 960
    name: str = "vitals"
    is_alone: bool = False
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What all parts of a drawing share.

    bottom: where the panels and lanes end.
    """

    axis: Axis
    sheet: Sheet
    across: Across
    bottom: int

    @property
    def is_narrow(self) -> bool:
        """Whether words must be few."""
        return self.sheet.width < NARROW

    @property
    def panel_head(self) -> int:
        """How high the name of a vital sign stands above its panel."""
        return HEAD + 14 if self.is_narrow else HEAD

    @property
    def right(self) -> int:
        """Where the axis of time ends."""
        return self.across.left + self.across.width


def said(text: str) -> str:
    """Return a text as it may stand in XML; what XML cannot hold becomes a replacement mark."""
    return escape(NOT_XML.sub("\ufffd", text))


def drawing(axis: Axis, sheet: Sheet | None = None) -> str:
    """Return the drawing of an axis; it is well-formed XML."""
    sheet = sheet or Sheet()
    seconds = max(1, seconds_of(axis.ends) - seconds_of(axis.begins))
    across = Across(
        begins=seconds_of(axis.begins), seconds=seconds, left=LEFT, width=sheet.width - LEFT - RIGHT
    )
    head = HEAD + 14 if sheet.width < NARROW else HEAD
    tops = [TOP + n * (head + PLOT + BETWEEN) for n in range(len(axis.signs))]
    below = TOP + len(tops) * (head + PLOT + BETWEEN)
    rows = rows_of(axis.of(ALERT), across)
    lanes = [part for part in (alert_lane(axis, rows), *lane_names(axis)) if part]
    strip_at = below + sum(HEAD + LANE * count for _, count in lanes)
    canvas = Canvas(axis=axis, sheet=sheet, across=across, bottom=strip_at + HEAD + STRIP)
    key, key_rows = key_of(canvas, canvas.bottom + DATES + 8)
    height = canvas.bottom + DATES + 8 + key_rows * KEY
    parts = [opening(canvas, height), *gap_bands(canvas), *dates(canvas)]
    for signs, top in zip(axis.signs, tops, strict=True):
        parts += panel(canvas, signs, top)
    parts += lanes_drawn(canvas, rows, lanes, below)
    parts += [*strip(canvas, strip_at), *now_line(canvas), key, "</svg>"]
    return "".join(parts)


def opening(canvas: Canvas, height: int) -> str:
    """Return the beginning: size, title, description, and paper where it is alone."""
    sheet, name = canvas.sheet, canvas.sheet.name
    alone = sheet.is_alone
    kind = "img" if alone or not sheet.links else "group"
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    paper = f'<rect width="{sheet.width}" height="{height}" fill="#ffffff"/>' if alone else ""
    return (
        f'<svg{namespace} class="vs" role="{kind}" aria-labelledby="{name}-title {name}-desc" '
        f'width="{sheet.width}" height="{height}" viewBox="0 0 {sheet.width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="11.5">'
        f'<title id="{name}-title">{said(title_of(canvas.axis))}</title>'
        f'<desc id="{name}-desc">{said(description_of(canvas.axis))}</desc>{paper}'
    )


def title_of(axis: Axis) -> str:
    """Return the title of a drawing; it names nobody."""
    first, last = axis.stretch.first_on, axis.stretch.last_on
    return f"Vital signs from {first} to {last}, days in {axis.zone}"


def vital_title(vital: Vital) -> str:
    """Return what to call a vital sign, with its unit."""
    unit = vital.unit
    if unit.startswith("per "):
        return f"{vital.kind.title} {unit}"
    return f"{vital.kind.title} in {unit}" if unit else vital.kind.title


def description_of(axis: Axis) -> str:
    """Return what a drawing shows, for people who do not see it."""
    found = [f"{curve_words(curve)}" for signs in axis.signs for curve in signs.vital.curves]
    bounds = dict.fromkeys(each.says for signs in axis.signs for each in signs.bounds)
    found += [f"Calls for a person: {says}" for says in bounds]
    for lane, one, many in (
        (ALERT, "alert", "alerts"), (CONTACT, "conversation", "conversations"),
        (ATTEMPT, "attempt", "attempts"),
        (MEDICATION, "change of medication", "changes of medication"),
    ):  # fmt: skip
        count = len(axis.of(lane))
        found += [f"{count} {one if count == 1 else many}"] if count else []
    silent = sum((last - first).days + 1 for first, last in gaps_of(axis))
    found += [f"{silent} day{'' if silent == 1 else 's'} without any reading"] if silent else []
    return "; ".join(found) + "." if found else "Nothing was measured and nothing happened."


def curve_words(curve: Curve) -> str:
    """Return a curve in words."""
    numbers = [point.value for point in curve.points]
    held = f", {len(curve.held)} held back" if curve.held else ""
    if not numbers:
        return f"{curve.name}: no reading that counts{held}"
    count = len(numbers)
    return (
        f"{curve.name}: {count} reading{'' if count == 1 else 's'}, from {plain(min(numbers))} "
        f"to {plain(max(numbers))}, latest {plain(numbers[-1])}{held}"
    )


def text(words: str, x: str | int, y: int, more: str = "") -> str:
    """Return a quiet label; the words are safe already."""
    return f'<text class="vs-label" fill="{QUIET}" x="{x}" y="{y}"{more}>{words}</text>'


def panel(canvas: Canvas, signs: Signs, top: int) -> Iterator[str]:
    """Yield a vital sign: its name, numbers beside, bounds, curves and readings."""
    vital = signs.vital
    values = [p.value for c in vital.curves for p in (*c.points, *c.held)]
    upward = Upward(
        top=top + canvas.panel_head,
        height=PLOT,
        ticks=ticks_for([*values, *(b.value for b in signs.bounds)]),
    )
    yield heading(canvas, vital, top + 14)
    for tick in upward.ticks:
        y = upward.y(tick)
        yield (
            f'<path class="vs-line" stroke="{LINE}" fill="none" d="M{LEFT} {y}H{canvas.right}"/>'
            f'<text class="vs-label" fill="{QUIET}" x="{LEFT - 6}" y="{y}" dy="4" '
            f'text-anchor="end">{plain(tick)}</text>'
        )
    for bound in signs.bounds:
        yield bound_step(canvas, upward, bound)
    for number, curve in enumerate(vital.curves):
        yield from curve_drawn(canvas, upward, curve, HUES[number])


def heading(canvas: Canvas, vital: Vital, y: int) -> str:
    """Return the name of a vital sign, and of its curves where there are several."""
    names = ""
    if len(vital.curves) > 1:
        names = "".join(
            f'<tspan class="{hue[0]}-ink" fill="{hue[1]}" dx="12">● {said(curve.name)}</tspan>'
            for curve, hue in zip(vital.curves, HUES, strict=False)
        )
    latest = f'<tspan dx="10">latest {said(vital.latest)}</tspan>' if vital.latest else ""
    begin = f'<text class="vs-ink" fill="{INK}" x="{LEFT}" y="{y}"'
    title = f'<tspan font-weight="600">{said(vital_title(vital))}</tspan>'
    if canvas.is_narrow:
        return f'{begin}>{title}{latest}</text>{begin} dx="-12" dy="14">{names}</text>'
    return f"{begin}>{title}{latest}{names}</text>"


def bound_step(canvas: Canvas, upward: Upward, bound: Bound) -> str:
    """Return a bound from when it held until when; a starting point has wider gaps."""
    begins, ends = canvas.across.place(bound.begins), canvas.across.place(bound.ends)
    dashes = "2 5" if bound.is_starting_point else "6 4"
    x, y = tenths(begins), upward.y(bound.value)
    says = said(bound.says + (", a starting point" if bound.is_starting_point else ""))
    name = ""
    if ends - begins >= ROOM_FOR_WORDS:
        # High bounds are named on the left below the line, low ones on the right above it, so that
        # two that lie close together stay readable.
        is_high = bound.side == "high"
        edge = f'x="{x}" dx="3" dy="10"' if is_high else f'x="{tenths(ends)}" dx="-3" dy="-3"'
        anchor = "start" if is_high else "end"
        name = (
            f'<text class="vs-bound-name" fill="{BOUND}" font-size="9.5" y="{y}" {edge} '
            f'text-anchor="{anchor}">{said(bound.says)}</text>'
        )
    return (
        f'<path class="vs-bound" stroke="{BOUND}" fill="none" stroke-width="1.3" '
        f'stroke-dasharray="{dashes}" d="M{x} {y}H{tenths(ends)}">'
        f"<title>{says}</title></path>{name}"
    )


def curve_drawn(
    canvas: Canvas, upward: Upward, curve: Curve, hue: tuple[str, str]
) -> Iterator[str]:
    """Yield a curve, broken where days are missing, and its readings."""
    where, across, name, y = zone(canvas.axis.zone), canvas.across, said(curve.name), upward.y
    steps: list[str] = []
    dots: list[str] = []
    before = 0
    for point in curve.points:
        local = point.at.astimezone(where)
        x, height, day = across.x(point.at), y(point.value), local.toordinal()
        steps.append(f"{'L' if steps and day - before <= 1 else 'M'}{x} {height}")
        before = day
        dots.append(reading(point, (x, height), hue, f"{name} {reading_words(point, local)}"))
    if steps:
        yield (
            f'<path class="{hue[0]}" stroke="{hue[1]}" fill="none" stroke-width="1.6" '
            f'd="{"".join(steps)}"/>'
        )
    yield from dots
    for point in curve.held:
        words = f"{name} {reading_words(point, point.at.astimezone(where))}"
        yield reading(point, (across.x(point.at), y(point.value)), hue, words)


def kind_of(point: Point) -> str:
    """Return how a reading looks: its most important mark."""
    if point.is_held:
        return "held"
    if point.origin != "device":
        return "typed"
    return "estimated" if point.is_estimated else "late" if point.is_late else "device"


def reading_words(point: Point, local: datetime) -> str:
    """Return a reading in words: number, local time, and what is to be known of it."""
    kind = kind_of(point)
    more = "" if kind == "device" else f", {KINDS[kind]}"
    return f"{plain(point.value)}, {local.isoformat(' ', 'minutes')[:16]}{more}"


def reading(point: Point, place: tuple[str, str], hue: tuple[str, str], words: str) -> str:
    """Return the shape of a reading, with its words as a tooltip."""
    return shape(kind_of(point), place, hue, f"<title>{words}</title>")


def shape(kind: str, place: tuple[str, str], hue: tuple[str, str], inside: str = "") -> str:
    """Return the shape of a kind of reading: dot, ring, diamond, square, cross."""
    (x, y), (name, color) = place, hue
    if kind == "device":
        return (
            f'<circle class="{name}-dot" fill="{color}" cx="{x}" cy="{y}" r="3">{inside}</circle>'
        )
    line = f'stroke="{color}" stroke-width="1.5"'
    if kind == "typed":
        return (
            f'<circle class="{name}-ring" fill="#ffffff" {line} cx="{x}" cy="{y}" r="3">'
            f"{inside}</circle>"
        )
    if kind == "late":
        path, tail = f"M{x} {y}m-3 -3h6v6h-6z", "dot"
    elif kind == "estimated":
        path, tail = f"M{x} {y}m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z", "ring"
    else:
        path, tail = f"M{x} {y}m-3.5 -3.5l7 7m0 -7l-7 7", "cross"
    fill = {"dot": color, "ring": "#ffffff", "cross": "none"}[tail]
    return f'<path class="{name}-{tail}" fill="{fill}" {line} d="{path}">{inside}</path>'


def gap_bands(canvas: Canvas) -> Iterator[str]:
    """Yield a band for every run of days without any reading."""
    zone_name, across = canvas.axis.zone, canvas.across
    for first, last in gaps_of(canvas.axis):
        begins = across.place(instant_of(midnight(first, zone_name)))
        ends = across.place(instant_of(midnight(last + timedelta(days=1), zone_name)))
        days = f"{first}" if first == last else f"{first} to {last}"
        yield (
            f'<rect class="vs-gap" fill="{GAP}" x="{tenths(begins)}" y="{TOP}" '
            f'width="{tenths(ends - begins)}" height="{canvas.bottom - TOP - STRIP}">'
            f"<title>No reading, {days}</title></rect>"
        )


def dates(canvas: Canvas) -> Iterator[str]:
    """Yield a line and a date below for some midnights, as many as there is room for."""
    days = canvas.axis.stretch.days
    room = max(1, canvas.across.width // 64)
    step = next(n for n in (1, 2, 3, 5, 7, 14, 28, 56, 112, 366) if len(days) <= n * room)
    for day in days[::step]:
        place = canvas.across.place(instant_of(midnight(day, canvas.axis.zone)))
        x = tenths(place)
        yield (
            f'<path class="vs-line" stroke="{LINE}" fill="none" d="M{x} {TOP}V{canvas.bottom + 4}"'
            "/>"
        )
        if place < (canvas.right - 26) * 10:
            yield text(f"{day:%b} {day.day}", x, canvas.bottom + 16)


def now_line(canvas: Canvas) -> Iterator[str]:
    """Yield where the present is, while the stretch lasts."""
    axis = canvas.axis
    if axis.begins < axis.now < axis.ends:
        x = canvas.across.x(axis.now)
        yield (
            f'<path class="vs-now" stroke="{INK}" fill="none" stroke-dasharray="1 3" '
            f'd="M{x} {TOP}V{canvas.bottom}"><title>now</title></path>'
        )


Lane = tuple[str, int]
"""What a lane is called, and how many rows it has."""
Rows = Sequence[Sequence[Mark]]


def rows_of(alerts: Iterable[Mark], across: Across) -> Rows:
    """Return alerts on rows, so that those of the same time do not hide each other."""
    rows: list[list[Mark]] = []
    ends: list[int] = []
    for mark in alerts:
        begins = across.place(mark.at)
        until = across.place(mark.until) if mark.until else 10 * (across.left + across.width)
        free = next((n for n, end in enumerate(ends) if end + 60 < begins), None)
        if free is None and len(rows) < MOST_ROWS:
            rows.append([])
            ends.append(0)
            free = len(rows) - 1
        free = MOST_ROWS - 1 if free is None else free
        rows[free].append(mark)
        ends[free] = max(ends[free], until, begins + 100)
    return rows


def alert_lane(axis: Axis, rows: Rows) -> Lane | None:
    """Return the lane of alerts; None without any."""
    alerts = axis.of(ALERT)
    waiting = sum(each.state != CLOSED for each in alerts)
    words = f"Alerts, {waiting} open" if waiting else "Alerts, all closed"
    return (words, len(rows)) if alerts else None


def lane_names(axis: Axis) -> Iterator[Lane | None]:
    """Yield the lanes of contacts and of medication; None where nothing happened."""
    has_contacts = axis.of(CONTACT) or axis.of(ATTEMPT)
    yield ("Conversations and attempts", 1) if has_contacts else None
    yield ("Medication", 1) if axis.of(MEDICATION) else None


def lanes_drawn(canvas: Canvas, rows: Rows, lanes: Sequence[Lane], top: int) -> Iterator[str]:
    """Yield the lanes below the panels."""
    for words, count in lanes:
        yield text(said(words), LEFT, top + 14)
        middle = top + HEAD + LANE // 2
        if words.startswith("Alerts"):
            for number, row in enumerate(rows):
                yield from (alert_bar(canvas, each, middle + LANE * number) for each in row)
        elif words == "Medication":
            for number, mark in enumerate(canvas.axis.of(MEDICATION), 1):
                yield medication(canvas, mark, middle, number)
        else:
            yield from (talk(canvas, each, middle) for each in canvas.axis.of(ATTEMPT))
            yield from (talk(canvas, each, middle) for each in canvas.axis.of(CONTACT))
        top += HEAD + LANE * count


def linked(canvas: Canvas, mark: Mark, drawn: str) -> str:
    """Return a mark as a link where there is an address for it."""
    where = zone(canvas.axis.zone)
    words = said(f"{mark.at.astimezone(where).isoformat(' ', 'minutes')[:16]} {mark.says}")
    href = canvas.sheet.links.get(mark.key)
    inside = f"<title>{words}</title>{drawn}"
    if href is None:
        return f"<g>{inside}</g>"
    return f'<a href="{said(href)}" aria-label="{words}">{inside}</a>'


def alert_bar(canvas: Canvas, mark: Mark, y: int) -> str:
    """Return an alert: a flag where it was raised, a bar, and a block where it was closed."""
    color, level = LEVELS.get(mark.level, QUIET), mark.level or "routine"
    begins = canvas.across.place(mark.at)
    ends = canvas.across.place(mark.until or min(canvas.axis.now, canvas.axis.ends))
    x, until = tenths(begins), tenths(max(ends, begins))
    end = f"M{until} {y - 4}v8" if mark.state == CLOSED else f"M{until} {y - 4}l5 4l-5 4z"
    return linked(
        canvas, mark,
        f'<path class="vs-alert vs-{level}" stroke="{color}" fill="{color}" stroke-width="2" '
        f'd="M{x} {y}H{until}M{x} {y + 5}v-10l7 4l-7 3{end}"/>',
    )  # fmt: skip


def talk(canvas: Canvas, mark: Mark, y: int) -> str:
    """Return a conversation as a dot, an attempt as a ring with a stroke."""
    x = canvas.across.x(mark.at)
    if mark.lane == CONTACT:
        return linked(
            canvas, mark, f'<circle class="vs-talk" fill="#0b4f8a" cx="{x}" cy="{y}" r="5"/>'
        )
    return linked(
        canvas, mark,
        f'<path class="vs-attempt" stroke="#0b4f8a" fill="#ffffff" stroke-width="1.5" '
        f'd="M{x} {y}m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0m1.5 3.5l6 -7"/>',
    )  # fmt: skip


def medication(canvas: Canvas, mark: Mark, y: int, number: int) -> str:
    """Return a change of medication: a numbered diamond, and a line through all panels."""
    x = canvas.across.x(mark.at)
    return linked(
        canvas, mark,
        f'<path class="vs-change-line" stroke="#6a4fb3" fill="none" stroke-dasharray="4 3" '
        f'd="M{x} {TOP}V{y}"/><path class="vs-change" fill="#6a4fb3" d="M{x} {y}m0 -6l6 6l-6 6'
        f'l-6 -6z"/><text class="vs-label" fill="{QUIET}" x="{x}" y="{y}" dx="9" dy="4">'
        f"M{number}</text>",
    )  # fmt: skip


DAY_WORDS = {
    "data": "data", "none": "no reading", "reading": "a reading that makes no data day",
    "today": "today, none yet", "to_come": "to come",
}  # fmt: skip


def strip(canvas: Canvas, top: int) -> Iterator[str]:
    """Yield a box for every day, by whether data came, and where device periods begin."""
    axis, across = canvas.axis, canvas.across
    yield text(said(strip_words(axis, is_narrow=canvas.is_narrow)), LEFT, top + 14)
    at = across.place(axis.begins)
    for day in axis.days:
        end = across.place(instant_of(midnight(day.on + timedelta(days=1), axis.zone)))
        yield (
            f'<rect class="vs-day vs-day-{day.state}" fill="{DAY_HUES[day.state]}" '
            f'stroke="#7b8b89" stroke-width="0.5" x="{tenths(at + 5)}" y="{top + HEAD}" '
            f'width="{tenths(max(5, end - at - 10))}" height="{STRIP - 2}">'
            f"<title>{day.on}: {DAY_WORDS[day.state]}</title></rect>"
        )
        at = end
    for period in axis.periods:
        begins = instant_of(midnight(period.first_on, axis.zone))
        if axis.begins < begins < axis.ends:
            x = across.x(begins)
            yield (
                f'<path class="vs-period" stroke="{INK}" stroke-width="2" fill="none" '
                f'd="M{x} {top + HEAD - 5}v{STRIP + 8}"><title>A device period begins on '
                f"{period.first_on}</title></path>"
            )


def strip_words(axis: Axis, *, is_narrow: bool) -> str:
    """Return what stands above the strip of days."""
    if not axis.periods:
        return "Days with data; no device period runs"
    latest = axis.periods[0]
    if is_narrow:
        return (
            f"Days with data; {latest.data_days} since {latest.first_on:%b} {latest.first_on.day}"
        )
    return (
        f"Days with data; {latest.data_days} in the device period "
        f"{latest.first_on:%b} {latest.first_on.day} – {latest.last_on:%b} {latest.last_on.day}"
    )


def key_of(canvas: Canvas, top: int) -> tuple[str, int]:
    """Return what the shapes mean that occur, and how many rows that takes."""
    points = [
        point for signs in canvas.axis.signs for curve in signs.vital.curves
        for point in (*curve.points, *curve.held)
    ]  # fmt: skip
    occurring = {kind_of(point) for point in points}
    x, row, drawn = LEFT + 4, 0, []
    for kind, words in KINDS.items():
        if kind not in occurring:
            continue
        width = 26 + 6 * len(words)
        if x + width > canvas.sheet.width and x > LEFT + 4:
            x, row = LEFT + 4, row + 1
        y = top + row * KEY
        drawn.append(shape(kind, (str(x), str(y)), ("vs-key", QUIET)))
        drawn.append(text(words, x + 10, y + 4))
        x += width
    return "".join(drawn), row + 1 if drawn else 0
