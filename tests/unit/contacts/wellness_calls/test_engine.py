"""The scenario matrix on a virtual clock: every red flag, every phase, every failure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretally.contacts.wellness_calls.actions import (
    SPOKEN,
    Ask,
    Bridge,
    EndCall,
    Page,
    RaiseAlert,
    ReadBack,
    Record,
    Say,
    StopSpeaking,
)
from caretally.contacts.wellness_calls.conditions import AnswerIs, singles
from caretally.contacts.wellness_calls.engine import MOST_TURNS, begin, replay, step
from caretally.contacts.wellness_calls.events import PickedUp
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import (
    EMERGENT,
    ROUTINE,
    SECTIONS,
    SEVERITIES,
    TOPICS,
    URGENT,
)
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.contacts.wellness_calls.states import ASKING, BRIDGED, CONFIRMING, WAITING
from tests.unit.contacts.wellness_calls.playing import Playing, ada, by_keys, held

CRIES = {
    "chest_pain": "I have chest pain",
    "breathless_at_rest": "I can't breathe",
    "stroke_signs": "my face is drooping",
    "fainted_or_confused": "I just passed out",
    "fall_injury": "I fell and hit my head",
    "allergic_swelling": "my tongue is swelling",
    "self_harm": "I want to kill myself",
    "asked_for_help": "help me please",
}
UNCLEAR = ("silence", "yes", "yes | no", "um | um", "no | um", "#1", "#3")
PACKS = [pytest.param(installed(name), id=name) for name in NAMES]
EVERY_WORD_FLAG = [
    pytest.param(installed(name), flag, section, id=f"{name}-{flag}-{section}")
    for name in NAMES for flag in CRIES for section in SECTIONS
]  # fmt: skip
ANSWERED_FLAGS = [
    pytest.param(installed(name), flag, single, id=f"{name}-{flag.id}-{single.question}")
    for name in NAMES
    for flag in installed(name).flags
    for single in singles(flag.when)
    if isinstance(single, AnswerIs) and not getattr(flag.when, "every", False)
    and flag.id != "crisis_with_symptoms" and flag.id != "high_and_ill"
]  # fmt: skip


@pytest.mark.parametrize(("pack", "flag", "section"), EVERY_WORD_FLAG)
def test_a_cry_both_hear_calls_a_person_in_every_phase(pack, flag, section) -> None:
    call = Playing(pack).reach(section)
    done = call.say(CRIES[flag])
    assert isinstance(done[0], RaiseAlert)
    assert (done[0].flag, done[0].severity, done[0].is_confirmed) == (flag, EMERGENT, True)
    assert [type(each) for each in done[1:4]] == [Page, Bridge, Say]
    assert call.state.phase == WAITING


@pytest.mark.parametrize(("pack", "flag", "section"), EVERY_WORD_FLAG)
def test_a_cry_one_hears_is_asked_about_once_and_only_a_clear_no_denies_it(
    pack, flag, section
) -> None:
    # The others build on the same questions.
    thens = UNCLEAR if pack.name == "general" else UNCLEAR[:1]
    for then in thens:
        call = Playing(pack).reach(section)
        done = call.say(f"{CRIES[flag]} | the weather is nice")
        assert isinstance(done[0], RaiseAlert)
        assert not done[0].is_confirmed
        assert call.state.phase == CONFIRMING
        done = call.say(then)
        assert any(isinstance(each, Page) and each.severity == EMERGENT for each in done)
        assert call.state.phase == WAITING


@pytest.mark.parametrize("no", ["no", "#2"])
@pytest.mark.parametrize("section", SECTIONS)
def test_a_clear_no_goes_on_where_the_call_was_and_the_alert_stays(no, section) -> None:
    call = Playing(installed("general")).reach(section)
    before = call.question.id
    call.say("I have chest pain | I have nothing", no)
    assert call.state.phase == ASKING
    assert call.question.id == before
    assert call.state.severity == EMERGENT
    assert call.state.denied == {"chest_pain"}
    call.say("I have chest pain | I have nothing")
    assert call.state.phase == CONFIRMING


@pytest.mark.parametrize(("pack", "flag", "single"), ANSWERED_FLAGS)
def test_every_red_flag_is_raised_by_its_answer(pack, flag, single) -> None:
    follow_up = {"ketones": ("ill", "yes"), "why_missed": ("medicines_taken", "no")}
    call = Playing(pack, with_device(pack, single.question))
    if single.question in follow_up:
        first, answer = follow_up[single.question]
        call.until(first).say(by_keys(call.question, answer))
    call.until(single.question)
    done = call.say(by_keys(call.question, single.answer))
    assert (flag.id, flag.severity) in {
        (each.flag, each.severity) for each in done if isinstance(each, RaiseAlert)
    }
    if flag.severity != ROUTINE:
        assert any(isinstance(each, Bridge) for each in done)
        assert call.state.phase == WAITING
    if flag.severity == EMERGENT:
        assert any(isinstance(each, Page) for each in done)


def with_device(pack, question):
    """Return a patient whose device has a harmless value where the question reads one out."""
    asked = pack.question(question)
    value = {"weight": "182", "systolic": "118", "saturation": "95", "glucose": "110"}
    if asked.asked == "when_held":
        return ada(devices={asked.device: held(value[asked.device])})
    return ada()


@pytest.mark.parametrize(("name", "devices", "flags"), [
    ("heart_failure", {"weight": ("185", "182")}, {"weight_day": URGENT}),
    ("heart_failure", {"weight": ("184.9", "182")}, {}),
    ("heart_failure", {"weight": ("187", "186", "185", "183", "182")}, {"weight_week": URGENT}),
    ("hypertension", {"systolic": ("181",)}, {"crisis_pressure": URGENT, "above_target": ROUTINE}),
    ("hypertension", {"systolic": ("180",)}, {"above_target": ROUTINE}),
    ("hypertension", {"systolic": ("130",), "diastolic": ("121",)},
     {"crisis_pressure": URGENT, "above_target": ROUTINE}),
    ("copd", {"saturation": ("89",)}, {"saturation_low": URGENT}),
    ("copd", {"saturation": ("90",)}, {}),
    ("diabetes", {"glucose": ("53",)}, {"very_low": EMERGENT, "low": URGENT}),
    ("diabetes", {"glucose": ("69",)}, {"low": URGENT}),
    ("diabetes", {"glucose": ("301",)}, {"high": URGENT}),
    ("diabetes", {"glucose": ("300",)}, {}),
])  # fmt: skip
def test_device_values_raise_flags_once_it_is_known_who_listens(name, devices, flags) -> None:
    values = {key: held(*given) for key, given in devices.items()}
    call = Playing(installed(name), ada(devices=values))
    call.say("yes", "#1950")
    assert not call.did(RaiseAlert)
    call.say("yes")
    assert {each.flag: each.severity for each in call.did(RaiseAlert)} == flags


def test_a_patient_s_own_limit_goes_before_the_pack_s() -> None:
    devices = {"saturation": held("89")}
    call = Playing(installed("copd"), ada(devices=devices, limits={"saturation_floor": 88}))
    assert not call.say("yes", "#1950", "yes")[0:0]
    assert not call.did(RaiseAlert)


def test_a_crisis_with_a_symptom_is_an_emergency() -> None:
    call = Playing(installed("hypertension")).until("pressure_told")
    call.say("#190*110", "nurse unavailable")
    assert call.state.severity == URGENT
    call.until("vision_headache").say("#1")
    assert call.state.severity == EMERGENT
    assert call.state.has_raised("crisis_with_symptoms")
    assert call.state.phase == WAITING


@pytest.mark.parametrize("pack", PACKS)
def test_who_is_well_reaches_the_closing(pack) -> None:
    call = Playing(pack).finish()
    assert call.state.ended == "completed"
    assert not call.did(RaiseAlert)
    assert [each.sentence for each in call.did(Say)] == ["closing"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("pack", PACKS)
def test_keys_alone_suffice(pack, language) -> None:
    call = Playing(pack, ada(language=language))
    while call.state.phase == ASKING:
        well = call.well()
        call.say(well if well.startswith("#") else by_keys(call.question, well))
    assert call.state.ended == "completed"
    assert {each.how for each in call.state.answers} == {"keys"}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(("line", "flag"), [
    ("engine fails", "engine_failed"), ("media lost", "media_lost"), ("#0", "asked_for_person"),
    ("I want to talk to a nurse", "asked_for_person"),
])  # fmt: skip
def test_failures_and_wishes_go_to_a_person_in_every_phase(section, line, flag) -> None:
    call = Playing(installed("copd")).reach(section)
    done = call.say(line)
    assert [each.flag for each in done if isinstance(each, RaiseAlert)] == [flag]
    assert any(isinstance(each, Bridge | Page) for each in done)


@pytest.mark.parametrize("section", [s for s in SECTIONS if s != "close"])
def test_three_answers_not_understood_bring_a_person(section) -> None:
    call = Playing(installed("heart_failure")).reach(section)
    call.say("purple monkeys", "purple monkeys")
    assert call.state.phase == ASKING
    assert call.did(Ask)[-1].with_keys
    done = call.say("purple monkeys")
    assert [each.flag for each in done if isinstance(each, RaiseAlert)] == ["not_understood"]
    assert call.state.phase == WAITING
    call.say("nurse unavailable")
    assert call.state.ended == "call_back"


def test_silence_before_anybody_answered_is_nobody_and_later_a_person_looks() -> None:
    call = Playing(installed("general"))
    call.say("silence", "silence", "silence")
    assert call.state.ended == "no_answer"
    assert not call.did(RaiseAlert)
    call = Playing(installed("general")).reach("symptoms")
    call.say("silence", "silence", "silence")
    assert [each.flag for each in call.did(RaiseAlert)] == ["fell_silent"]
    assert call.state.phase == WAITING


@pytest.mark.parametrize(("lines", "why"), [
    (("voicemail",), "voicemail"), (("wrong person",), "wrong_person"), (("no",), "wrong_person"),
    (("yes", "#1951", "#1952"), "not_verified"), (("yes", "#1950", "no"), "declined"),
    (("#9",), "opted_out"), (("stop calling me | what",), "opted_out"), (("hang up",), "no_answer"),
    (("yes", "#1950", "yes", "hang up"), "hung_up"),
])  # fmt: skip
def test_calls_that_end_early_end_as_they_must_and_say_nothing_of_health(lines, why) -> None:
    call = Playing(installed("heart_failure"))
    call.say(*lines)
    assert call.state.ended == why
    if "yes" not in lines[2:]:
        assert not any(each.is_health for each in call.spoken())
    if why == "voicemail":
        assert "Lakeside" in call.spoken()[-1].text
        assert "heart" not in call.spoken()[-1].text.lower()


def test_hanging_up_in_an_alert_pages_somebody() -> None:
    call = Playing(installed("general")).reach("symptoms")
    call.say("I have chest pain")
    done = call.say("hang up")
    assert any(isinstance(each, Page) and each.severity == EMERGENT for each in done)
    assert Record(what="incident", of="ended_hung_up") in done
    call = Playing(installed("general")).reach("symptoms")
    call.say("I have chest pain | what")
    assert any(isinstance(each, Page) for each in call.say("hang up"))


def test_the_ladder_climbs_and_the_line_is_kept_when_nobody_answers() -> None:
    call = Playing(installed("general")).reach("medication")
    call.say("I can't breathe")
    assert [each.rung for each in call.say("wait") if isinstance(each, Page)] == [2]
    assert [each.rung for each in call.say("nurse unavailable") if isinstance(each, Page)] == [3]
    done = call.say("wait")
    assert Record(what="incident", of="nobody_answered") in done
    assert "911" in next(each.text for each in done if isinstance(each, Say))
    call.say("wait", "wait")
    assert [each.sentence for each in call.did(Say)][-1] == "still_here"
    assert not call.state.ended
    call.say("nurse joins")
    assert call.state.phase == BRIDGED
    assert call.state.nurse == "stf_nurse"
    assert call.say("hang up") == (EndCall(why="handed_over"),)


@pytest.mark.parametrize("line", ["voicemail", "wrong person", "#9", "silence", "engine fails"])
def test_nobody_who_waits_in_an_emergency_is_hung_up_on(line) -> None:
    call = Playing(installed("general"))
    call.say("I can't breathe", line, "nurse unavailable", "nurse unavailable", "wait", line)
    assert call.state.phase == WAITING
    assert call.state.waiting is not None
    assert call.state.waiting.severity == EMERGENT
    assert line != "#9" or Record(what="opted_out") in call.did(Record)


@pytest.mark.parametrize("cry", [
    "me duele el pecho", "no puedo respirar", "tengo la cara torcida", "me desmayé",
    "me caí y me golpeé la cabeza", "tengo la lengua hinchada", "quiero morirme", "auxilio",
])  # fmt: skip
@pytest.mark.parametrize("section", SECTIONS)
def test_a_cry_in_spanish_is_heard_in_every_phase(cry, section) -> None:
    call = Playing(installed("general"), ada(language="es")).reach(section)
    done = call.say(cry)
    assert isinstance(done[0], RaiseAlert)
    assert done[0].severity == EMERGENT
    assert call.state.phase == WAITING
    assert "911" in done[-1].text or "988" in done[-1].text


def test_somebody_else_s_illness_is_asked_about_and_not_bridged_at_once() -> None:
    call = Playing(installed("general")).reach("symptoms")
    call.say("my husband had chest pain last year")
    assert call.state.phase == CONFIRMING
    assert not call.did(Bridge)


def test_what_is_worse_calls_again_while_a_person_is_on_the_way() -> None:
    call = Playing(installed("heart_failure")).until("swelling")
    call.say("yes")
    assert call.state.waiting is not None
    assert call.state.waiting.severity == URGENT
    call.say("and my chest hurts")
    assert call.state.waiting.severity == EMERGENT
    call.say("nurse unavailable")
    assert call.state.waiting is not None


def test_urgent_goes_on_with_the_questions_when_nobody_is_free() -> None:
    call = Playing(installed("heart_failure")).until("swelling")
    done = call.say("yes", "nurse unavailable")
    assert [each.sentence for each in done if isinstance(each, Say)] == ["call_back"]
    assert any(isinstance(each, Page) and each.severity == URGENT for each in done)
    assert call.question.id == "cough"
    assert call.finish().state.ended == "completed"


def test_two_candidates_are_offered_and_a_bare_yes_chooses_neither() -> None:
    call = Playing(installed("hypertension")).until("pressure_told")
    done = call.say("138 over 91 | 118 over 91")
    assert [each.candidates for each in done if isinstance(each, ReadBack)] == [
        ("138 over 91", "118 over 91")
    ]
    call.say("yes")
    assert "pressure_told" not in call.state.values
    assert call.did(Ask)[-1].with_keys
    call.say("138 over 91")
    assert call.state.has_raised("not_understood")
    call = Playing(installed("hypertension")).until("pressure_told")
    call.say("128 over 71 | 118 over 71", "second")
    assert call.state.values["pressure_told"] == (118, 71)
    call = Playing(installed("hypertension")).until("pressure_told")
    call.say("128 over 71 | 118 over 71", "#1")
    assert call.state.values["pressure_told"] == (128, 71)


def test_one_recognizer_alone_and_an_implausible_number_are_never_accepted() -> None:
    for line in ("128 over 71 | what", "270 over 160"):
        call = Playing(installed("hypertension")).until("pressure_told")
        call.say(line)
        assert "pressure_told" not in call.state.values
        assert not call.did(ReadBack)


def test_an_interruption_stops_our_words_and_keeps_the_answer() -> None:
    call = Playing(installed("general")).reach("symptoms")
    before = call.question.id
    assert isinstance(call.say("interrupt")[0], StopSpeaking)
    call.say("no")
    assert call.state.values[before] == "no"


def test_are_you_a_robot_is_answered_with_yes() -> None:
    call = Playing(installed("general"))
    done = call.say("are you a robot?")
    assert [each.sentence for each in done if isinstance(each, Say)] == ["robot"]
    assert done[0].text.startswith("Yes.")
    assert call.question.id == "identity_name"


def test_urgent_words_before_identity_call_a_person_once_it_is_known_who_speaks() -> None:
    call = Playing(installed("heart_failure"))
    call.say("my ankles are swollen", "yes", "#1950")
    assert not call.did(Bridge)
    call.say("yes")
    assert [each.severity for each in call.did(Bridge)] == [URGENT]


LINES = st.sampled_from([
    "yes", "no", "#1", "#2", "#1950", "#1951", "#118*76#", "#0", "#9", "silence", "interrupt",
    "wait", "nurse joins", "nurse unavailable", "engine fails", "wrong person", "voicemail",
    "I have chest pain", "I have chest pain | what", "no chest pain", "my ankles are swollen | no",
    "120 over 80 | 140 over 80", "182", "95", "first", "purple monkeys", "are you a robot",
    "get me a person", "yes | no", "none", "better", "#5", "#3", "dizzy", "hang up", "media lost",
])  # fmt: skip
HANDED = (WAITING, BRIDGED)


@given(name=st.sampled_from(NAMES), lines=st.lists(LINES, max_size=60), weight=st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_the_promises_hold(name, lines, weight) -> None:
    devices = {"weight": held("190", "180")} if weight and name == "heart_failure" else {}
    call = Playing(installed(name), ada(devices=devices))
    severity = ""
    for line in lines:
        before = call.state
        done = call.say(line)
        kinds = [type(each) for each in done]
        alerts = [at for at, kind in enumerate(kinds) if kind is RaiseAlert]
        spoken = [at for at, kind in enumerate(kinds) if kind in SPOKEN]
        assert not alerts or not spoken or max(alerts) < min(spoken)
        assert (
            before.is_verified
            or call.state.is_verified
            or not any(each.is_health for each in done if isinstance(each, SPOKEN))
        )
        rank = -1 if not severity else SEVERITIES.index(severity)
        now = call.state.severity
        assert rank <= (SEVERITIES.index(now) if now else -1)
        severity = now
        assert not (before.ended and done)
        if call.state.ended and call.state.open_severity == EMERGENT:
            assert call.did(Page)
    steps = replay(call.pack, call.callee, call.events)
    assert steps[-1][0] == call.state
    assert [each for _, done in steps for each in done] == [a for d in call.actions for a in d]


@given(name=st.sampled_from(NAMES), lines=st.lists(LINES, min_size=1, max_size=3))
@settings(max_examples=30, deadline=None)
def test_no_call_goes_on_without_end(name, lines) -> None:
    pack, state = installed(name), begin(ada())
    state, _ = step(pack, state, PickedUp(at_ms=0))
    for turn in range(2 * MOST_TURNS):
        event = event_of(lines[turn % len(lines)], turn * 5_000)
        state, _ = step(pack, state, event)
        if state.ended or state.phase in HANDED:
            return
    raise AssertionError(f"still {state.phase} in {state.section}")


def test_before_identity_no_word_of_the_protocol_is_spoken() -> None:
    for name in NAMES:
        call = Playing(installed(name))
        call.say("I have chest pain | nothing", "no", "are you a robot", "yes")
        said = " ".join(each.text for each in call.spoken())
        prompts = [q.prompt["en"] for q in call.pack.questions if q.section in TOPICS]
        assert not any(prompt in said for prompt in prompts)
        assert "chest" not in said
