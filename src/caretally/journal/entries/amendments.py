"""What patients ask to have changed in their records, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import AmendmentOutcome, FreeText, GivenBy, OwnId


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRequested(Body):
    """A patient asked that the record be changed.

    asked_by: who asked.
    asks: what is to be changed, and why, in the words of the request.
    entry: the id of the entry that is said to be wrong, where one is named.
    """

    kind: ClassVar[str] = "amendment_requested"
    asked_by: GivenBy
    asks: FreeText
    entry: OwnId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentAnswered(Body):
    """A request for a change of the record was answered, or more time was taken with a reason.

    request: the id of the entry with the request.
    outcome: accepted or denied; extended where the answer will come later.
    answer: what the patient was told.
    answered_by: staff id or name of who decided.
    """

    kind: ClassVar[str] = "amendment_answered"
    request: OwnId
    outcome: AmendmentOutcome
    answer: FreeText
    answered_by: FreeText
