"""Taking back what was entered by mistake, and recording what bears on billing from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from caretally.enrollment import commands as c
from caretally.enrollment.corrections import in_force, restore, withdraw
from caretally.journal.entries import (
    AccessAligned,
    Body,
    ConditionRecorded,
    Enrolled,
    GlobalSurgeryRecorded,
    Ordered,
    PatientRegistered,
    TimeLogged,
    VisitBilled,
)
from tests.unit.enrollment.charts import COVERED, ENROLLED, ORDERED, Command, admitted, practice

COVID = ConditionRecorded(condition="covid19", from_on=date(2026, 1, 2), to_on=date(2026, 1, 20))
SURGERY = GlobalSurgeryRecorded(
    from_on=date(2026, 2, 1), to_on=date(2026, 5, 2), related=False, by_billing_provider=True
)
ALIGNED = AccessAligned(conditions=("I10", "E11"), from_on=date(2026, 7, 1))
VISIT = VisitBilled(code="99213", on=date(2026, 2, 3))
LATER = date(2026, 3, 3)
"""The day after everything in these tests."""

SAID = (
    (c.record_condition, COVID, "body.from"),
    (c.record_surgery, SURGERY, "body.from"),
    (c.align_access, ALIGNED, "body.conditions"),
    (c.record_visit, VISIT, "body.code"),
)


@pytest.mark.parametrize(("command", "body", "field"), SAID, ids=lambda each: str(each)[:30])
def test_the_same_is_said_once(command: Command, body: Body, field: str) -> None:
    desk = practice()
    assert desk.does(command, body).body == body
    assert desk.fields_refused(command, body) == [field]


@pytest.mark.parametrize(
    ("command", "body", "field"),
    [
        (c.record_condition, replace(COVID, from_on=LATER, to_on=None), "body.from"),
        (c.record_surgery, replace(SURGERY, from_on=LATER), "body.from"),
        (c.record_visit, replace(VISIT, on=LATER), "body.date"),
    ],
)
def test_what_is_yet_to_come_is_refused(command: Command, body: Body, field: str) -> None:
    assert practice().fields_refused(command, body) == [field]


def test_a_condition_has_one_entry_a_date() -> None:
    desk = practice()
    desk.does(c.record_condition, COVID)
    overlapping = replace(COVID, from_on=date(2026, 1, 20), to_on=None)
    assert desk.fields_refused(c.record_condition, overlapping) == ["body.from"]
    desk.does(c.record_condition, replace(overlapping, condition="other"))
    desk.does(c.record_condition, replace(overlapping, from_on=date(2026, 1, 21)))


def test_an_alignment_names_codes() -> None:
    desk = practice()
    assert desk.fields_refused(c.align_access, replace(ALIGNED, conditions=())) == [
        "body.conditions"
    ]
    wrong = replace(ALIGNED, conditions=("I10", "pressure"))
    assert desk.fields_refused(c.align_access, wrong) == ["body.conditions[1]"]


def test_a_withdrawn_entry_counts_no_more() -> None:
    desk = admitted()
    (known,) = desk.record().entries(Ordered)
    desk.does(withdraw, known.id, reason="entered by mistake")
    assert desk.record().entries(Ordered) == ()
    assert desk.fields_refused(withdraw, known.id, reason="again") == ["body.entry"]


def test_withdrawing_asks_why_and_keeps_the_chart() -> None:
    desk = admitted()
    (opened,) = desk.record().entries(PatientRegistered)
    assert "reason" in desk.fields_refused(withdraw, opened.id)
    assert "body.entry" in desk.fields_refused(withdraw, opened.id, reason="mistaken")


def test_what_another_room_wrote_is_not_withdrawn_here() -> None:
    desk = admitted()
    span = TimeLogged(
        program="rpm", category="review", performer="stf_rn", start=desk.now,
        end=desk.now + timedelta(minutes=3),
    )  # fmt: skip
    desk.now += timedelta(minutes=5)
    entry = desk.tell(span)
    assert desk.fields_refused(withdraw, entry.id, reason="mistaken") == ["body.entry"]


def test_a_mistaken_correction_gives_way_to_what_stood_before() -> None:
    desk = admitted()
    (before,) = desk.record().entries(Ordered)
    changed = replace(ORDERED, parameters=("29463-7",))
    correction = desk.does(c.order, changed, supersedes=before.id, at=before.at, reason="weight")
    again = {"supersedes": correction.id, "at": before.at, "reason": "entered by mistake"}
    desk.does(restore, before, **again)
    (found,) = desk.record().entries(Ordered)
    assert (found.body, found.at) == (before.body, before.at)
    assert desk.fields_refused(restore, before, **again) == ["supersedes"]


def test_only_an_entry_in_force_is_found() -> None:
    desk = admitted()
    (known,) = desk.record().entries(type(COVERED))
    assert in_force(desk.record(), known.id) == known
    assert in_force(desk.record(), "ent_none") is None


def test_an_enrollment_is_corrected_below_its_amendments() -> None:
    desk = admitted()
    (opened,) = desk.record().entries(Enrolled)
    desk.does(c.amend_enrollment, replace(ENROLLED, diagnoses=("I11.9",)))
    corrected = replace(ENROLLED, established_on=date(2025, 9, 1))
    again = {"supersedes": opened.id, "reason": "wrong visit"}
    desk.does(c.correct_enrollment, corrected, at=opened.at, **again)
    first, second = desk.record().entries(Enrolled)
    assert (first.body, first.at) == (corrected, opened.at)
    assert second.body == replace(ENROLLED, diagnoses=("I11.9",))


def test_an_enrollment_moves_to_where_there_is_room() -> None:
    desk = admitted()
    (opened,) = desk.record().entries(Enrolled)
    earlier = opened.at - timedelta(days=1)
    again = {"supersedes": opened.id, "reason": "wrong day"}
    desk.does(c.correct_enrollment, ENROLLED, at=earlier, **again)
    (found,) = desk.record().entries(Enrolled)
    assert found.at == earlier
    wrong = replace(ENROLLED, diagnoses=("pressure",))
    assert desk.fields_refused(
        c.correct_enrollment, wrong, at=earlier, supersedes=found.id, reason="again"
    ) == ["body.diagnoses[0]"]
