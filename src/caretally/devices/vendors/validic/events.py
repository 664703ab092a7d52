"""Server-sent events, as Validic's stream tells them, taken apart as the standard has it.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

DATA, RULE, CONNECTION, POKE = "data", "rule", "connection", "poke"


class Event(NamedTuple):
    """An event of a stream; number: of how many it is, from 0."""

    name: str
    body: bytes
    number: int


def events_in(stream: bytes) -> Iterator[Event]:
    """Yield the whole events of a stream; what comes after the last empty line is none yet."""
    lines: list[bytes] = []
    name, number = b"", 0
    for line in stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]:
        if not line:
            if name or lines:
                yield Event(name.decode("utf-8", "replace") or "message", b"\n".join(lines), number)
                number += 1
            name, lines = b"", []
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = value.strip()
        elif field == b"data":
            lines.append(value)


def holds_more_than_pokes(stream: bytes) -> bool:
    """Tell whether a stream held anything but signs that it is alive."""
    return any(event.name != POKE for event in events_in(stream))
