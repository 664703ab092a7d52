"""Campaigns on a stored journal: whom they put in line, when, and how they stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretally import clock
from caretally.errors import ConflictError, ForbiddenError, InputError, UnknownError
from caretally.journal.entries import CallingRulesSet, ConsentRevoked, TelephoneGiven
from caretally.practice.call_queue import take
from caretally.practice.calling_gate import checked
from caretally.practice.campaign_work import CampaignWanted, begin, campaign_named, draft, stop
from caretally.practice.campaigns import plan_due, settle
from caretally.store.call_tables import (
    DENIED,
    DIALING,
    DRAFT,
    ENDED,
    PLANNED,
    RECORDED,
    RUNNING,
    STOPPED,
    Call,
)
from tests.integration.calling.allowed import A_DAY, GUS, NUMBER, PROTOCOL, allow, note, planned
from tests.integration.demonstrated import LAKESIDE, Demo

WANTED = CampaignWanted(
    name="Weekly check", program="rpm", protocol=PROTOCOL, begins_on=date(2026, 3, 23),
    ends_on=date(2026, 4, 30), weekdays="12345", from_time="09:00", to_time="18:00", every_days=7,
    capacity=1, retries={"no_answer": (120, 1440)},
)  # fmt: skip
NAME = "cmp_1"
TWO = (GUS, "pat_ada")


def begun(demo: Demo, wanted: CampaignWanted = WANTED, patients: tuple[str, ...] = (GUS,)) -> int:
    """Let patients be called, and begin a campaign; returns how many calls are in line."""
    for number, patient in enumerate(patients):
        allow(demo, patient, f"+1708555014{number + 2}")
    office = demo.office("rosa")
    draft(office, NAME, wanted)
    return begin(office, NAME)


def calls(demo: Demo) -> list[Call]:
    return list(Call.objects.using(demo.journal.db.alias).order_by("id"))


def over(call: Call, outcome: str, *, minutes: int = 2) -> None:
    """Let a call be over as the desk leaves one."""
    call.dialed_at = call.dialed_at or clock.now()
    call.state, call.outcome = RECORDED, outcome
    call.ended_at = call.dialed_at + timedelta(minutes=minutes)
    call.save()


def test_only_those_who_may_be_called_are_put_in_line_and_nobody_twice(demo: Demo) -> None:
    assert begun(demo) == 1
    (call,) = calls(demo)
    assert (call.patient, call.state, call.attempt, call.campaign) == (GUS, PLANNED, 1, NAME)
    assert call.due_at.replace(microsecond=0) <= clock.now()
    for _ in range(2):
        assert begin(demo.office("rosa"), NAME) == 0
        assert plan_due(demo.journal, clock.now()) == 0
    assert len(calls(demo)) == 1


def test_a_consent_that_comes_later_is_seen_at_once(demo: Demo) -> None:
    begun(demo)
    assert plan_due(demo.journal, clock.now()) == 0
    allow(demo, "pat_ada", "+17085550143")
    assert plan_due(demo.journal, clock.now()) == 1
    assert [each.patient for each in calls(demo)] == [GUS, "pat_ada"]


def test_capacity_holds_and_who_waited_longest_is_first(demo: Demo) -> None:
    allow(demo, GUS)
    allow(demo, "pat_ada", "+17085550143")
    # Ada was called a week ago, Gus never: he waited longer.
    planned(demo, "before", patient="pat_ada", state=RECORDED, dialed_at=clock.now() - 8 * A_DAY)
    assert begun(demo, patients=()) == 2
    first = take(demo.journal, LAKESIDE, clock.now())
    assert first is not None
    assert first.patient == GUS
    assert take(demo.journal, LAKESIDE, clock.now()) is None, "one call at a time"
    over(first, "completed")
    second = take(demo.journal, LAKESIDE, clock.now())
    assert second is not None
    assert second.patient == "pat_ada"


def test_stopping_holds_at_once_also_for_a_call_that_was_taken(demo: Demo) -> None:
    assert begun(demo, replace(WANTED, capacity=1), patients=TWO) == 2
    taken = take(demo.journal, LAKESIDE, clock.now())
    assert taken is not None
    assert taken.state == DIALING
    assert stop(demo.office("rosa"), NAME) == 1
    assert take(demo.journal, LAKESIDE, clock.now()) is None
    body = checked(demo.journal, LAKESIDE, taken, clock.now())
    assert [each.check for each in body.checks if not each.met] == ["is_wanted"]
    taken.refresh_from_db()
    assert taken.state == DENIED
    row = campaign_named(demo.office("rosa"), NAME)
    assert (row.state, row.stopped_by) == (STOPPED, "staff:stf_rosa")
    assert stop(demo.office("tom"), NAME) == 0
    assert campaign_named(demo.office("rosa"), NAME).stopped_by == "staff:stf_rosa"
    assert plan_due(demo.journal, clock.now()) == 0
    assert begin(demo.office("rosa"), NAME) == 2
    assert campaign_named(demo.office("rosa"), NAME).state == RUNNING


@pytest.mark.parametrize(("outcome", "days", "attempt"), [
    ("no_answer", 0, 2), ("completed", 7, 1), ("hung_up", 7, 1),
])  # fmt: skip
def test_what_follows_a_call(demo: Demo, outcome: str, days: int, attempt: int) -> None:
    rules = CallingRulesSet(version="2", from_time="08:00", to_time="20:00", most_a_day=3,
                            most_a_week=9, least_minutes=10, set_by="stf_lin")  # fmt: skip
    note(demo, rules, at=clock.now() - A_DAY)
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    over(call, outcome)
    for again in (True, False):
        assert settle(demo.journal, LAKESIDE, call, clock.now()) is again
    _, follows = calls(demo)
    assert call.ended_at is not None
    assert follows.attempt == attempt
    assert follows.due_at.date() == call.ended_at.date() + timedelta(days=days)
    if outcome == "no_answer":
        assert follows.due_at == call.ended_at + timedelta(minutes=120)


def test_a_retry_waits_for_the_cap_of_the_day(demo: Demo) -> None:
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    over(call, "no_answer")
    settle(demo.journal, LAKESIDE, call, clock.now())
    # The starting point allows one call a day: the retry after two hours becomes one of tomorrow.
    assert calls(demo)[-1].due_at == datetime(2026, 3, 27, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(("from_time", "state", "due_at"), [
    ("16:00", PLANNED, datetime(2026, 3, 26, 21, 0, tzinfo=UTC)),
    # The campaign calls until 18:00: no time is left that both like.
    ("18:30", DENIED, None),
])  # fmt: skip
def test_a_call_of_a_campaign_that_comes_too_early_is_put_off(
    demo: Demo, from_time: str, state: str, due_at: datetime | None
) -> None:
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    later = TelephoneGiven(number=NUMBER, whose="patient", from_time=from_time)
    note(demo, later, at=clock.now(), patient=GUS)
    assert not checked(demo.journal, LAKESIDE, call, clock.now()).allowed
    call.refresh_from_db()
    assert call.state == state
    assert due_at is None or call.due_at == due_at


def test_a_wrong_number_is_called_by_no_campaign_until_it_is_given_anew(demo: Demo) -> None:
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    over(call, "wrong_person")
    later = clock.now() + 8 * A_DAY
    assert not settle(demo.journal, LAKESIDE, call, later)
    note(demo, TelephoneGiven(number=NUMBER, whose="patient"), at=clock.now(), patient=GUS)
    assert settle(demo.journal, LAKESIDE, call, later)


def test_a_call_that_could_not_begin_is_not_planned_again_on_the_same_day(demo: Demo) -> None:
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    Call.objects.filter(pk=call.pk).update(state=DENIED, outcome="not_ready")
    assert settle(demo.journal, LAKESIDE, call, clock.now())
    assert calls(demo)[-1].due_at >= call.due_at + A_DAY


def test_whoever_opts_out_is_planned_no_more(demo: Demo) -> None:
    begun(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    note(demo, ConsentRevoked(scope="ai_voice", given_by="patient"), at=clock.now(), patient=GUS)
    over(call, "opted_out")
    assert not settle(demo.journal, LAKESIDE, call, clock.now())
    assert plan_due(demo.journal, clock.now() + 10 * A_DAY) == 0


def test_a_campaign_ends_with_its_last_day(demo: Demo) -> None:
    begun(demo, replace(WANTED, ends_on=date(2026, 3, 27)))
    plan_due(demo.journal, clock.now() + A_DAY)
    assert campaign_named(demo.office("rosa"), NAME).state == RUNNING
    assert plan_due(demo.journal, clock.now() + 2 * A_DAY) == 0
    assert campaign_named(demo.office("rosa"), NAME).state == ENDED
    assert [each.state for each in calls(demo)] == [STOPPED]
    with pytest.raises(InputError, match="over"):
        begin(demo.office("rosa"), NAME)


@pytest.mark.parametrize(("change", "field"), [
    ({"name": " "}, "name"), ({"program": "diet"}, "program"), ({"protocol": "mood"}, "protocol"),
    ({"ends_on": date(2026, 3, 20)}, "ends_on"), ({"ends_on": date(2026, 3, 25)}, "ends_on"),
    ({"weekdays": ""}, "weekdays"), ({"weekdays": "8"}, "weekdays"),
    ({"to_time": "09:00"}, "to_time"), ({"every_days": 0}, "every_days"),
    ({"capacity": 0}, "capacity"), ({"capacity": 51}, "capacity"),
    ({"retries": {"busy": (0,)}}, "retry_busy"),
])  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused_at_its_field(
    demo: Demo, change: dict[str, object], field: str
) -> None:
    office = demo.office("rosa")
    with pytest.raises(InputError) as refused:
        draft(office, NAME, replace(WANTED, **change))  # type: ignore[arg-type]
    assert [each.field for each in refused.value.problems] == [field]
    with pytest.raises(UnknownError):
        campaign_named(office, NAME)


def test_a_form_that_is_sent_twice_is_one_campaign(demo: Demo) -> None:
    office = demo.office("rosa")
    for _ in range(2):
        draft(office, NAME, WANTED)
    assert campaign_named(office, NAME).state == DRAFT
    assert plan_due(demo.journal, clock.now()) == 0, "a draft calls nobody"
    with pytest.raises(ConflictError):
        draft(office, NAME, replace(WANTED, name="Another"))
    with pytest.raises(ForbiddenError):
        draft(demo.office("bea"), "cmp_2", WANTED)


def test_campaigns_on_postgresql(demo_postgres: Demo) -> None:
    assert begun(demo_postgres, patients=TWO) == 2
    call = take(demo_postgres.journal, LAKESIDE, clock.now())
    assert call is not None
    over(call, "completed")
    assert settle(demo_postgres.journal, LAKESIDE, call, clock.now())
    assert stop(demo_postgres.office("rosa"), NAME) == 2
