"""Who speaks now: from frames and keys to utterances and groups of keys; time is counted in frames.

Sound from before the voice began is kept with it, because a first word is short and an ear is slow.
A voice that begins while we speak must last longer to count: a cough is no interruption.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TypeAlias

from caretally.exchange.speech.ports import Ear
from caretally.exchange.telephony.links import FRAME_MS, Frame, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How turns are taken; milliseconds, but for voice_percent.

    voice_percent: of probability, from which a frame is voice. onset_ms, barge_in_ms: voice within
    twice that time which begins a turn, in silence and into our words. early_ms: who began to speak
    before a question was audible for so long did not answer it.
    """

    voice_percent: int = 50
    onset_ms: int = 60
    barge_in_ms: int = 240
    pre_roll_ms: int = 1_000
    end_of_turn_ms: int = 800
    shortest_speech_ms: int = 240
    longest_turn_ms: int = 12_000
    keys_pause_ms: int = 2_000
    silence_ms: int = 8_000
    early_ms: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """A voice began, and goes on."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What was said in one turn, with the sound before and behind it.

    from_ms, to_ms: first and last voice. pieces: its sound by frames. is_cut: it went on, but was
    too long for one turn.
    """

    from_ms: int
    to_ms: int
    speech_ms: int
    pieces: tuple[bytes, ...]
    is_cut: bool = False

    @property
    def pcm(self) -> bytes:
        """The sound."""
        return b"".join(self.pieces)

    def with_more(self, later: Utterance) -> Utterance:
        """Return this turn with what was said after a pause that did not end it."""
        return replace(
            later, from_ms=self.from_ms, speech_ms=self.speech_ms + later.speech_ms,
            pieces=self.pieces + later.pieces,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A group of keys that a pound key, a pause, or the one key that was asked for ended."""

    at_ms: int
    keys: str


Taken: TypeAlias = Onset | Utterance | Keys


class TurnTaker:
    """Takes the frames and keys of one leg."""

    def __init__(self, ear: Ear, habits: Habits) -> None:
        """Begin in silence."""
        self.habits = habits
        self.is_talking = False
        self.takes_one_key = False
        self._ear = ear
        self._before: deque[bytes] = deque(maxlen=habits.pre_roll_ms // FRAME_MS)
        self._voiced: deque[bool] = deque(maxlen=2 * habits.barge_in_ms // FRAME_MS)
        self._pieces: list[bytes] = []
        self._from_ms = self._last_ms = self._speech_ms = 0
        self._keys, self._key_ms = "", 0

    @property
    def is_keying(self) -> bool:
        """Whether a group of keys was begun."""
        return bool(self._keys)

    @property
    def began_ms(self) -> int:
        """When the voice that is heard now began."""
        return self._from_ms

    def key(self, key: Key) -> Keys | None:
        """Take a key; return the group that it ends."""
        self._keys, self._key_ms = self._keys + key.key, key.at_ms
        if self.takes_one_key or key.key == "#":
            return self._group(key.at_ms)
        return None

    def frame(self, frame: Frame, *, is_playing: bool) -> Taken | None:
        """Take a frame; return what it began or ended.

        is_playing: our words are on the line.
        """
        is_voice = self._ear.feed(frame.pcm) * 100 >= self.habits.voice_percent
        if self.is_talking:
            return self._goes_on(frame, is_voice=is_voice)
        self._before.append(frame.pcm)
        self._voiced.append(is_voice)
        needed = (self.habits.barge_in_ms if is_playing else self.habits.onset_ms) // FRAME_MS
        if is_voice and self._recent(2 * needed) >= needed:
            return self._begins(frame)
        if self._keys and frame.at_ms - self._key_ms >= self.habits.keys_pause_ms:
            return self._group(frame.at_ms)
        return None

    def finish(self) -> Utterance | None:
        """Return what was being said when the line went dead, if it was speech."""
        return self._ends(is_cut=True) if self.is_talking else None

    def forget(self) -> None:
        """Drop keys that answered something else."""
        self._keys = ""

    def _recent(self, frames: int) -> int:
        voiced = list(self._voiced)
        return sum(voiced[-frames:])

    def _group(self, at_ms: int) -> Keys:
        keys, self._keys = self._keys, ""
        return Keys(at_ms=at_ms, keys=keys)

    def _begins(self, frame: Frame) -> Onset:
        voiced = list(self._voiced)
        back = len(voiced) - 1 - voiced.index(True)
        self.is_talking = True
        self._pieces = list(self._before)
        self._from_ms = max(frame.at_ms - back * FRAME_MS, 0)
        self._last_ms = frame.at_ms + FRAME_MS
        self._speech_ms = sum(voiced) * FRAME_MS
        self._before.clear()
        self._voiced.clear()
        return Onset(at_ms=frame.at_ms)

    def _goes_on(self, frame: Frame, *, is_voice: bool) -> Utterance | None:
        now_ms = frame.at_ms + FRAME_MS
        self._pieces.append(frame.pcm)
        if is_voice:
            self._last_ms = now_ms
            self._speech_ms += FRAME_MS
        if now_ms - self._last_ms >= self.habits.end_of_turn_ms:
            return self._ends(is_cut=False)
        if now_ms - self._from_ms >= self.habits.longest_turn_ms:
            return self._ends(is_cut=True)
        return None

    def _ends(self, *, is_cut: bool) -> Utterance | None:
        self.is_talking = False
        pieces, self._pieces = tuple(self._pieces), []
        if self._speech_ms < self.habits.shortest_speech_ms:
            return None
        return Utterance(
            from_ms=self._from_ms, to_ms=self._last_ms, speech_ms=self._speech_ms, pieces=pieces,
            is_cut=is_cut,
        )  # fmt: skip
