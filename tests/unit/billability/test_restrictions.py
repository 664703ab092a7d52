"""A payer's restriction that is in force takes the lines; one that is announced only warns.

No installed payer sheet has one in force, so the announced one is put in force here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from caretally.billability.decide import Judge, folded, record_of
from caretally.billability.scenarios import entries_of, scenarios_in
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.clock import ServiceMonth
from caretally.yaml_lines import Problems
from tests.unit.billability.stories import decided, said

PAYER, FLAG = "unitedhealthcare", "coverage_restriction_postponed"
CALL = "entries: [{at: 03-04 10:00, contact: 45m}]"


def with_restriction(status: str, **changes: Any) -> Rulebook:
    """The installed rules with another standing of the announced restriction."""
    rules = load_rulebook()
    sheet = rules.payers[PAYER]
    (restriction,) = sheet.restrictions
    changed = replace(restriction, status=status, **changes)
    payers = {**rules.payers, PAYER: replace(sheet, restrictions=(changed,))}
    return replace(rules, payers=payers, digest=f"{status} {changes}")


def month(diagnosis: str, rulebook: Rulebook) -> dict[str, Any]:
    """The decision on a patient of the payer with one diagnosis."""
    text = said("month: 2026-03", f"payer: {PAYER}", f"diagnoses: [{diagnosis}]", CALL)
    return decided(text, rulebook)


def units(decision: dict[str, Any]) -> dict[str, int]:
    """Units by code."""
    return {line["code"]: line["units"] for line in decision["lines"]}


@pytest.mark.parametrize("diagnosis", ["I50.22", "i5022", "I11.0", "O13.3"])
def test_an_allowed_diagnosis_is_billed_and_not_flagged(diagnosis: str) -> None:
    for status in ("in_force", "postponed", "announced"):
        decision = month(diagnosis, with_restriction(status))
        assert units(decision) == {"99453": 1, "99454": 1, "99457": 1, "99458": 1}
        assert FLAG not in decision["flags"]


@pytest.mark.parametrize("diagnosis", ["E11.9", "I10", "I5", "XI50"])
def test_another_diagnosis_takes_every_line_once_it_is_in_force(diagnosis: str) -> None:
    decision = month(diagnosis, with_restriction("in_force"))
    assert decision["lines"] == []
    assert FLAG not in decision["flags"]
    for code in ("99453", "99454", "99457", "99458"):
        told = decision["codes"][code]
        assert (told["billable"], told["units"], told["at_risk"]) == (False, 0, [])
        last = told["criteria"][-1]
        assert last["name"] == "has_payer_diagnosis"
        assert (last["status"], last["observed"], last["required"]) == ("unmet", 1, 0)
        assert last["says"].startswith("Announced to cover remote monitoring only")
        assert last["cites"] == ["BECKER", "TUBE", "PREVUHC", "FAIRUHC", "AVANTI"]


@pytest.mark.parametrize("status", ["postponed", "announced"])
def test_another_diagnosis_is_only_flagged_before(status: str) -> None:
    decision = month("E11.9", with_restriction(status))
    assert units(decision) == {"99453": 1, "99454": 1, "99457": 1, "99458": 1}
    assert FLAG in decision["flags"]
    names = [each["name"] for each in decision["codes"]["99457"]["criteria"]]
    assert "has_payer_diagnosis" not in names


def test_one_that_was_withdrawn_says_nothing() -> None:
    decision = month("E11.9", with_restriction("withdrawn"))
    assert FLAG not in decision["flags"]
    assert "99457" in units(decision)


@pytest.mark.parametrize(
    ("begins", "ends", "codes"),
    [
        (date(2026, 3, 31), None, {"99453", "99454"}),
        (date(2026, 1, 1), date(2026, 3, 30), {"99457", "99458"}),
        (date(2026, 4, 1), None, {"99453", "99454", "99457", "99458"}),
        (date(2026, 3, 30), date(2026, 3, 31), set()),
    ],
)
def test_it_is_asked_on_each_date_of_service(
    begins: date, ends: date | None, codes: set[str]
) -> None:
    rules = with_restriction("in_force", from_on=begins, to_on=ends)
    assert set(units(month("E11.9", rules))) == codes


def test_columns_know_it_too() -> None:
    pytest.importorskip("numpy", reason="the extra 'bulk' is not installed")
    from tests.integration.bulk.test_column_judging import unlike  # noqa: PLC0415

    lines = said(
        "month: 2026-03", f"payer: {PAYER}", "patients: [a, b]", "diagnoses: [E11.9]", CALL
    )
    told = f"scenarios:\n  -\n    name: told\n    expect: {{lines: []}}\n{lines}"
    (story,) = scenarios_in(told, "told.scenarios.yaml", Problems())
    entries, month_of = entries_of(story), ServiceMonth(2026, 3)
    for status in ("in_force", "postponed"):
        judge = Judge(rulebook=with_restriction(status))
        assert folded(judge.build(record_of(entries), month_of).part).slots
        assert unlike(judge, entries, month_of) == []
