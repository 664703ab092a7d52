"""A person on the telephone: listens until the other stops, then says or keys what comes next.

Knows nothing of what calls: it hears energy, as an ear does, and acts by a list. Everything it did
is kept with the time of the machine's clock, so that a test can measure from a voice's last sound.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FRAME = 320
SILENCE = bytes(FRAME)
LOUD = 300
"""Mean of a frame's samples, without sign, above which somebody speaks; a line's noise has 50."""
LISTENS_FRAMES = 3
STOPPED_MS = 1_000
"""Of silence, after which the other has stopped: pauses between sentences are shorter."""
KEY_EVERY_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does when the other stopped speaking.

    says: a file of PCM. keys: pressed one after the other. first: without waiting for the other.
    into_ms: while the other speaks, so long after they began; 0 waits for their end. hangs_up: puts
    the phone down.
    """

    says: str = ""
    keys: str = ""
    first: bool = False
    into_ms: int = 0
    hangs_up: bool = False


@dataclass(slots=True)
class Person:
    """Hears a frame and says one, fifty times a second."""

    acts: deque[Act]
    heard: bytearray = field(default_factory=bytearray)
    done: list[tuple[str, float]] = field(default_factory=list)
    _saying: deque[bytes] = field(default_factory=deque)
    _says: str = ""
    _keys: deque[str] = field(default_factory=deque)
    has_hung_up: bool = False
    _loud: int = 0
    _speaks_ms: int = 0
    _quiet_ms: int = 0
    _has_listened: bool = False

    @classmethod
    def of(cls, acts: Sequence[Act]) -> Person:
        """Return somebody who will do this."""
        return cls(deque(acts))

    def hear(self, pcm: bytes) -> None:
        """Take what the line brought."""
        self.heard += pcm
        samples = array("h", pcm)
        is_loud = sum(map(abs, samples)) > LOUD * len(samples)
        self._loud = self._loud + 1 if is_loud else 0
        self._has_listened = self._has_listened or self._loud >= LISTENS_FRAMES
        self._quiet_ms = 0 if is_loud else self._quiet_ms + 20
        self._speaks_ms = self._speaks_ms + 20 if self._has_listened else 0

    def act(self) -> tuple[bytes, str]:
        """Return the next frame to say, and a key to press, if any."""
        is_idle = not self._saying and not self._keys
        if is_idle and self.acts and self._has_turn(self.acts[0]):
            self._begin(self.acts.popleft())
        key = self._keys.popleft() if self._keys else ""
        if key:
            self.done.append((f"key {key}", time.monotonic()))
        if not self._saying:
            return SILENCE, key
        pcm = self._saying.popleft()
        if not self._saying and self._says:
            self.done.append((f"said {self._says}", time.monotonic()))
            # What was heard under one's own words was no turn of the other.
            self._has_listened, self._quiet_ms = False, 0
        return pcm, key

    def _has_turn(self, act: Act) -> bool:
        if act.first or act.into_ms:
            return act.first or self._speaks_ms >= act.into_ms
        return self._has_listened and self._quiet_ms >= STOPPED_MS

    def _begin(self, act: Act) -> None:
        self._has_listened, self._quiet_ms, self._says = False, 0, ""
        self.has_hung_up = act.hangs_up
        for key in act.keys:
            self._keys.extend([key, *[""] * KEY_EVERY_FRAMES])
        if act.says:
            pcm = Path(act.says).read_bytes()
            self._says = Path(act.says).stem
            self.done.append((f"begins {self._says}", time.monotonic()))
            self._saying.extend(
                pcm[at : at + FRAME].ljust(FRAME, b"\0") for at in range(0, len(pcm), FRAME)
            )
