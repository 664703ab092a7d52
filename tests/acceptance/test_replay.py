"""`caretally replay`: what months were worth by their own rules, and by others."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Run


def replayed(run: Run, file: Path, *words: str) -> dict[str, Any]:
    """Return the replay of the cast's three months as JSON."""
    answer = run("replay", file, "--from", "2026-01", "--to", "2026-03", *words, "--json")
    assert answer.status == 0, answer.err
    found: dict[str, Any] = json.loads(answer.out)
    return found


def test_a_replay_adds_up_what_decide_says(run: Run, cast_file: Path) -> None:
    units: dict[str, int] = {}
    for month in ("2026-01", "2026-02", "2026-03"):
        for line in run("decide", cast_file, "--month", month, "--json").out.splitlines():
            for each in json.loads(line)["lines"]:
                units[each["code"]] = units.get(each["code"], 0) + each["units"]
    found = replayed(run, cast_file, "--policy", "cms_combined")
    assert {each["code"]: each["units_was"] for each in found["codes"]} == units
    assert {each["code"]: each["units_would_be"] for each in found["codes"]} == units
    assert found["amount_difference"] == "0.00"


def test_a_stricter_reading_takes_units_away(run: Run, cast_file: Path) -> None:
    found = replayed(run, cast_file, "--policy", "interactive_only")
    by_code = {each["code"]: each for each in found["codes"]}
    assert by_code["99457"]["units_difference"] < 0
    assert by_code["99454"]["units_difference"] == 0
    total = sum(Decimal(each["amount_difference"]) for each in found["codes"])
    assert total == Decimal(found["amount_difference"]) < 0


def test_the_rules_of_another_year_have_its_codes_and_amounts(run: Run, cast_file: Path) -> None:
    found = replayed(run, cast_file, "--rules-of", "2025-06")
    by_code = {each["code"]: each for each in found["codes"]}
    assert by_code["99470"]["units_was"] > 0
    assert by_code["99470"]["units_would_be"] == 0
    ada = by_code["99454"]
    assert Decimal(ada["amount_would_be"]) == Decimal("43.02") * ada["units_would_be"]
    assert found["other_rules"] == "the rules of 2025-06-30"


def test_the_page_of_a_replay(run: Run, cast_file: Path) -> None:
    asked = ("replay", cast_file, "--from", "2026-01", "--to", "2026-03")
    page = run(*asked, "--rules-of", "2025-06-30").out
    assert "As decided by the rules of each date, and by the rules of 2025-06-30" in page
    assert "as it was" in page
    beyond = run("replay", cast_file, "--from", "2026-12", "--to", "2027-01", "--policy",
                 "interactive_only").out  # fmt: skip
    assert "No rules are loaded for 2027-01." in beyond
