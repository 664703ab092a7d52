"""What hears and speaks is opened from settings, or refused with what to change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.audio.absent import LISTENING, lacking

if reason := lacking(*LISTENING):
    pytest.skip(reason, allow_module_level=True)

from benchmarks.speech import hearing
from caretally.errors import InputError
from caretally.exchange.speech.opening import open_speech
from caretally.settings import Settings


def settings(**told: str) -> Settings:
    """Return settings with a voice that every machine has: it copies its text."""
    return Settings.read({"CARETALLY_SPEECH_VOICE": "cat {text}", **told})


def folder_with(path: Path) -> Path:
    """Make a folder with the files of a model, none of which is one."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (path / name).write_text(name)
    return path


def test_without_a_model_nobody_listens_and_the_setting_is_named() -> None:
    with pytest.raises(InputError, match="CARETALLY_SPEECH_MODEL: found nothing"):
        open_speech(settings())


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a folder without model\.bin"):
        open_speech(settings(CARETALLY_SPEECH_MODEL=str(tmp_path)))


def test_another_model_is_refused_and_its_digest_told_as_the_page_says(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    shell = "LC_ALL=C sha256sum * | sha256sum"
    told = subprocess.run(
        ["sh", "-c", shell], cwd=folder, capture_output=True, text=True, check=True
    )
    digest = told.stdout.split()[0]
    named = {"CARETALLY_SPEECH_MODEL": str(folder)}
    with pytest.raises(InputError, match=digest):
        open_speech(settings(**named, CARETALLY_SPEECH_MODEL_DIGEST="0" * 64))
    opened = open_speech(settings(**named, CARETALLY_SPEECH_MODEL_DIGEST=digest.upper()))
    assert opened.label.startswith(f"whisper {digest[:16]}, pocketsphinx ")
    assert opened.voice.name == "en: cat"
    assert [each.name for each in opened.recognizers] == ["whisper", "pocketsphinx"]


def test_the_model_for_tests_is_the_one_that_is_pinned() -> None:
    folder, digest = hearing.model()
    named = {"CARETALLY_SPEECH_MODEL": str(folder), "CARETALLY_SPEECH_MODEL_DIGEST": digest}
    assert digest[:16] in open_speech(settings(**named)).label
