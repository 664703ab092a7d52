"""Curves, units, days of a period, and the numbers beside a chart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

import tests.django_here  # noqa: F401 - configures Django before its parts are imported
from caretally.journal.entries import Component, Entry, ReadingRecorded
from caretally.practice.vitals import days_of_period, plain, vitals_of, words_of
from caretally.web.charts.scale import ticks_for
from caretally.web.charts.tables import rows_of
from caretally.web.patients.drawing import span_of

BEGIN = datetime(2026, 3, 1, 14, tzinfo=UTC)


def reading(number: int, body: ReadingRecorded) -> Entry:
    """Return an entry of a reading."""
    return Entry(
        id=f"ent_{number}", patient="pat_x", at=body.measured_at, recorded_at=body.measured_at,
        actor="device:dev_x", body=body,
    )  # fmt: skip


def weight(number: int, value: str, unit: str = "kg") -> Entry:
    """Return a weight on the so-manieth day."""
    return reading(number, ReadingRecorded(
        device="dev_x", metric="29463-7", value=Decimal(value), unit=unit,
        measured_at=BEGIN + timedelta(days=number), origin="device",
    ))  # fmt: skip


def pressure(number: int, systolic: str, diastolic: str) -> Entry:
    """Return a blood pressure on the so-manieth day."""
    parts = (
        Component(metric="8480-6", value=Decimal(systolic), unit="mm[Hg]"),
        Component(metric="8462-4", value=Decimal(diastolic), unit="mm[Hg]"),
    )
    return reading(number, ReadingRecorded(
        device="dev_x", metric="85354-9", components=parts,
        measured_at=BEGIN + timedelta(days=number), origin="manual",
    ))  # fmt: skip


def test_units_become_that_of_the_latest() -> None:
    (found,) = vitals_of([weight(1, "180", "[lb_av]"), weight(2, "82.1")], BEGIN)
    values = [plain(point.value) for point in found.curves[0].points]
    assert (values, found.unit, found.left_out) == (["81.6", "82.1"], "kg", 0)


def test_a_unit_that_cannot_be_turned_is_left_out_and_told() -> None:
    (found,) = vitals_of([weight(1, "12", "[ston_av]"), weight(2, "82.1")], BEGIN)
    assert (len(found.curves[0].points), found.left_out) == (1, 1)


def test_what_was_before_is_not_shown() -> None:
    assert vitals_of([weight(1, "80")], BEGIN + timedelta(days=2)) == ()


def test_a_pressure_is_two_curves_and_one_pair() -> None:
    (found,) = vitals_of([pressure(1, "138", "86"), pressure(2, "129", "81")], BEGIN)
    assert [curve.name for curve in found.curves] == ["Systolic", "Diastolic"]
    assert found.latest == "129/81"
    body = pressure(1, "138", "86").body
    assert isinstance(body, ReadingRecorded)
    assert words_of(body) == "Blood pressure 138/86 mmHg"
    assert [row.values for row in rows_of(found)] == [("129", "81"), ("138", "86")]


@given(st.lists(st.decimals(-500, 5000, places=2), min_size=1, max_size=40))
def test_ticks_hold_all_values_in_equal_steps(values: list[Decimal]) -> None:
    ticks = ticks_for(values)
    assert ticks[0] <= min(values) <= max(values) <= ticks[-1]
    steps = {after - before for before, after in pairwise(ticks)}
    assert len(steps) == 1
    assert 2 <= len(ticks) <= 13


def test_every_date_of_a_period_has_one_state() -> None:
    first = date(2026, 3, 1)
    dates = [(first, True), (first, False), (date(2026, 3, 2), False)]
    found = days_of_period((first, date(2026, 3, 5)), dates, date(2026, 3, 4))
    assert [day.state for day in found] == ["data", "reading", "none", "today", "to_come"]


def test_a_bar_is_never_overfull() -> None:
    assert span_of((0,), ()) > 0
    assert span_of((4000, 100), ()) > 4000
