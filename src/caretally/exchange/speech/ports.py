"""What hears and what speaks, as the conductor of a call knows it; the engines stand beside.

Sound is PCM as lines carry it: 8 kHz, 16 bit, one channel. A recognizer that fails raises; nobody
guesses for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What one recognizer wrote of an utterance; an empty text heard nothing.

    confidence: 0 to 1, as the engine gives it; engines are not comparable. engine: its name and
    version.
    """

    text: str
    confidence: float
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What was asked, so that a grammar or a prompt can be chosen.

    kind: the slot kind of the question (yes_no, int, decimal, bp, choice, symptom_set,
    free_text_logged), or none. language: of the call, en or es. words: what the options say.
    """

    kind: str
    language: str
    words: tuple[str, ...] = ()


class Recognizer(Protocol):
    """Writes down one utterance."""

    @property
    def name(self) -> str:
        """Name and version, as a hypothesis carries it."""

    async def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what was said in one utterance."""


class Voice(Protocol):
    """Speaks a sentence."""

    @property
    def name(self) -> str:
        """Name and version."""

    async def speak(self, text: str, language: str) -> bytes:
        """Return the sound of a sentence; who calls keeps it."""


class Ear(Protocol):
    """Tells voice from other sound, frame by frame; one instance a leg."""

    def feed(self, pcm: bytes) -> float:
        """Return how probable a voice is in a frame, 0 to 1."""
