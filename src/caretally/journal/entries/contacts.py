"""Conversations with the patient, and attempts that did not become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import (
    AttemptMode,
    AttemptOutcome,
    ContactMode,
    FreeText,
    Id,
    LegReason,
    Program,
    SpokeWith,
    Topic,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedLeg:
    """A part of a contact in which nobody talked with the patient.

    start: its first instant.
    end: the instant after it.
    why: what happened instead.
    """

    start: datetime
    end: datetime
    why: LegReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHeld(Body):
    """Somebody talked live with the patient, a caregiver or another party; its span is time.

    program: the program it belongs to.
    mode: the way they talked.
    start: its first instant.
    end: the instant after it; a span that ends before it starts is read, and quarantined later.
    performers: staff ids.
    spoke_with: who was on the other side.
    two_way: whether both sides could speak.
    topics: what it was about; any but `general` is clinical.
    summary: what was said.
    part_of_visit: whether it happened within a visit that is billed; then no second counts.
    excluded: parts that count nothing.
    """

    kind: ClassVar[str] = "contact_held"
    begins: ClassVar[str | None] = "start"
    ends: ClassVar[str | None] = "end"
    program: Program
    mode: ContactMode
    start: datetime
    end: datetime
    performers: tuple[Id, ...]
    spoke_with: SpokeWith
    two_way: bool
    topics: tuple[Topic, ...]
    summary: FreeText | None = None
    part_of_visit: bool = False
    excluded: tuple[ExcludedLeg, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAttempted(Body):
    """Somebody tried to reach the patient; never counts.

    program: the program it belongs to.
    mode: the way it was tried.
    outcome: what came of it.
    start: its first instant.
    end: the instant after it.
    performers: staff ids.
    """

    kind: ClassVar[str] = "contact_attempted"
    begins: ClassVar[str | None] = "start"
    ends: ClassVar[str | None] = "end"
    program: Program
    mode: AttemptMode
    outcome: AttemptOutcome
    start: datetime | None = None
    end: datetime | None = None
    performers: tuple[Id, ...]
