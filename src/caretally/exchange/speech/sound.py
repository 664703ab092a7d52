"""Sound between rates and forms: 16-bit PCM, samples from -1 to 1, WAV files; mono throughout.

Telephones speak at 8 kHz, recognizers listen at 16, and voices speak at any rate.
"""

from __future__ import annotations

import io
import wave
from typing import TypeAlias

from caretally.errors import ExchangeError
from caretally.exchange.extras import samples_np as np

TELEPHONE = 8_000
WIDE = 16_000
FULL = 32_768
REACH = 24
"""Samples of the slower rate on each side that one sample is made of."""
AT_ONCE = 20_000
"""Samples made at a time, so that a long text takes no more memory than a short one."""
KEPT = 0.96
"""Share of the band below the slower rate that passes; above it the filter falls off."""

Samples: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.floating]]"


def samples_of(pcm: bytes) -> Samples:
    """Return 16-bit PCM as samples from -1 to 1; half a sample at the end is dropped."""
    whole = pcm[: len(pcm) // 2 * 2]
    return np.frombuffer(whole, dtype="<i2").astype(np.float32) / FULL


def pcm_of(samples: Samples) -> bytes:
    """Return samples as 16-bit PCM; what is too loud is cut, never wrapped."""
    cut = np.clip(np.round(samples * FULL), -FULL, FULL - 1)
    return bytes(cut.astype("<i2").tobytes())


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Return sound at another rate, by a windowed sinc: neither rate need divide the other."""
    if rate == wanted or not len(samples):
        return samples
    ratio = min(1.0, wanted / rate)
    reach = int(np.ceil(REACH / ratio))
    padded = np.concatenate([np.zeros(reach), samples, np.zeros(reach + 1)])
    count = len(samples) * wanted // rate
    made = [
        _between(padded, np.arange(at, min(at + AT_ONCE, count)) * rate / wanted, ratio, reach)
        for at in range(0, count, AT_ONCE)
    ]
    return np.concatenate(made).astype(np.float32)


def _between(padded: Samples, places: Samples, ratio: float, reach: int) -> Samples:
    """Return the sound at places between samples."""
    first = np.floor(places).astype(np.int64)
    near = first[:, None] + np.arange(-reach + 1, reach + 1)[None, :]
    away = places[:, None] - near
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip(away / reach, -1, 1))
    weights = np.sinc(away * ratio * KEPT) * window * ratio * KEPT
    return np.asarray((padded[near + reach] * weights).sum(axis=1))


def wide_of(pcm: bytes) -> Samples:
    """Return the sound of a telephone as recognizers listen: 16 kHz samples."""
    return resampled(samples_of(pcm), TELEPHONE, WIDE)


def telephone_pcm(samples: Samples, rate: int) -> bytes:
    """Return samples of any rate as a telephone carries them: 8 kHz, 16 bit."""
    return pcm_of(resampled(samples, rate, TELEPHONE))


def read_wav(stored: bytes) -> tuple[Samples, int]:
    """Return samples and rate of a WAV file; of several channels the first.

    Raises:
        ExchangeError: it is no WAV file with 16-bit samples.
    """
    try:
        with wave.open(io.BytesIO(stored)) as opened:
            width, channels, rate = (
                opened.getsampwidth(), opened.getnchannels(), opened.getframerate(),
            )  # fmt: skip
            frames = opened.readframes(opened.getnframes())
    except (wave.Error, EOFError) as broken:
        message = f"sound: no WAV file ({broken}); expected 16-bit PCM"
        raise ExchangeError(message) from broken
    if width != 2:
        message = f"sound: {8 * width} bit a sample; expected 16"
        raise ExchangeError(message)
    return samples_of(frames)[::channels], rate
