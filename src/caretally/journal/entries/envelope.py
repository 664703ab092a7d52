"""The envelope every journal entry has, and the base of all bodies.

An entry is immutable. It says when it took effect (`at`) and when it was written down
(`recorded_at`); a correction is another entry. This file refuses to know any particular kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from caretally.journal.entries.shapes import Actor, FreeText, Id, OwnId

About = Literal["patient", "practice", "either"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an entry says, by kind.

    kind: the word in the contract.
    about: whether `patient` is demanded, refused or free in the envelope.
    begins: the field that holds the same instant as the envelope's `at`, where there is one.
    ends: the field that holds the end of the span, where there is one.
    """

    kind: ClassVar[str] = ""
    about: ClassVar[About] = "patient"
    begins: ClassVar[str | None] = None
    ends: ClassVar[str | None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, as it was written down.

    id: made by the writer; the same id with other content is a conflict.
    patient: the chart the entry belongs to; null for practices, staff and device stock.
    at: when it took effect, aware and in UTC; of a span its start, of a reading `measured_at`.
    recorded_at: when it was written down, aware and in UTC.
    actor: who wrote it.
    supersedes: the id of the entry that this one replaces wholly.
    reason: why; demanded with `supersedes`, for a void, and for an entry recorded more than 72
      hours after it took effect.
    body: what it says.
    """

    id: OwnId
    patient: Id | None = None
    at: datetime
    recorded_at: datetime
    actor: Actor
    supersedes: OwnId | None = None
    reason: FreeText | None = None
    body: Body

    @property
    def kind(self) -> str:
        """The kind of the body, as in the contract."""
        return self.body.kind
