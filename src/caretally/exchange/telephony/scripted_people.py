"""People on the far end of a call without a telephone: what they hear, and what they do then.

They hear the sound that is played to them, frame by frame, and nothing else. They remember every
sentence that began, and which of them they heard to the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from caretally.exchange.telephony.links import FRAME_MS, SILENT_FRAME
from caretally.exchange.telephony.tagged_sound import Phrases, tag_of

WORD_MS, SHORTEST_MS = 400, 500
KEY_GAP_MS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody does.

    said: what each ear makes of their words. after_ms: when, after the sentence they answer.
    into_ms: or when after its beginning. hangs_up, goes_dead: at last the line ends, or no sound
    comes any more. speech_ms: how long they speak, else by the words.
    """

    said: tuple[str, ...] = ()
    keys: str = ""
    after_ms: int = 600
    into_ms: int | None = None
    hangs_up: bool = False
    goes_dead: bool = False
    speech_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One frame of somebody: sound, maybe a key. Without sound the line is dead."""

    pcm: bytes
    key: str = ""


Script: TypeAlias = Callable[[str], Reply | None]
"""What somebody does upon a sentence; None is nothing."""
_HANGS_UP, _DEAD = "hangs up", "dead"


class ScriptedPerson:
    """Somebody who acts by a script."""

    def __init__(self, phrases: Phrases, script: Script, *, greeting: Reply | None = None) -> None:
        """Pick up, and greet."""
        self.sentences: list[tuple[int, str]] = []
        self.heard_whole: list[str] = []
        self.is_dead = False
        self._phrases, self._script = phrases, script
        self._to_do: deque[Said | str] = deque()
        self._planned: tuple[int, Reply] | None = None
        self._awaits_end: Reply | None = None
        self._hears: int | None = None
        self._next_of_it = 0
        if greeting is not None:
            self._planned = (greeting.after_ms, greeting)

    @property
    def has_hung_up(self) -> bool:
        """Whether they are gone."""
        return bool(self._to_do) and self._to_do[0] == _HANGS_UP

    def tick(self, at_ms: int, heard: bytes) -> Said | None:
        """Hear one frame and return one; None is hanging up."""
        self._listen(at_ms, heard)
        if self._planned is not None and at_ms >= self._planned[0]:
            self._act(self._planned[1])
            self._planned = None
        if self.is_dead:
            return Said(pcm=b"")
        if not self._to_do:
            return Said(pcm=SILENT_FRAME)
        first = self._to_do.popleft()
        if isinstance(first, Said):
            return first
        self.is_dead = first == _DEAD
        return Said(pcm=b"") if self.is_dead else None

    def _listen(self, at_ms: int, heard: bytes) -> None:
        tag = tag_of(heard)
        number = tag[0] if tag else None
        begins = tag is not None and (number != self._hears or tag[1] < self._next_of_it)
        if self._hears is not None and (number != self._hears or begins):
            self._ended(at_ms)
        if tag is not None and begins:
            self._began(at_ms, self._phrases.heard(tag[0], 0))
        if tag is not None and tag[1] + 1 == tag[2]:
            self.heard_whole.append(self._phrases.heard(tag[0], 0))
        self._hears = number
        self._next_of_it = tag[1] + 1 if tag else 0

    def _began(self, at_ms: int, sentence: str) -> None:
        self.sentences.append((at_ms, sentence))
        self._awaits_end = None
        reply = self._script(sentence)
        if reply is not None and reply.into_ms is not None:
            self._planned = (at_ms + reply.into_ms, reply)
        elif reply is not None:
            self._planned, self._awaits_end = None, reply

    def _ended(self, at_ms: int) -> None:
        if self._awaits_end is not None:
            self._planned = (at_ms + self._awaits_end.after_ms, self._awaits_end)
            self._awaits_end = None

    def _act(self, reply: Reply) -> None:
        if reply.said:
            words = max(len(each.split()) for each in reply.said)
            length = reply.speech_ms or max(SHORTEST_MS, WORD_MS * words)
            self._to_do.extend(Said(pcm=each) for each in self._phrases.frames(reply.said, length))
        for key in reply.keys:
            self._to_do.append(Said(pcm=SILENT_FRAME, key=key))
            self._to_do.extend([Said(pcm=SILENT_FRAME)] * (KEY_GAP_MS // FRAME_MS))
        if reply.hangs_up or reply.goes_dead:
            self._to_do.append(_HANGS_UP if reply.hangs_up else _DEAD)
