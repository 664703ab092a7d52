"""Sound that carries what it says: for calls without a telephone, where hearing is not tried.

Each frame is as loud as a voice and holds the number of its phrase. A voice makes such sound, and
recognizers read it, each in its own words where a test wants them to disagree.
"""

from __future__ import annotations

import asyncio
import struct
from array import array
from collections.abc import Sequence

from caretally.exchange.speech.ports import Hint, Hypothesis
from caretally.exchange.telephony.links import FRAME_BYTES, FRAME_MS, SILENT_FRAME

MARK = b"\x34\x12TAGS\x12\x34"
HEAD = struct.Struct("<8sHHH")
REST = array("h", [3_000, -3_000] * ((FRAME_BYTES - HEAD.size) // 4 + 1)).tobytes()
LOUD = 500
"""The mean sample from which a frame is taken for a voice."""


class Phrases:
    """What was ever said in a call, by number; what each ear makes of it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._texts: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, texts: tuple[str, ...]) -> int:
        """Return the number of a phrase."""
        if texts not in self._numbers:
            self._numbers[texts] = len(self._texts)
            self._texts.append(texts)
        return self._numbers[texts]

    def heard(self, number: int, ear: int) -> str:
        """Return what an ear makes of a phrase; the last text is for all further ears."""
        texts = self._texts[number]
        return texts[min(ear, len(texts) - 1)]

    def frames(self, texts: tuple[str, ...], milliseconds: int) -> list[bytes]:
        """Return the sound of a phrase."""
        number, count = self.number(texts), max(milliseconds // FRAME_MS, 1)
        return [
            (HEAD.pack(MARK, number, at, count) + REST)[:FRAME_BYTES] for at in range(count)
        ]  # fmt: skip


def tag_of(frame: bytes) -> tuple[int, int, int] | None:
    """Return the number of a frame's phrase, its place in it, and its length; None of silence."""
    if not frame.startswith(MARK):
        return None
    _, number, at, count = HEAD.unpack_from(frame)
    return number, at, count


def numbers_in(pcm: bytes) -> list[int]:
    """Return the phrases in a stretch of sound, in order."""
    found: list[int] = []
    for start in range(0, len(pcm), FRAME_BYTES):
        tag = tag_of(pcm[start : start + FRAME_BYTES])
        if tag is not None and (not found or found[-1] != tag[0]):
            found.append(tag[0])
    return found


class TaggedVoice:
    """A voice for calls without a telephone."""

    name = "tagged voice 1"

    def __init__(self, phrases: Phrases, *, word_ms: int = 400, takes_ms: int = 130) -> None:
        """Speak so fast, and need so long to make a sentence."""
        self._phrases, self._word_ms, self._takes_ms = phrases, word_ms, takes_ms

    async def speak(self, text: str, language: str) -> bytes:
        """Return the sound of a sentence, the same in every language."""
        del language
        await asyncio.sleep(self._takes_ms / 1000)
        words = len(text.split())
        return b"".join(self._phrases.frames((text,), words * self._word_ms))


class TaggedRecognizer:
    """An ear for calls without a telephone; each hears a phrase in its own words."""

    def __init__(self, phrases: Phrases, ear: int, *, takes_ms: int = 570) -> None:
        """Hear as the ear of that place, and need so long."""
        self.name = f"tagged ear {ear + 1}"
        self._phrases, self._ear, self._takes_ms = phrases, ear, takes_ms

    async def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what was said, whatever was asked."""
        del hint
        await asyncio.sleep(self._takes_ms / 1000)
        said = (self._phrases.heard(number, self._ear) for number in numbers_in(pcm))
        return Hypothesis(text=" ".join(each for each in said if each), confidence=1.0,
                          engine=self.name)  # fmt: skip


class LoudnessEar:
    """Takes for a voice what is loud; enough where no other sound is on the line."""

    def feed(self, pcm: bytes) -> float:
        """Return 1 of a loud frame, else 0."""
        if pcm == SILENT_FRAME:
            return 0.0
        samples: Sequence[int] = array("h", pcm)
        return float(sum(map(abs, samples)) >= LOUD * len(samples))
