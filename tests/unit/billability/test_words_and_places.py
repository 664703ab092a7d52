"""Small words and places: arguments of criteria, amounts in words, what a decision may lack."""

from __future__ import annotations

from typing import Any

import pytest

from caretally.billability import criteria, scenario_places
from caretally.billability.rulebook_words import dated_words, reading_words, value_words
from caretally.billability.sheet_checks import CRITERIA, argument_kinds
from caretally.billability.sheet_records import Parameter
from caretally.billability.sheets import load_rulebook

KINDS = {
    "is_authorized": {"demanded": "flag"},
    "is_established": {"within": "years"},
    "began_monitoring_by": {"latest": "date"},
    "is_not_billed_elsewhere": {"codes": "codes", "specific": "codes?"},
    "is_billable": {"code": "word"},
    "reaches_management_time": {"minimum": "seconds", "counted": "policy"},
    "reaches_data_days": {"minimum": "days"},
    "stays_within_data_days": {"maximum": "days"},
    "monitors_system": {"system": "word"},
    "talked_live": {},
}


@pytest.mark.parametrize("name", KINDS)
def test_a_criterion_says_what_it_takes(name: str) -> None:
    assert argument_kinds(criteria.CRITERIA[name]) == KINDS[name]


def test_what_sheets_may_write_is_what_criteria_take() -> None:
    taken = {name: argument_kinds(each) for name, each in criteria.CRITERIA.items()}
    assert dict(CRITERIA) == taken


def parameter(unit: str, **readings: int | tuple[str, ...]) -> Parameter:
    """A parameter without values."""
    return Parameter(name="p", unit=unit, status="settled", page=None, values=(), readings=readings)


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("flag", 1, "yes"),
        ("flag", 0, "no"),
        ("days", 16, "16 days"),
        ("date", 0, "1970-01-01"),
        ("words", "rn lpn", "rn, lpn"),
    ],
)
def test_amounts_in_words(unit: str, value: int | str, words: str) -> None:
    assert value_words(parameter(unit), value) == words


def test_readings_in_words() -> None:
    counted = parameter("policy", strict=("live",), wide=("live", "management"), none=())
    assert reading_words(counted) == "strict: live; wide: live and management; none: nothing"
    assert reading_words(parameter("days", setup_16_days=16)) == "setup_16_days: 16 days"
    assert dated_words(counted, None) == "none"


NOTHING: dict[str, Any] = {"codes": {}, "lines": []}


def test_a_decision_that_says_nothing_of_a_code() -> None:
    assert scenario_places.verdict(NOTHING, code="99457") == (False, False)
    assert scenario_places.units(NOTHING, code="99457") == 0
    assert scenario_places.dates(NOTHING, code="99457") == []
    assert scenario_places.unmet(NOTHING, code="99457") == []
    assert scenario_places.at_risk(NOTHING, code="99457") == []
    assert scenario_places.lines_told(NOTHING) == []
    assert scenario_places.sister_lines_told(NOTHING) == []


def test_a_decision_that_says_something_of_a_code() -> None:
    line = {"code": "99457", "units": 2, "date_of_service": "2026-03-31", "program": "ccm"}
    criterion = {"name": "talked_live", "status": "unmet"}
    code = {
        "billable": True,
        "at_risk": ["interactive_only"],
        "criteria": [criterion, {"name": "is_ordered", "status": "met"}],
    }
    said = {"codes": {"99457": code}, "lines": [line, line], "sister_lines": [line]}
    assert scenario_places.verdict(said, code="99457") == (True, True)
    assert scenario_places.units(said, code="99457") == 4
    assert scenario_places.at_risk(said, code="99457") == ["interactive_only"]
    assert scenario_places.unmet(said, code="99457") == ["talked_live"]
    assert scenario_places.lines_told(said) == ["99457 x2 2026-03-31"] * 2
    assert scenario_places.sister_lines_told(said) == ["99457 x2 ccm 2026-03-31"]


def test_every_parameter_of_the_rules_has_words() -> None:
    for sheet in load_rulebook().sheets.values():
        for each in sheet.parameters.values():
            assert all(dated_words(each, dated) for dated in each.values)
