"""Evidence, seconds and entries of calls that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretally.contacts.wellness_calls.evidence import STANDARD, evidence_of, excluded
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.record import Desk, record_of
from caretally.journal.entries import ContactAttempted, ContactHeld
from tests.unit.contacts.wellness_calls.playing import ANSWERED_AT, Playing, ada, held

DESK = Desk(program="rpm", agent="stf_agent")


def test_a_whole_call_is_one_contact_with_every_check() -> None:
    call = Playing(installed("heart_failure"), ada(devices={"weight": held("182.4", "182")}))
    record = record_of(call.finish().log(), DESK)
    (body,) = record.bodies
    assert isinstance(body, ContactHeld)
    assert (body.mode, body.performers, body.two_way) == ("ai_telephone", ("stf_agent",), True)
    assert body.topics == ("device_data", "symptoms", "medication", "care_plan")
    assert body.protocol == installed("heart_failure").label
    assert body.findings[0].says.startswith("weight on the scale 182.4 lb: yes")
    assert record.evidence.reasons == ()
    assert record.human_seconds == 0
    assert record.ai_seconds == (body.end - body.start).total_seconds()
    menu = body.excluded[0]
    assert (menu.start, menu.why) == (ANSWERED_AT, "menu")
    away = sum(((leg.end - leg.start) for leg in body.excluded), timedelta())
    assert abs(record.evidence.creditable_seconds - (record.ai_seconds - away.seconds)) <= 1


def test_a_person_s_seconds_are_a_contact_of_their_own() -> None:
    call = Playing(installed("general")).until("plan_followed")
    call.say("I have chest pain")
    waiting_since = call.events[-2].at_ms
    call.say("wait", "nurse joins")
    joined = call.at_ms
    call.at_ms += 300_000
    call.say("hang up")
    record = record_of(call.log(), DESK)
    own, person = record.bodies
    assert isinstance(own, ContactHeld)
    assert isinstance(person, ContactHeld)
    assert own.end == person.start == ANSWERED_AT + timedelta(seconds=joined // 1000)
    assert (person.mode, person.performers) == ("telephone", ("stf_nurse",))
    assert (own.escalated_to, record.human_seconds) == ("stf_nurse", 300)
    ringing = [leg for leg in own.excluded if leg.why == "transfer"]
    assert ringing[0].start == ANSWERED_AT + timedelta(seconds=waiting_since // 1000)
    assert any("alert chest_pain, emergent" in each for each in own.actions)
    assert "chest pain" not in (person.summary or "")


@pytest.mark.parametrize(("lines", "outcome"), [
    (("voicemail",), "voicemail"), (("no",), "wrong_person"), (("hang up",), "no_answer"),
    (("yes", "#1951", "#1951"), "wrong_person"), (("yes", "#1950", "no"), "declined"),
    (("#9",), "declined"), (("silence", "silence", "silence"), "no_answer"),
    (("yes", "media lost"), "no_answer"),
])  # fmt: skip
def test_what_is_no_conversation_is_an_attempt_without_content(lines, outcome) -> None:
    call = Playing(installed("general"))
    call.say(*lines)
    (body,) = record_of(call.log(), DESK).bodies
    assert isinstance(body, ContactAttempted)
    assert (body.mode, body.outcome) == ("ai_telephone", outcome)


def test_a_call_cut_short_is_kept_and_not_two_way() -> None:
    call = Playing(installed("general"))
    call.say("yes", "#1950", "yes", "yes", "hang up")
    record = record_of(call.log(), DESK)
    (body,) = record.bodies
    assert isinstance(body, ContactHeld)
    assert not body.two_way
    assert {"clinical_answers", "content_sections"} <= set(record.evidence.reasons)
    assert "clinical_answers" in (body.summary or "")


def test_keys_are_evidence_as_well_as_speech() -> None:
    call = Playing(installed("general"))
    call.say("#1", "#1950", "#1", "#1", *["#2"] * 7, "#5", "#2", "#1", "#1", "#1")
    assert call.state.ended == "completed"
    assert evidence_of(call.log()).is_two_way


def test_every_threshold_bites() -> None:
    log = Playing(installed("general")).finish().log()
    strict = {
        "clinical_answers": 99, "content_sections": 5, "alternations": 99,
        "median_latency_ms": 100,
    }  # fmt: skip
    for name, value in strict.items():
        reasons = evidence_of(log, replace(STANDARD, **{name: value})).reasons
        wanted = "answers_are_prompt" if name == "median_latency_ms" else name
        assert reasons == (wanted,)
    units = {each.name: each.says(5) for each in evidence_of(log).checks}
    assert (units["answers_are_prompt"], units["alternations"]) == ("5 ms", "5")
    speech = replace(STANDARD, patient_speech_ms=10**9, key_answers=10**9)
    assert evidence_of(log, speech).reasons == ("patient_spoke_or_keyed",)


def test_long_silences_are_not_counted_and_short_ones_are() -> None:
    call = Playing(installed("general")).reach("symptoms")
    call.say("silence")
    assert not [each for each in excluded(call.log()) if each.why == "hold"]
    call.at_ms += 6_000
    call.say("silence")
    assert [(each.to_ms - each.from_ms) for each in excluded(call.log()) if each.why == "hold"] == [
        16_000
    ]


def test_before_identity_nothing_is_creditable() -> None:
    call = Playing(installed("general"))
    call.say("yes", "hang up")
    assert evidence_of(call.log()).creditable_seconds == 0
