"""Streams: the chains into which a practice's entries are sorted, and their rows.

What is about a patient goes to the patient's stream, everything else to the practice's own. Who
looked at a chart is told in a chain apart, so that reading never waits for writing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caretally.journal.chain import beginning
from caretally.journal.entries import Entry
from caretally.store.database import Database, Row

OWN = "practice"
PATIENT, ACCESS = "patient/", "access/"

CORRECTIONS, DEVICES, STAFF, AMENDMENTS = 1, 2, 4, 8
"""Ties: a correction, a device or a member of staff connects this stream to another; the last
marks the streams that hold requests for amendments, so that a list of them reads no others."""

COLUMNS = "id, name, length, head, ties"


@dataclass(slots=True, kw_only=True)
class Stream:
    """A stream's row, as it is inside one transaction."""

    id: int
    name: str
    length: int
    head: bytes
    ties: int

    @property
    def patient(self) -> str | None:
        """The patient it is about; None for the practice's own."""
        return self.name.removeprefix(PATIENT) if self.name.startswith(PATIENT) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A practice's journal in a database: which practice, and under which number.

    own: the stream that is about no patient, where it was read in this transaction.
    """

    db: Database
    practice: str
    number: int
    own: Stream | None = None


def stream_name(entry: Entry) -> str:
    """Return the name of the stream an entry belongs to."""
    return OWN if entry.patient is None else PATIENT + entry.patient


def stream_of(row: Row) -> Stream:
    """Return a stream from its row."""
    number, name, length, head, ties = row
    return Stream(id=number, name=name, length=length, head=bytes(head), ties=ties)


def locked_book(db: Database, practice: str) -> Book:
    """Return a practice's book, made if need be; other saves of the practice wait from here on."""
    raised = "UPDATE store_practice SET revision = revision + 1 WHERE name = %s RETURNING id"
    found = db.rows(raised, practice)
    if not found:
        db.run(
            "INSERT INTO store_practice (name, revision) VALUES (%s, 0) ON CONFLICT DO NOTHING",
            practice,
        )
        found = db.rows(raised, practice)
    return Book(db=db, practice=practice, number=found[0][0])


def book_of(db: Database, practice: str) -> Book | None:
    """Return a practice's book for reading; None where nothing was ever stored for it."""
    found = db.rows("SELECT id FROM store_practice WHERE name = %s", practice)
    return Book(db=db, practice=practice, number=found[0][0]) if found else None


def named_streams(book: Book, names: Iterable[str]) -> dict[str, Stream]:
    """Return the streams of some names by name; those that do not exist are left out."""
    sql = f"SELECT {COLUMNS} FROM store_stream WHERE practice_id = %s AND name IN ({{}})"  # noqa: S608
    rows = book.db.rows_in(sql, sorted(names), book.number)
    return {stream.name: stream for stream in map(stream_of, rows)}


def numbered_streams(book: Book, numbers: Iterable[int]) -> dict[int, Stream]:
    """Return streams by number."""
    sql = f"SELECT {COLUMNS} FROM store_stream WHERE +practice_id = %s AND id IN ({{}})"  # noqa: S608
    rows = book.db.rows_in(sql, sorted(numbers), book.number)
    return {stream.id: stream for stream in map(stream_of, rows)}


def open_streams(book: Book, names: Iterable[str]) -> dict[str, Stream]:
    """Return the streams of some names by name, made if need be; the practice's own among them."""
    wanted = {OWN, *names}
    found = named_streams(book, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        book.db.insert(
            "store_stream",
            ("practice_id", "name", "length", "head", "ties"),
            [(book.number, name, 0, beginning(book.practice, name), 0) for name in missing],
        )
        found |= named_streams(book, missing)
    return found


def patient_streams(book: Book) -> list[Stream]:
    """Return the streams of all patients of a practice, by number."""
    rows = book.db.rows(
        f"SELECT {COLUMNS} FROM store_stream WHERE practice_id = %s AND name LIKE %s ORDER BY id",  # noqa: S608
        book.number,
        f"{PATIENT}%",
    )
    return [stream_of(row) for row in rows]


def marked_streams(book: Book, bit: int) -> list[Stream]:
    """Return the streams of a practice that a tie marks, by number."""
    rows = book.db.rows(
        f"SELECT {COLUMNS} FROM store_stream WHERE practice_id = %s AND ties & %s <> 0 "  # noqa: S608
        "ORDER BY id",
        book.number,
        bit,
    )
    return [stream_of(row) for row in rows]


def tie(book: Book, numbers: Iterable[int], bit: int) -> None:
    """Mark streams as depending on others."""
    book.db.rows_in(
        "UPDATE store_stream SET ties = ties | %s WHERE +practice_id = %s AND id IN ({}) "
        "RETURNING id",
        sorted(numbers),
        bit,
        book.number,
    )
