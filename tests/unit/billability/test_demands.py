"""What the rules demand of an enrollment: per program, date and payer, as the sheets say."""

from __future__ import annotations

from datetime import date

import pytest

from caretally.billability.demands import demands_by, demands_of
from caretally.billability.plans import Planner
from caretally.billability.sheets import load_rulebook
from caretally.enrollment.standing import Demands

DAY = date(2026, 3, 31)
RPM = ("99445", "99453", "99454", "99457", "99458", "99470")


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(rulebook=load_rulebook())


def of(planner: Planner, program: str, day: date = DAY, payer: str = "medicare_ffs") -> Demands:
    return demands_of(planner, program, day, payer)


def test_consent_and_order_hold_every_code_of_the_program(planner: Planner) -> None:
    found = of(planner, "rpm")
    for name in ("is_enrolled", "has_consent", "is_ordered", "is_covered"):
        assert set(RPM) <= set(found.codes[name]), name
        assert not any(code.startswith("98") for code in found.codes[name]), name


def test_a_set_up_is_asked_for_one_code_only(planner: Planner) -> None:
    assert of(planner, "rpm").codes["has_setup"] == ("99453",)


def test_codes_of_a_later_year_are_not_asked_for_before(planner: Planner) -> None:
    assert "99445" in of(planner, "rpm", date(2026, 1, 1)).codes["has_consent"]
    assert "99445" not in of(planner, "rpm", date(2025, 12, 31)).codes["has_consent"]


def test_an_earlier_visit_is_asked_for_since_may_2023_and_never_in_rtm(planner: Planner) -> None:
    assert "99457" in of(planner, "rpm", date(2023, 5, 12)).codes["is_established"]
    assert "99457" not in of(planner, "rpm", date(2023, 5, 11)).codes.get("is_established", ())
    assert "99091" in of(planner, "rpm").codes["is_established"]
    assert "is_established" not in of(planner, "rtm").codes


def test_the_amounts_of_the_visit_are_the_sheets(planner: Planner) -> None:
    found = of(planner, "rpm")
    assert (found.visit_years, found.begun_by) == (3, date(2023, 5, 11))


def test_authorization_is_asked_for_where_the_payer_demands_it(planner: Planner) -> None:
    assert "is_authorized" not in of(planner, "rpm").codes
    demanding = of(planner, "rpm", payer="bcbs_mississippi").codes
    assert demanding["is_authorized"]


def test_an_unknown_payer_and_none_are_asked_as_medicare_is(planner: Planner) -> None:
    assert of(planner, "rpm", payer="nobody_knows") == demands_of(planner, "rpm", DAY, None)


def test_a_program_without_sheets_demands_at_most_what_any_program_does(planner: Planner) -> None:
    everywhere = {code for codes in of(planner, "tcm").codes.values() for code in codes}
    assert everywhere <= {"99091"}


def test_answers_are_kept_and_the_same(planner: Planner) -> None:
    asked = demands_by(planner)
    assert asked("rpm", DAY, "medicare_ffs") is asked("rpm", DAY, "medicare_ffs")
    assert asked("rpm", DAY, "medicare_ffs") == of(planner, "rpm")
