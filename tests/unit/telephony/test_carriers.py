"""The carrier of the settings: one, whole, and never with its secrets in a message."""

from __future__ import annotations

import pytest

from caretally.errors import InputError
from caretally.exchange.telephony.carriers import carrier_of
from caretally.settings import Settings

SIP = {"CARETALLY_SIP_URL": "sip://clinic:hushhush@sip.example.org?transport=tls&srtp=required"}
TWILIO = {
    "CARETALLY_TWILIO_URL": "https://AC1:hushhush@api.twilio.com",
    "CARETALLY_TWILIO_NUMBER": "+15550100000",
    "CARETALLY_TWILIO_STREAM_URL": "wss://calls.example.org/stream",
}


@pytest.mark.parametrize(("said", "name"), [(SIP, "sip"), (TWILIO, "twilio")])
def test_the_carrier_that_is_named_is_taken_and_shows_no_secret(
    said: dict[str, str], name: str
) -> None:
    carrier = carrier_of(Settings.read(said))
    assert getattr(carrier, "name", "") == name
    assert "hushhush" not in repr(carrier)


@pytest.mark.parametrize("said", [{}, {**SIP, **TWILIO}])
def test_none_and_two_are_refused(said: dict[str, str]) -> None:
    with pytest.raises(InputError, match="one of CARETALLY_SIP_URL and CARETALLY_TWILIO_URL"):
        carrier_of(Settings.read(said))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CARETALLY_TWILIO_URL", "https://api.twilio.com/hushhush"),
        ("CARETALLY_TWILIO_URL", "http://AC1:hushhush@api.twilio.com"),
        ("CARETALLY_TWILIO_URL", "https://AC1:hushhush@127.0.0.1"),
        ("CARETALLY_TWILIO_NUMBER", "5550100000"),
        ("CARETALLY_TWILIO_STREAM_URL", "https://calls.example.org/stream"),
        ("CARETALLY_TWILIO_STREAM_URL", "wss://calls.example.org/stream?a=b"),
        ("CARETALLY_TWILIO_STREAM_URL", "ws://calls.example.org/stream"),
        ("CARETALLY_TWILIO_LISTEN", "8020"),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_shown(name: str, value: str) -> None:
    with pytest.raises(InputError) as refused:
        carrier_of(Settings.read({**TWILIO, name: value}))
    assert name in str(refused.value)
    assert "hushhush" not in str(refused.value)
