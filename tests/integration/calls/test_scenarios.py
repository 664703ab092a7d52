"""The scenario matrix on the memory carrier: flags by phase, failures, refusals, interruptions.

Every call is led by the conductor, on time that jumps. The whole product of flags, phases and ears
is rehearsed by `python -m benchmarks.wellness_scenarios`; here each flag meets each phase once.
"""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretally.contacts.wellness_calls.actions import Page
from caretally.contacts.wellness_calls.events import (
    Answered,
    EngineFailed,
    Interrupted,
    KeyPressed,
    MediaLost,
    NurseUnavailable,
    Overheard,
    VoicemailDetected,
    WrongPerson,
)
from caretally.contacts.wellness_calls.log_lines import read_line
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import EMERGENT, URGENT
from caretally.contacts.wellness_calls.slots import NUMERIC
from caretally.exchange.speech.ports import Hint, Hypothesis
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.memory import Household
from caretally.exchange.telephony.scripted_people import ScriptedPerson
from caretally.exchange.telephony.tagged_sound import TaggedRecognizer
from tests.integration.calls.matrix import (
    CRIES,
    EARS,
    PHASES,
    Case,
    Told,
    latencies_ms,
    spoken_before_stored,
    spoken_flags,
    told,
    wrongs,
)
from tests.integration.calls.rehearsing import NURSES, PATIENT, Rehearsal, Reply, nobody_home

GENERAL = installed("general")
ALERT_MS, CLEAR_MS = 2_000, 1_000
WORDS_OF_ALL = {flag.id for flag in spoken_flags(GENERAL)}


def a_case_each() -> list[Case]:
    """Return each flag in each phase once: ears take turns, and packs for the flags all have."""
    number, found = count(), []
    for pack in map(installed, NAMES):
        for flag in spoken_flags(pack):
            for phase in PHASES:
                at = next(number)
                is_shared = flag.id in WORDS_OF_ALL
                if not is_shared or at % len(NAMES) == NAMES.index(pack.name):
                    found.append(Case(pack, flag, phase, EARS[at % len(EARS)]))
    return found


def test_every_flag_of_every_pack_is_in_the_matrix() -> None:
    rehearsed = {(c.pack.name, c.flag.id) for c in told()}
    spoken = {(pack.name, f.id) for pack in map(installed, NAMES) for f in spoken_flags(pack)}
    every = {(pack.name, flag.id) for pack in map(installed, NAMES) for flag in pack.flags}
    assert rehearsed | spoken == every
    assert {flag for _, flag in spoken} == set(CRIES)


@pytest.mark.parametrize("case", a_case_each(), ids=lambda case: case.name)
def test_words_for_a_flag_bring_help_in_every_phase(case: Case) -> None:
    call = case.rehearsal().run()
    assert wrongs(call, case.flag) == []
    assert max(latencies_ms(call)) <= ALERT_MS


@pytest.mark.parametrize("case", list(told()), ids=lambda case: case.name)
def test_an_answer_or_a_device_raises_its_flag(case: Told) -> None:
    assert wrongs(case.rehearsal().run(), case.flag) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by_keys", [False, True], ids=["voice", "keypad only"])
def test_who_is_well_is_asked_everything_and_alarms_nobody(name: str, *, by_keys: bool) -> None:
    call = Rehearsal(installed(name), by_keys=by_keys).run()
    assert (call.why, call.flags(), call.rung) == ("completed", {}, [])
    assert by_keys == (not call.events(Answered))
    closing = installed(name).says["closing"]["en"].split("{")[0]
    assert any(each.startswith(closing) for each in call.call.patient.heard_whole)


def test_a_clear_no_of_both_lets_the_questions_go_on_and_leaves_the_alert_to_a_person() -> None:
    words = Reply(said=("I have chest pain", "I have nothing"))
    no = Reply(said=("no",))
    call = Rehearsal(GENERAL, at={"medicines_taken": [words], "again:chest_pain": [no]}).run()
    assert (call.why, call.flags()) == ("completed", {"chest_pain": EMERGENT})
    assert not call.call.desk.alerts[0].is_confirmed


def test_an_alert_is_stored_before_a_word_and_before_anybody_is_rung() -> None:
    call = Rehearsal(GENERAL, at={"medicines_taken": [Reply(said=("I can't breathe",))]}).run()
    order = [each.kind for each in call.trace if each.kind in {"alert", "page", "send rosa"}]
    assert order[:3] == ["alert", "page", "send rosa"]
    at = next(n for n, each in enumerate(call.trace) if each.kind == "alert")
    emergency = call.call.pack.says["emergent"]["en"]
    assert emergency not in [each.what for each in call.trace[:at]]
    assert emergency in [each.what for each in call.trace[at:]]
    assert spoken_before_stored(call) == []


