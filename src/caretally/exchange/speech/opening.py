"""All that hears and speaks, opened from settings: two recognizers, voices by language, an ear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.speech.pool import Listener, Pool, PooledRecognizer
from caretally.exchange.speech.ports import Ear
from caretally.exchange.speech.silero import SileroEar
from caretally.exchange.speech.sphinx import Sphinx
from caretally.exchange.speech.voices import CommandVoice, voice_of
from caretally.exchange.speech.whisper import MODEL_SETTING, Whisper, checked_model
from caretally.settings import Settings

RECOGNIZERS = (Whisper.name, Sphinx.name)
SPANISH_SETTING = "CARETALLY_SPEECH_VOICE_ES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """A voice that speaks each language with the command named for it."""

    by_language: Mapping[str, CommandVoice]

    @property
    def name(self) -> str:
        """The programs that speak."""
        return ", ".join(f"{each}: {v.name}" for each, v in sorted(self.by_language.items()))

    async def speak(self, text: str, language: str) -> bytes:
        """Return a text as a telephone carries it.

        Raises:
            ExchangeError: nobody speaks the language, or the program failed.
        """
        voice = self.by_language.get(language)
        if voice is None:
            message = f"voice: none for the language {language}; name one in {SPANISH_SETTING}"
            raise ExchangeError(message)
        return await voice.speak(text, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What a call hears and speaks with.

    recognizers: two that have nothing in common. ear: makes a new one for each leg. label: what
    they are, for the record of a call.
    """

    recognizers: tuple[PooledRecognizer, PooledRecognizer]
    voice: Voices
    ear: Callable[[], Ear]
    label: str
    pool: Pool

    def close(self) -> None:
        """End the processes that listen."""
        self.pool.close()


def open_speech(settings: Settings) -> Speech:
    """Return what hears and speaks; models are checked here and loaded when first needed.

    Raises:
        InputError: a setting is missing, or names what is not there or not what it says.
        MissingExtraError: the extra `speech` is not installed.
    """
    if not settings.speech_model:
        raise InputError([Problem(where=MODEL_SETTING, found="nothing",
                                  expected="folder of a Whisper model for CTranslate2",
                                  hint="see docs/explanation/speech.md")])  # fmt: skip
    folder = checked_model(Path(settings.speech_model), settings.speech_model_digest)
    digest = settings.speech_model_digest.strip().lower()
    voices = {"en": voice_of(settings.speech_voice)}
    if settings.speech_voice_es:
        voices["es"] = voice_of(settings.speech_voice_es, SPANISH_SETTING)
    pool = Pool(partial(listeners, folder, digest))
    whisper, sphinx = (pool.recognizer(name) for name in RECOGNIZERS)
    return Speech(
        recognizers=(whisper, sphinx), voice=Voices(by_language=voices), ear=SileroEar,
        label=f"{Whisper.name} {digest[:16]}, {Sphinx.label}", pool=pool,
    )  # fmt: skip


def listeners(folder: Path, digest: str) -> Mapping[str, Listener]:
    """Load both recognizers; called in each process that listens."""
    return {Whisper.name: Whisper(folder, digest), Sphinx.name: Sphinx()}
