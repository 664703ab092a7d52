"""Whether a sound was heard: not by words, which recognizers guess, but by its very shape."""

from __future__ import annotations

import numpy as np

SECONDS = 1
RATE = 8000


def likeness(heard: bytes, said: bytes) -> float:
    """Return how much the beginning of a sound lies within another, at its best place; 1 is all."""
    long = np.frombuffer(heard[: len(heard) // 2 * 2], "<i2").astype(float)
    short = np.frombuffer(said, "<i2").astype(float)[: SECONDS * RATE]
    if len(long) <= len(short):
        return 0.0
    size = 1 << int(np.ceil(np.log2(len(long) + len(short))))
    spectrum = np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size))
    match = np.fft.irfft(spectrum, size)[: len(long) - len(short)]
    energy = np.concatenate([[0.0], np.cumsum(long**2)])
    own = float(np.sum(short**2))
    power = np.sqrt((energy[len(short) : -1] - energy[: -len(short) - 1]) * own)
    # A silent place would be like anything; it must have a part of the energy at least.
    return float(np.max(match / np.maximum(power, own * 0.05)))