def test_every_line_is_stored_before_it_takes_effect() -> None:
    call = Rehearsal(GENERAL, at={"identity_name": [Reply(said=("I have chest pain",))]}).run()
    lines = [read_line(each.what) for each in call.kinds("note")]
    events = [each for each in lines if type(each) in {type(e) for e in call.ended.events}]
    assert tuple(events) == call.ended.events
    paged = next(n for n, each in enumerate(call.trace) if each.kind == "page")
    assert '"action":"page"' in call.trace[paged - 1].what


# Nobody answers, and nobody comes.


@pytest.mark.parametrize("greeting", [None, Reply(said=("hello",))], ids=["mute", "hello"])
def test_silence_before_any_answer_is_nobody(greeting: Reply | None) -> None:
    quiet = Reply(after_ms=0)
    at = {name: [quiet] * 3 for name in ("identity_name", "again:identity_name")}
    call = Rehearsal(GENERAL, at=at, greeting=greeting).run()
    assert (call.why, call.flags()) == ("no_answer", {})


def test_who_falls_silent_later_is_looked_after() -> None:
    quiet = [Reply(after_ms=0)] * 3
    at = {"medicines_taken": quiet, "again:medicines_taken": quiet}
    call = Rehearsal(GENERAL, at=at).run()
    assert call.flags() == {"fell_silent": URGENT}
    assert call.ended.state.nurse


def test_nobody_comes_and_the_line_is_kept_until_somebody_does() -> None:
    words = Reply(said=("I can't breathe",))
    call = Rehearsal(
        GENERAL, at={"medicines_taken": [words], "still_here": [Reply(hangs_up=True)]},
        staff=nobody_home(),
    ).run()  # fmt: skip
    assert [each.what for each in call.kinds("page")][:4] == [
        f"{rung} {EMERGENT}" for rung in (1, 2, 3, 3)
    ]
    assert "incident nobody_answered" in [each.what for each in call.kinds("recorded")]
    assert "911" in " ".join(call.call.patient.heard_whole)
    assert call.rung == ["rosa", "tom", "lin", "lin"]
    assert call.why == "hung_up"


@pytest.mark.parametrize("outcome", ["busy", "declined", "failed"])
def test_a_nurse_who_cannot_come_is_followed_by_the_next_at_once(outcome) -> None:
    words = Reply(said=("I can't breathe",))
    staff = {"rosa": Household(outcome=outcome, ring_ms=500)}
    call = Rehearsal(GENERAL, at={"medicines_taken": [words]}, staff=staff).run()
    assert call.rung == ["rosa", "tom"]
    assert (call.ended.state.nurse, len(call.events(NurseUnavailable))) == ("stf_tom", 1)


def person(rehearsal: Rehearsal, script) -> Household:
    return Household(person=lambda: ScriptedPerson(rehearsal.phrases, script))


@pytest.mark.parametrize("key", ["2", ""], ids=["declines", "machine"])
def test_who_does_not_press_the_key_hears_nothing_of_anybody(key: str) -> None:
    call = Rehearsal(GENERAL, at={"medicines_taken": [Reply(said=("I can't breathe",))]})
    call.staff = {"rosa": person(call, lambda _: Reply(keys=key))}
    done = call.run()
    assert done.ended.state.nurse == "stf_tom"
    heard = " ".join(each.what for each in done.kinds("send rosa"))
    assert "Press 1" in heard
    assert "Ada" not in heard
    assert "breath" not in heard


def test_a_nurse_hears_who_it_is_and_what_happened_before_she_is_joined() -> None:
    words = Reply(said=("I have chest pain",))
    call = Rehearsal(GENERAL, at={"anything_else": [words]}).run()
    told_to = [each.what for each in call.kinds("send rosa") if each.what]
    assert "Ada, identity verified. emergent: chest pain." in told_to[1]
    patient = [each.what for each in call.kinds(f"send {PATIENT}")]
    assert not any("Press 1 to take it" in each or "emergent:" in each for each in patient)


