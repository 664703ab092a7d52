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
    Label,
    LegReason,
    NotifyReason,
    Program,
    ReviewOutcome,
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
class Finding:
    """What was found out on one topic of a contact.

    topic: the topic of the protocol.
    says: what was found, in the writer's words.
    """

    topic: Topic
    says: FreeText


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
    findings: what was found, topic by topic.
    actions: what was done or agreed.
    escalated_to: staff id of who was asked to take over, where somebody was.
    protocol: name and version of the protocol that was followed.
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
    findings: tuple[Finding, ...] = ()
    actions: tuple[FreeText, ...] = ()
    escalated_to: Id | None = None
    protocol: Label | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNotified(Body):
    """A practitioner was told something that calls for a decision.

    program: the program it concerns.
    provider: staff id of who was told.
    why: what it was about.
    note: what was told.
    """

    kind: ClassVar[str] = "provider_notified"
    program: Program
    provider: Id
    why: NotifyReason
    note: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachReviewed(Body):
    """Somebody decided how to go on with a patient who could not be reached.

    program: the program it concerns.
    reviewer: staff id of who decided.
    outcome: try again, or end the enrollment; that is an entry of its own.
    note: why.
    """

    kind: ClassVar[str] = "outreach_reviewed"
    program: Program
    reviewer: Id
    outcome: ReviewOutcome
    note: FreeText | None = None
