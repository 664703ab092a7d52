"""`caretally rulebook`: the rules can be read, compared, proved and traced to their sources."""

from __future__ import annotations

import re

import pytest

from caretally.billability.scenarios import Scenario, ScenarioResult, installed_scenarios
from caretally.billability.sheets import load_rulebook
from caretally.cli import rulebook_commands
from tests.acceptance.conftest import Run


@pytest.mark.parametrize("code", load_rulebook().sheets)
def test_every_code_can_be_shown(run: Run, code: str) -> None:
    answer = run("rulebook", "show", code)
    assert answer.status == 0
    assert answer.out.startswith(f"{code} ─")
    assert load_rulebook().sheets[code].summary[:30] in " ".join(answer.out.split())


def test_a_code_on_a_date_has_that_date_s_values(run: Run) -> None:
    before = run("rulebook", "show", "99453", "--on", "2025-11-30").out
    after = run("rulebook", "show", "99453", "--on", "2026-01-01").out
    assert re.search(r"setup_floor +from 2019-01-01 +16 days", before)
    assert re.search(r"setup_floor +from 2026-01-01 +2 days; 16 days under\s+", after)
    assert "$19.73" in before
    assert "$21.71" in after
    assert "Not valid" in run("rulebook", "show", "99470", "--on", "2025-12-31").out


def test_a_payer_says_what_it_does_otherwise(run: Run) -> None:
    page = run("rulebook", "show", "99457", "--payer", "unitedhealthcare").out
    assert "postponed from 2026-01-01" in page
    assert "counting policy" in page


def test_the_turn_of_the_year(run: Run) -> None:
    page = run("rulebook", "diff", "2025-12-31", "2026-01-01").out
    assert re.search(r"^99470 +code +none +valid$", page, re.MULTILINE)
    assert re.search(r"^99453 +setup_floor +16 days +2 days", page, re.MULTILINE)
    assert re.search(r"^99457 +\$47\.87 +\$51\.77 +3\.90$", page, re.MULTILINE)
    assert "unitedhealthcare" in page
    assert "No rule" in run("rulebook", "diff", "2026-02-01", "2026-03-01").out


def test_sources_and_what_rests_on_them(run: Run) -> None:
    every = run("rulebook", "sources").out
    assert all(re.search(rf"^{key} ", every, re.MULTILINE) for key in load_rulebook().sources)
    one = run("rulebook", "sources", "--key", "RIM26").out
    assert "https://" in one
    assert re.search(r"^ *99470: .*short_block from 2026-01-01", one, re.MULTILINE)


def test_verify_runs_the_scenarios_and_finds_a_failing_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = installed_scenarios()[::40]
    monkeypatch.setattr(rulebook_commands, "installed_scenarios", lambda: some)
    good = run("rulebook", "verify")
    assert good.status == 0
    assert good.out.startswith(f"{len(some)} of {len(some)} scenarios hold; rulebook sha256:")

    def fails(scenario: Scenario, _: object) -> ScenarioResult:
        return ScenarioResult(scenario=scenario, differences=("expected 1, found 2",))

    monkeypatch.setattr(rulebook_commands, "run_scenario", fails)
    bad = run("rulebook", "verify")
    assert bad.status == 1
    assert f"{some[0].where}: {some[0].name}\n    expected 1, found 2\n" in bad.out
    assert f"0 of {len(some)} scenarios hold" in bad.out
