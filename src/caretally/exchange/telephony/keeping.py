"""The sound of a leg while it passes: what was heard left, what was sent right, as a WAV file.

Whether any of it is kept is decided afterwards: who refuses is not kept.
"""

from __future__ import annotations

import wave
from io import BytesIO

from caretally.exchange.telephony.links import FRAME_MS, RATE, Frame, Key, MediaLink

BYTES_A_MS = RATE * 2 // 1000
LONGEST_MS = 60 * 60_000
"""Beyond this nothing more is kept, so that a line left open fills no memory."""


class KeptLink:
    """A link that remembers what passes through it."""

    def __init__(self, link: MediaLink) -> None:
        """Begin when it was picked up."""
        self._link = link
        self._heard, self._sent = bytearray(), bytearray()
        self._now = 0

    async def recv(self) -> Frame | Key | None:
        """Return what came next."""
        item = await self._link.recv()
        if isinstance(item, Frame) and item.at_ms < LONGEST_MS:
            put(self._heard, item.at_ms * BYTES_A_MS, item.pcm)
            self._now = (item.at_ms + FRAME_MS) * BYTES_A_MS
        return item

    async def send(self, pcm: bytes) -> None:
        """Queue sound; it is played after what is queued already."""
        if self._now < LONGEST_MS * BYTES_A_MS:
            put(self._sent, max(len(self._sent), self._now), pcm)
        await self._link.send(pcm)

    async def clear(self) -> None:
        """Forget what is queued: it was never heard."""
        del self._sent[self._now :]
        await self._link.clear()

    def queued_ms(self) -> int:
        """Return how much is queued."""
        return self._link.queued_ms()

    def wav(self) -> bytes:
        """Return the sound as a WAV file: the callee left, the voice right."""
        length = max(len(self._heard), len(self._sent))
        left, right = (each.ljust(length, b"\0") for each in (self._heard, self._sent))
        both = bytearray(2 * length)
        for at in range(2):
            both[at::4], both[at + 2 :: 4] = left[at::2], right[at::2]
        found = BytesIO()
        with wave.open(found, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(bytes(both))
        return found.getvalue()


def put(into: bytearray, at: int, pcm: bytes) -> None:
    """Put sound at a place; what lies before it and is not there yet is silence.

    Example:
        >>> kept = bytearray()
        >>> put(kept, 2, b"ab")
        >>> kept.hex()
        '00006162'
    """
    if len(into) < at:
        into.extend(bytes(at - len(into)))
    into[at : at + len(pcm)] = pcm
