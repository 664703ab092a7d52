"""The generated pages say what the sheets say, and `diff` names exactly what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from caretally.billability.rulebook_changes import changes, changes_of_code, history
from caretally.billability.rulebook_pages import code_page, pages
from caretally.billability.rulebook_words import conditions, dated_words, reading_words
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth

RULEBOOK = load_rulebook()


@dataclass(frozen=True)
class Told:
    """A scenario as far as a page shows it."""

    name: str
    month: ServiceMonth
    cites: tuple[str, ...]
    file: str


STORIES = (
    Told(
        "one second short | of it",
        ServiceMonth(2026, 3),
        ("R2.7",),
        "medicare/99457.scenarios.yaml",
    ),
    Told("another code", ServiceMonth(2026, 3), (), "medicare/99458.scenarios.yaml"),
)


def told(first: str, second: str) -> list[str]:
    return [
        str(c) for c in changes(RULEBOOK, date.fromisoformat(first), date.fromisoformat(second))
    ]


def test_the_turn_of_2026() -> None:
    floor = "setup_floor: 16 days -> 2 days; 16 days under setup_16_days"
    assert told("2025-12-31", "2026-01-01") == [
        f"98975  {floor}",
        *(f"{code}  code: none -> valid" for code in ("98979", "98984", "98985", "98986", "99445")),
        f"99453  {floor}",
        "99470  code: none -> valid",
    ]


def test_the_turn_of_2021() -> None:
    assert told("2020-12-31", "2021-01-01") == [
        "99439  code: none -> valid",
        "99457  counted_time: interactive_only -> cms_combined",
        "99458  counted_time: interactive_only -> cms_combined",
        "medicare_ffs  counting policy: interactive_only -> cms_combined",
    ]


def test_the_end_of_the_emergency() -> None:
    found = told("2023-05-11", "2023-05-12")
    either = "is_established or began_monitoring_by or is_therapeutic: not asked -> hold"
    assert [line for line in found if "is_established" in line] == [
        f"{code}  {either}" for code in ("99091", "99453", "99454", "99457", "99458")
    ]
    choice = "reaches_data_days or reaches_covid_days: no line -> not asked"
    assert [line for line in found if choice in line] == [
        f"{code}  {choice}" for code in ("98975", "99453", "99454")
    ]


def test_the_end_of_the_bundle() -> None:
    found = told("2025-09-30", "2025-10-01")
    assert "G0511  code: valid -> none" in found
    assert "99454  may_use_g0511: flag g0511_possible -> not asked" in found


def test_days_under_the_same_rules_differ_in_nothing() -> None:
    assert told("2026-01-01", "2026-12-31") == []
    assert told("2019-02-01", "2019-12-31") == []
    assert changes_of_code(RULEBOOK.sheets["99470"], date(2024, 1, 1), date(2025, 1, 1)) == []


@pytest.mark.parametrize("code", RULEBOOK.sheets)
def test_history_begins_with_the_code_and_never_stands_empty(code: str) -> None:
    story = history(RULEBOOK.sheets[code])
    assert str(story[0][1][0]) == f"{code}  code: none -> valid"
    assert all(changed for _, changed in story)


def test_history_of_a_retired_code_ends_with_it() -> None:
    day, changed = history(RULEBOOK.sheets["G0511"])[-1]
    assert (day, str(changed[0])) == (date(2025, 10, 1), "G0511  code: valid -> none")


def test_conditions_fill_in_what_is_asked_for() -> None:
    said = {c.name: c for c in conditions(RULEBOOK.sheets["99457"], date(2026, 6, 30))}
    assert "20 min are needed" in said["reaches_management_time"].sentence
    assert said["reaches_management_time"].effect == "no line"
    either = said["is_established or began_monitoring_by or is_therapeutic"]
    assert "within 3 years" in either.sentence
    assert "by 2023-05-11" in either.sentence
    assert either.effect == "hold"
    assert "99470" in said["is_not_billed_elsewhere"].sentence
    assert conditions(RULEBOOK.sheets["99457"], date(2018, 12, 31)) == ()
    system = {c.name: c for c in conditions(RULEBOOK.sheets["98976"], date(2026, 6, 30))}
    assert "(respiratory)" in system["monitors_system"].sentence
    base = {c.name: c for c in conditions(RULEBOOK.sheets["99458"], date(2026, 6, 30))}
    assert "(99457)" in base["is_billable"].sentence


def test_values_have_their_units() -> None:
    parameters = RULEBOOK.sheets["99457"].parameters
    said = {n: dated_words(p, p.on(date(2026, 6, 30))) for n, p in parameters.items()}
    assert said == {
        "prior_authorization": "no", "visit_years": "3 years", "phe_end": "2023-05-11",
        "counted_time": "cms_combined", "live_floor": "0 s", "first_block": "20 min",
    }  # fmt: skip
    assert dated_words(parameters["first_block"], None) == "none"
    assert "interactive_only: live;" in reading_words(parameters["counted_time"])
    assert "cms_combined_min_live: 5 min" in reading_words(parameters["live_floor"])
    roles = RULEBOOK.counting["practitioner_roles"]
    assert dated_words(roles, roles.values[0]) == "physician, np, pa, cns, cnm"


def test_a_code_page_shows_its_own_scenarios_only() -> None:
    page = code_page(RULEBOOK, "99457", STORIES)
    assert "| one second short / of it | 2026-03 | R2.7 |" in page
    assert "another code" not in page
    for title in ("Timeline", "Asked for on 2026-12-31", "Values", "Contested", "Sources"):
        assert f"## {title}" in page
    assert "interpretations/what-counts-as-time.md" in page
    assert "**COR21** Correction of the CY2021" in page


def test_a_code_page_says_how_many_units_pass_and_what_the_code_is_for() -> None:
    assert "- Unit edit: 3 a date, may be appealed ([MUE24])" in code_page(RULEBOOK, "99458", ())
    assert "- Unit edit: 1 a date, absolute ([MUE24])" in code_page(RULEBOOK, "99457", ())
    assert "- Unit edit: not known" in code_page(RULEBOOK, "99470", ())
    assert "- Advisory:" in code_page(RULEBOOK, "99490", ())
    assert "- Advisory:" not in code_page(RULEBOOK, "99457", ())
    assert "not decided" not in code_page(RULEBOOK, "99457", ())
    assert "needed: 1 or more" in code_page(RULEBOOK, "99457", ())


def test_a_code_that_ended_shows_its_last_day() -> None:
    page = code_page(RULEBOOK, "G0511", ())
    assert "Dates of service: 2019-01-01 to 2025-09-30" in page
    assert "Known, but not decided" in page
    assert "## Scenarios" not in page


def test_every_code_payer_and_source_has_its_place() -> None:
    made = pages(RULEBOOK, STORIES)
    assert {f"codes/{code}.md" for code in RULEBOOK.sheets} < made.keys()
    assert all(f"[{code}]({code}.md)" in made["codes/index.md"] for code in RULEBOOK.sheets)
    assert all(f"## {payer}\n" in made["payers.md"] for payer in RULEBOOK.payers)
    assert all(f"**{key}** " in made["sources.md"] for key in RULEBOOK.sources)
    assert "Restriction, postponed, from 2026-01-01:" in made["payers.md"]
    assert made == pages(RULEBOOK, STORIES)
    assert all(text.endswith("\n") and not text.endswith("\n\n\n") for text in made.values())
