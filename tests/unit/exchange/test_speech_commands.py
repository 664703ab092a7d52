"""A voice is any command the operator names; what it may not do, and what its failures say."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from itertools import pairwise

import pytest

from caretally.errors import ExchangeError, InputError

if find_spec("numpy") is None:
    pytest.skip("numpy is not installed: make test-audio installs it", allow_module_level=True)

from caretally.exchange.speech.sound import read_wav, resampled, samples_of, telephone_pcm
from caretally.exchange.speech.voices import voice_of

TONE = (
    "import math,struct,sys,wave;"
    "w=wave.open(sys.argv[1],'wb');w.setparams((1,2,22050,0,'NONE',''));"
    "w.writeframes(b''.join(struct.pack('<h',int(9000*math.sin(at*440*math.tau/22050)))"
    " for at in range(22050)))"
)


def quoted(code: str) -> str:
    return f'{sys.executable} -c "{code}"'


def test_a_wav_file_is_taken_to_the_rate_of_telephones() -> None:
    pcm = asyncio.run(voice_of(f"{quoted(TONE)} {{wav}}").speak("Hello", "en"))
    samples = samples_of(pcm)
    assert len(samples) == 8_000
    crossings = sum(bool(a < 0 <= b) for a, b in pairwise(samples))
    assert 438 <= crossings <= 441


def test_the_text_goes_in_by_file_and_by_standard_input_and_the_language_with_it() -> None:
    code = (
        "import sys;said=open(sys.argv[1]).read().strip();assert said==sys.stdin.read().strip();"
        "assert sys.argv[2]=='es';sys.stdout.buffer.write(said.encode('utf-16-le')*400)"
    )
    pcm = asyncio.run(voice_of(f"raw:16000 {quoted(code)} {{text}} {{language}}").speak("Sí", "es"))
    assert len(pcm) == 2 * 400


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("", "no command"),
        ("nobody-speaks -f {text}", "nobody-speaks, which is not here"),
        (f"{sys.executable} {{file}}", "the place {file}"),
        (f"{sys.executable} 'unclosed", "cannot be split"),
        (f"raw:5 {sys.executable}", "a rate of 5"),
    ],
)
def test_a_command_that_cannot_speak_is_refused_before_any_call(template: str, says: str) -> None:
    with pytest.raises(InputError, match="CARETALLY_SPEECH_VOICE") as refused:
        voice_of(template)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import sys;sys.exit(3)", "status 3"),
        ("pass", "no sound came"),
        ("print('Gus Grant, born 1950')", "no WAV file"),
    ],
)
def test_a_failing_voice_says_so_and_never_what_was_to_be_said(code: str, says: str) -> None:
    with pytest.raises(ExchangeError, match=says) as failed:
        asyncio.run(voice_of(quoted(code)).speak("Gus Grant, born 1950", "en"))
    assert "Gus" not in str(failed.value)


def test_sound_keeps_its_length_and_loudness_between_rates() -> None:
    tone = samples_of(bytes.fromhex("0010 00f0".replace(" ", "")) * 4_000)
    slow = resampled(tone, 8_000, 16_000)
    assert len(slow) == 2 * len(tone)
    assert resampled(tone, 8_000, 8_000) is tone
    assert telephone_pcm(samples_of(b""), 22_050) == b""


def test_what_is_no_sound_file_is_refused() -> None:
    with pytest.raises(ExchangeError, match="no WAV file"):
        read_wav(b"RIFF and nothing more")
