"""Pictures of reports: well-formed, as tall as what they show, and in words for everybody."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

import tests.django_here  # noqa: F401 - configures Django before its parts are imported
from caretally.practice.reports import (
    CENTS,
    PERCENT,
    SECONDS,
    Picture,
    Series,
    cents,
    change,
    count,
    seconds,
    share,
)
from caretally.web.reports.drawing import NARROW, WIDE, Sheet, drawing, rows_beside, ticks

SVG = "{http://www.w3.org/2000/svg}"
LABELS = ("one", "two & <three>", "four")


def picture(**more: object) -> Picture:
    """Return a picture of two series."""
    made = {
        "name": "p", "title": "Title", "labels": LABELS,
        "series": (Series(name="a", values=(10, 20, None)), Series(name="b", values=(5, 0, 40))),
    } | more  # fmt: skip
    return Picture(**made)  # type: ignore[arg-type]


def boxes(shown: Picture, width: int = WIDE) -> list[ET.Element]:
    """Return the rectangles that stand for values."""
    tree = ET.fromstring(drawing(shown, Sheet(width=width, is_alone=True)))  # noqa: S314 - drawn by this program
    return [each for each in tree.iter(f"{SVG}rect") if each.find(f"{SVG}title") is not None]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", ["columns", "bars"])
@pytest.mark.parametrize("stacked", [True, False])
def test_a_drawing_is_text_that_anybody_can_read(width: int, kind: str, *, stacked: bool) -> None:
    shown = picture(kind=kind, is_stacked=stacked, levels=((30, "enough"),))
    text = drawing(shown, Sheet(width=width, is_alone=True))
    tree = ET.fromstring(text)  # noqa: S314 - drawn by this program
    assert "style=" not in text
    assert "<script" not in text
    title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert (
        desc.text == "a: one 10, two & <three> 20, four –; b: one 5, two & <three> 0, four 40; "
        "enough at 30."
    )
    assert len(boxes(shown, width)) == 4
    for each in boxes(shown, width):
        right = Decimal(each.attrib["x"]) + Decimal(each.attrib["width"])
        assert 0 <= Decimal(each.attrib["x"]) < right <= width


def test_columns_stand_as_high_as_their_values() -> None:
    heights = [Decimal(each.attrib["height"]) for each in boxes(picture())]
    tall = dict(zip((10, 5, 20, 40), heights, strict=True))
    assert abs(tall[40] - 2 * tall[20]) <= Decimal("0.2")
    assert abs(tall[20] - 2 * tall[10]) <= Decimal("0.2")


def test_stacked_columns_stand_on_one_another() -> None:
    first, second, *_ = boxes(picture(is_stacked=True))
    assert Decimal(second.attrib["y"]) + Decimal(second.attrib["height"]) == Decimal(
        first.attrib["y"]
    )


def test_the_table_beside_holds_every_number() -> None:
    rows = rows_beside(picture(unit=CENTS))
    assert [[cell.shown for cell in row] for row in rows] == [
        ["one", "$0.10", "$0.05"], ["two & <three>", "$0.20", "$0.00"], ["four", "–", "$0.40"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("top", "unit", "expected"),
    [(1, "count", (0, 1)), (47, "count", (0, 10, 20, 30, 40, 50)), (4000, SECONDS, (
        0, 1200, 2400, 3600, 4800)), (1000, PERCENT, (0, 200, 400, 600, 800, 1000)),
     (69_176, CENTS, (0, 20_000, 40_000, 60_000, 80_000))],
)  # fmt: skip
def test_marks_are_round_and_reach_above_the_top(
    top: int, unit: str, expected: tuple[int, ...]
) -> None:
    assert ticks(top, unit) == expected


def test_cells_know_how_they_are_read() -> None:
    assert (cents(-123456).shown, cents(-5).plain, cents(None).shown) == (
        "-$1,234.56",
        "-0.05",
        "–",
    )
    assert (seconds(3_661).shown, count(12_345).shown) == ("1:01:01", "12,345")
    assert (share(2, 3).shown, share(1, 0).plain) == ("66.7 %", "")
    assert (change(Decimal("0.04")).shown, change(Decimal("-1.25")).shown) == ("0.0", "-1.3")
