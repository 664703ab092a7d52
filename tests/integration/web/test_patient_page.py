"""The page of a patient: figures, explanation, timeline, charts, and how it stays fresh."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caretally.journal.entries import ContactHeld, Entry, EntryVoided, TimeLogged
from caretally.practice.patient_month import Decisions, totals_of
from caretally.practice.patient_page import figures_of, months_of
from caretally.practice.timeline import Wanted, timeline
from caretally.store.models import Membership
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

ADA = f"/p/{LAKESIDE}/patients/pat_ada/"
VERSION = f"{ADA}months/2026-03/version"


def lakeside_patients(demo: Demo) -> list[str]:
    """Return the patients of Lakeside."""
    sql = (
        "SELECT patient FROM store_patientcard AS card JOIN store_practice AS practice "
        "ON practice.id = card.practice_id WHERE practice.name = %s ORDER BY patient"
    )
    return [row[0] for row in demo.journal.db.rows(sql, LAKESIDE)]


def test_kept_totals_are_those_of_the_decision_for_the_whole_cast(demo: Demo) -> None:
    office = demo.office("rosa")
    patients = lakeside_patients(demo)
    assert len(patients) == 8
    for patient in patients:
        chart = office.chart(office.card(patient))
        decisions = Decisions(office=office, patient=patient)
        for month in months_of(office, chart, None).all:
            kept, facts = totals_of(office, patient, month), decisions.of(month).month.decided
            for name in ("live_seconds", "management_seconds", "ai_seconds", "chat_seconds",
                         "qualifying_contacts", "data_days"):  # fmt: skip
                assert getattr(kept, name) == getattr(facts, name), (patient, month, name)


def test_the_page_shows_both_clocks_and_every_code(demo: Demo, enter: Enter) -> None:
    page = enter("rosa").get(ADA).content.decode()
    shown = dict(re.findall(r'data-figure="(\w+)">([^<]+)<', page))
    assert shown["live_seconds"] == "20:40"
    assert shown["management_seconds"] == "28:20"
    assert shown["ai_seconds"] == "0:00"
    assert shown["qualifying_contacts"] == "3"
    for code in ("99454", "99457", "99458", "99091", "99445"):
        assert f'id="code-{code}"' in page
    assert "11:40 of management time" in page


def test_amounts_asked_come_from_the_rules(demo: Demo) -> None:
    office = demo.office("rosa")
    chart = office.chart(office.card("pat_ada"))
    figures = figures_of(chart, Decisions(office=office, patient="pat_ada"),
                         months_of(office, chart, None).shown)  # fmt: skip
    assert [(mark.amount, mark.codes) for mark in figures.marks["management_seconds"]] == [
        (600, ("99470",)), (1200, ("99457",)), (2400, ("99458",)),
    ]  # fmt: skip
    assert figures.marks["live_seconds"] == ()
    assert figures.period is not None
    assert [(mark.amount, mark.codes) for mark in figures.period.marks] == [
        (2, ("99445",)), (16, ("99454",)),
    ]  # fmt: skip
    assert (figures.period.data_days, figures.period.days_left) == (19, 10)


def test_only_those_who_may_see_money_see_amounts(demo: Demo, enter: Enter) -> None:
    assert "$51.77" in enter("bea").get(ADA).content.decode()
    assert "$51.77" not in enter("rosa").get(ADA).content.decode()


def call(demo: Demo, patient: str, minutes: int) -> Entry:
    """Return a call that just ended."""
    office = demo.office("rosa")
    start = office.now - timedelta(minutes=minutes)
    body = ContactHeld(
        program="rpm", mode="telephone", start=start, end=office.now, performers=("stf_rosa",),
        spoke_with="patient", two_way=True, topics=("symptoms",), summary="Feels well.",
    )  # fmt: skip
    return office.filing(patient).entry(body)


def test_the_page_hears_of_another_office_s_save(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    first = rosa.get(VERSION)
    assert first.status_code == 200
    stamp = first["ETag"]
    assert rosa.get(VERSION, headers={"If-None-Match": stamp}).status_code == 304
    demo.office("tom").append([call(demo, "pat_ada", 12)])
    anew = rosa.get(VERSION, headers={"If-None-Match": stamp})
    assert anew.status_code == 200
    assert 'data-figure="live_seconds">32:40<' in anew.content.decode()
    assert rosa.get(VERSION, headers={"If-None-Match": anew["ETag"]}).status_code == 304


def test_a_save_about_somebody_else_changes_nothing(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    stamp = rosa.get(VERSION)["ETag"]
    demo.office("tom").append([call(demo, "pat_ben", 3)])
    assert rosa.get(VERSION, headers={"If-None-Match": stamp}).status_code == 304


def test_the_page_and_its_version_have_one_stamp(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    found = re.search(r'data-stamp="([^"]+)"', rosa.get(ADA).content.decode())
    assert found is not None
    answer = rosa.get(VERSION, headers={"If-None-Match": f'"{found[1]}"'})
    assert answer.status_code == 304


def access_entries(demo: Demo) -> int:
    """Return how many looks at Ada's chart are told."""
    sql = "SELECT coalesce(sum(length), 0) FROM store_stream WHERE name = 'access/pat_ada'"
    return int(demo.journal.db.rows(sql)[0][0])


