"""A protocol as it is spoken: questions by section, red flags, sentences; frozen once it was read.

A pack that nobody signed is a starting point: it may be tried and must not be called with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from caretally.contacts.wellness_calls.conditions import AnswerIs, Condition, Heard, sufficient
from caretally.contacts.wellness_calls.slots import Slot

IDENTITY, DISCLOSURE, CLOSE = "identity", "disclosure", "close"
TOPICS = ("device_data", "symptoms", "medication", "care_plan")
SECTIONS = (IDENTITY, DISCLOSURE, *TOPICS, CLOSE)
ROUTINE, URGENT, EMERGENT = "routine", "urgent", "emergent"
SEVERITIES = (ROUTINE, URGENT, EMERGENT)
"""The least urgent first."""
LANGUAGES = ("en", "es")
NAME, BIRTH_YEAR, RECORDING = "identity_name", "identity_birth_year", "recording_consent"
"""Questions the engine itself rests on."""
NEEDED_QUESTIONS: Mapping[str, str] = {
    NAME: IDENTITY, BIRTH_YEAR: IDENTITY, RECORDING: DISCLOSURE,
}  # fmt: skip
NEEDED_SENTENCES = (
    "emergent", "urgent", "nobody", "still_here", "call_back", "person", "not_understood",
    "confirm", "closing", "voicemail", "wrong_person", "robot", "opted_out", "declined",
    "keys_only", "not_verified", "noted",
)  # fmt: skip
SPOKEN_TO_ANYBODY = (
    "voicemail", "wrong_person", "robot", "opted_out", "declined", "not_understood", "person",
    "confirm", "nobody", "still_here", "call_back", "emergent", "keys_only", "not_verified",
)  # fmt: skip
"""Sentences that may be spoken before it is known who listens."""

SHORT = len("sha256:") + 16
"""Characters of a digest that people see."""

Spoken = Mapping[str, str]
"""By language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A limit of a red flag, unless the patient has another.

    unit: UCUM. cites: numbers of the pack's sources.
    """

    value: Decimal
    unit: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What a device measures, in the unit in which it is spoken.

    metric: LOINC. unit: UCUM. says: the unit in words, by language.
    """

    metric: str
    unit: str
    says: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Questions that an answer leads to."""

    answer: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One closed question.

    about: what is asked, in a few words, for the record. source: who knows it best. keypad: keys
    to answers; none where a number is keyed. device: the device it reads out or replaces. asked:
    always, or only where a value of the device is held or missing. is_follow_up: asked only where
    another answer leads to it.
    """

    id: str
    section: str
    about: str
    prompt: Spoken
    reprompt: Spoken
    slot: Slot
    source: str
    keypad: Mapping[str, str]
    max_attempts: int
    required: bool
    device: str
    asked: str
    is_follow_up: bool
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """What calls for a person, how fast, and what is said meanwhile.

    script: name of a sentence of the pack.
    """

    id: str
    severity: str
    when: Condition
    script: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A protocol, whole.

    digest: of every file it was read from. signed_by, signed_on: the clinician of the practice.
    """

    name: str
    title: str
    version: str
    digest: str
    reviewed_on: date
    signed_by: str | None
    signed_on: date | None
    sources: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    devices: Mapping[str, Device]
    questions: tuple[Question, ...]
    flags: tuple[RedFlag, ...]
    says: Mapping[str, Spoken]

    @property
    def label(self) -> str:
        """Name, version and the beginning of the digest, as a record tells what was followed."""
        return f"{self.name} {self.version} {self.short_digest}"

    @property
    def short_digest(self) -> str:
        """The beginning of the digest, for people to compare."""
        return self.digest[:SHORT]

    def question(self, name: str) -> Question:
        """Return a question."""
        return next(each for each in self.questions if each.id == name)

    def flag(self, name: str) -> RedFlag | None:
        """Return a red flag; None of an alert that is no red flag."""
        return next((each for each in self.flags if each.id == name), None)

    def alarming(self, question: str) -> Iterator[tuple[RedFlag, str]]:
        """Yield the emergent flags that one answer to a question raises, and the answer."""
        for flag in self.flags:
            if flag.severity == EMERGENT:
                for each in sufficient(flag.when):
                    if isinstance(each, AnswerIs) and each.question == question:
                        yield flag, each.answer

    def flags_heard(self, symptom: str) -> Iterator[RedFlag]:
        """Yield the flags that hearing a symptom raises."""
        for flag in self.flags:
            if any(isinstance(s, Heard) and s.symptom == symptom for s in sufficient(flag.when)):
                yield flag
