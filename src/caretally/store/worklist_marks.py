"""Marks on the worklist: whose item no longer says what the journal says.

A mark is set in the transaction that stores entries. It costs a statement; working the item out is
left to whoever reads the list, or to the tick of the worker.
"""

from __future__ import annotations

from collections.abc import Iterable

from caretally.journal.entries import AlertRuleSet, PolicyAdopted
from caretally.store.streams import PATIENT, Book, Stream, stream_of
from caretally.store.ties import Filed

MARK = (
    "INSERT INTO store_workitem (practice_id, stream_id, patient, as_of_on, name_key, clinic, "
    "month, is_listed, urgency, by_on, programs, reasons, team, content, judged_on) VALUES "
    "(%s, %s, %s, '', '', '', '', %s, 9, '', '', '', '', '{}', '') "
    "ON CONFLICT (stream_id) DO UPDATE SET as_of_on = '', judged_on = ''"
)
LADDER = "ladder_"
"""How the policies of a practice about its ladder begin."""


def mark(book: Book, streams: Iterable[Stream]) -> None:
    """Mark patients as to be worked out; part of the transaction that changed them."""
    rows = [
        (book.number, stream.id, stream.patient, False)
        for stream in streams
        if stream.patient is not None
    ]
    if len(rows) == 1:
        book.db.run(MARK, *rows[0])
    elif rows:
        with book.db.connection.cursor() as cursor:
            cursor.executemany(MARK, rows)


def mark_all(book: Book) -> None:
    """Mark all patients of a practice."""
    book.db.run(
        "UPDATE store_workitem SET as_of_on = '', judged_on = '' WHERE practice_id = %s",
        book.number,
    )


def changes_rules(filed: Iterable[Filed]) -> bool:
    """Tell whether entries change what all readings of the practice are held against."""
    return any(
        isinstance(each.entry.body, AlertRuleSet) and each.entry.patient is None for each in filed
    )


def changes_ladder(filed: Iterable[Filed]) -> bool:
    """Tell whether entries change how hard the practice tries, and with it everybody's item."""
    return any(
        isinstance(each.entry.body, PolicyAdopted) and each.entry.body.policy.startswith(LADDER)
        for each in filed
    )


def mark_missing(book: Book) -> None:
    """Mark the patients of whom there is no item at all, such as after an upgrade."""
    rows = book.db.rows(
        "SELECT id, name, length, head, ties FROM store_stream AS stream "
        "WHERE practice_id = %s AND name LIKE %s AND NOT EXISTS "
        "(SELECT 1 FROM store_workitem AS item WHERE item.stream_id = stream.id)",
        book.number, f"{PATIENT}%",
    )  # fmt: skip
    mark(book, [stream_of(row) for row in rows])
