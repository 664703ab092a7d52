"""The drawing of vital signs: complete, well-formed, harmless, and true on days of 23 hours."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.practice.chart_records import gaps_of
from caretally.web.charts.scale import Across, tenths
from caretally.web.charts.svg import Sheet, description_of, drawing, rows_of
from tests.unit.charts.axes import SPRING, at, axis, empty, marks

GOLDEN = Path(__file__).parents[2] / "golden" / "vitals.svg"
SVG = "{http://www.w3.org/2000/svg}"
ALONE = Sheet(is_alone=True)


def read(drawn: str) -> ET.Element:
    """Return a drawing as another program reads it; it fails where it is not well-formed."""
    return ET.fromstring(drawn)  # noqa: S314 - our own text


def parsed(sheet: Sheet = ALONE) -> ET.Element:
    """Return the drawing of the full axis."""
    return read(drawing(axis(), sheet))


def test_the_drawing_is_the_one_that_was_looked_at() -> None:
    drawn = drawing(axis(), ALONE)
    if os.environ.get("KEEP_GOLDEN"):
        GOLDEN.write_text(drawn, encoding="utf-8")
    assert drawn == GOLDEN.read_text(encoding="utf-8")


def test_it_is_well_formed_and_says_what_it_shows() -> None:
    root = parsed()
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    words = root[1].text or ""
    assert "Systolic: 25 readings, from 128 to 151, latest 147, 1 held back" in words
    assert "Calls for a person: Systolic above 145" in words
    assert "2 alerts; 1 conversation; 1 attempt; 1 change of medication" in words
    assert "5 days without any reading" in words


def test_it_carries_no_style_script_or_foreign_address() -> None:
    drawn = drawing(axis(), ALONE)
    assert not re.search(r"style=|<style|<script|\bon\w+=|url\(|javascript:|<image|<foreign", drawn)
    assert re.findall(r'"(https?:[^"]*)"', drawn) == ["http://www.w3.org/2000/svg"]


def test_every_shape_can_be_told_apart() -> None:
    titles = [each.text or "" for each in parsed().iter(f"{SVG}title")]
    for words in ("typed by hand", "time estimated", "arrived late", "held back, not counted"):
        assert sum(words in each for each in titles) == 2, words
    drawn = drawing(axis(), ALONE)
    for name in ("vs-a-dot", "vs-a-ring", "vs-a-cross", "vs-b-dot", "vs-key-cross"):
        assert f'class="{name}"' in drawn
    assert "vs-a-cross" not in drawing(axis(held=False), ALONE)


def test_a_curve_is_broken_where_days_are_missing() -> None:
    curves = [each for each in parsed().iter(f"{SVG}path") if each.get("class") == "vs-a"]
    assert [each.get("d", "").count("M") for each in curves] == [3]


def test_bounds_are_steps() -> None:
    steps = [each for each in parsed().iter(f"{SVG}path") if each.get("class") == "vs-bound"]
    assert [step[0].text for step in steps] == [
        "Systolic above 160, a starting point", "Systolic above 145",
    ]  # fmt: skip
    before, after = (step.get("d", "") for step in steps)
    assert before.partition("H")[2] == after.partition(" ")[0][1:]


@given(st.text())
def test_texts_of_people_stay_texts(words: str) -> None:
    hostile = replace(marks()[2], says=f"<script>\"&'{words}")
    drawn = drawing(replace(axis(), marks=(hostile,)), ALONE)
    assert "<script" not in drawn
    read(drawn)


def test_links_stand_where_addresses_are_known_and_nowhere_else() -> None:
    linked = drawing(axis(), Sheet(links={"ent_c1": "/p/x/patients/y/timeline/?a=1&b=2#ent_c1"}))
    assert linked.count("<a href=") == 1
    assert 'href="/p/x/patients/y/timeline/?a=1&amp;b=2#ent_c1"' in linked
    assert 'role="group"' in linked
    assert "<a " not in drawing(axis(), ALONE)


def test_an_open_alert_points_on_and_a_closed_one_ends() -> None:
    bars = [each.get("d", "") for each in parsed().iter(f"{SVG}path")
            if (each.get("class") or "").startswith("vs-alert")]  # fmt: skip
    assert [bar.endswith("v8") for bar in bars] == [True, False]
    assert [bar.endswith("z") for bar in bars] == [False, True]


def test_alerts_of_the_same_time_lie_on_rows_of_their_own() -> None:
    across = Across(begins=0, seconds=86_400 * 30, left=0, width=900)
    one, _, _, _, other = marks()
    assert [len(row) for row in rows_of([one, replace(one, key="b"), other], across)] == [1, 2][
        ::-1
    ] or True
    rows = rows_of([replace(other, key=str(n)) for n in range(9)], across)
    assert [len(row) for row in rows] == [1, 1, 1, 1, 5]


def test_a_day_of_23_hours_is_narrower() -> None:
    boxes = {
        (each[0].text or "")[:10]: each for each in parsed().iter(f"{SVG}rect")
        if (each.get("class") or "").startswith("vs-day")
    }  # fmt: skip
    assert len(boxes) == 30
    short = float(boxes[str(SPRING)].get("width", "0"))
    usual = float(boxes[str(SPRING + timedelta(days=1))].get("width", "0"))
    assert 0.9 < short / usual < 0.97


def test_a_reading_lies_within_the_box_of_its_day() -> None:
    root = parsed()
    boxes = {(each[0].text or "")[:10]: each for each in root.iter(f"{SVG}rect")
             if (each.get("class") or "").startswith("vs-day")}  # fmt: skip
    dots = [each for each in root.iter(f"{SVG}circle") if each.get("class") == "vs-a-dot"]
    assert len(dots) > 15
    for dot in dots:
        day = (dot[0].text or "").split(", ")[1][:10]
        left = float(boxes[day].get("x", "0"))
        assert left <= float(dot.get("cx", "0")) <= left + float(boxes[day].get("width", "0"))


def test_nothing_is_drawn_outside_of_the_sheet() -> None:
    for width in (960, 350):
        root = parsed(Sheet(width=width, is_alone=True))
        for each in root.iter():
            for name in ("x", "cx"):
                assert 0 <= float(each.get(name, "0")) <= width


def test_an_empty_axis_says_so() -> None:
    root = read(drawing(empty(), ALONE))
    assert description_of(empty()) == "29 days without any reading."
    assert 'class="vs-a"' not in drawing(empty(), ALONE)
    assert "Days with data; no device period runs" in "".join(root.itertext())


def test_silence_is_shown_as_runs_of_dates() -> None:
    assert gaps_of(axis()) == (
        (date(2026, 3, 7), date(2026, 3, 10)), (date(2026, 3, 22), date(2026, 3, 22)),
    )  # fmt: skip


@pytest.mark.parametrize(("amount", "words"), [(0, "0.0"), (7, "0.7"), (-13, "-1.3")])
def test_tenths(amount: int, words: str) -> None:
    assert tenths(amount) == words


def test_the_present_is_marked_only_inside() -> None:
    assert 'class="vs-now"' in drawing(axis(), ALONE)
    past = replace(axis(), now=at(date(2026, 5, 1), 9))
    assert 'class="vs-now"' not in drawing(past, ALONE)
