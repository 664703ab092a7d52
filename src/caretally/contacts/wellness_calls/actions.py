"""What the engine wants done, in order; who holds the line does it. Alerts come before any word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlert:
    """Write an alert, before anything is spoken.

    flag: the red flag, or the failure. is_confirmed: not only one ear heard it.
    """

    flag: str
    severity: str
    section: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Call a person of the practice.

    rung: 1 is who is on call first, 2 the second, 3 the supervisor.
    """

    rung: int
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Bring a person onto this line."""

    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSpeaking:
    """Play no more of what was to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Speak a sentence of the pack.

    sentence: its name. is_health: it tells something of somebody's health.
    """

    sentence: str
    text: str
    is_health: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Speak a question and wait.

    attempt: 1 is the first. with_keys: only keys are taken.
    """

    question: str
    text: str
    attempt: int
    with_keys: bool = False
    is_health: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """Offer what two recognizers heard as a closed question; never one guess alone."""

    question: str
    text: str
    candidates: tuple[str, str]
    is_health: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Write down what happened.

    what: accepted, verified, disclosed, denied, opted_out, incident, interrupted, skipped, …
    """

    what: str
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """Put the phone down.

    why: completed, voicemail, wrong_person, not_verified, declined, opted_out, hung_up, no_answer,
    media_lost, handed_over, call_back.
    """

    why: str


Action: TypeAlias = (
    RaiseAlert | Page | Bridge | StopSpeaking | Say | Ask | ReadBack | Record | EndCall
)
SPOKEN = (Say, Ask, ReadBack)
FIRST = (RaiseAlert, Page, Bridge)
"""What is done before a word is spoken, in this order."""
