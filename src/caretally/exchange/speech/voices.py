"""A voice that is another program: flite, Piper, or any command the operator names.

The text goes in on standard input and in a file, never on the command line, where others on the
machine could read it. Out comes a WAV file, or raw samples of a stated rate.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.speech.sound import (
    read_wav,
    samples_of,
    telephone_pcm,
)

SETTING = "CARETALLY_SPEECH_VOICE"
PLACES = ("text", "wav", "language")
PATIENCE_SECONDS = 30
LEAST_RATE, MOST_RATE = 8_000, 192_000
RAW = re.compile(r"^raw:(\d+)\s+(.+)$", re.DOTALL)
NAMED = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandVoice:
    """A command that speaks one text.

    words: of the command, with the places {text} (a file with the text), {wav} (where to write)
    and {language}; without {wav} the sound is taken from standard output. rate: of raw samples;
    0 where it writes WAV.
    """

    words: tuple[str, ...]
    rate: int = 0

    @property
    def name(self) -> str:
        """The program that speaks."""
        return Path(self.words[0]).name

    async def speak(self, text: str, language: str) -> bytes:
        """Return a text as a telephone carries it: 8 kHz PCM.

        Raises:
            ExchangeError: the program failed, took too long, or made no sound.
        """
        # In a thread: a program, files and filters; the pace of calls is kept meanwhile.
        return await asyncio.to_thread(self.said, text, language)

    def said(self, text: str, language: str) -> bytes:
        """Return what `speak` does, to those who wait for it."""
        # A folder of its own, readable by nobody else, gone when the sound was read.
        with tempfile.TemporaryDirectory(prefix="caretally-voice-") as folder:
            wav, words = Path(folder, "said.wav"), Path(folder, "said.txt")
            words.write_text(text + "\n", encoding="utf-8")
            places = {"text": str(words), "wav": str(wav), "language": language}
            out = _ran([NAMED.sub(lambda m: places[m[1]], each) for each in self.words], text)
            return self._sound(wav.read_bytes() if wav.is_file() else out)

    def _sound(self, stored: bytes) -> bytes:
        if not stored:
            message = f"voice {self.name}: no sound came; try the command by hand"
            raise ExchangeError(message)
        if self.rate:
            return telephone_pcm(samples_of(stored), self.rate)
        samples, rate = read_wav(stored)
        return telephone_pcm(samples, rate)


def voice_of(template: str, setting: str = SETTING) -> CommandVoice:
    """Return the voice of a setting, such as `flite -voice slt -f {text} -o {wav}`.

    `raw:22050 piper --model voice.onnx --output-raw` takes raw samples from standard output.

    Raises:
        InputError: no program of that name, a place nobody fills, or an impossible rate.
    """
    raw = RAW.match(template.strip())
    rate, command = (int(raw[1]), raw[2]) if raw else (0, template)
    try:
        words = tuple(shlex.split(command))
    except ValueError as broken:
        raise InputError([Problem(where=setting, found=f"a command that cannot be split: {broken}",
                                  expected="words, quoted as in a shell")]) from broken  # fmt: skip
    unknown = [each for each in NAMED.findall(command) if each not in PLACES]
    problem = (
        ("no command", "a program and its options") if not words
        else (f"the place {{{unknown[0]}}}", "only {text}, {wav} and {language}") if unknown
        else (f"the program {words[0]}, which is not here", "one that is installed")
        if shutil.which(words[0]) is None
        else (f"a rate of {rate}", f"{LEAST_RATE} to {MOST_RATE}")
        if raw and not LEAST_RATE <= rate <= MOST_RATE
        else None
    )  # fmt: skip
    if problem:
        raise InputError([Problem(where=setting, found=problem[0], expected=problem[1])])
    return CommandVoice(words=words, rate=rate)


def _ran(words: list[str], text: str) -> bytes:
    """Return what a command wrote; its messages are not kept, they may repeat the text."""
    name = Path(words[0]).name
    try:
        running = subprocess.Popen(  # noqa: S603 - the operator's own command, without a shell
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as broken:
        message = f"voice {name}: cannot be started ({broken.strerror})"
        raise ExchangeError(message) from broken
    try:
        out, _ = running.communicate(text.encode() + b"\n", timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as late:
        # With whatever it started: the group is its own.
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        message = f"voice {name}: silent for {PATIENCE_SECONDS} s, stopped"
        raise ExchangeError(message) from late
    if running.returncode:
        message = f"voice {name}: ended with status {running.returncode}"
        raise ExchangeError(message)
    return out
