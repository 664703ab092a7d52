"""Blocks of MLLP out of a stream of bytes, however packets cut it; it knows no socket.

A block begins with VT and ends with FS and CR. An end without its CR is taken, since FS stands in
no message; a block that begins again before it ended was given up by its sender, and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

BEGIN, END, CLOSING = 0x0B, 0x1C, b"\r"
BETWEEN = b"\r\n\t \x00"
"""What may stand between blocks and means nothing."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What cannot be a block; nothing after it can be trusted. kind: garbage or too_large."""

    kind: str


class Framer:
    """Takes bytes as they come and returns whole blocks."""

    def __init__(self, most_bytes: int) -> None:
        """Bound the size of a block."""
        self.most_bytes = most_bytes
        self._held = bytearray()
        self._is_inside = False
        self._looked = 0

    @property
    def is_inside(self) -> bool:
        """Whether a block has begun and not ended."""
        return self._is_inside

    def feed(self, chunk: bytes) -> list[bytes | Trouble]:
        """Return the blocks that end in these bytes; after trouble the stream is lost."""
        self._held += chunk
        found: list[bytes | Trouble] = []
        while True:
            step = self._inside() if self._is_inside else self._outside()
            if step is None:
                return found
            if step:
                found.append(step if isinstance(step, Trouble) else bytes(step))
            if isinstance(step, Trouble):
                return found

    def _outside(self) -> bytes | Trouble | None:
        """Find the beginning of a block: nothing yet, nothing of worth, or garbage."""
        rest = self._held.lstrip(BETWEEN)
        if not rest:
            self._held.clear()
            return None
        if rest[0] != BEGIN:
            return Trouble("garbage")
        self._held = rest[1:]
        self._is_inside, self._looked = True, 0
        return b""

    def _inside(self) -> bytes | Trouble | None:
        """Find the end of a block."""
        end = self._held.find(END, self._looked)
        whole = len(self._held) if end < 0 else end
        again = self._held.find(BEGIN, self._looked, whole)
        # Judged before anything is dropped, so that it is the same however packets cut it.
        if (whole if again < 0 else again) > self.most_bytes:
            return Trouble("too_large")
        if again >= 0:
            del self._held[: again + 1]
            self._looked = 0
            return b""
        if end < 0:
            self._looked = len(self._held)
            return None
        block = bytes(self._held[:end])
        del self._held[: end + 1]
        self._is_inside = False
        # An empty block is a message too: one that says nothing, and is answered.
        return block or b"\r"


def framed(message: bytes) -> bytes:
    """Return a message as a block."""
    return bytes([BEGIN]) + message + bytes([END]) + CLOSING
