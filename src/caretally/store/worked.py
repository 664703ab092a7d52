"""Work on record as the self-audit reads it: people's spans with the little it asks of entries.

A stored line is read for a few fields alone, which is ten times as quick as reading the entry
whole; what it says is not judged here. Entries that were corrected or withdrawn are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from caretally.store.streams import Book

AGENT_MODE = "ai_telephone"


class Said(msgspec.Struct):
    """What was found on a topic."""

    says: str = ""


class WrittenBody(msgspec.Struct):
    """The fields of a conversation or of time that are read."""

    note: str | None = None
    summary: str | None = None
    findings: list[Said] = []
    actions: list[str] = []
    attested_by: str | None = None
    mode: str = ""


class Written(msgspec.Struct):
    """The fields of an entry that are read."""

    kind: str
    recorded_at: str
    actor: str
    body: WrittenBody


class Worked(NamedTuple):
    """A person's span with what its entry says.

    recorded_at, received_at: instants as text. mode: of a conversation.
    """

    entry: str
    patient: str
    clinic: str
    begins: int
    ends: int
    kind: str
    recorded_at: str
    received_at: str
    actor: str
    is_attested: bool
    mode: str
    text: str


decode = msgspec.json.Decoder(Written).decode
IN_FORCE = (
    "NOT EXISTS (SELECT 1 FROM store_correction AS correction "
    "WHERE correction.practice_id = span.practice_id AND correction.target_id = span.entry_id)"
)
"""What holds of a span whose entry nobody corrected or withdrew."""
SQL = (
    "SELECT span.entry_id, card.patient, card.clinic, span.begins, span.ends, entry.line, "  # noqa: S608
    "entry.received_at FROM store_staffspan AS span "
    "JOIN store_entry AS entry ON entry.practice_id = span.practice_id "
    "AND entry.entry_id = span.entry_id "
    "JOIN store_patientcard AS card ON card.stream_id = span.stream_id "
    "WHERE span.practice_id = %s AND span.person = %s AND span.begins >= %s AND span.begins < %s "
    f"AND {IN_FORCE} ORDER BY span.begins, span.entry_id"
)


def workers(book: Book, begins: int, ends: int) -> list[str]:
    """Return who has work on record that begins between two instants."""
    rows = book.db.rows(
        "SELECT DISTINCT person FROM store_staffspan WHERE practice_id = %s AND begins >= %s "
        "AND begins < %s",
        book.number, begins, ends,
    )  # fmt: skip
    return sorted(row[0] for row in rows)


def worked_by(book: Book, person: str, within: tuple[int, int]) -> Iterator[Worked]:
    """Yield a person's work in force that begins between two instants, by time."""
    for entry, patient, clinic, begins, ends, line, received in book.db.rows(
        SQL, book.number, person, *within
    ):
        told = decode(line)
        yield Worked(
            entry, patient, clinic, begins, ends, told.kind, told.recorded_at, received,
            told.actor, told.body.attested_by is not None, told.body.mode, text_of(told.body),
        )  # fmt: skip


def text_of(body: WrittenBody) -> str:
    """Return all that was written down of a span, in one text."""
    found = [body.note, body.summary, *(each.says for each in body.findings), *body.actions]
    return "\n".join(each for each in found if each)


def spans_of(book: Book, person: str, within: tuple[int, int]) -> Sequence[tuple[int, int]]:
    """Return when a person worked in a practice, by spans in force alone."""
    rows = book.db.rows(
        "SELECT span.begins, span.ends FROM store_staffspan AS span "  # noqa: S608
        "WHERE span.practice_id = %s "
        "AND span.person = %s AND span.begins >= %s AND span.begins < %s "
        f"AND {IN_FORCE}",
        book.number, person, *within,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]
