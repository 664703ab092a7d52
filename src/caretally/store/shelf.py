"""Entries read before, kept decoded: a stream only grows, so what was read stays true.

Nothing is trusted: every use compares length and digest with the stream's row, and only the tail
is read. Bounded by entries, the streams used last stay.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from threading import Lock

from caretally.errors import IntegrityError
from caretally.journal.entries import Entry
from caretally.journal.envelopes import decode_entry
from caretally.journal.faults import Misfit
from caretally.journal.parsing import NotJsonError, parse_line
from caretally.store.database import Database
from caretally.store.preparing import Made, zones_told
from caretally.store.streams import Stream

MOST_ENTRIES = 60_000
"""Entries kept in memory, some hundred megabytes at most."""


@dataclass(frozen=True, slots=True)
class Held:
    """The entries of a stream up to a length, with the digest of the last and what is made of them.

    Nothing that is made of the first entries changes by those that follow.
    """

    length: int
    head: bytes
    entries: tuple[Entry, ...]
    made: Made = field(default_factory=Made, compare=False)

    def grown(self, stream: Stream, added: Iterable[Entry]) -> Held:
        """Return what a stream holds that went on from here."""
        return Held(stream.length, stream.head, (*self.entries, *added), copy(self.made))


class Shelf:
    """What one process remembers of streams; safe to share between threads."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        """Keep so many entries at most."""
        self.most = most
        self.count = 0
        self.held: OrderedDict[tuple[str, int], Held] = OrderedDict()
        self.lock = Lock()

    def entries(self, db: Database, stream: Stream) -> tuple[Entry, ...]:
        """Return the entries of a stream in their order."""
        return self.held_for(db, stream).entries

    def zones(self, db: Database, stream: Stream) -> frozenset[str]:
        """Return the zones that enrollments and practices of a stream name."""
        held = self.held_for(db, stream)
        return zones_told(held.made, held.entries)

    def held_for(self, db: Database, stream: Stream) -> Held:
        """Return what a stream holds, read only as far as it is not known."""
        key = (db.alias, stream.id)
        with self.lock:
            held = self.held.get(key)
            if held is not None:
                self.held.move_to_end(key)
        if held is not None and held.length == stream.length and held.head == stream.head:
            return held
        found = read_on(db, stream, held)
        self.keep(key, found)
        return found

    def keep(self, key: tuple[str, int], held: Held) -> None:
        """Remember what was read."""
        with self.lock:
            before = self.held.pop(key, None)
            self.count += len(held.entries) - (len(before.entries) if before else 0)
            self.held[key] = held
            while self.count > self.most and len(self.held) > 1:
                _, dropped = self.held.popitem(last=False)
                self.count -= len(dropped.entries)


def read_on(db: Database, stream: Stream, held: Held | None) -> Held:
    """Return what a stream holds, reading only what is new where the beginning is known."""
    start = held.length if held is not None and 0 < held.length < stream.length else 0
    rows = db.rows(
        "SELECT line, digest FROM store_entry WHERE stream_id = %s AND position >= %s "
        "ORDER BY position",
        stream.id,
        start,
    )
    if held is not None and start:
        if rows and bytes(rows[0][1]) == held.head:
            return held.grown(stream, (entry_of(line) for line, _ in rows[1:]))
        return read_on(db, stream, None)
    return Held(stream.length, stream.head, tuple(entry_of(line) for line, _ in rows))


def entry_of(line: str) -> Entry:
    """Return the entry of a stored line.

    Raises:
        IntegrityError: the line is not as it was stored.
    """
    try:
        return decode_entry(parse_line(line.encode()))
    except (Misfit, NotJsonError) as error:
        raise IntegrityError(
            "a stored entry is no entry any more: `caretally journal verify` tells which"
        ) from error
