"""What a hold names, and that lines of one date go by one policy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.entries import Authorized
from tests.property.hostile import hostile_entries
from tests.property.story import Story, days, ready

MONTH = ServiceMonth(2026, 3)
BEGIN = date(2026, 3, 1)
PAYER = "bcbs_mississippi"


def told(*codes: str) -> Story:
    """Twenty days of readings and half an hour on the telephone, some codes authorized."""
    story = ready(BEGIN, payer=PAYER).set_up(BEGIN).read(days(BEGIN, 20))
    story.add(Authorized(payer=PAYER, codes=codes, from_on=BEGIN), story.at(BEGIN, "00:00"))
    story.talk(date(2026, 3, 4), "10:00", 1_800)
    return story


def test_a_missing_authorization_names_every_code_it_stops_in_reach_or_not() -> None:
    authorized = ("99453", "99454", "99457")
    (decision,) = decide(told(*authorized).entries, MONTH)
    (hold,) = decision.holds
    assert hold.name == "is_authorized"
    assert hold.codes == ("99091", "99445", "99458", "99470")
    assert tuple(line.code for line in decision.lines) == authorized


def test_a_hold_takes_the_lines_it_names_and_no_other() -> None:
    (decision,) = decide(told("99454", "99457").entries, MONTH)
    (hold,) = decision.holds
    assert "99453" in hold.codes
    assert {line.code for line in decision.lines} == {"99454", "99457"}


def test_lines_of_one_date_go_by_one_policy_though_the_month_has_two() -> None:
    begin, change = date(2020, 2, 1), date(2020, 3, 11)
    story = Story().enroll(begin).consent(begin).order(begin).device(begin).set_up(begin)
    story.cover(begin, "medicare_ffs", change - timedelta(days=1)).cover(change, "aetna")
    story.read(days(date(2020, 2, 5), 20)).read(days(date(2020, 3, 6), 20))
    story.talk(date(2020, 3, 12), "10:00", 1_200)
    (decision,) = decide(story.entries, ServiceMonth(2020, 3))
    of_date: dict[int, set[str]] = {}
    for each in decision.month.judged:
        if each.verdict.plans is not None:
            of_date.setdefault(each.facts.to_day, set()).add(each.verdict.plans.policy)
    assert sorted(map(sorted, of_date.values())) == [["cms_combined"], ["interactive_only"]]
    assert [(line.code, line.date_of_service.day, line.at_risk) for line in decision.lines] == [
        ("99453", 5, ()),
        ("99454", 5, ()),
        ("99457", 31, ()),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_every_reading_judges_a_date_by_one_policy(seed: int) -> None:
    entries, month = hostile_entries(seed, 6)
    for decision in decide(entries, month):
        of_date: dict[int, set[frozenset[str]]] = {}
        for each in decision.month.judged:
            if each.verdict.plans is not None:
                readings = frozenset(each.verdict.units_under)
                of_date.setdefault(each.facts.to_day, set()).add(readings)
        assert all(len(readings) == 1 for readings in of_date.values())