def test_nobody_on_a_rung_is_passed_over() -> None:
    nurses = {2: Rung(staff="stf_tom", address=""), 3: NURSES[3]}
    words = Reply(said=("I can't breathe",))
    call = Rehearsal(GENERAL, at={"medicines_taken": [words]}, nurses=nurses).run()
    assert (call.rung, call.ended.state.nurse) == (["lin"], "stf_lin")


# Whoever is not meant, does not want, or goes away.


def test_a_wrong_person_hears_nothing_of_health() -> None:
    call = Rehearsal(GENERAL, at={"identity_name": [Reply(said=("no",))]}).run()
    assert (call.why, call.flags()) == ("wrong_person", {})


@pytest.mark.parametrize("at_pick_up", [True, False])
def test_a_wrong_number_is_believed_when_both_hear_it(*, at_pick_up: bool) -> None:
    words = Reply(said=("you have the wrong number",))
    at = {} if at_pick_up else {"identity_name": [words]}
    call = Rehearsal(GENERAL, at=at, greeting=words if at_pick_up else None).run()
    assert len(call.events(WrongPerson)) == 1
    assert (call.why, call.flags()) == ("wrong_person", {})


def test_a_refusal_of_recording_ends_the_call_and_a_person_calls() -> None:
    call = Rehearsal(GENERAL, at={"recording_consent": [Reply(said=("no",))]}).run()
    assert call.why == "declined"
    assert set(call.call.asked) == {
        "identity_name", "identity_birth_year", "recording_consent", "declined",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["identity_name", "recording_consent", "medicines_taken"])
@pytest.mark.parametrize("reply", [Reply(keys="9"), Reply(said=("stop calling me",))])
def test_opting_out_is_taken_at_once(name: str, reply: Reply) -> None:
    call = Rehearsal(GENERAL, at={name: [reply]}).run()
    assert call.why == "opted_out"
    assert "opted_out" in [each.what for each in call.kinds("recorded")]


@pytest.mark.parametrize("name", ["identity_name", "recording_consent", "medicines_taken"])
@pytest.mark.parametrize("reply", [Reply(keys="0"), Reply(said=("get me a person",))])
def test_a_wish_for_a_person_brings_one(name: str, reply: Reply) -> None:
    call = Rehearsal(GENERAL, at={name: [reply]}).run()
    assert call.flags() == {"asked_for_person": URGENT}
    assert call.ended.state.nurse == "stf_rosa"


def test_hanging_up_in_an_alert_leaves_it_standing_and_who_comes_calls_back() -> None:
    words = Reply(said=("I have chest pain",), hangs_up=True)
    call = Rehearsal(GENERAL, at={"medicines_taken": [words]}).run()
    assert (call.why, call.flags()) == ("hung_up", {"chest_pain": EMERGENT})
    assert len(call.kinds("page")) == 2
    assert "incident ended_hung_up" in [each.what for each in call.kinds("recorded")]
    heard = " ".join(each.what for each in call.kinds("send rosa"))
    assert "Please call back now." in heard


def test_hanging_up_when_asked_whether_it_is_an_emergency_is_one() -> None:
    words = Reply(said=("I have chest pain", "I have nothing"))
    gone = Reply(hangs_up=True)
    call = Rehearsal(GENERAL, at={"medicines_taken": [words], "again:chest_pain": [gone]}).run()
    assert call.flags() == {"chest_pain": EMERGENT, "hung_up_in_doubt": EMERGENT}


# Machines.


def test_a_long_greeting_with_a_tone_gets_name_and_number_and_nothing_else() -> None:
    words = "you have reached our voicemail please leave a message after the tone"
    call = Rehearsal(GENERAL, greeting=Reply(said=(words,), speech_ms=7_000)).run()
    assert (call.why, call.flags()) == ("voicemail", {})
    said = [each.what for each in call.kinds(f"send {PATIENT}") if each.what]
    assert len(said) == 1
    assert "call us back" in said[0]


def test_who_talks_long_and_does_not_react_to_the_question_is_a_machine() -> None:
    words = "thank you for calling the Miller family we hope you have a wonderful day"
    quiet = Reply(after_ms=0)
    call = Rehearsal(
        GENERAL, greeting=Reply(said=(words,), speech_ms=7_000), at={"identity_name": [quiet]}
    ).run()
    assert len(call.events(VoicemailDetected)) == 1
    assert call.why == "voicemail"


def test_who_talks_long_and_reacts_is_a_person() -> None:
    words = "oh hello dear I was just in the garden with the dog and heard the telephone"
    call = Rehearsal(GENERAL, greeting=Reply(said=(words,), speech_ms=7_000)).run()
    assert call.why == "completed"
    assert len(call.events(Overheard)) == 1


