"""Pairs among the lines of one date: shown with a pair that Medicare's table does not hold."""

from __future__ import annotations

from dataclasses import replace

from caretally.billability.sheets import Rulebook, load_rulebook
from tests.unit.billability.stories import decided, said

MONTH = said("month: 2026-03", "entries: [{at: 03-04 10:00, contact: 45m}]")


def with_pair(first: str, second: str, indicator: int) -> Rulebook:
    """The installed rules with one pair instead of all."""
    rules = load_rulebook()
    edits = replace(rules.edits, pairs={(first, second): indicator})
    return replace(rules, edits=edits, digest=f"{first} {second} {indicator}")


def test_two_lines_of_one_date_that_pair_by_modifier_are_flagged() -> None:
    decision = decided(MONTH, with_pair("99458", "99457", 1))
    dates = {line["code"]: line["date_of_service"] for line in decision["lines"]}
    assert dates["99457"] == dates["99458"] == "2026-03-31"
    assert "ncci_pair" in decision["flags"]


def test_lines_of_other_dates_are_no_pair() -> None:
    decision = decided(MONTH, with_pair("99454", "99457", 1))
    dates = {line["code"]: line["date_of_service"] for line in decision["lines"]}
    assert dates["99454"] == "2026-03-30"
    assert "ncci_pair" not in decision["flags"]


def test_a_pair_that_no_modifier_opens_is_no_flag_of_lines() -> None:
    assert "ncci_pair" not in decided(MONTH, with_pair("99457", "99458", 0))["flags"]


def test_codes_without_a_line_are_no_pair() -> None:
    assert "ncci_pair" not in decided(MONTH, with_pair("99457", "99470", 1))["flags"]
