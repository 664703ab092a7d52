"""The sound of one SIP call as a link.

The stack sends on a clock of its own, every 20 milliseconds, whatever this process is busy with;
it is kept filled a little ahead, so that a pause of ours drops no word and an interruption still
stops within a frame. What comes in is cut into frames that count the time. Where the far end sends
nothing (telephones save silence), silence is counted in its place, or time would stand still.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from caretally.errors import ExchangeError
from caretally.exchange import extras
from caretally.exchange.telephony.links import (
    FRAME_BYTES,
    FRAME_MS,
    RATE,
    SILENT_FRAME,
    Frame,
    Key,
)

LEAD_BYTES = 20 * FRAME_BYTES
"""What the stack holds ahead of the line: 400 ms."""
LATE_MS = 300
"""How long no sound may come before silence is counted in its place."""
LOOKS_EVERY = 0.01
KEYS = frozenset("0123456789*#")


class SipLink:
    """One leg; `keep_going` runs beside whoever reads it."""

    def __init__(self, audio: Any) -> None:
        """Stand by; nothing is read before `keep_going`."""
        self._audio = audio
        self._came: asyncio.Queue[Frame | Key | ExchangeError | None] = asyncio.Queue()
        self._read = bytearray()
        self._to_send: deque[bytes] = deque()
        self._frames = 0
        self._is_over = False

    @property
    def at_ms(self) -> int:
        """The time on this leg, counted in frames."""
        return self._frames * FRAME_MS

    async def recv(self) -> Frame | Key | None:
        """Return what came next; None when the far end hung up.

        Raises:
            ExchangeError: no sound came any more and the stack gave the call up.
        """
        item = await self._came.get()
        if item is None or isinstance(item, ExchangeError):
            self._came.put_nowait(item)
        if isinstance(item, ExchangeError):
            raise item
        return item

    async def send(self, pcm: bytes) -> None:
        """Queue sound; an end shorter than a frame is filled up with silence."""
        for start in range(0, len(pcm), FRAME_BYTES):
            self._to_send.append(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
        self._feed()

    async def clear(self) -> None:
        """Forget what is queued, here and in the stack."""
        self._to_send.clear()
        self._try(self._audio.flush_tx)

    def queued_ms(self) -> int:
        """Return what is still to be played, in milliseconds."""
        return len(self._to_send) * FRAME_MS + self._held() * 1000 // (2 * RATE)

    def press(self, key: str) -> None:
        """Take a key that the stack told of; the letters A to D are nothing a patient has."""
        if key in KEYS and not self._is_over:
            self._came.put_nowait(Key(at_ms=self.at_ms, key=key))

    def end(self, fault: str = "") -> None:
        """Tell whoever reads that this is over.

        fault: empty where the far end hung up; else what became of the sound.
        """
        if not self._is_over:
            self._is_over = True
            self._came.put_nowait(ExchangeError(fault) if fault else None)

    async def keep_going(self) -> None:
        """Carry sound both ways until the leg is over."""
        clock = asyncio.get_running_loop().time
        # Rung tones and announcements before somebody picked up are no part of the call.
        self._try(self._audio.read, LEAD_BYTES)
        began, heard_ms = clock(), 0
        while not self._is_over:
            self._feed()
            passed_ms = int((clock() - began) * 1000)
            if self._take():
                heard_ms = passed_ms
            while passed_ms - heard_ms > LATE_MS and self.at_ms + FRAME_MS <= passed_ms:
                self._arrived(SILENT_FRAME)
            await asyncio.sleep(LOOKS_EVERY)

    def _take(self) -> bool:
        """Cut what came into frames; tell whether anything did."""
        before = self._frames
        self._read += self._try(self._audio.read, 50 * FRAME_BYTES) or b""
        while len(self._read) >= FRAME_BYTES:
            self._arrived(bytes(self._read[:FRAME_BYTES]))
            del self._read[:FRAME_BYTES]
        return self._frames > before

    def _arrived(self, pcm: bytes) -> None:
        self._came.put_nowait(Frame(at_ms=self.at_ms, pcm=pcm))
        self._frames += 1

    def _feed(self) -> None:
        """Keep the stack a little ahead of the line."""
        room = (LEAD_BYTES - self._held()) // FRAME_BYTES if self._to_send else 0
        for _ in range(min(room, len(self._to_send))):
            if self._try(self._audio.write, self._to_send[0]) is None:
                return
            self._to_send.popleft()

    def _held(self) -> int:
        info = self._try(self._audio.info)
        return info.tx_buffered if info is not None else 0

    def _try(self, act: Any, *args: Any) -> Any:
        """Return what the stack says; None while a call has no sound or just changed its own."""
        try:
            return act(*args)
        except (extras.baresip.AudioNotActive, extras.baresip.AudioRestarted):
            return None
