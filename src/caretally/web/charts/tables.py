"""What a chart draws, as rows: for the table beside it, for a download, and for zooming."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from caretally.clock import seconds_of, zone
from caretally.practice.chart_records import Axis, Bound, Mark, Signs
from caretally.practice.vitals import Curve, Point, Vital, plain, unit_words
from caretally.web.charts.svg import KINDS, kind_of, vital_title

COLUMNS = (
    "kind", "local_time", "utc_time", "what", "value", "unit", "as_sent", "origin", "marks", "id",
)  # fmt: skip
READING, HELD_READING = "reading", "held_reading"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table beside a vital sign: a number for each curve, and what is to be known."""

    at: datetime
    values: tuple[str, ...]
    origin: str
    marks: str


def rows_of(vital: Vital) -> tuple[Row, ...]:
    """Return the readings of a vital sign, the latest first."""
    found: dict[tuple[datetime, str], dict[str, Point]] = {}
    for curve in vital.curves:
        for point in (*curve.points, *curve.held):
            found.setdefault((point.at, point.entry_id), {})[curve.name] = point
    names = [curve.name for curve in vital.curves]
    return tuple(
        Row(
            at=at,
            values=tuple(plain(row[name].value) if name in row else "" for name in names),
            origin=next(iter(row.values())).origin, marks=marks_of(next(iter(row.values()))),
        )
        for (at, _), row in sorted(found.items(), reverse=True)
    )  # fmt: skip


def marks_of(point: Point) -> str:
    """Return what is to be known of a reading, in words."""
    marks = {
        "held": point.is_held, "estimated": point.is_estimated, "late": point.is_late,
    }  # fmt: skip
    return ", ".join(KINDS[name] for name, is_so in marks.items() if is_so)


def csv_of(axis: Axis) -> str:
    """Return all that is on an axis as CSV: readings, bounds, and what happened."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in (*reading_rows(axis), *bound_rows(axis), *mark_rows(axis)):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are.

    Example:
        >>> harmless("=1+1"), harmless("-3.5")
        ("'=1+1", '-3.5')
    """
    is_number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell


def times_of(axis: Axis, at: datetime) -> tuple[str, str]:
    """Return an instant in the patient's zone and in UTC."""
    local = at.astimezone(zone(axis.zone)).isoformat(" ", "seconds")
    return local, at.isoformat(" ", "seconds").replace("+00:00", "Z")


def reading_rows(axis: Axis) -> Iterator[tuple[str, ...]]:
    """Yield a row for every number that was measured; one held back is of a kind of its own.

    Whoever adds up the readings of a download must not count what counts for nothing.
    """
    for signs in axis.signs:
        for curve in signs.vital.curves:
            for point in (*curve.points, *curve.held):
                yield (
                    HELD_READING if point.is_held else READING, *times_of(axis, point.at),
                    curve.name, plain(point.value), unit_words(curve.unit), point.sent,
                    point.origin, marks_of(point), point.entry_id,
                )  # fmt: skip


def bound_rows(axis: Axis) -> Iterator[tuple[str, ...]]:
    """Yield a row for every bound, from when it held."""
    for signs in axis.signs:
        units = {curve.name: unit_words(curve.unit) for curve in signs.vital.curves}
        for bound in signs.bounds:
            yield (
                "threshold", *times_of(axis, bound.begins), bound.says, plain(bound.value),
                units[bound.curve], "", "", "starting point" if bound.is_starting_point else "", "",
            )  # fmt: skip


def mark_rows(axis: Axis) -> Iterator[tuple[str, ...]]:
    """Yield a row for everything else that happened."""
    for mark in axis.marks:
        yield (
            mark.lane, *times_of(axis, mark.at), mark.says, "", "", "", "",
            mark.state if mark.lane == "alert" else "", mark.about or mark.key,
        )  # fmt: skip


def zoomable(axis: Axis) -> dict[str, object]:
    """Return what the page needs to let people zoom: seconds since 1970, numbers as text."""
    return {
        "zone": axis.zone,
        "begins": seconds_of(axis.begins),
        "ends": seconds_of(axis.ends),
        "panels": [panel(each) for each in axis.signs],
        "marks": [mark_numbers(each, axis) for each in axis.marks],
    }


def panel(signs: Signs) -> dict[str, object]:
    """Return a vital sign with its bounds."""
    return {
        "title": vital_title(signs.vital),
        "curves": [curve_numbers(curve) for curve in signs.vital.curves],
        "bounds": [bound_numbers(each) for each in signs.bounds],
    }


def curve_numbers(curve: Curve) -> dict[str, object]:
    """Return a curve; `kinds` says how each reading looks."""
    points = sorted((*curve.points, *curve.held), key=lambda each: each.at)
    return {
        "name": curve.name,
        "times": [seconds_of(each.at) for each in points],
        "values": [plain(each.value) for each in points],
        "kinds": [kind_of(each) for each in points],
    }


def bound_numbers(bound: Bound) -> list[object]:
    """Return a bound: from, until, number, words."""
    return [seconds_of(bound.begins), seconds_of(bound.ends), plain(bound.value), bound.says]


def mark_numbers(mark: Mark, axis: Axis) -> list[object]:
    """Return a mark: lane, from, until."""
    until = mark.until or min(axis.now, axis.ends)
    return [mark.lane, seconds_of(mark.at), seconds_of(until)]
