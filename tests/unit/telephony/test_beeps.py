"""The tone of a machine, told from voices, keys and noise."""

from __future__ import annotations

import math
import random
import struct

import pytest

from caretally.exchange.telephony import mulaw
from caretally.exchange.telephony.beeps import BEEP_MS, BeepEar, pitch_of
from caretally.exchange.telephony.links import FRAME_BYTES, FRAME_MS, RATE


def sound(*tones: tuple[float, float], milliseconds: int = 400, noise: float = 0) -> bytes:
    """Return tones of (hertz, amplitude) as a telephone passes them on, with noise."""
    draw = random.Random(7)

    def sample(at: int) -> int:
        played = sum(a * math.sin(2 * math.pi * f * at / RATE) for f, a in tones)
        return round(played + draw.gauss(0, noise))

    samples = list(map(sample, range(RATE * milliseconds // 1000)))
    return mulaw.decode(mulaw.encode(struct.pack(f"<{len(samples)}h", *samples)))


def beeps(pcm: bytes) -> list[bool]:
    ear = BeepEar()
    return [ear.feed(pcm[at : at + FRAME_BYTES]) for at in range(0, len(pcm), FRAME_BYTES)]


@pytest.mark.parametrize("hertz", [400, 440, 700, 1_000, 1_400, 2_000])
def test_a_tone_is_heard_after_its_time_also_in_noise(hertz: int) -> None:
    # 30 dB below the tone.
    heard = beeps(sound((hertz, 8_000), noise=8_000 / math.sqrt(2) / 31.6))
    assert heard.index(True) == BEEP_MS // FRAME_MS - 1


@pytest.mark.parametrize("hertz", [440, 1_000, 2_000])
def test_its_pitch_is_told(hertz: int) -> None:
    pitch = pitch_of(sound((hertz, 8_000), milliseconds=20))
    assert pitch is not None
    assert abs(pitch - hertz) < 10


@pytest.mark.parametrize("tones", [
    [(697, 6_000), (1_209, 6_000)], [(941, 6_000), (1_336, 6_000)],
    [(140 * n, 8_000 / n) for n in range(1, 12)], [(220 * n, 4_000) for n in (1, 2, 3, 5)],
    [(100, 8_000)], [(3_000, 8_000)], [(1_000, 60)],
], ids=["key 1", "key 0", "deep voice", "high voice", "hum", "whistle", "faint"])  # fmt: skip
def test_keys_voices_and_hum_are_no_tone(tones) -> None:
    assert not any(beeps(sound(*tones)))


def test_noise_and_silence_are_no_tone() -> None:
    assert not any(beeps(sound(noise=4_000)))
    assert not any(beeps(sound()))


def test_a_tone_that_glides_or_is_short_is_none() -> None:
    glide = b"".join(sound((400 + 60 * n, 8_000), milliseconds=20) for n in range(20))
    assert not any(beeps(glide))
    assert not any(beeps(sound((1_000, 8_000), milliseconds=BEEP_MS - FRAME_MS)))
