"""One patient's chart as the rooms below read it: the entries a record is made from.

Decisions are gathered in `gathering`; a chart is for people, and for the checks of commands.
"""

from __future__ import annotations

from collections.abc import Iterable

from caretally.journal.entries import Entry
from caretally.store.gathering import correcting, sharing
from caretally.store.shelf import Shelf
from caretally.store.streams import (
    CORRECTIONS,
    DEVICES,
    OWN,
    Book,
    Stream,
    named_streams,
    numbered_streams,
)


def practice_entries(book: Book, shelf: Shelf) -> tuple[Entry, ...]:
    """Return the entries that are about no patient, in the order they were stored."""
    own = named_streams(book, [OWN]).get(OWN)
    return shelf.entries(book.db, own) if own is not None else ()


def chart_entries(
    book: Book, stream: Stream | None, shelf: Shelf, *, devices: Iterable[str] = ()
) -> list[Entry]:
    """Return all a patient's record is made from; without a stream, that of a chart to come.

    devices: further devices of which it is asked whose hands they are in.
    """
    entries = list(practice_entries(book, shelf))
    numbers = set(holding(book, devices))
    tied = [stream.id] if stream is not None and stream.ties & CORRECTIONS else []
    if stream is not None:
        entries += shelf.entries(book.db, stream)
        numbers |= set(sharing(book, stream) if stream.ties & DEVICES else ()) - {stream.id}
    for other in numbered_streams(book, numbers).values():
        if other.name != OWN:
            entries += shelf.entries(book.db, other)
            tied += [other.id] if other.ties & CORRECTIONS else []
    have = {entry.id for entry in entries}
    entries += (entry for entry in correcting(book, tied) if tied and entry.id not in have)
    return entries


def holding(book: Book, devices: Iterable[str]) -> list[int]:
    """Return the numbers of the streams in which devices were assigned or returned."""
    rows = book.db.rows_in(
        "SELECT DISTINCT stream_id FROM store_deviceevent WHERE practice_id = %s "
        "AND device IN ({})",
        sorted(devices),
        book.number,
    )
    return [row[0] for row in rows]
