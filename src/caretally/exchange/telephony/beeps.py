"""The tone after which a machine records: one steady frequency, found by its spectrum.

Of a pure tone each sample follows from the two before, x[n+1] = 2 cos(w) x[n] - x[n-1]. What is
left over tells a tone from a voice, and w is its pitch. Keys are two tones at once and leave much.
"""

from __future__ import annotations

import math
from array import array
from operator import mul

from caretally.exchange.telephony.links import FRAME_MS, RATE, SILENT_FRAME

LOWEST_HZ, HIGHEST_HZ, STEADY_HZ = 350, 2_500, 8
BEEP_MS = 300
QUIET = 200
LEFT_PERCENT = 3
"""A tone leaves less than this of its power, also at 30 dB of noise and after mu-law."""


class BeepEar:
    """Listens for the tone; one instance a leg."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._pitch_hz = 0.0
        self._lasted_ms = 0

    def feed(self, pcm: bytes) -> bool:
        """Return whether the tone has lasted long enough with this frame."""
        pitch = pitch_of(pcm)
        if pitch is None:
            self._lasted_ms = 0
            return False
        is_same = self._lasted_ms > 0 and abs(pitch - self._pitch_hz) <= STEADY_HZ
        self._lasted_ms = self._lasted_ms + FRAME_MS if is_same else FRAME_MS
        self._pitch_hz = pitch
        return self._lasted_ms >= BEEP_MS


def pitch_of(pcm: bytes) -> float | None:
    """Return the frequency of a frame that is one tone; None of any other."""
    if pcm == SILENT_FRAME:
        return None
    samples = array("h", pcm)
    middle, around = samples[1:-1], list(map(sum, zip(samples, samples[2:], strict=False)))
    power = sum(map(mul, middle, middle))
    if power < QUIET * QUIET * len(middle):
        return None
    ratio = sum(map(mul, middle, around)) / power
    left = sum(map(mul, around, around)) - ratio * ratio * power
    if abs(ratio) >= 2 or left * 100 > LEFT_PERCENT * power:
        return None
    pitch = math.acos(ratio / 2) * RATE / (2 * math.pi)
    return pitch if LOWEST_HZ <= pitch <= HIGHEST_HZ else None
