"""Patient-months as the journal has them now: worked out whole, and written where they changed.

A total is never added to. What stands here can be dropped and rebuilt to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caretally.billability.content import Content, content_of, held_by
from caretally.billability.decide import Judge
from caretally.clock import ServiceMonth
from caretally.store.database import Database, grouped, insertion
from caretally.store.papers import papers
from caretally.store.reach import Reach
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream

__all__ = ["Content", "Desk", "content_of", "held_by", "kept_months", "work_out"]
CONTENT = (
    "digest", "payer", "policy", "management_seconds", "live_seconds", "ai_seconds",
    "chat_seconds", "qualifying_contacts", "data_days", "facts", "lines", "holds",
)  # fmt: skip
COLUMNS = ("practice_id", "stream_id", "patient", "month", "version", *CONTENT)
UPDATE = (
    f"UPDATE store_patientmonth SET version = version + 1, "  # noqa: S608 - own names
    f"{', '.join(f'{name} = %s' for name in CONTENT)} "
    "WHERE stream_id = %s AND month = %s AND digest <> %s"
)
INSERT = f"{insertion('store_patientmonth', COLUMNS)} ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What deciding needs beside a database: the rules made ready, and entries read before."""

    judge: Judge
    shelf: Shelf


def kept_months(db: Database, streams: Iterable[int]) -> Mapping[int, Sequence[str]]:
    """Return the months that are kept by stream."""
    sql = "SELECT stream_id, month FROM store_patientmonth WHERE stream_id IN ({})"
    return grouped(db.rows_in(sql, sorted(streams)))


def work_out(
    book: Book, desk: Desk, reaches: Sequence[tuple[Stream, Reach]]
) -> list[tuple[str, str]]:
    """Work out the patient-months reached, in the order of streams, and write what changed.

    Returns:
        Patient and month of those that changed.
    """
    kept = kept_months(book.db, [stream.id for stream, reach in reaches if reach.hangs_on_kept])
    changed: list[tuple[str, str]] = []
    for stream, reach in sorted(reaches, key=lambda each: each[0].id):
        chosen = [ServiceMonth.parse(name) for name in reach.chosen(kept.get(stream.id, ()))]
        if not chosen:
            continue
        known = papers(book, stream, desk.shelf, chosen)
        for month in chosen:
            name, content = str(month), content_of(known.decided(desk.judge, month))
            if write(book, stream, name, content):
                changed.append((known.own.patient, name))
    return changed


def write(book: Book, stream: Stream, name: str, content: Content) -> bool:
    """Write one patient-month where it is new or another than before; tells whether it was."""
    if book.db.run(UPDATE, *content, stream.id, name, content.digest):
        return True
    row = (book.number, stream.id, stream.patient, name, 1, *content)
    return book.db.run(INSERT, *row) > 0
