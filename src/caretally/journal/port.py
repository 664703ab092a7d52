"""What the rest of the program may ask of a stored journal, whoever stores it.

A journal only grows. Nothing here can change or remove an entry, and there is no way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from caretally.journal.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of entries that were handed in.

    accepted: ids now stored. known: ids that were stored before, with the same content.
    """

    accepted: tuple[str, ...]
    known: tuple[str, ...]


class Journal(Protocol):
    """The stored journals of all practices."""

    def append(self, practice: str, entries: Sequence[Entry], *, received_at: datetime) -> Appended:
        """Store entries, all or none, and bring every patient-month they touch up to date.

        Raises:
            ConflictError: an id is stored with other content; all are named.
            InputError: corrections contradict what is stored; all are named.
        """
        ...

    def entries(self, practice: str, *, patients: Iterable[str] | None = None) -> tuple[Entry, ...]:
        """Return what decisions on some or all patients of a practice rest on."""
        ...

    def lines(self, *, practice: str | None = None, patient: str | None = None) -> Iterator[bytes]:
        """Yield canonical lines with their line feeds, in the order they were stored."""
        ...
