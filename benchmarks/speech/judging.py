"""What the program makes of two hypotheses, against what was said: the code that calls use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from benchmarks.speech.sentences import Sentence
from caretally.contacts.wellness_calls.listening import agreed_value
from caretally.contacts.wellness_calls.slots import Value
from caretally.contacts.wellness_calls.symptoms import symptoms_in
from caretally.contacts.wellness_calls.understanding import parse, wants_out, wants_person

RIGHT, WRONG, AGAIN = "right", "wrong", "again"
WHISPER, SPHINX, BOTH = "whisper alone", "pocketsphinx alone", "both"
EARS = (WHISPER, SPHINX, BOTH)


class Judged(NamedTuple):
    """One sentence of one voice: what was heard, and how each ear and both together fare."""

    voice: str
    sentence: Sentence
    texts: tuple[str, str]
    verdicts: dict[str, str]
    false_flags: frozenset[str]
    """Symptoms that nobody spoke of and either ear heard."""


def judged(voice: str, sentence: Sentence, texts: tuple[str, str]) -> Judged:
    """Return how a sentence fared."""
    names = frozenset().union(*map(symptoms_in, texts))
    wanted = sentence.wanted if isinstance(sentence.wanted, frozenset) else frozenset()
    by_kind: dict[str, Callable[[Sentence, tuple[str, ...]], str]] = {
        "symptom": _symptoms, "person": _person,
    }  # fmt: skip
    judge = by_kind.get(sentence.kind, _answer)
    verdicts = {
        ear: judge(sentence, heard)
        for ear, heard in zip(EARS, ((texts[0],), (texts[1],), texts), strict=True)
    }
    return Judged(voice, sentence, texts, verdicts, names - wanted)


def _answer(sentence: Sentence, texts: tuple[str, ...]) -> str:
    value = understood(sentence, texts)
    if value is None:
        return AGAIN
    return RIGHT if value == sentence.wanted else WRONG


def understood(sentence: Sentence, texts: tuple[str, ...]) -> Value | None:
    """Return the answer that is accepted, of one ear alone or of two that agree.

    What an ear takes for a symptom, or for a wish, ends the turn before an answer is read.
    """
    if any(symptoms_in(each) or wants_person(each) or wants_out(each) for each in texts):
        return None
    question = sentence.question
    values = [parse(question, each) for each in texts]
    if len(values) > 1:
        return agreed_value(question, values)
    is_possible = values[0] is not None and question.slot.is_plausible(values[0])
    return values[0] if is_possible else None


def _symptoms(sentence: Sentence, texts: tuple[str, ...]) -> str:
    """Everything that was said must be heard by one of the ears."""
    assert isinstance(sentence.wanted, frozenset)
    return RIGHT if sentence.wanted <= frozenset().union(*map(symptoms_in, texts)) else AGAIN


def _person(_: Sentence, texts: tuple[str, ...]) -> str:
    return RIGHT if any(map(wants_person, texts)) else AGAIN


def is_answered(sentence: Sentence, texts: tuple[str, ...]) -> bool:
    """Tell whether speech off the topic was taken for an answer."""
    return understood(sentence, texts) is not None


def share(rows: Iterable[Judged], ear: str, verdict: str) -> tuple[int, int]:
    """Return how many rows have a verdict, and of how many."""
    found = [each.verdicts[ear] for each in rows]
    return found.count(verdict), len(found)
