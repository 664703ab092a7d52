"""What only a line brings: a greeting, words too early, words at the goodbye, a person told."""

from __future__ import annotations

import pytest

from caretally.contacts.wellness_calls.actions import Ask, Bridge, EndCall, Page, RaiseAlert, Say
from caretally.contacts.wellness_calls.engine import RUNG_MS, STILL_HERE_MS, begin, due_ms, step
from caretally.contacts.wellness_calls.events import (
    Answered,
    Overheard,
    SpokeAtGoodbye,
    WrongPerson,
)
from caretally.contacts.wellness_calls.handover import announcement, briefing
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import EMERGENT
from caretally.contacts.wellness_calls.states import CONFIRMING, WAITING
from tests.unit.contacts.wellness_calls.playing import Playing, ada

GENERAL = installed("general")
CRY = "I have chest pain"


def test_a_hello_answers_no_question_and_a_cry_is_taken_before_any() -> None:
    _, done = step(GENERAL, begin(ada()), Overheard(at_ms=900, hypotheses=("hello", "hello")))
    assert [type(each) for each in done] == [Ask]
    state, done = step(GENERAL, begin(ada()), Overheard(at_ms=900, hypotheses=(CRY, CRY)))
    assert [type(each) for each in done] == [RaiseAlert, Page, Bridge, Say]
    assert state.phase == WAITING


def test_somebody_else_at_pick_up_is_asked_nothing() -> None:
    _, done = step(GENERAL, begin(ada()), WrongPerson(at_ms=900))
    assert [type(each) for each in done] == [Say, EndCall]


def test_what_is_overheard_in_a_question_answers_nothing() -> None:
    call = Playing(GENERAL).reach("disclosure")
    before = call.state.answers
    assert call.happen(Overheard(at_ms=call.at_ms, hypotheses=("yes", "yes"))) == ()
    assert call.state.answers == before


def test_words_that_began_before_a_question_are_screened_and_answer_nothing() -> None:
    call = Playing(GENERAL).reach("medication")
    question = call.question.id
    early = Answered(at_ms=call.at_ms, hypotheses=("yes", "yes"), is_early=True)
    assert [each.question for each in call.happen(early) if isinstance(each, Ask)] == [question]
    assert call.question.id == question
    cry = Answered(at_ms=call.at_ms, hypotheses=(CRY, CRY), is_early=True)
    assert isinstance(call.happen(cry)[0], RaiseAlert)


def test_a_no_from_before_the_question_denies_no_emergency() -> None:
    call = Playing(GENERAL).reach("medication")
    call.say(f"{CRY} | what")
    assert call.state.phase == CONFIRMING
    call.happen(Answered(at_ms=call.at_ms, hypotheses=("no", "no"), is_early=True))
    assert call.state.phase == WAITING


@pytest.mark.parametrize("line", ["#9", "no"])
def test_a_cry_at_the_goodbye_takes_the_call_up_again(line: str) -> None:
    call = Playing(GENERAL)
    call.say(line)
    why = call.state.ended
    assert why
    done = call.happen(SpokeAtGoodbye(at_ms=call.at_ms, hypotheses=(CRY, CRY)))
    assert [type(each) for each in done] == [RaiseAlert, Page, Bridge, Say]
    assert (call.state.phase, call.state.goodbye) == (WAITING, why)


def test_a_denied_cry_at_the_goodbye_ends_as_it_was_to_end() -> None:
    call = Playing(GENERAL).finish()
    call.happen(SpokeAtGoodbye(at_ms=call.at_ms, hypotheses=(CRY, "what")))
    assert call.state.phase == CONFIRMING
    call.say("no")
    assert call.state.ended == "completed"
    assert call.state.severity == EMERGENT


def test_other_words_at_the_goodbye_change_nothing_but_an_opting_out_counts() -> None:
    call = Playing(GENERAL).finish()
    state = call.state
    assert call.happen(SpokeAtGoodbye(at_ms=call.at_ms, hypotheses=("bye", "bye"))) == ()
    assert (call.state.ended, call.state.phase) == (state.ended, state.phase)
    call.happen(SpokeAtGoodbye(at_ms=call.at_ms, hypotheses=("stop calling", "stop calling")))
    assert call.state.ended == "opted_out"
    again = SpokeAtGoodbye(at_ms=call.at_ms, hypotheses=("stop calling", "stop calling"))
    assert call.happen(again) == ()


def test_the_engine_says_when_it_wants_to_know_the_time() -> None:
    call = Playing(GENERAL)
    assert due_ms(call.state) is None
    call.say(CRY)
    since = call.state.waiting.since_ms
    assert due_ms(call.state) == since + RUNG_MS
    call.say("nurse unavailable", "nurse unavailable", "nurse unavailable")
    assert due_ms(call.state) == call.state.waiting.told_ms + STILL_HERE_MS


def test_who_still_waits_is_rung_for_and_not_only_paged() -> None:
    call = Playing(GENERAL)
    call.say(CRY, "nurse unavailable", "nurse unavailable", "nurse unavailable")
    done = call.say("wait", "wait")
    assert [type(each) for each in done] == [Page, Bridge, Say]


def test_an_announcement_tells_no_name_and_a_briefing_what_matters() -> None:
    call = Playing(GENERAL).reach("medication")
    call.say(CRY)
    said = announcement(call.state)
    assert "emergent" in said
    assert "Ada" not in said
    assert "chest" not in said
    told = briefing(GENERAL, call.state)
    assert told.startswith("Ada, identity verified. emergent: chest pain.")
    assert "thoughts of self-harm: no." in told
    call.say("hang up")
    assert briefing(GENERAL, call.state).endswith("Please call back now.")


def test_a_briefing_tells_what_was_denied_and_who_is_not_verified() -> None:
    call = Playing(GENERAL)
    call.say(f"{CRY} | what", "no", "get me a person")
    told = briefing(GENERAL, call.state)
    assert "not verified" in told
    assert "emergent: chest pain. They denied it when asked again." in told
    assert "urgent: the patient asked for a person." in told
