"""How much is stored and how much waits, counted without reading it."""

from __future__ import annotations

from typing import NamedTuple

from caretally.store.database import Database
from caretally.store.intake_tables import HELD, OPEN, READY, WAITING


class Counts(NamedTuple):
    """What there is.

    size: bytes of the table of entries; on SQLite, which cannot tell, of the whole database.
    """

    entries: int
    size: int
    deliveries: int
    jobs: int


class IntakeCounts(NamedTuple):
    """What is on its way in.

    waiting: deliveries nobody has read. since_us: when the oldest of them came; 0 where none waits.
    """

    waiting: int
    since_us: int
    ready: int
    held: int
    faults: int


def intake_counts(db: Database) -> IntakeCounts:
    """Return the counts of this instant; each is answered by an index of what is open."""
    # written out: SQLite uses an index of open rows only where it sees the state in the words
    asked = (
        "SELECT COUNT(*), COALESCE(MIN(received_us), 0) FROM store_inbound WHERE state = 0",
        "SELECT COUNT(*) FROM store_intakereading WHERE state = 0",
        "SELECT COUNT(*) FROM store_intakereading WHERE state = 2",
        "SELECT COUNT(*) FROM store_intakefault WHERE state = 0",
    )
    assert (WAITING, READY, HELD, OPEN) == (0, 0, 2, 0)
    return IntakeCounts(*(int(value) for sql in asked for value in db.rows(sql)[0]))


def counts(db: Database) -> Counts:
    """Return the counts of this instant."""
    size = (
        "SELECT pg_total_relation_size('store_entry')"
        if db.is_postgres
        else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    )
    asked = (
        "SELECT COALESCE(SUM(length), 0) FROM store_stream",
        size,
        "SELECT COUNT(*) FROM store_delivery WHERE state = 'waiting'",
        "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE status = 'READY'",
    )
    return Counts(*(int(db.rows(sql)[0][0]) for sql in asked))
