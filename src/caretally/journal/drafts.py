"""An entry while it is being written: what is wrong with it is gathered, and told all at once.

Every command that appends goes through a draft. It holds the entry against the rules a reader
would hold it against, so that nothing is stored that could not be read again, and it refuses what
is said to happen in the future. It knows no rule about any particular kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from caretally.errors import InputError, Problem
from caretally.journal.canonical import entry_to_json
from caretally.journal.entries import Body, Entry
from caretally.journal.ndjson import entry_from_json

STAFF = "staff:"
Record = TypeVar("Record", bound=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The circumstances under which something is written down.

    id: of the entry to come.
    patient: the chart; None for practices and staff.
    now: when it is written down.
    actor: who writes.
    at: when it took effect; by default when the body begins, else `now`.
    reason, supersedes: as in an entry.
    """

    id: str
    patient: str | None
    now: datetime
    actor: str
    at: datetime | None = None
    reason: str | None = None
    supersedes: str | None = None

    @property
    def writer(self) -> str | None:
        """The bare id of the staff member who writes; None where no person does."""
        return self.actor.removeprefix(STAFF) if self.actor.startswith(STAFF) else None

    def takes_effect(self, body: Body) -> datetime:
        """Return when a body takes effect."""
        begins = getattr(body, body.begins) if body.begins else None
        return self.at or begins or self.now

    def entry(self, body: Body) -> Entry:
        """Return the entry of a body, in UTC and otherwise unchecked.

        Raises:
            ValueError: an instant has no offset.
        """
        return in_utc(
            Entry(
                id=self.id,
                patient=self.patient,
                at=self.takes_effect(body),
                recorded_at=self.now,
                actor=self.actor,
                supersedes=self.supersedes,
                reason=self.reason,
                body=body,
            )
        )


@dataclass(slots=True)
class Draft:
    """An entry to be appended, and what speaks against it.

    problems: in the order they were found; a field of the body is named `body.field`.
    """

    entry: Entry
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, filing: Filing, body: Body) -> Draft:
        """Return the draft of a body, already held against the rules for every entry."""
        draft = cls(filing.entry(body))
        draft.problems += written_badly(draft.entry)
        if draft.entry.at > draft.entry.recorded_at:
            draft.refuse(
                "at",
                found=f"{draft.entry.at.isoformat()}, which is yet to come",
                expected=f"an instant up to {draft.entry.recorded_at.isoformat()}",
                hint="write it down once it has happened",
            )
        return draft

    @property
    def at(self) -> datetime:
        """When it takes effect."""
        return self.entry.at

    def refuse(self, field_name: str, *, found: str, expected: str, hint: str = "") -> None:
        """Add something that speaks against the entry."""
        self.problems.append(
            Problem(
                where=f"entry {self.entry.id}",
                field=field_name,
                found=found,
                expected=expected,
                hint=hint,
            )
        )

    def filed(self) -> tuple[Entry, ...]:
        """Return the entry to append.

        Raises:
            InputError: something speaks against it; all of it is named.
        """
        if self.problems:
            raise InputError(self.problems)
        return (self.entry,)


def in_utc(record: Record) -> Record:
    """Return a record with all its instants, and those of its parts, in UTC.

    Raises:
        ValueError: an instant has no offset.
    """
    if not is_dataclass(record) or isinstance(record, type):
        return record
    moved = {each.name: _in_utc(getattr(record, each.name)) for each in fields(record)}
    return replace(record, **moved)


def _in_utc(value: object) -> object:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("an instant without an offset; say in which zone it is")
        return value.astimezone(UTC)
    if isinstance(value, tuple):
        return tuple(in_utc(each) for each in value)
    return in_utc(value)


def written_badly(entry: Entry) -> tuple[Problem, ...]:
    """Return what a reader would refuse in an entry."""
    try:
        entry_from_json(entry_to_json(entry), where=f"entry {entry.id}")
    except InputError as error:
        return error.problems
    return ()
