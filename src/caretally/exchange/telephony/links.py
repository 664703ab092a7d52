"""What a carrier is to the rest of the program: the sound of one leg, and four commands.

Time is counted in frames, never read from a clock: the same code runs on a real line and, in tests,
much faster than life.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

FRAME_MS = 20
RATE = 8000
"""Samples a second: 16-bit signed little-endian PCM, one channel."""
FRAME_BYTES = RATE * FRAME_MS // 1000 * 2
"""The bytes of one frame: 160 samples."""
SILENT_FRAME = bytes(FRAME_BYTES)
Outcome: TypeAlias = Literal["answered", "busy", "declined", "no_answer", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The sound of 20 milliseconds.

    at_ms: since the leg was picked up, counted in frames.
    """

    at_ms: int
    pcm: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of the telephone: a digit, a star or a pound sign.

    at_ms: since the leg was picked up.
    """

    at_ms: int
    key: str


class MediaLink(Protocol):
    """One leg's sound, both ways."""

    async def recv(self) -> Frame | Key | None:
        """Return what came next; None when the far end hung up or the leg is over."""

    async def send(self, pcm: bytes) -> None:
        """Queue sound; a pacer of the link plays it in its own time."""

    async def clear(self) -> None:
        """Forget what is queued and not yet played."""

    def queued_ms(self) -> int:
        """Return how much of what was queued is still to be played, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg of a call.

    outcome: what became of dialing; only an answered leg carries sound. carrier_id: the carrier's
    name for this leg, for its logs and bills.
    """

    link: MediaLink
    outcome: Outcome
    carrier_id: str

    @property
    def is_answered(self) -> bool:
        """Whether somebody, or a machine, picked up."""
        return self.outcome == "answered"


class CallControl(Protocol):
    """A carrier."""

    @property
    def name(self) -> str:
        """Its name: memory, sip or twilio."""

    async def dial(self, address: str, *, ring_seconds: int) -> Leg:
        """Ring somebody and return the leg; a call that did not come about is an outcome."""

    async def hangup(self, leg: Leg) -> None:
        """End a leg; one that is over stays so."""

    async def hold(self, leg: Leg) -> None:
        """Keep a leg without passing its sound on."""

    async def bridge(self, first: Leg, second: Leg) -> None:
        """Let both legs hear each other; returns when one of them hung up."""


class NoLink:
    """The sound of a leg that never came about."""

    async def recv(self) -> Frame | Key | None:
        """Return the end at once."""
        return None

    async def send(self, pcm: bytes) -> None:
        """Drop it: nobody hears."""

    async def clear(self) -> None:
        """Nothing is queued."""

    def queued_ms(self) -> int:
        """Return 0."""
        return 0
