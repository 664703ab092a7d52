"""Clinical time that was no conversation with the patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import Category, FreeText, Id, IntendedCode, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLogged(Body):
    """Somebody worked for a patient.

    program: the program it belongs to.
    category: the sort of work; decides whether the seconds may count.
    start: its first instant.
    end: the instant after it; a span that ends before it starts is read, and quarantined later.
    performer: staff id.
    note: what was done.
    intended_code: marks seconds that are to serve this code and no other.
    attested_by: staff id of who vouches for a span that no timer measured; the envelope's `reason`
      says why it was written by hand.
    """

    kind: ClassVar[str] = "time_logged"
    begins: ClassVar[str | None] = "start"
    ends: ClassVar[str | None] = "end"
    program: Program
    category: Category
    start: datetime
    end: datetime
    performer: Id
    note: FreeText | None = None
    intended_code: IntendedCode | None = None
    attested_by: Id | None = None
