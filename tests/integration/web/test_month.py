"""The overview of a month: counts and dollars by code and state, and the lists behind them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caretally.clock import ServiceMonth
from caretally.journal.entries import BilledElsewhere
from caretally.money import NO_MONEY
from caretally.practice import overview as room
from caretally.practice.codes_of_month import AT_RISK, BILLABLE, HELD, QUIET, SUPPORTED
from caretally.practice.overview import EVERY_STATE, NO_ACTIVITY, Asked, Cut, overview, services
from caretally.practice.patient_month import Decisions, stamp
from caretally.practice.patient_page import figures_of
from caretally.practice.patients import Search, find_patients
from caretally.practice.prospects import REMEMBERED
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

MARCH = Asked(month=ServiceMonth(2026, 3))
PAGE = f"/p/{LAKESIDE}/month/"


def counted(demo: Demo, asked: Asked = MARCH) -> dict[tuple[str, str], int]:
    """Return how many services there are by code and state, where there are any."""
    found = overview(demo.office("cora"), asked)
    return {
        (row.code, state): cell.count
        for row in (*found.rows, *found.sisters)
        for state, cell in row.cells.items()
        if cell.count
    }


def test_lines_of_the_overview_are_the_lines_of_the_decisions(demo: Demo) -> None:
    office = demo.office("cora")
    for month in (ServiceMonth(2026, 1), ServiceMonth(2026, 2), ServiceMonth(2026, 3)):
        wanted: dict[tuple[str, str], int] = {}
        cards = demo.journal.db.rows("SELECT patient, practice_id FROM store_patientcard")
        book = office.book().number
        for patient in sorted(row[0] for row in cards if row[1] == book):
            decision = Decisions(office=office, patient=patient).of(month)
            for line in decision.lines:
                key = (line.code, AT_RISK if line.at_risk else BILLABLE)
                wanted[key] = wanted.get(key, 0) + 1
            for line in decision.sister_lines:
                wanted[line.code, SUPPORTED] = wanted.get((line.code, SUPPORTED), 0) + 1
        got = counted(demo, Asked(month=month))
        lines = {key: n for key, n in got.items() if key[1] in (BILLABLE, AT_RISK, SUPPORTED)}
        assert lines == wanted, month


def test_states_are_those_of_the_patient_pages(demo: Demo) -> None:
    """Every code that the overview tells of a calendar month has the state of the page."""
    office = demo.office("cora")
    told = services(office, MARCH, Cut()).services
    assert told
    for each in told:
        chart = office.chart(office.card(each.patient))
        figures = figures_of(chart, Decisions(office=office, patient=each.patient), MARCH.month)
        page = next(code for code in figures.codes if code.code == each.code)
        if each.on == MARCH.month.last_day:
            assert page.state == each.state, each
        if each.missing and page.forecast and each.on == MARCH.month.last_day:
            assert page.forecast.missing == each.missing
        assert page.state != QUIET or each.on != MARCH.month.last_day


def test_dollars_are_the_sum_of_the_services(demo: Demo) -> None:
    office = demo.office("cora")
    found = overview(office, MARCH)
    for row in found.rows:
        for state, cell in row.cells.items():
            behind = services(office, MARCH, Cut(code=row.code, state=state))
            assert behind.count == cell.count
            amounts = [each.amount for each in behind.services if each.amount is not None]
            assert sum((each.amount for each in amounts), Decimal(0)) == cell.amount.amount
    assert found.sums[BILLABLE].amount > NO_MONEY


def test_what_others_billed_holds_what_was_billable(demo: Demo) -> None:
    before = counted(demo)
    office = demo.office("rosa")
    body = BilledElsewhere(
        code="99457", from_on=MARCH.month.first_day, to_on=MARCH.month.last_day, by="Harbor"
    )
    office.append([office.filing("pat_ada").entry(body)])
    after = counted(demo)
    assert after["99457", BILLABLE] == before["99457", BILLABLE] - 1
    held = services(demo.office("cora"), MARCH, Cut(code="99457", state=HELD)).services
    assert [each.patient for each in held] == ["pat_ada"]
    assert held[0].held_by == ("is_not_billed_elsewhere",)


def test_postgresql_tells_the_same(demo_postgres: Demo) -> None:
    office = demo_postgres.office("cora")
    found = overview(office, MARCH)
    assert (found.patients, found.waiting) == (8, 0)
    assert found.sums[BILLABLE].count == 11
    assert find_patients(office, Search(program="ccm", clinic=LAKESIDE)).count == 1
    assert find_patients(office, Search(words="ada", order="born")).count == 1
    assert stamp(office, "pat_ada", MARCH.month).startswith("1.")


def test_money_is_for_those_who_may_see_it(enter: Enter) -> None:
    assert "$" in enter("bea").get(PAGE).content.decode().split("<main", 1)[1]
    nurse = enter("rosa").get(PAGE).content.decode().split("<main", 1)[1]
    assert "$" not in nurse
    assert "Billable" in nurse
    listed = enter("rosa").get(f"{PAGE}services/?month=2026-03&code=99457").content.decode()
    assert "$" not in listed.split("<main", 1)[1]


@pytest.mark.parametrize("state", ["", *EVERY_STATE, "nonsense"])
def test_every_list_behind_a_figure_opens(enter: Enter, state: str) -> None:
    answer = enter("cora").get(f"{PAGE}services/?month=2026-03&state={state}")
    assert answer.status_code == 200


def test_patients_without_activity_are_counted(demo: Demo) -> None:
    office = demo.office("cora")
    early = Asked(month=ServiceMonth(2025, 12))
    found = overview(office, early)
    active = {each.patient for each in services(office, early, Cut()).services}
    quiet = services(office, early, Cut(state=NO_ACTIVITY))
    assert found.quiet == quiet.count > 0
    assert not active & {each.patient for each in quiet.services}


def test_a_clinic_that_is_not_there_has_no_patients(demo: Demo) -> None:
    found = overview(demo.office("cora"), Asked(month=MARCH.month, clinic="prac_nowhere"))
    assert (found.patients, found.rows) == (0, ())


def test_work_of_one_request_is_bounded(
    demo: Demo, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_AT_ONCE", 3)
    REMEMBERED.found.clear()
    cora = enter("cora")
    first = cora.get(PAGE).content.decode()
    assert "Working out 5 more patients" in first
    assert "Working out 2 more patients" in cora.get(PAGE).content.decode()
    assert "Working out" not in cora.get(PAGE).content.decode()


def test_queries_do_not_grow_with_patients(demo: Demo, enter: Enter) -> None:
    cora = enter("cora")
    cora.get(PAGE)
    with CaptureQueriesContext(connection) as told:
        assert cora.get(PAGE).status_code == 200
    own = [each["sql"] for each in told if "store_" in each["sql"]]
    assert len(own) <= 12


def test_an_administrator_sees_no_month(enter: Enter) -> None:
    assert enter("amir").get(PAGE).status_code == 403
    assert enter("nora").get(PAGE).status_code == 404
