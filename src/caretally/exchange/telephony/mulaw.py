"""G.711 mu-law, both ways, by table: telephones speak it, and Python keeps no codec for it."""

from __future__ import annotations

import sys
from array import array

BIAS, CLIP = 0x84, 32_635
"""What the law adds before it takes the logarithm, and the loudest sample it knows."""
SILENCE = 0xFF
"""The byte of a sample of nothing."""


def _sample(byte: int) -> int:
    """Return the sample that a byte stands for."""
    turned = ~byte & 0xFF
    magnitude = (((turned & 0x0F) << 3) + BIAS) << (turned >> 4 & 0x07)
    return BIAS - magnitude if turned & 0x80 else magnitude - BIAS


def _byte(sample: int) -> int:
    """Return the byte nearest to a sample."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), CLIP) + BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


SAMPLES = tuple(_sample(byte) for byte in range(256))
"""The sample of every byte."""
BYTES = bytes(_byte((index ^ 0x8000) - 0x8000) for index in range(65_536))
"""The byte of every sample, by the sample's own 16 bits."""


def decode(ulaw: bytes) -> bytes:
    """Return mu-law as 16-bit little-endian PCM; each byte gives one sample.

    >>> decode(bytes([SILENCE])) == bytes(2)
    True
    """
    return _little(array("h", map(SAMPLES.__getitem__, ulaw))).tobytes()


def encode(pcm: bytes) -> bytes:
    """Return 16-bit little-endian PCM as mu-law.

    Raises: ValueError where a sample is cut in half.
    """
    return bytes(map(BYTES.__getitem__, _little(array("H", pcm))))


def _little(samples: array[int]) -> array[int]:
    """Swap the bytes of samples on a machine that keeps them the other way round."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