def test_who_cries_for_help_without_a_pause_is_no_machine() -> None:
    words = Reply(said=("help me please I can't breathe",), speech_ms=20_000)
    call = Rehearsal(GENERAL, greeting=words).run()
    assert call.flags() == {"asked_for_help": EMERGENT, "breathless_at_rest": EMERGENT}
    assert call.kinds("alert")[0].at_ms < 15_000
    assert call.ended.state.nurse == "stf_rosa"


# Interruptions and keys.


def test_an_interruption_clears_our_words_within_a_second_and_keeps_the_answer() -> None:
    yes = Reply(said=("yes",), into_ms=3_000)
    call = Rehearsal(GENERAL, at={"medicines_taken": [yes]}, word_ms=400).run()
    asked = next(at for at, said in call.call.patient.sentences if "your medicines" in said)
    assert len(call.events(Interrupted)) == 1
    assert call.events(Interrupted)[0].at_ms - (asked + 3_000) <= CLEAR_MS
    assert (call.why, call.flags()) == ("completed", {})
    assert call.call.asked.count("again:medicines_taken") == 0


def test_words_from_before_a_question_do_not_answer_it() -> None:
    # The yes is said while the next question is made, and goes on into it.
    slow = Reply(said=("no",), into_ms=0)
    call = Rehearsal(GENERAL, at={"medicines_taken": [slow]}, word_ms=400).run()
    early = [each for each in call.events(Answered) if each.is_early]
    assert len(early) == 1
    assert call.call.asked.count("medicines_taken") == 2
    assert call.flags() == {}


@pytest.mark.parametrize(("reply", "times"), [
    (Reply(keys="1", into_ms=500), 1), (Reply(said=("mm",), into_ms=500), 2),
], ids=["key", "voice"])  # fmt: skip
def test_a_disclosure_is_heard_to_its_end_whatever_is_said_into_it(reply, times: int) -> None:
    # A key waits until all was heard; what was spoken into it answers nothing.
    call = Rehearsal(GENERAL, at={"recording_consent": [reply]}, word_ms=400).run()
    begun = [s for _, s in call.call.patient.sentences if "not a person" in s]
    whole = [s for s in call.call.patient.heard_whole if "not a person" in s]
    assert (len(begun), len(whole)) == (times, times)
    assert call.why == "completed"


def test_a_cry_into_the_disclosure_is_heard() -> None:
    words = Reply(said=("I have chest pain",), into_ms=500)
    call = Rehearsal(GENERAL, at={"recording_consent": [words]}, word_ms=400).run()
    assert call.flags() == {"chest_pain": EMERGENT}
    assert max(latencies_ms(call)) <= ALERT_MS


def test_a_pound_key_too_many_answers_no_next_question() -> None:
    call = Rehearsal(GENERAL, at={"feels": [Reply(keys="2#")]}).run()
    assert (call.why, [each.keys for each in call.events(KeyPressed) if each.keys == "#"]) == (
        "completed", [],
    )  # fmt: skip


# Parts that fail.


class Broken:
    """A recognizer or a voice that raises."""

    name = "broken"

    async def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        raise OSError(hint.kind if pcm else "")

    async def speak(self, text: str, language: str) -> bytes:
        raise OSError(text[:0] + language)


@pytest.mark.parametrize("phase", ["identity_name", "medicines_taken"])
def test_a_recognizer_that_fails_brings_a_person(phase: str) -> None:
    call = Rehearsal(GENERAL, by_keys=True, greeting=None, at={phase: [Reply(said=("yes",))]})
    call.ears = (TaggedRecognizer(call.phrases, 0), Broken())
    done = call.run()
    assert [each.what for each in done.events(EngineFailed)] == ["broken"]
    assert done.flags() == {"engine_failed": URGENT}
    assert done.ended.state.nurse == "stf_rosa"


def test_a_cry_only_the_whole_recognizer_heard_is_an_emergency() -> None:
    call = Rehearsal(GENERAL, by_keys=True, greeting=None,
                     at={"medicines_taken": [Reply(said=("I have chest pain",))]})  # fmt: skip
    call.ears = (TaggedRecognizer(call.phrases, 0), Broken())
    done = call.run()
    assert done.flags() == {"engine_failed": URGENT, "chest_pain": EMERGENT}
    assert done.ended.state.nurse == "stf_rosa"


