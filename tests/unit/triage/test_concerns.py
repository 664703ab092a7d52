"""Values at, below and above every bound; what answers a concern; silence and falling off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from caretally.journal.quantities import GLUCOSE, TEMPERATURE, WEIGHT
from caretally.triage.rules import ROUTINE, URGENT
from caretally.triage.vitals import BY_CODE
from tests.unit.triage.made import (
    DAY,
    names,
    pressure,
    reviewed,
    talk,
    threshold,
    told,
    weight,
)


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (160, 95, []),
        (161, 95, ["out_of_range: value_outside"]),
        (160, 96, ["out_of_range: value_outside"]),
        (100, 60, []),
        (99, 60, ["out_of_range: value_outside"]),
        (100, 59, ["out_of_range: value_outside"]),
        (180, 80, ["out_of_range: value_outside"]),
        (181, 80, ["crisis: value_in_crisis"]),
        (150, 120, ["out_of_range: value_outside"]),
        (150, 121, ["crisis: value_in_crisis"]),
    ],
)
def test_a_pressure_is_held_against_bounds_that_belong_to_the_inside(
    high: int, low: int, expected: list[str]
) -> None:
    assert names(pressure(20, high, low)) == expected


def test_a_concern_cites_its_readings_and_says_whose_threshold_it_is() -> None:
    (concern,) = reviewed(pressure(19, 170), pressure(20, 165)).concerns
    assert concern.entries == ("reading_recorded_19_08", "reading_recorded_20_08")
    assert concern.says == (
        "systolic pressure 165 mmHg on Mar 20, above 160; 2 readings, the worst 170"
    )
    assert concern.is_starting_point


def test_a_threshold_of_the_patients_own_takes_the_place_of_the_starting_point() -> None:
    own = threshold(1, 110, 150)
    assert names(own, pressure(20, 155)) == ["out_of_range: value_outside"]
    (concern,) = reviewed(own, pressure(20, 155)).concerns
    assert not concern.is_starting_point
    assert names(own, threshold(2, None, 170), pressure(20, 165)) == []
    assert names(threshold(1, None, None), pressure(20, 175)) == []


def test_a_threshold_in_an_unknown_unit_changes_nothing() -> None:
    assert names(threshold(1, None, 900, unit="bar"), pressure(20, 165)) != []


def test_no_threshold_hides_a_crisis() -> None:
    assert names(threshold(1, None, 220), pressure(20, 190)) == ["crisis: value_in_crisis"]


def test_a_crisis_that_was_measured_again_and_better_is_told_and_less_urgent() -> None:
    again = [pressure(20, 190, hour=8), pressure(20, 150, hour=9)]
    assert names(*again) == ["out_of_range: value_in_crisis"]
    assert "then 150" in reviewed(*again).concerns[0].says


def test_a_value_outside_that_was_measured_again_and_better_is_told_and_less_urgent() -> None:
    (finding,) = reviewed(pressure(19, 170), pressure(20, 150)).findings
    assert finding.level == ROUTINE
    assert finding.says.endswith("above 160; then 150 on Mar 20")
    (alone,) = reviewed(pressure(19, 170)).findings
    assert alone.level == URGENT


@pytest.mark.parametrize("answer", [talk(20), told(20), told(20, "alert")])
def test_an_answer_after_the_reading_settles_it(answer: object) -> None:
    assert names(pressure(20, 190), answer) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "no_answer",
    [talk(20, 7), talk(20, mode="ai_telephone"), talk(20, two_way=False), told(20, "unreachable")],
)
def test_what_came_before_or_was_no_conversation_answers_nothing(no_answer: object) -> None:
    assert names(pressure(20, 190), no_answer) == ["crisis: value_in_crisis"]  # type: ignore[arg-type]


def test_a_value_of_more_than_a_week_ago_is_no_concern_any_more() -> None:
    assert names(pressure(13, 170)) == ["out_of_range: value_outside"]
    assert names(pressure(12, 170)) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([(19, "80.00"), (20, "81.36")], []),
        ([(19, "80.00"), (20, "81.37")], ["out_of_range: rose_fast"]),
        ([(13, "80.00"), (20, "82.26")], []),
        ([(13, "80.00"), (20, "82.27")], ["out_of_range: rose_fast"]),
        ([(12, "80.00"), (20, "85.00")], []),
        ([(19, "82.00"), (20, "80.00")], []),
    ],
)
def test_weight_may_rise_three_pounds_in_a_day_and_five_in_a_week(
    before: list[tuple[int, str]], expected: list[str]
) -> None:
    assert names(*(weight(day, value) for day, value in before)) == expected


def test_the_first_limit_that_is_passed_is_told_and_pounds_are_converted() -> None:
    found = reviewed(weight(13, "176.4", "[lb_av]"), weight(19, "178.0", "[lb_av]"),
                     weight(20, "182.0", "[lb_av]")).concerns  # fmt: skip
    assert [each.name for each in found] == ["rose_fast"]
    assert "3 lb in a day" in found[0].says
    assert found[0].metric == WEIGHT


def test_a_conversation_answers_a_rise() -> None:
    assert names(weight(19, "80"), weight(20, "83"), talk(20)) == []


@pytest.mark.parametrize(
    ("last", "expected"),
    [(17, ["silent: device_is_dark"]), (18, [])],
)
def test_three_days_without_a_reading_make_a_device_dark(last: int, expected: list[str]) -> None:
    equipped_on = date(2026, 3, 15)
    days = range(15, last + 1)
    assert names(*(pressure(day, 120) for day in days), equipped_on=equipped_on) == expected


def test_silence_counts_from_the_device_and_only_with_one() -> None:
    assert names(equipped_on=date(2026, 3, 17)) == ["silent: device_is_dark"]
    assert names(equipped_on=date(2026, 3, 18)) == []
    assert names(pressure(1, 120)) == []


def test_a_conversation_gives_the_silence_as_many_days_again() -> None:
    quiet = [pressure(10, 120)]
    assert names(*quiet, talk(18), equipped_on=date(2026, 3, 1)) == []
    assert names(*quiet, talk(17), equipped_on=date(2026, 3, 1)) == ["silent: device_is_dark"]


def test_who_measures_less_than_in_the_week_before_is_told() -> None:
    equipped_on = date(2026, 1, 1)
    before = [pressure(day, 120) for day in range(6, 10)]
    assert names(*before, pressure(14, 120), pressure(18, 120), pressure(19, 120),
                 equipped_on=equipped_on) == ["pattern: measures_less"]  # fmt: skip
    assert names(*before, *(pressure(day, 120) for day in (14, 16, 18, 19)),
                 equipped_on=equipped_on) == []  # fmt: skip
    assert names(*before[1:], pressure(14, 120), pressure(19, 120), equipped_on=equipped_on) == []
    assert names(*before, pressure(18, 120), talk(13), equipped_on=equipped_on) == []


def test_the_most_urgent_comes_first() -> None:
    found = names(weight(19, "80"), weight(20, "83"), pressure(20, 190))
    assert found == ["crisis: value_in_crisis", "out_of_range: rose_fast"]


def test_other_patients_readings_are_nobodys_concern() -> None:
    other = pressure(20, 190)
    object.__setattr__(other, "patient", "another")
    assert names(other) == []


def test_days_are_those_of_the_patients_zone() -> None:
    late = pressure(20, 170, hour=23)
    assert reviewed(late).last_on == DAY


@pytest.mark.parametrize(
    ("code", "value", "unit", "amount"),
    [
        (WEIGHT, "3", "[lb_av]", "1.36077711"),
        (WEIGHT, "80500", "g", "80.5"),
        (TEMPERATURE, "98.6", "[degF]", "37"),
        (GLUCOSE, "10", "mmol/L", "180.160"),
        ("2339-0", "90", "mg/dL", "90"),
    ],
)
def test_units_are_converted_exactly(code: str, value: str, unit: str, amount: str) -> None:
    assert BY_CODE[code].amount(Decimal(value), unit) == Decimal(amount)


def test_an_unknown_unit_makes_no_number() -> None:
    assert BY_CODE[WEIGHT].amount(Decimal(80), "[ston_av]") is None
    assert names(weight(20, "400", "[ston_av]")) == []