def test_an_unchanged_answer_is_no_look_and_no_use(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    stamp = rosa.get(VERSION)["ETag"]
    seen, looks = rosa.session.get("seen_at"), access_entries(demo)
    with CaptureQueriesContext(connection) as told:
        assert rosa.get(VERSION, headers={"If-None-Match": stamp}).status_code == 304
    assert access_entries(demo) == looks
    assert rosa.session.get("seen_at") == seen
    own = [each["sql"] for each in told if '"store_' in each["sql"] or " store_" in each["sql"]]
    assert len(own) == 2, own


def test_queries_of_the_page_are_bounded(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    rosa.get(ADA)
    with CaptureQueriesContext(connection) as told:
        assert rosa.get(ADA).status_code == 200
    assert len(told) <= 45


def test_a_nurse_of_another_practice_learns_nothing(demo: Demo, enter: Enter) -> None:
    nora = enter("nora")
    for address in (ADA, VERSION, f"{ADA}timeline/"):
        assert nora.get(address).status_code == 404
        assert nora.get(address.replace(LAKESIDE, HARBOR)).status_code == 404


def test_a_nurse_of_another_clinic_learns_nothing(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    stamp = rosa.get(VERSION)["ETag"]
    Membership.objects.filter(user__username="rosa").update(clinic="prac_elsewhere")
    for address in (ADA, VERSION, f"{ADA}timeline/"):
        answer = rosa.get(address, headers={"If-None-Match": stamp})
        assert answer.status_code in (302, 404), address
        assert b"Ada" not in answer.content
    month = rosa.get(f"/p/{LAKESIDE}/month/").content.decode()
    assert "Nothing happened in 2026-03" in month
    assert "pat_ada" not in rosa.get(f"/p/{LAKESIDE}/month/services/").content.decode()
    assert "no patients in this practice" in rosa.get(f"/p/{LAKESIDE}/patients/").content.decode()


@pytest.mark.parametrize("month", ["2026-13", "march", "20260-3"])
def test_a_month_that_is_none_is_not_there(enter: Enter, month: str) -> None:
    assert enter("rosa").get(f"{ADA}?month={month}").status_code == 404


def test_an_earlier_month_is_shown_and_a_later_one_is_not(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    assert "Both clocks, 2026-02" in rosa.get(f"{ADA}?month=2026-02").content.decode()
    assert "Both clocks, 2026-03" in rosa.get(f"{ADA}?month=2026-09").content.decode()


def test_corrections_stand_in_the_timeline(demo: Demo, enter: Enter) -> None:
    office = demo.office("rosa")
    listed = f"{ADA}timeline/?subject=corrections"
    before = enter("rosa").get(listed).content.decode().count('<li class="entry ')
    first = call(demo, "pat_ada", 12)
    office.append([first])
    void = office.filing("pat_ada", reason="another patient was called").entry(
        EntryVoided(entry=first.id)
    )
    office.append([void])
    page = enter("rosa").get(f"{ADA}timeline/").content.decode()
    assert "<s>Call with the patient, 12:00</s>" in page
    assert "Voided by Rosa Delgado" in page
    assert "another patient was called" in page
    after = enter("rosa").get(listed).content.decode().count('<li class="entry ')
    assert after == before + 2


def test_the_timeline_says_what_each_entry_counted(demo: Demo) -> None:
    office = demo.office("rosa")
    chart = office.chart(office.card("pat_gus"))
    found = timeline(chart, Decisions(office=office, patient="pat_gus"), Wanted(subject="contacts"))
    held = [item for item in found.items if isinstance(item.entry.body, ContactHeld)]
    ai = [item for item in held if getattr(item.entry.body, "mode", "") == "ai_telephone"]
    assert ai
    assert {item.counted_seconds for item in ai} == {0}
    assert all("AI time has a total of its own" in item.reasons for item in ai)


def test_every_entry_is_on_the_timeline_once(demo: Demo) -> None:
    office = demo.office("rosa")
    chart = office.chart(office.card("pat_hal"))
    decisions = Decisions(office=office, patient="pat_hal")
    seen: list[str] = []
    number = 1
    while True:
        found = timeline(chart, decisions, Wanted(number=number))
        seen += [item.entry.id for item in found.items]
        if not found.has_more:
            break
        number += 1
    assert sorted(seen) == sorted(entry.id for entry in chart.stored)


def test_counted_seconds_of_the_month_add_up(demo: Demo) -> None:
    office = demo.office("rosa")
    chart = office.chart(office.card("pat_edie"))
    decisions = Decisions(office=office, patient="pat_edie")
    month = months_of(office, chart, None).shown
    counted = sum(
        item.counted_seconds or 0
        for subject in ("contacts", "time")
        for item in timeline(chart, decisions, Wanted(subject=subject)).items
        if chart.month_of(item.entry.at) == month
        and isinstance(item.entry.body, ContactHeld | TimeLogged)
    )
    assert counted == totals_of(office, "pat_edie", month).management_seconds


def test_charts_have_words_and_a_table(demo: Demo, enter: Enter) -> None:
    page = enter("rosa").get(f"/p/{LAKESIDE}/patients/pat_hal/?days=90").content.decode()
    for name in ("wide", "narrow"):
        assert f'<title id="{name}-title">Vital signs from ' in page
        assert f'<desc id="{name}-desc">Systolic: ' in page
    for title in ("Blood pressure in mmHg", "Weight in kg", "Heart rate per minute"):
        assert f"<summary>{title} as a table</summary>" in page
    assert " style=" not in page.split("<main", 1)[1]


def test_ben_is_told_to_be_hard_to_reach(enter: Enter) -> None:
    page = enter("rosa").get(f"/p/{LAKESIDE}/patients/pat_ben/").content.decode()
    assert "Hard to reach for RPM" in page


def test_the_list_is_narrowed_and_ordered(enter: Enter) -> None:
    rosa = enter("rosa")
    assert "8 patients" in rosa.get(f"/p/{LAKESIDE}/patients/").content.decode()
    ccm = rosa.get(f"/p/{LAKESIDE}/patients/?program=ccm").content.decode()
    assert "1 patient" in ccm
    assert "pat_hal" in ccm
    nobody = rosa.get(f"/p/{LAKESIDE}/patients/?stage=died").content.decode()
    assert "No patient fits this search" in nobody
    born = rosa.get(f"/p/{LAKESIDE}/patients/?sort=born&clinic={LAKESIDE}").content.decode()
    names = re.findall(r"patients/(pat_\w+)/", born)
    assert names[0] == "pat_cleo"