@pytest.mark.parametrize("takes_ms", [3_000, 60_000], ids=["slow", "hangs"])
def test_a_slow_recognizer_keeps_no_emergency_waiting(takes_ms: int) -> None:
    call = Rehearsal(GENERAL, by_keys=True, greeting=None,
                     at={"medicines_taken": [Reply(said=("I have chest pain",))],
                         "again:chest_pain": [Reply(said=("yes",))]})  # fmt: skip
    call.ears = (
        TaggedRecognizer(call.phrases, 0), TaggedRecognizer(call.phrases, 1, takes_ms=takes_ms)
    )  # fmt: skip
    done = call.run()
    assert done.flags()["chest_pain"] == EMERGENT
    assert latencies_ms(done)[0] <= ALERT_MS
    assert done.ended.state.nurse == "stf_rosa"


def test_a_voice_that_fails_brings_a_person() -> None:
    call = Rehearsal(GENERAL, greeting=None)
    call.voice = Broken()
    done = call.run()
    assert done.flags()["engine_failed"] == URGENT
    assert done.rung[0] == "rosa"


def test_sound_that_is_lost_ends_in_an_alert() -> None:
    call = Rehearsal(GENERAL, at={"medicines_taken": [Reply(goes_dead=True)]}).run()
    assert len(call.events(MediaLost)) == 1
    assert (call.why, call.flags()) == ("media_lost", {"media_lost": URGENT})
    assert [each.severity for each in actions(call, Page)] == [URGENT]


REPLIES = st.sampled_from([
    Reply(said=("yes",)), Reply(said=("no",)), Reply(said=("yes", "no")), Reply(keys="1"),
    Reply(keys="0"), Reply(keys="9"), Reply(said=("I have chest pain", "I have nothing")),
    Reply(said=("I can't breathe",)), Reply(said=("um", "")), Reply(after_ms=0),
    Reply(said=("my ankles are swollen", "no")), Reply(hangs_up=True), Reply(goes_dead=True),
    Reply(said=("yes",), into_ms=60), Reply(said=("help me",), into_ms=100, hangs_up=True),
    Reply(said=("no", "yes"), into_ms=0), Reply(said=("are you a robot",)), Reply(keys="2#"),
])  # fmt: skip
PLACES = st.sampled_from([
    "identity_name", "identity_birth_year", "recording_consent", "chest_pain", "medicines_taken",
    "anything_else", "closing", "confirm", "again:chest_pain", "emergent", "person", "call_back",
])  # fmt: skip


@given(
    name=st.sampled_from(NAMES), at=st.dictionaries(PLACES, st.lists(REPLIES, max_size=2)),
    is_free=st.booleans(),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_whatever_is_done_alerts_are_stored_first_and_emergencies_reach_somebody(
    name, at, is_free
) -> None:
    staff = {} if is_free else {"rosa": Household(outcome="busy", ring_ms=500)}
    call = Rehearsal(installed(name), at=at, staff=staff).run()
    assert spoken_before_stored(call) == []
    assert call.ended.failure is None
    assert call.ended.state.ended
    if call.ended.state.open_severity == EMERGENT:
        assert call.ended.state.nurse or call.kinds("page")
    spoken = [s for _, s in call.call.patient.sentences]
    assert call.ended.state.is_verified or not any("chest pain" in each for each in spoken)


def actions(call, kind: type) -> list:
    lines = [read_line(each.what) for each in call.kinds("note")]
    return [each.action for each in lines if isinstance(getattr(each, "action", None), kind)]


@pytest.mark.parametrize("port", ["alert", "note", "recorded"])
def test_a_desk_that_fails_keeps_nobody_from_being_brought(port: str) -> None:
    words = Reply(said=("I have chest pain",))
    call = Rehearsal(GENERAL, at={"medicines_taken": [words]}, breaks=frozenset({port})).run()
    assert isinstance(call.ended.failure, OSError)
    assert call.ended.state.nurse == "stf_rosa"


def test_numbers_are_read_as_numbers_and_options_end_with_one_key() -> None:
    # A number that begins with 9 is no opt-out; the group is ended by a pause.
    copd = installed("copd")
    assert copd.question("saturation_told").slot.kind in NUMERIC
    call = Rehearsal(copd, at={"saturation_told": [Reply(keys="95")]}).run()
    assert call.why == "completed"
    assert "95" in [each.keys for each in call.events(KeyPressed)]
