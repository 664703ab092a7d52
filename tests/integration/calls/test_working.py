"""Calls that are made from the first to the last: gate, dialing, talk, nurse, record."""

from __future__ import annotations

import wave
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO

import pytest

from caretally import clock
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.errors import UnknownError
from caretally.exchange.telephony import virtual_time
from caretally.exchange.telephony.memory import Household, MemoryCarrier
from caretally.exchange.telephony.mouth import KeptVoice
from caretally.exchange.telephony.scripted_people import Reply, ScriptedPerson
from caretally.exchange.telephony.tagged_sound import LoudnessEar, TaggedRecognizer, TaggedVoice
from caretally.journal.entries import AlertRaised, CallingRulesSet, CallRecorded, ContactHeld
from caretally.practice.call_desk import call_named
from caretally.practice.call_planning import ready
from caretally.practice.call_queue import take
from caretally.practice.call_sounds import forget_sounds, sound_of
from caretally.practice.call_working import Line, Maker
from caretally.practice.contact_points import keep_point
from caretally.store.call_tables import Call, CallSound
from caretally.store.database import scope_all
from tests.integration.calling.allowed import A_DAY, NUMBER, allow, note
from tests.integration.calling.allowed import planned as put_in_line
from tests.integration.calls.desk_calls import about, on_call
from tests.integration.calls.rehearsing import Rehearsal, takes_the_call
from tests.integration.demonstrated import LAKESIDE, Demo

ROSA = "+13125550199"
CALLBACK = "312 555 0100"
BORN = {"identity_birth_year": [Reply(keys="1956")]}


@pytest.fixture(params=["sqlite", "postgres"])
def here(request: pytest.FixtureRequest) -> Demo:
    """Return the demonstration on each database in turn, at a time when people are called."""
    found: Demo = request.getfixturevalue("demo" if request.param == "sqlite" else "demo_postgres")
    scope_all()
    allow(found)
    on_call(found, "stf_rosa")
    keep_point(found.office("rosa"), "sms", ROSA)
    return found


def made(demo: Demo, at: Mapping[str, Sequence[Reply]], **people: Household) -> tuple[str, Call]:
    """Return how a call to Gus ended that was put in line, taken and made, and the call."""
    put_in_line(demo)
    taken = take(demo.journal, LAKESIDE, clock.now())
    assert taken is not None
    known = ready(demo.journal, call_named(demo.journal, LAKESIDE, taken.call), clock.now(),
                  callback=CALLBACK)  # fmt: skip
    patient = Rehearsal(pack=installed("hypertension"), callee=known.begun.callee,
                        at={**BORN, **at})  # fmt: skip
    phrases = patient.phrases
    households = {
        NUMBER: Household(person=lambda: patient.patient),
        ROSA: Household(person=lambda: ScriptedPerson(phrases, takes_the_call)),
        **people,
    }
    maker = Maker(journal=demo.journal, practice=LAKESIDE, waits=True, line=Line(
        control=MemoryCarrier(households),
        recognizers=tuple(TaggedRecognizer(phrases, each) for each in (0, 1)),
        voice=KeptVoice(TaggedVoice(phrases, word_ms=60)), ear=LoudnessEar, models=("tagged 1",),
        callback=CALLBACK,
    ))  # fmt: skip
    ended = virtual_time.run(maker.make(taken))
    return ended, call_named(demo.journal, LAKESIDE, taken.call)


def record_of(demo: Demo, call: Call) -> CallRecorded:
    """Return the record of a call."""
    body = about(demo.journal, "pat_gus")[call.settled].body
    assert isinstance(body, CallRecorded)
    return body


def test_a_call_goes_from_the_line_into_the_record(here: Demo) -> None:
    ended, call = made(here, {})
    assert ended == "completed"
    told = record_of(here, call)
    assert (told.carrier, told.models) == ("memory", ("tagged 1",))
    assert told.creditable
    assert {each.question for each in told.answers} >= {"chest_pain", "medicines_taken"}


def test_chest_pain_brings_the_nurse_whose_time_is_her_own(here: Demo) -> None:
    ended, call = made(here, {"chest_pain": [Reply(said=("yes I have chest pain",) * 2)]})
    assert ended == "handed_over"
    told = record_of(here, call)
    escalation = next(each for each in told.escalations if each.flag == "chest_pain")
    assert (escalation.severity, escalation.staff) == ("emergent", "stf_rosa")
    assert escalation.bridged_at is not None
    entries = about(here.journal, "pat_gus")
    nurse = entries[told.taken_over or ""].body
    assert isinstance(nurse, ContactHeld)
    assert nurse.performers == ("stf_rosa",)
    assert any(isinstance(e.body, AlertRaised) and e.body.alert == escalation.alert
               for e in entries.values())  # fmt: skip


def test_who_does_not_pick_up_leaves_an_attempt(here: Demo) -> None:
    nobody = Household(outcome="no_answer", ring_ms=90_000)
    ended, call = made(here, {}, **{NUMBER: nobody})
    assert ended == "no_answer"
    assert record_of(here, call).contact is not None


def records_sound(demo: Demo) -> None:
    """Let the practice keep the sound of calls."""
    rules = CallingRulesSet(
        version="3", from_time="08:00", to_time="20:00", most_a_day=3, most_a_week=9,
        least_minutes=10, records_audio=True, set_by="stf_lin",
    )  # fmt: skip
    note(demo, rules, at=clock.now() - A_DAY)


def test_the_sound_is_kept_sealed_after_a_yes_and_forgotten_in_time(here: Demo) -> None:
    records_sound(here)
    _, call = made(here, {})
    told = record_of(here, call)
    sound = sound_of(here.office("rosa"), call)
    assert told.audio_digest == f"sha256:{sha256(sound).hexdigest()}"
    with wave.open(BytesIO(sound)) as file:
        assert file.getnchannels() == 2
        assert (
            abs(file.getnframes() / 8000 - (told.ended_at - call.answered_at).total_seconds()) < 9
        )
    kept = CallSound.objects.using(here.journal.db.alias).get(call=call.call)
    assert sound[:4] == b"RIFF"
    assert b"RIFF" not in bytes(kept.sealed)
    assert forget_sounds(here.journal, clock.now() + 89 * A_DAY) == 0
    assert forget_sounds(here.journal, clock.now() + 91 * A_DAY) == 1
    with pytest.raises(UnknownError):
        sound_of(here.office("rosa"), call)


def test_of_a_refused_recording_no_sound_is_kept(here: Demo) -> None:
    records_sound(here)
    ended, call = made(here, {"recording_consent": [Reply(said=("no",))]})
    assert ended == "declined"
    assert not CallSound.objects.using(here.journal.db.alias).exists()
    assert record_of(here, call).audio_digest is None


def test_without_consent_nobody_is_dialed(here: Demo) -> None:
    rung: list[str] = []
    put_in_line(here, patient="pat_hal")
    taken = take(here.journal, LAKESIDE, clock.now())
    assert taken is not None
    carrier = MemoryCarrier({}, lambda address, _: rung.append(address))
    maker = Maker(journal=here.journal, practice=LAKESIDE, waits=True, line=Line(
        control=carrier, recognizers=(), voice=KeptVoice(None), ear=LoudnessEar,  # type: ignore[arg-type]
        models=(),
    ))  # fmt: skip
    assert virtual_time.run(maker.make(taken)) == "denied"
    assert carrier.rung == []
