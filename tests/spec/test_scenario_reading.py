"""A scenario that is wrong fails, and one that cannot be understood is refused where it stands."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from caretally.billability.scenarios import (
    Scenario,
    installed_scenarios,
    load_scenarios,
    run_scenario,
    scenarios_in,
)
from caretally.billability.sheets import load_rulebook
from caretally.errors import RulebookError
from caretally.yaml_lines import Problems

SCENARIOS = installed_scenarios()

WELL = """
scenarios:
  - name: a month
    month: 2026-03
    entries:
      - {at: 03-04 10:00, contact: 5m}
      - {at: 03-05 10:00, time: 20m}
      - {at: 03-06 10:00, time: 5m, program: ccm}
    expect: {%s}
"""
WRONG = (
    '"99457": {billable: false}',
    '"99457": {units: 2}',
    '"99457": {at_risk: []}',
    '"99457": {dates: [03-30]}',
    '"99470": {unmet: [talked_live]}',
    '"99458": {billable: true}',
    "lines: [99457 03-31]",
    "lines: [99453 03-30, 99454 03-30, 99457 x2 03-31]",
    "sister_lines: [99490 ccm 03-31]",
    "holds: [is_ordered]",
    "some_holds: [is_ordered]",
    "flags: [low_live_time]",
    "totals: {management_seconds: 25m 1s}",
    "totals: {qualifying_contacts: 2}",
    "periods: [03-01 to 03-30 with 19]",
    "entries: {e1: {counted_seconds: 4m 59s}}",
    "entries: {e1: {live_seconds: 0}}",
    "entries: {e3: {reasons: []}}",
    "entries: {e1: absent}",
    "entries: {nobody: {reasons: []}}",
    'next: {"99458": {missing: {management_seconds: 1}}}',
    'next: {"99458": {by: 03-30}}',
    'next: {"99458": {unreachable: true}}',
    "payer: aetna",
    "policy: interactive_only",
    "time_zone: America/Chicago",
    "patients: {nobody: {payer: aetna}}",
    "problems: [anything]",
)
RIGHT = (
    '"99457": {billable: true, units: 1, at_risk: [interactive_only], dates: [03-31]}',
    "lines: [99453 03-30, 99454 03-30, 99457 03-31], sister_lines: [], holds: [], flags: []",
    "totals: {management_seconds: 25m, live_seconds: 5m, qualifying_contacts: 1}",
    "entries: {e1: {counted_seconds: 5m, live_seconds: 5m, reasons: []}}",
    "entries: {e3: {reasons: [has_consent, is_enrolled]}, e4: absent}",
    "payer: medicare_ffs, policy: cms_combined, time_zone: America/New_York",
    "patients: {pat: {payer: medicare_ffs}}",
)


def told(expectation: str) -> Scenario:
    """Return the scenario of one month with an expectation."""
    problems = Problems()
    (scenario,) = scenarios_in(WELL % expectation, "told.scenarios.yaml", problems)
    assert problems.found == []
    return scenario


@pytest.mark.parametrize("expectation", WRONG)
def test_a_wrong_expectation_fails(expectation: str) -> None:
    """Each kind of expectation can fail, and says what it found."""
    result = run_scenario(told(expectation), load_rulebook())
    assert not result.holds
    assert all("expected" in difference for difference in result.differences)


@pytest.mark.parametrize("expectation", RIGHT)
def test_a_right_expectation_holds(expectation: str) -> None:
    """The same month meets what is true of it."""
    assert run_scenario(told(expectation), load_rulebook()).differences == ()


def test_a_denied_flag_that_is_raised_fails() -> None:
    """`no_flags` fails where the flag stands."""
    raised = next(each for each in SCENARIOS if each.name.startswith("flag: stay_in_month"))
    (check,) = (c for c in raised.checks["pat"] if c.what.endswith(".flags"))
    denied = dataclasses.replace(
        raised, checks={"pat": (dataclasses.replace(check, relation="lacks"),)}
    )
    assert not run_scenario(denied, load_rulebook()).holds


def test_a_refused_story_is_no_decision() -> None:
    """A story that is refused fails every scenario that expects a decision."""
    refused = next(each for each in SCENARIOS if each.refused)
    result = run_scenario(dataclasses.replace(refused, refused=()), load_rulebook())
    assert result.differences[0].startswith("the story was refused")


def test_a_refusal_that_does_not_name_the_fault_fails() -> None:
    """A refusal must say each word that the scenario expects."""
    refused = next(each for each in SCENARIOS if each.refused)
    other = dataclasses.replace(refused, refused=("no such word",))
    assert not run_scenario(other, load_rulebook()).holds


MALFORMED = {
    "month: 2026-13": "month",
    "wrong: 1": "wrong",
    "without: [consent]": "without",
    "also: [xpm]": "also",
    "program: xpm": "program",
    "policy: mine": "policy",
    "zone: Mars/Phobos": "zone",
    "setting: garage": "setting",
    "given: some": "given",
    "start: someday": "start",
    "readings: many": "readings",
    "readings: {readings: 5 days, often: 2}": "often",
    "as_of: 03-04": "as_of",
    "expect: {}": "expect",
    "expect: {line: []}": "line",
    "expect: {lines: [99457]}": "lines",
    "expect: {lines: [99457 someday]}": "lines",
    "expect: {periods: [03-01]}": "periods",
    "expect: {totals: {seconds: 1}}": "seconds",
    "expect: {totals: {live_seconds: long}}": "live_seconds",
    "expect: {entries: {e1: gone}}": "e1",
    "expect: {entries: {e1: {counted: 1}}}": "counted",
    'expect: {next: {"99457": {when: 03-31}}}': "when",
    'expect: {"99457": {billable: yes}}': "billable",
    'expect: {"99457": {paid: true}}': "paid",
    "entries: [{at: 03-04, contact: 5m}]": "at",
    "entries: [{at: 03-04 10:00, contact: 5x}]": "contact",
    "entries: [{at: 03-04 10:00, talk: 5m}]": "talk",
    "entries: [{at: 03-04 10:00, time: 5m, colour: red}]": "colour",
    "entries: [{at: 03-04 10:00, time: 5m, void: e1}]": "void",
    "entries: [{at: 03-04 10:00, kind: sung}]": "kind",
    "entries: [{at: 03-04 10:00, reading: high}]": "value",
    "entries: [{at: 03-04 10:00, kind: died, body: [a]}]": "body",
    "entries: [{at: 03-04 10:00, kind: covered, body: {from: x}}]": "from",
}
"""Lines that make a good scenario a bad one, and what the refusal must name."""


def with_line(line: str) -> str:
    """Return the text of a good scenario with one line added or replaced."""
    good = {"name": "odd", "month": "2026-03", "expect": "{lines: []}"}
    key, _, value = line.partition(": ")
    rows = {**good, key: value}.items()
    return "scenarios:\n  -\n" + "".join(f"    {name}: {told}\n" for name, told in rows)


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_scenario_is_refused_by_file_and_line(tmp_path: Path, line: str) -> None:
    """What cannot be understood is named with its file, its line and its field."""
    (tmp_path / "odd.scenarios.yaml").write_text(with_line(line))
    with pytest.raises(RulebookError) as refusal:
        load_scenarios(tmp_path)
    (problem,) = refusal.value.problems
    assert re.fullmatch(r"odd\.scenarios\.yaml:\d+", problem.where)
    assert MALFORMED[line] in f"{problem.field} {problem.found}"


def test_all_malformed_scenarios_are_named_at_once(tmp_path: Path) -> None:
    """Problems are collected over files and scenarios, and no two scenarios share a name."""
    good = "  - {name: same, month: 2026-03, expect: {lines: []}}\n"
    bad = "  - {name: bad, month: never, expect: {lines: []}}\n"
    (tmp_path / "a.scenarios.yaml").write_text(f"scenarios:\n{good}{bad}")
    (tmp_path / "b.scenarios.yaml").write_text(f"scenarios:\n{bad}{good}")
    (tmp_path / "c.scenarios.yaml").write_text("scenarios: []\n")
    with pytest.raises(RulebookError) as refusal:
        load_scenarios(tmp_path)
    places = sorted((problem.where, problem.field) for problem in refusal.value.problems)
    assert places == [
        ("a.scenarios.yaml:3", "scenarios[2].month"),
        ("b.scenarios.yaml:2", "scenarios[1].month"),
        ("b.scenarios.yaml:3", "name"),
        ("c.scenarios.yaml:1", "scenarios"),
    ]
