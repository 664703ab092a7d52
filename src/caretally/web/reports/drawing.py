"""The pictures of reports as SVG, drawn by the server for screen and paper.

As with the chart of vital signs a drawing is text: no script, no style attribute, no address
outside. Colors are attributes, and classes by which a page's theme replaces them; what is drawn
stands in the description and in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caretally.practice.reports import CENTS, PERCENT, SECONDS, Cell, Picture
from caretally.web.charts.scale import tenths
from caretally.web.charts.svg import INK, LINE, QUIET, said

HUES = ("#0b6e69", "#b35c00", "#6a4fb3", "#4c5a59")
"""Colors of the series, in their order; the classes are rp-a to rp-d."""
WIDE, NARROW = 720, 340
LEFT, RIGHT, TOP, PLOT, DATES, KEY = 62, 10, 14, 170, 22, 18
BAR, ROW = 14, 38
MOST_TICKS = 6
STEPS = (1, 2, 5)
LETTER = 6
"""About how wide a letter is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How a drawing is made.

    is_alone: whether it is a document of its own, on white.
    """

    width: int = WIDE
    is_alone: bool = False


def drawing(picture: Picture, sheet: Sheet | None = None) -> str:
    """Return the drawing of a picture; it is well-formed XML."""
    sheet = sheet or Sheet()
    draw = bars if picture.kind == "bars" else columns
    parts, bottom = draw(picture, sheet)
    key, height = key_of(picture, sheet, bottom + 6)
    return "".join([opening(picture, sheet, height), *parts, *key, "</svg>"])


def opening(picture: Picture, sheet: Sheet, height: int) -> str:
    """Return the beginning: size, title, description, and paper where it is alone."""
    name = f"{picture.name}-{sheet.width}"
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if sheet.is_alone else ""
    paper = f'<rect width="{sheet.width}" height="{height}" fill="#ffffff"/>'
    return (
        f'<svg{namespace} class="rp" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'width="{sheet.width}" height="{height}" viewBox="0 0 {sheet.width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12">'
        f'<title id="{name}-title">{said(picture.title)}</title>'
        f'<desc id="{name}-desc">{said(description(picture))}</desc>'
        f"{paper if sheet.is_alone else ''}"
    )


def description(picture: Picture) -> str:
    """Return what a picture shows in words; long ones say where the numbers stand."""
    parts = []
    for series in picture.series:
        pairs = list(zip(picture.labels, series.values, strict=True))
        told = [f"{label} {picture.cell(value).shown}" for label, value in pairs]
        parts.append(f"{series.name}: {', '.join(told)}")
    parts += [f"{words} at {picture.cell(level).shown}" for level, words in picture.levels]
    return "; ".join(parts) + "."


def top_of(picture: Picture) -> int:
    """Return the largest value to be drawn, at least 1."""
    sums = []
    for column in zip(*(series.values for series in picture.series), strict=True):
        known = [value or 0 for value in column]
        sums.append(sum(known) if picture.is_stacked else max(known))
    return max([1, *sums, *(level for level, _ in picture.levels)])


def ticks(top: int, unit: str) -> tuple[int, ...]:
    """Return round values from nothing to above the top: hours for seconds, dollars for cents.

    Example:
        >>> ticks(47, "count")
        (0, 10, 20, 30, 40, 50)
    """
    base = {SECONDS: 3600, CENTS: 100, PERCENT: 10}.get(unit, 1)
    if unit == SECONDS and top < 2 * base:
        base = 60
    step, scale = base, 1
    while True:
        for each in STEPS:
            step = base * each * scale
            if -(-top // step) < MOST_TICKS:
                return tuple(step * n for n in range(-(-top // step) + 1))
        scale *= 10


def tick_words(value: int, unit: str) -> str:
    """Return a value beside the axis, short."""
    if unit == SECONDS:
        return f"{value // 3600} h" if value % 3600 == 0 else f"{value // 60} min"
    if unit == CENTS:
        return f"${value // 100:,}"
    if unit == PERCENT:
        return f"{value // 10} %"
    return f"{value:,}"


def columns(picture: Picture, sheet: Sheet) -> tuple[list[str], int]:
    """Return standing columns, beside one another or stacked, and where they end."""
    marks = ticks(top_of(picture), picture.unit)
    axis = Axis(highest=marks[-1], top=TOP, height=PLOT)
    right = sheet.width - RIGHT
    parts = [grid(axis, tick, (right, picture.unit)) for tick in marks]
    slot = (right - LEFT) * 10 // max(1, len(picture.labels))
    room = max(1, -(-max(map(len, picture.labels), default=1) * LETTER * 10 // slot))
    for index, label in enumerate(picture.labels):
        begins = LEFT * 10 + index * slot
        parts += column(picture, axis, index, (begins, slot))
        if (len(picture.labels) - 1 - index) % room == 0:
            place = (tenths(begins + slot // 2), str(TOP + PLOT + 16))
            parts.append(text(said(label), place, "middle"))
    parts += [level_line(picture, axis, level, right) for level in picture.levels]
    return parts, TOP + PLOT + DATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The axis upward, from nothing to the highest mark."""

    highest: int
    top: int
    height: int

    def tall(self, value: int) -> int:
        """Return how tall a value stands, in tenths."""
        return value * self.height * 10 // self.highest

    def y(self, value: int) -> int:
        """Return where a value lies, in tenths."""
        return (self.top + self.height) * 10 - self.tall(value)


