"""The sound that passes a leg, as it could be heard."""

from __future__ import annotations

import asyncio
import wave
from io import BytesIO

from caretally.exchange.telephony.keeping import KeptLink
from caretally.exchange.telephony.links import FRAME_BYTES, Frame, Key

HEARD, SAID = b"\x01\x00" * (FRAME_BYTES // 2), b"\x02\x00" * (FRAME_BYTES // 2)


class Line:
    """A leg of some frames; nobody listens."""

    def __init__(self, *items: Frame | Key) -> None:
        self.items: list[Frame | Key] = list(items)

    async def recv(self) -> Frame | Key | None:
        return self.items.pop(0) if self.items else None

    async def send(self, pcm: bytes) -> None:
        assert pcm

    async def clear(self) -> None:
        self.items = self.items[:]

    def queued_ms(self) -> int:
        return 40


def sides(wav: bytes) -> tuple[bytes, bytes]:
    """Return what lies left and right in a file."""
    with wave.open(BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        both = file.readframes(file.getnframes())
    left = b"".join(both[at : at + 2] for at in range(0, len(both), 4))
    right = b"".join(both[at + 2 : at + 4] for at in range(0, len(both), 4))
    return left, right


def test_both_sides_lie_where_they_were_heard() -> None:
    async def call() -> bytes:
        link = KeptLink(Line(Frame(at_ms=0, pcm=HEARD), Key(at_ms=10, key="1"),
                             Frame(at_ms=60, pcm=HEARD)))  # fmt: skip
        await link.recv()
        await link.send(SAID)
        assert await link.recv() == Key(at_ms=10, key="1")
        await link.recv()
        assert await link.recv() is None
        assert link.queued_ms() == 40
        return link.wav()

    silence = bytes(FRAME_BYTES)
    left, right = sides(asyncio.run(call()))
    assert left == HEARD + silence + silence + HEARD
    assert right == silence + SAID + silence + silence


def test_what_was_queued_and_cleared_was_never_heard() -> None:
    async def call() -> bytes:
        link = KeptLink(Line(Frame(at_ms=0, pcm=HEARD), Frame(at_ms=20, pcm=HEARD)))
        await link.recv()
        await link.send(SAID * 3)
        await link.recv()
        await link.clear()
        await link.send(SAID)
        return link.wav()

    _, right = sides(asyncio.run(call()))
    assert right == bytes(FRAME_BYTES) + SAID * 2
