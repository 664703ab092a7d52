"""How much is stored and how much waits, counted without reading it."""

from __future__ import annotations

from typing import NamedTuple

from caretally.store.database import Database


class Counts(NamedTuple):
    """What there is.

    size: bytes of the table of entries; on SQLite, which cannot tell, of the whole database.
    """

    entries: int
    size: int
    deliveries: int
    jobs: int


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
