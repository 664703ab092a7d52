"""Entries about entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import OwnId


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVoided(Body):
    """An entry was made in error; it and what it superseded count no more.

    entry: the id of the entry.
    """

    kind: ClassVar[str] = "entry_voided"
    about: ClassVar[About] = "either"
    entry: OwnId
