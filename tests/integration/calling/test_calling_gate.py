"""The gate on a stored journal: its facts are those of the entries, and its answer is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from caretally import clock
from caretally.journal.entries import (
    Body,
    CallChecked,
    CallingRulesSet,
    CaregiverAuthorized,
    Consented,
    ConsentRevoked,
    Died,
    Disenrolled,
    ProtocolSigned,
    StayRecorded,
    TelephoneGiven,
    VendorAgreed,
)
from caretally.practice.call_queue import take
from caretally.practice.call_recording import settle_cut_off
from caretally.practice.calling_gate import Asked, asked_now, checked, may_keep_sound
from caretally.store.call_tables import DENIED, DIALING, PLANNED, STOPPED, Call
from tests.integration.calling.allowed import A_DAY, GUS, NUMBER, PROTOCOL, allow, note, planned
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo

AT = datetime(2026, 3, 26, 15, 0, tzinfo=UTC)  # 10:00 in Chicago
ASKED = Asked(patient=GUS, program="rpm", protocol=PROTOCOL)
CALLER, OTHER = "cgv_max", "+17085550143"


def denied(demo: Demo, at: datetime = AT, asked: Asked = ASKED) -> list[str]:
    body = asked_now(demo.journal, LAKESIDE, asked, at)
    assert body.allowed is (not [each for each in body.checks if not each.met])
    return [each.check for each in body.checks if not each.met]


def test_a_patient_is_called_once_all_is_on_file(demo: Demo) -> None:
    ada = Asked(patient="pat_ada", program="rpm", protocol=PROTOCOL)
    assert denied(demo, asked=ada) == [
        "has_number", "number_is_domestic", "has_voice_consent", "consent_is_to_this_number",
        "consent_is_by_who_may",
    ]  # fmt: skip
    allow(demo, "pat_ada")
    assert denied(demo, asked=ada) == []


def test_the_demonstration_shows_who_may_be_called_and_who_not(demo: Demo) -> None:
    assert denied(demo) == []
    rules = asked_now(demo.journal, LAKESIDE, ASKED, AT).checks[-1]
    assert rules.found == "2026-01; set by stf_lin"
    hal = Asked(patient="pat_hal", program="rpm", protocol="heart_failure")
    assert denied(demo, asked=hal)[0] == "has_voice_consent"
    copd = Asked(patient=GUS, program="rpm", protocol="copd")
    assert denied(demo, asked=copd) == ["is_signed"]
    elsewhere = Asked(patient="pat_fay", program="rpm", protocol=PROTOCOL)
    found = asked_now(demo.journal, HARBOR, elsewhere, AT).checks[-1]
    assert "nobody set rules" in found.found


def test_consent_belongs_to_the_number_it_was_given_for(demo: Demo) -> None:
    allow(demo)
    new = AT - timedelta(hours=3)
    note(demo, TelephoneGiven(number=OTHER, whose="patient"), at=new, patient=GUS)
    assert denied(demo) == ["consent_is_to_this_number", "consent_is_by_who_may"]
    again = Consented(scope="ai_voice", method="verbal", given_by="patient")
    note(demo, again, at=new + timedelta(hours=1), patient=GUS)
    assert denied(demo) == []
    back = TelephoneGiven(number=NUMBER, whose="patient")
    note(demo, back, at=new + timedelta(hours=2), patient=GUS)
    assert denied(demo) == []


@pytest.mark.parametrize(("body", "check"), [
    (ConsentRevoked(scope="ai_voice", given_by="patient"), "has_voice_consent"),
    (TelephoneGiven(number="", whose="patient"), "has_number"),
    (Died(), "is_alive"),
    (Disenrolled(program="rpm", reason="moved"), "is_enrolled"),
    (StayRecorded(setting="inpatient", from_at=AT - A_DAY), "is_out_of_facilities"),
    (ProtocolSigned(protocol=PROTOCOL, version="1", digest="sha256:" + "0" * 64,
                    signed_by="stf_lin"), "is_signed"),
    (CallingRulesSet(version="2", from_time="12:00", to_time="20:00", most_a_day=1, most_a_week=3,
                     least_minutes=0, set_by="stf_lin"), "is_within_hours"),
    (CallingRulesSet(version="2", from_time="08:00", to_time="20:00", most_a_day=1, most_a_week=3,
                     least_minutes=0, counsel_states=("IL",), set_by="stf_lin"), "counsel_agreed"),
    (TelephoneGiven(number=NUMBER, whose="patient", from_time="13:00"), "is_within_hours"),
])  # fmt: skip
def test_what_is_written_an_instant_before_the_call_holds(
    demo: Demo, body: Body, check: str
) -> None:
    allow(demo)
    is_of_practice = isinstance(body, ProtocolSigned | CallingRulesSet)
    if isinstance(body, StayRecorded):
        note(demo, body, at=body.from_at, patient=GUS)
    else:
        note(demo, body, at=AT - timedelta(hours=1), patient=None if is_of_practice else GUS)
    assert denied(demo)[0] == check


def test_a_stay_that_is_over_and_a_death_to_come_change_nothing(demo: Demo) -> None:
    allow(demo)
    stay = StayRecorded(setting="snf", from_at=AT - 3 * A_DAY, to_at=AT)
    note(demo, stay, at=stay.from_at, patient=GUS)
    assert denied(demo) == []
    assert denied(demo, AT - timedelta(seconds=1)) == ["is_out_of_facilities"]


def test_a_caregiver_answers_only_with_authority_and_consent_of_both(demo: Demo) -> None:
    allow(demo)
    then = AT - timedelta(hours=5)
    whose = f"caregiver:{CALLER}"
    right = CaregiverAuthorized(caregiver=CALLER, relationship="child", from_on=date(2026, 1, 1),
                                to_on=date(2026, 3, 26))  # fmt: skip
    note(demo, right, at=then, patient=GUS)
    note(demo, TelephoneGiven(number=OTHER, whose=whose), at=then, patient=GUS)
    assert denied(demo) == [
        "consent_is_to_this_number", "consent_is_by_who_may", "callee_may_hear",
    ]  # fmt: skip
    own = Consented(scope="ai_voice", method="verbal", given_by=whose)
    note(demo, own, at=then + timedelta(minutes=1), patient=GUS)
    assert denied(demo) == ["callee_may_hear"]
    share = Consented(scope="data_sharing", method="verbal", given_by="patient", caregiver=CALLER)
    note(demo, share, at=then + timedelta(minutes=2), patient=GUS)
    assert denied(demo) == []
    assert denied(demo, AT + A_DAY) == ["callee_may_hear"]


def test_who_carries_calls_must_have_agreed(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(demo)
    monkeypatch.setattr(
        "caretally.practice.calling_gate.vendors_now", lambda: (("carrier", "twilio"),)
    )
    assert denied(demo) == ["has_agreements"]
    body = VendorAgreed(vendor="twilio", part="carrier", document="BAA 2026-7",
                        from_on=date(2026, 1, 1), to_on=date(2026, 3, 26))  # fmt: skip
    note(demo, body, at=AT - A_DAY)
    assert denied(demo) == []
    assert denied(demo, AT + A_DAY) == ["has_agreements"]


def test_calls_that_were_dialed_count_and_exercises_do_not(demo: Demo) -> None:
    allow(demo)
    planned(demo, "call_0", dialed_at=AT - timedelta(hours=2), state="recorded", drill=True)
    assert denied(demo) == []
    planned(demo, "call_1", dialed_at=AT - timedelta(hours=2), state="recorded")
    assert denied(demo) == ["is_below_daily_cap"]
    assert denied(demo, AT + A_DAY) == []


def checks_stored(demo: Demo) -> list[CallChecked]:
    entries = demo.journal.entries(LAKESIDE, patients=[GUS])
    return [each.body for each in entries if isinstance(each.body, CallChecked)]


def test_the_answer_is_stored_before_anybody_is_dialed(demo: Demo) -> None:
    allow(demo)
    planned(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    assert call.state == DIALING
    assert take(demo.journal, LAKESIDE, clock.now()) is None
    body = checked(demo.journal, LAKESIDE, call, clock.now())
    assert body.allowed
    assert checks_stored(demo) == [body]
    call.refresh_from_db()
    assert call.state == DIALING


def test_a_call_whose_worker_is_gone_before_it_dialed_goes_back_in_line(demo: Demo) -> None:
    planned(demo)
    taken = take(demo.journal, LAKESIDE, clock.now())
    assert taken is not None
    settle_cut_off(demo.journal, clock.now())
    assert take(demo.journal, LAKESIDE, clock.now()) is None
    settle_cut_off(demo.journal, clock.now() + timedelta(minutes=31))
    again = take(demo.journal, LAKESIDE, clock.now())
    assert again is not None
    assert again.call == taken.call


def test_a_call_that_is_denied_is_never_dialed(demo: Demo) -> None:
    allow(demo)
    planned(demo)
    call = take(demo.journal, LAKESIDE, clock.now())
    assert call is not None
    # The patient says stop on another way, after the call was taken and before it is dialed.
    revoked = ConsentRevoked(scope="ai_voice", given_by="patient")
    note(demo, revoked, at=clock.now(), patient=GUS)
    body = checked(demo.journal, LAKESIDE, call, clock.now())
    assert not body.allowed
    call.refresh_from_db()
    assert (call.state, call.outcome) == (DENIED, "has_voice_consent")
    assert checks_stored(demo) == [body]
    assert NUMBER[2:] not in str(body)


def test_a_call_that_was_stopped_stays_stopped(demo: Demo) -> None:
    allow(demo)
    call = planned(demo, state=STOPPED)
    body = checked(demo.journal, LAKESIDE, call, clock.now())
    assert [each.check for each in body.checks if not each.met] == ["is_wanted"]
    call.refresh_from_db()
    assert call.state == STOPPED


def test_who_waited_longest_is_taken_first_and_nobody_twice_at_once(demo: Demo) -> None:
    now = clock.now()
    planned(demo, "late", due_at=now - timedelta(minutes=1), patient="pat_ada")
    planned(demo, "early", due_at=now - timedelta(hours=1))
    planned(demo, "again", due_at=now - timedelta(minutes=59))
    planned(demo, "tomorrow", due_at=now + A_DAY, patient="pat_hal")
    taken = [take(demo.journal, LAKESIDE, now) for _ in range(4)]
    assert [each.call if each else "" for each in taken] == ["early", "late", "", ""]
    assert Call.objects.filter(state=PLANNED).count() == 2
    assert take(demo.journal, HARBOR, now) is None


def test_sound_is_kept_only_where_rules_and_patient_allow(demo: Demo) -> None:
    allow(demo)
    call = planned(demo)
    assert not may_keep_sound(demo.journal, LAKESIDE, call, AT)
    rules = CallingRulesSet(
        version="2", from_time="08:00", to_time="20:00", most_a_day=1, most_a_week=3,
        least_minutes=0, records_audio=True, set_by="stf_lin",
    )  # fmt: skip
    note(demo, rules, at=AT - timedelta(hours=2))
    assert may_keep_sound(demo.journal, LAKESIDE, call, AT)
    note(demo, ConsentRevoked(scope="recording"), at=AT - timedelta(hours=1), patient=GUS)
    assert not may_keep_sound(demo.journal, LAKESIDE, call, AT)


def test_the_gate_on_postgresql(demo_postgres: Demo) -> None:
    allow(demo_postgres)
    planned(demo_postgres)
    call = take(demo_postgres.journal, LAKESIDE, clock.now())
    assert call is not None
    assert checked(demo_postgres.journal, LAKESIDE, call, clock.now()).allowed
