"""What happens in a call, as the engine is told it; the time comes with it, in milliseconds.

Events are written by whoever holds the line: a carrier, a test, or a clinician at a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    at_ms: milliseconds since the call was picked up.
    """

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedUp(Event):
    """Somebody, or a machine, answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken(Event):
    """Our words were played to their end; only the clocks need it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """An utterance ended.

    hypotheses: what each recognizer wrote, two of them; an empty one heard nothing. speech_ms: how
    long it lasted. is_early: it was begun before the question was to be heard, so that it answers
    another, or none.
    """

    hypotheses: tuple[str, ...]
    speech_ms: int = 0
    is_early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard(Event):
    """Words that answer nothing: a greeting, or spoken into what must be heard to its end.

    hypotheses: as of an answer; they may call for a person.
    """

    hypotheses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeAtGoodbye(Event):
    """An utterance ended while we said goodbye; only what calls for a person is taken from it.

    hypotheses: as of an answer.
    """

    hypotheses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Event):
    """Keys, as one group that a pound key or a pause ended."""

    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Event):
    """Nobody answered within the time given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(Event):
    """Somebody spoke into our words; what was said follows as an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HungUp(Event):
    """The patient ended the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailDetected(Event):
    """A machine answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPerson(Event):
    """Somebody else is on the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFailed(Event):
    """A part that hears or speaks failed.

    what: which, in a word.
    """

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLost(Event):
    """No sound comes through any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NurseJoined(Event):
    """A person is on the line with the patient.

    staff: id of who.
    """

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NurseUnavailable(Event):
    """Who was asked last did not take the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked(Event):
    """Time went by; so that waiting for a person ends somewhere."""


Happening: TypeAlias = (
    PickedUp | Overheard | Spoken | Answered | SpokeAtGoodbye | KeyPressed | Silence | Interrupted
    | HungUp | VoicemailDetected | WrongPerson | EngineFailed | MediaLost | NurseJoined
    | NurseUnavailable | Ticked
)  # fmt: skip
