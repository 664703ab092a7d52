"""The messages of a media stream in Twilio's form: JSON over WebSocket, sound as mu-law in Base64.

Read leniently where something unknown is said, strictly where something known is: a message that
says nothing we use is passed over, a broken one is refused.

Source: twilio.com/docs/voice/media-streams/websocket-messages, read on 2026-11-22.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from caretally.errors import ExchangeError
from caretally.exchange.telephony import mulaw

MOST_BYTES = 65_536
"""A message of 20 ms has some 300 bytes."""
TOKEN = "token"  # noqa: S105  the name of a field
ENCODING, RATE, CHANNELS = "audio/x-mulaw", 8000, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A stream began. token: what we gave the call to name itself with."""

    stream: str
    call: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Sound of whom we called."""

    pcm: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A key."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The call is over."""


Message: TypeAlias = Started | Heard | Pressed | Stopped


def read(text: str | bytes) -> Message | None:
    """Return what a message says; None where it is nothing for us.

    Raises:
        ExchangeError: it is no message of this form.

    Example:
        >>> read('{"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "5"}}')
        Pressed(key='5')
        >>> read('{"event": "connected", "protocol": "Call", "version": "1.0.0"}') is None
        True
    """
    try:
        said = json.loads(text)
        reader = READERS.get(said["event"])
        return reader(said) if reader else None
    except (ValueError, LookupError, TypeError, AttributeError, binascii.Error) as error:
        kind = type(error).__name__
        raise ExchangeError(f"a message of a media stream cannot be read: {kind}") from None


def media(stream: str, pcm: bytes) -> str:
    """Return a message that plays sound."""
    payload = base64.b64encode(mulaw.encode(pcm)).decode()
    return json.dumps({"event": "media", "streamSid": stream, "media": {"payload": payload}})


def clear(stream: str) -> str:
    """Return a message that forgets what is not yet played."""
    return json.dumps({"event": "clear", "streamSid": stream})


def _started(said: Any) -> Started:
    start = said["start"]
    form = start["mediaFormat"]
    said_form = form["encoding"], int(form["sampleRate"]), int(form["channels"])
    if said_form != (ENCODING, RATE, CHANNELS):
        raise ValueError("another form of sound")
    token = (start.get("customParameters") or {}).get(TOKEN, "")
    return Started(stream=str(start["streamSid"]), call=str(start["callSid"]), token=str(token))


def _heard(said: Any) -> Heard | None:
    if said["media"].get("track", "inbound") != "inbound":
        return None  # our own voice, where a stream was told to carry both
    payload = base64.b64decode(said["media"]["payload"], validate=True)
    return Heard(pcm=mulaw.decode(payload))


def _pressed(said: Any) -> Pressed | None:
    key = said["dtmf"]["digit"]
    return Pressed(key=key) if key in tuple("0123456789*#") else None


READERS: dict[str, Any] = {
    "start": _started, "media": _heard, "dtmf": _pressed, "stop": lambda _: Stopped(),
}  # fmt: skip
"""What each event means; connected and mark say nothing that is needed."""
