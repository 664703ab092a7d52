"""Readings at risk: who is on the list, in which order, and what the rules still allow."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from caretally import clock
from caretally.billability.forecast import next_of
from caretally.clock import ServiceMonth
from caretally.practice.outreach import is_thin, readings_at_risk, stay_away
from caretally.practice.patient_month import Decisions
from caretally.store.models import Membership
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter


@pytest.fixture(autouse=True)
def _days_later(request: pytest.FixtureRequest) -> None:
    """Let four days pass without any reading."""
    names = {"demo", "demo_postgres"} & set(request.fixturenames)
    for name in names:
        request.getfixturevalue(name)
    clock.set_ahead(clock.ahead() + timedelta(days=4 * bool(names)))


PAGE = f"/p/{LAKESIDE}/readings-at-risk/"
FILE = f"/p/{LAKESIDE}/readings-at-risk.csv"


def test_last_days_are_those_of_the_decision(demo: Demo) -> None:
    office = demo.office("rosa")
    found = readings_at_risk(office)
    assert found.rows
    for row in found.rows:
        decision = Decisions(office=office, patient=row.waiting.patient).of(ServiceMonth(2026, 3))
        by_code = {str(each["code"]): each for each in next_of(decision.month)}
        assert [goal.days for goal in row.goals] == [mark.amount for mark in row.period.marks]
        for goal in row.goals:
            starts = {str(by_code[code]["start_by"]) for code in goal.codes
                      if "start_by" in by_code.get(code, {})}  # fmt: skip
            assert (str(goal.last_on) in starts) is bool(goal.last_on)
            assert goal.is_out == (
                not goal.is_reached and row.period.data_days + row.days_left < goal.days
            )
        assert row.period.data_days <= row.outlook.least <= row.outlook.most


def test_who_may_be_unwell_comes_first(demo: Demo) -> None:
    rows = readings_at_risk(demo.office("rosa")).rows
    assert [row.waiting.order for row in rows] == sorted(row.waiting.order for row in rows)
    concerned = [row.waiting.urgency < 2 for row in rows]
    assert concerned == sorted(concerned, reverse=True)


def test_the_page_leads_to_what_is_done_next(demo: Demo, enter: Enter) -> None:
    page = enter("rosa").get(PAGE).content.decode()
    for row in readings_at_risk(demo.office("rosa")).rows:
        assert row.reason in page
        assert f"/p/{LAKESIDE}/patients/{row.waiting.patient}/vitals" in page
    assert "Record an attempt" in page
    assert "Record an attempt" not in enter("bea").get(PAGE).content.decode()
    assert enter("amir").get(PAGE).status_code == 403


def test_the_download_has_ids_and_no_names(demo: Demo, enter: Enter) -> None:
    answer = enter("rosa").get(FILE)
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    found = readings_at_risk(demo.office("rosa")).rows
    assert [row["patient"] for row in rows] == [each.waiting.patient for each in found]
    assert all(each.waiting.name not in answer.content.decode() for each in found)


def test_a_look_at_the_list_is_told_once(demo: Demo, enter: Enter) -> None:
    sql = "SELECT coalesce(sum(length), 0) FROM store_stream WHERE name LIKE 'access/%'"
    before = demo.journal.db.rows(sql)[0][0]
    assert enter("rosa").get(PAGE).status_code == 200
    assert demo.journal.db.rows(sql)[0][0] == before + 1


def test_other_practices_and_clinics_see_none_of_it(demo: Demo, enter: Enter) -> None:
    nora = enter("nora")
    assert nora.get(PAGE).status_code == nora.get(FILE).status_code == 404
    assert nora.get(PAGE.replace(LAKESIDE, HARBOR)).status_code == 200
    assert b"pat_ben" not in nora.get(PAGE.replace(LAKESIDE, HARBOR)).content
    Membership.objects.filter(user__username="tom").update(clinic="prac_elsewhere")
    assert readings_at_risk(demo.office("tom")).count == 0


def test_the_same_on_postgresql(demo_postgres: Demo) -> None:
    assert readings_at_risk(demo_postgres.office("rosa")).rows


@pytest.mark.parametrize(
    ("data_days", "day", "thin"),
    [(3, 8, True), (4, 8, False), (0, 7, False), (0, 8, True), (14, 30, True), (15, 30, False)],
)
def test_a_period_is_thin_below_half_of_its_days(data_days: int, day: int, *, thin: bool) -> None:
    first = date(2026, 3, 1)
    today = first + timedelta(days=day - 1)
    assert is_thin(data_days, first + timedelta(days=29), today) is thin


def test_one_missing_day_is_no_sign() -> None:
    assert not stay_away((), 1)
    assert stay_away((), 2)
    assert stay_away((), None)
    assert stay_away(("measures_less",), 0)
