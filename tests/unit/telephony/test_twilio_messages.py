"""Messages of a media stream, as their maker documents them, and what is refused."""

from __future__ import annotations

import base64
import json
from array import array
from typing import Any

import pytest

from caretally.errors import ExchangeError
from caretally.exchange.telephony import twilio_messages as messages
from caretally.exchange.telephony.twilio_signature import is_signed, signature

START: dict[str, Any] = {
    "event": "start", "sequenceNumber": "1", "streamSid": "MZ1",
    "start": {
        "accountSid": "AC1", "streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t1"},
    },
}  # fmt: skip


def test_a_stream_names_itself() -> None:
    found = messages.read(json.dumps(START))
    assert found == messages.Started(stream="MZ1", call="CA1", token="t1")  # noqa: S106


def test_a_stream_without_our_token_has_none() -> None:
    start = {**START, "start": {**START["start"], "customParameters": None}}
    found = messages.read(json.dumps(start))
    assert isinstance(found, messages.Started)
    assert found.token == ""


def test_sound_goes_there_and_comes_back_as_mu_law() -> None:
    pcm = array("h", [0, 132, -132, 8000, -8000, 32_000] + [0] * 154).tobytes()
    sent = json.loads(messages.media("MZ1", pcm))
    assert (sent["event"], sent["streamSid"]) == ("media", "MZ1")
    assert len(base64.b64decode(sent["media"]["payload"])) == 160
    sent["media"]["track"] = "inbound"
    heard = messages.read(json.dumps(sent))
    assert isinstance(heard, messages.Heard)
    loud = array("h", heard.pcm)[3]
    assert abs(loud - 8000) < 260  # mu-law keeps about 13 bits' worth of steps


@pytest.mark.parametrize(
    "said",
    [
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        {"event": "mark", "streamSid": "MZ1", "mark": {"name": "m"}},
        {"event": "media", "media": {"track": "outbound", "payload": "AAAA"}},
        {"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "A"}},
        {"event": "something_new"},
    ],
)
def test_what_says_nothing_for_us_is_passed_over(said: dict[str, Any]) -> None:
    assert messages.read(json.dumps(said)) is None


WIDE = {"encoding": "audio/l16", "sampleRate": 16000, "channels": 1}
BROKEN = [
    "",
    "no json",
    "[]",
    "{}",
    '"start"',
    '{"event": "start"}',
    '{"event": "media", "media": {}}',
    '{"event": "media", "media": {"payload": "%%%"}}',
    '{"event": "dtmf", "dtmf": "5"}',
    json.dumps({**START, "start": {**START["start"], "mediaFormat": WIDE}}),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_is_refused(text: str) -> None:
    with pytest.raises(ExchangeError):
        messages.read(text)


URL = "wss://calls.example.org/stream"


@pytest.mark.parametrize("signed", [URL, URL + "/", "wss://calls.example.org:443/stream"])
def test_each_way_to_write_our_address_is_accepted(signed: str) -> None:
    assert is_signed(signature("secret", signed), "secret", URL)


@pytest.mark.parametrize(
    "found",
    [
        "",
        "nonsense",
        "wörd",
        signature("other", URL),
        signature("secret", "wss://calls.example.org/other"),
        signature("secret", "wss://evil.example.org/stream"),
        signature("secret", URL, {"a": "1"}),
    ],
)
def test_any_other_signature_is_refused(found: str) -> None:
    assert not is_signed(found, "secret", URL)
