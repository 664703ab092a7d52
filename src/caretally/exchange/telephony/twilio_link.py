"""The sound of one media stream as a link.

What comes in is the clock: the carrier sends 20 milliseconds of sound every 20 milliseconds, also
of silence. For every frame that came one of ours follows, and never more than a little ahead, so
that an interruption finds hardly anything left to say on the other side.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from caretally.errors import ExchangeError
from caretally.exchange import extras
from caretally.exchange.telephony import twilio_messages
from caretally.exchange.telephony.links import FRAME_BYTES, FRAME_MS, Frame, Key

LEAD_FRAMES = 15
"""What may lie unplayed at the carrier: 300 ms ride out a hitch of the network."""
LOST_SECONDS = 20


class TwilioLink:
    """One leg over a WebSocket; `keep_going` runs beside whoever reads it."""

    def __init__(self, connection: Any, stream: str) -> None:
        """Stand by."""
        self._connection, self._stream = connection, stream
        self._came: asyncio.Queue[Frame | Key | ExchangeError | None] = asyncio.Queue()
        self._read = bytearray()
        self._to_send: deque[bytes] = deque()
        self._frames = self._ahead = 0
        self._is_over = False

    @property
    def at_ms(self) -> int:
        """The time on this leg, counted in frames."""
        return self._frames * FRAME_MS

    async def recv(self) -> Frame | Key | None:
        """Return what came next; None when the far end hung up.

        Raises:
            ExchangeError: the stream broke off, or nothing came any more.
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
        await self._feed()

    async def clear(self) -> None:
        """Forget what is queued, here and at the carrier."""
        self._to_send.clear()
        self._ahead = 0
        await self._tell(twilio_messages.clear(self._stream))

    def queued_ms(self) -> int:
        """Return what is still to be played, in milliseconds."""
        return (len(self._to_send) + self._ahead) * FRAME_MS

    def end(self, fault: str = "") -> None:
        """Tell whoever reads that this is over. fault: empty where the far end hung up."""
        if not self._is_over:
            self._is_over = True
            self._came.put_nowait(ExchangeError(fault) if fault else None)

    async def keep_going(self) -> None:
        """Take what the carrier sends until the stream is over."""
        try:
            while not self._is_over:
                async with asyncio.timeout(LOST_SECONDS):
                    text = await self._connection.recv()
                await self._take(twilio_messages.read(text))
        except TimeoutError:
            self.end(f"no sound for {LOST_SECONDS} seconds")
        except extras.websockets.ConnectionClosedOK:
            self.end()
        except extras.websockets.ConnectionClosed:
            self.end("the media stream broke off")
        except ExchangeError as error:
            self.end(str(error))

    async def _take(self, message: twilio_messages.Message | None) -> None:
        match message:
            case twilio_messages.Heard(pcm=pcm):
                self._read += pcm
                await self._cut()
            case twilio_messages.Pressed(key=key):
                self._came.put_nowait(Key(at_ms=self.at_ms, key=key))
            case twilio_messages.Stopped():
                self.end()
            case _:
                pass

    async def _cut(self) -> None:
        """Cut what came into frames; each makes room for one of ours."""
        while len(self._read) >= FRAME_BYTES:
            self._came.put_nowait(Frame(at_ms=self.at_ms, pcm=bytes(self._read[:FRAME_BYTES])))
            del self._read[:FRAME_BYTES]
            self._frames += 1
            self._ahead = max(0, self._ahead - 1)
        await self._feed()

    async def _feed(self) -> None:
        while self._to_send and self._ahead < LEAD_FRAMES:
            self._ahead += 1
            await self._tell(twilio_messages.media(self._stream, self._to_send.popleft()))

    async def _tell(self, message: str) -> None:
        """Send; on a stream that broke off nobody hears, and whoever reads is told there."""
        try:
            await self._connection.send(message)
        except extras.websockets.ConnectionClosed:
            self._to_send.clear()
