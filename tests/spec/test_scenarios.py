"""Every scenario beside the sheets holds, every published case has one, and each kind can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from caretally.billability.flags import MONTH_FLAGS
from caretally.billability.scenarios import (
    Scenario,
    installed_scenarios,
    run_scenario,
    run_scenarios,
)
from caretally.billability.sheets import load_rulebook
from caretally.patient_months.columns import REASONS
from tests.spec.cases import LEFT_TO_OTHERS, RULEBOOK_CASES, SHOWN_IN_PART, WORKED_CASES

SCENARIOS = installed_scenarios()
CASE = re.compile(r"R2\.\d+|[A-J]\d+")
CONTRACT = re.compile(r"contract [1-6]( \S.*)?")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario) -> None:
    """What the scenario expects is what is decided."""
    result = run_scenario(scenario, load_rulebook())
    assert result.differences == (), f"{scenario.where}\n" + "\n".join(result.differences)


def test_all_scenarios_run_together() -> None:
    """The function behind `caretally rulebook verify` runs them all."""
    results = run_scenarios(load_rulebook())
    assert [result.scenario for result in results] == list(SCENARIOS)


@pytest.mark.parametrize("case", [*RULEBOOK_CASES, *WORKED_CASES])
def test_case_is_shown_or_left_with_a_reason(case: str) -> None:
    """Each published case is cited by a scenario, or says which part of Caretally shows it."""
    shown = any(case in scenario.cites for scenario in SCENARIOS)
    assert shown != (case in LEFT_TO_OTHERS), case


def test_citations_name_known_cases() -> None:
    """A scenario cites published cases and sections of the contract, nothing else."""
    known = {*RULEBOOK_CASES, *WORKED_CASES}
    for scenario in SCENARIOS:
        for cite in scenario.cites:
            assert cite in known or CONTRACT.fullmatch(cite), f"{scenario.where}: {cite}"
    assert set(SHOWN_IN_PART) <= {cite for scenario in SCENARIOS for cite in scenario.cites}


def words_expected(relation: str, ending: str) -> Iterator[str]:
    """Yield the words that scenarios expect at places of an ending, by relation."""
    for scenario in SCENARIOS:
        for check in (check for checks in scenario.checks.values() for check in checks):
            if check.relation == relation and check.what.endswith(ending):
                assert isinstance(check.wanted, list)
                yield from check.wanted


def test_a_denied_flag_is_raised_elsewhere() -> None:
    """A flag that a scenario denies is raised by another: a misspelled name would always pass."""
    assert set(words_expected("lacks", ".no_flags")) <= set(words_expected("contains", ".flags"))


def test_every_flag_is_raised_and_denied() -> None:
    """Each flag is shown raised by one scenario and not raised by another."""
    flags = {flag.__name__ for flag in MONTH_FLAGS} | {
        requirement.flag
        for sheet in load_rulebook().sheets.values()
        for version in sheet.requires
        for requirement in version.requirements
        if requirement.flag
    }
    assert flags <= set(words_expected("contains", ".flags"))
    assert flags <= set(words_expected("lacks", ".no_flags"))


def test_every_reason_is_shown() -> None:
    """Each reason the fold can give for counting less is shown by a scenario."""
    assert set(words_expected("equals", ".reasons")) == set(REASONS)


def test_every_hold_of_the_sheets_is_shown() -> None:
    """Each requirement that holds a line is shown holding one."""
    held = {
        requirement.name
        for sheet in load_rulebook().sheets.values()
        for version in sheet.requires
        for requirement in version.requirements
        if requirement.effect == "holds"
    }
    shown = {
        *words_expected("equals", ".holds"),
        *words_expected("contains", ".some_holds"),
    }
    assert held <= shown
    assert shown - held == {"rules_are_loaded"}


def test_every_decided_code_has_scenarios_of_its_own() -> None:
    """Beside the sheet of each code that can become a line stand its scenarios."""
    files = {scenario.file for scenario in SCENARIOS}
    for code, sheet in load_rulebook().sheets.items():
        assert not sheet.decided or f"medicare/{code}.scenarios.yaml" in files, code


def test_every_code_is_billed_in_a_scenario() -> None:
    """Each code that can become a line becomes one somewhere."""
    lines = (*words_expected("equals", ".lines"), *words_expected("equals", ".sister_lines"))
    billed = {line.split()[0] for line in lines} | {
        check.what.split(".")[-2]
        for scenario in SCENARIOS
        for checks in scenario.checks.values()
        for check in checks
        if check.wanted == (True, True)
    }
    decided = {code for code, sheet in load_rulebook().sheets.items() if sheet.decided}
    assert decided <= billed