def grid(axis: Axis, tick: int, told: tuple[int, str]) -> str:
    """Return a line across with its value."""
    right, unit = told
    y = axis.y(tick)
    label = text(said(tick_words(tick, unit)), (str(LEFT - 6), tenths(y + 40)), "end")
    line = f'stroke="{LINE}" fill="none" d="M{LEFT} {tenths(y)}H{right}"'
    return f'<path class="rp-line" {line}/>{label}'


def column(picture: Picture, axis: Axis, index: int, slot: tuple[int, int]) -> Iterator[str]:
    """Yield the columns of one label."""
    begins, width = slot
    inner = width * 7 // 10
    count = 1 if picture.is_stacked else len(picture.series)
    each = max(10, inner // count)
    below = 0
    for number, series in enumerate(picture.series):
        value = series.values[index] or 0
        if value <= 0:
            continue
        x = begins + (width - inner) // 2 + (0 if picture.is_stacked else number * each)
        height = max(10, axis.tall(value))
        y = axis.y(below + value) if picture.is_stacked else axis.y(value)
        yield box(
            number,
            (x, min(y, (TOP + PLOT) * 10 - 10), each - 4, height),
            f"{picture.labels[index]}, {series.name}: {picture.cell(value).shown}",
        )
        below += value if picture.is_stacked else 0


def level_line(picture: Picture, axis: Axis, level: tuple[int, str], right: int) -> str:
    """Return a dashed line across at a value, with its words."""
    value, words = level
    y = tenths(axis.y(value))
    return (
        f'<path class="rp-level" stroke="#a3261b" fill="none" stroke-width="1.4" '
        f'stroke-dasharray="6 4" d="M{LEFT} {y}H{right}"/>'
        f'<text class="rp-level-name" fill="#a3261b" x="{right}" y="{y}" dy="-4" '
        f'text-anchor="end">{said(f"{words}, {picture.cell(value).shown}")}</text>'
    )


def bars(picture: Picture, sheet: Sheet) -> tuple[list[str], int]:
    """Return lying bars, each under its label, and where they end."""
    parts: list[str] = []
    highest = top_of(picture)
    room = sheet.width - RIGHT - 2
    for index, label in enumerate(picture.labels):
        y = TOP + index * ROW
        values = [series.values[index] for series in picture.series]
        told = " + ".join(picture.cell(value).shown for value in values if value)
        parts.append(text(said(label), ("2", str(y)), "start", "rp-ink"))
        sums = told or Cell(picture.unit, 0).shown
        parts.append(text(said(sums), (str(room), str(y)), "end"))
        parts.append(
            f'<rect class="rp-rail" fill="#e9eeee" x="2" y="{y + 6}" width="{room - 2}" '
            f'height="{BAR}" rx="3"/>'
        )
        parts += bar(picture, index, (y + 6, room - 2, highest))
    return parts, TOP + len(picture.labels) * ROW - 10


def bar(picture: Picture, index: int, place: tuple[int, int, int]) -> Iterator[str]:
    """Yield the parts of one lying bar, one after the other."""
    y, room, highest = place
    x = 20
    for number, series in enumerate(picture.series):
        value = series.values[index] or 0
        if value <= 0:
            continue
        width = max(20, value * room * 10 // highest)
        yield box(
            number,
            (x, y * 10, width, BAR * 10),
            f"{picture.labels[index]}, {series.name}: {picture.cell(value).shown}",
        )
        x += width


def box(number: int, place: tuple[int, int, int, int], words: str) -> str:
    """Return a filled rectangle with its words; places are in tenths."""
    x, y, width, height = (tenths(each) for each in place)
    name = "abcd"[number % 4]
    return (
        f'<rect class="rp-{name}" fill="{HUES[number % 4]}" x="{x}" y="{y}" width="{width}" '
        f'height="{height}"><title>{said(words)}</title></rect>'
    )


def text(words: str, place: tuple[str, str], anchor: str, name: str = "rp-label") -> str:
    """Return a label; the words are safe already."""
    fill = INK if name == "rp-ink" else QUIET
    x, y = place
    return (
        f'<text class="{name}" fill="{fill}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'
    )


def key_of(picture: Picture, sheet: Sheet, top: int) -> tuple[list[str], int]:
    """Return what the colors mean, as many on a line as there is room, and where it ends."""
    if len(picture.series) < 2:
        return [], top + 6
    parts: list[str] = []
    x, y = 2, top + 12
    for number, series in enumerate(picture.series):
        width = 34 + len(series.name) * 8
        if x > 2 and x + width > sheet.width:
            x, y = 2, y + KEY
        parts.append(
            f'<rect class="rp-{"abcd"[number % 4]}" fill="{HUES[number % 4]}" x="{x}" '
            f'y="{y - 10}" width="12" height="12" rx="2"/>'
        )
        parts.append(text(said(series.name), (str(x + 17), str(y)), "start"))
        x += width
    return parts, y + 10


def rows_beside(picture: Picture) -> Sequence[tuple[Cell, ...]]:
    """Return the rows of the table beside a picture: a label, then the value of each series."""
    found = []
    for index, label in enumerate(picture.labels):
        values = tuple(picture.cell(series.values[index]) for series in picture.series)
        found.append((Cell("words", label), *values))
    return found
