"""Deliveries as they came: stored whole before anybody reads them, each once.

Storing takes no lock of the practice: what arrives waits for nobody who works there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import NamedTuple

import psycopg
from django.db import Error

from caretally.store.database import Database, Row, scope_until_commit
from caretally.store.intake_tables import WAITING


class Arrived(NamedTuple):
    """A delivery that was found genuine.

    practice: its id; the numbers are those of the rows. key: what makes it the same again.
    digest: SHA-256 of the body. headers: JSON. received_us: microseconds since 1970.
    """

    practice: str
    practice_number: int
    connection: int
    key: bytes
    digest: bytes
    body: bytes
    headers: str
    received_us: int


class Kept(NamedTuple):
    """A delivery that is stored.

    seen: how often it came, this time included.
    """

    number: int
    seen: int


COLUMNS = (
    "practice_id", "connection_id", "key", "digest", "body", "headers", "received_us", "seen",
    "state", "adapter", "readings", "repeats", "faults",
)  # fmt: skip
TYPES = (
    "bigint", "bigint", "bytea", "bytea", "bytea", "text", "bigint", "int", "smallint", "text",
    "int", "int", "int",
)  # fmt: skip
AGAIN = (
    " ON CONFLICT (connection_id, key) DO UPDATE SET seen = store_inbound.seen + excluded.seen "
    "RETURNING id, seen, connection_id, key"
)
PLACES = f"({', '.join(['%s'] * len(COLUMNS))})"
INTO = f"INSERT INTO store_inbound ({', '.join(COLUMNS)}) "
LISTS = ", ".join(f"%s::{kind}[]" for kind in TYPES)
FROM_LISTS = INTO + f"SELECT * FROM unnest({LISTS})" + AGAIN  # noqa: S608
SCOPE = "SELECT set_config('caretally.practice', %s, true)"
MOST_ROWS = 100
"""Rows of one statement on SQLite, which bounds its places."""


def keep_batch(db: Database, arrived: Sequence[Arrived]) -> list[Kept]:
    """Store deliveries in one transaction, and return how each is stored; all or none.

    Each practice's are stored in its own scope.
    """
    ordered = sorted(arrived, key=lambda each: each.practice)
    parts = [
        (practice, rows_of(own))
        for practice, own in groupby(ordered, key=lambda each: each.practice)
    ]
    is_alone = db.is_postgres and not db.connection.in_atomic_block
    if is_alone and all(len(rows) < MANY for _, rows in parts):
        told = stored_at_once(db, parts)
    else:
        told = []
        with db.atomic():
            for practice, rows in parts:
                scope_until_commit(practice, db.alias)
                told += returned(db, rows)
    found = {(connection, bytes(key)): Kept(number, seen) for number, seen, connection, key in told}
    return [found[each.connection, each.key] for each in arrived]


def rows_of(arrived: Iterator[Arrived]) -> list[Row]:
    """Return the rows of deliveries in order, one for those that are the same."""
    rows: dict[tuple[int, bytes], Row] = {}
    for each in arrived:
        place = (each.connection, each.key)
        seen = rows[place][7] + 1 if place in rows else 1
        rows[place] = (
            each.practice_number, each.connection, each.key, each.digest, each.body, each.headers,
            each.received_us, seen, WAITING, "", 0, 0, 0,
        )  # fmt: skip
    return list(rows.values())


def returned(db: Database, rows: Sequence[Row]) -> Iterator[Row]:
    """Store rows, and yield what the database tells of each."""
    if not db.is_postgres:
        for begin in range(0, len(rows), MOST_ROWS):
            part = rows[begin : begin + MOST_ROWS]
            sql = INTO + "VALUES " + ", ".join([PLACES] * len(part)) + AGAIN
            yield from db.rows(sql, *(value for row in part for value in row))
        return
    with driver_cursor(db) as cursor:
        if len(rows) < MANY:
            cursor.execute(FROM_LISTS, columns_of(rows))
        else:
            copy_in(cursor, "arriving_inbound", zip(COLUMNS, TYPES, strict=True), rows)
            cursor.execute(INTO + "SELECT * FROM arriving_inbound" + AGAIN)  # noqa: S608
        yield from cursor.fetchall()


MANY = 50
"""From so many rows on, copying is faster than a statement with all of them."""


def columns_of(rows: Sequence[Row]) -> list[list[object]]:
    """Return the values of rows column by column."""
    return [list(column) for column in zip(*rows, strict=True)]


def stored_at_once(db: Database, parts: Sequence[tuple[str, Sequence[Row]]]) -> list[Row]:
    """Store rows of practices in one journey to PostgreSQL and back; returns what it tells of each.

    A vendor waits for every journey. A connection that died meanwhile is found out by its failing,
    not by asking first; then it is opened anew and all is sent once more, which stores nothing
    twice.
    """
    connection = db.connection
    connection.ensure_connection()
    try:
        return sent_together(db, parts)
    except Error:
        is_lost = connection.connection.closed
        # With it ends the transaction that failed; this is seldom, and simpler than to mend it.
        connection.close()
        if not is_lost:
            raise
    connection.ensure_connection()
    return sent_together(db, parts)


def sent_together(db: Database, parts: Sequence[tuple[str, Sequence[Row]]]) -> list[Row]:
    """Send a transaction whole, without waiting in between; returns what came of each row.

    What is wrong with a row is told at the latest when the end is awaited: before anybody answers.
    """
    connection = db.connection
    told: list[psycopg.Cursor[tuple[object, ...]]] = []
    with connection.wrap_database_errors:
        raw = connection.connection
        # The statements never change, so that PostgreSQL plans them once; Django's own cursors
        # send values within the text and take no part in this.
        raw.prepare_threshold = PREPARE_AFTER
        with raw.pipeline():
            psycopg.Cursor(raw).execute("BEGIN")
            for practice, rows in parts:
                psycopg.Cursor(raw).execute(SCOPE, [practice])
                told.append(psycopg.Cursor(raw).execute(FROM_LISTS, columns_of(rows)))
            psycopg.Cursor(raw).execute("COMMIT")
        return [row for cursor in told for row in cursor.fetchall()]


PREPARE_AFTER = 2
"""How often a statement is sent before PostgreSQL is asked to keep its plan."""


def copy_in(
    cursor: psycopg.Cursor[tuple[object, ...]],
    table: str,
    columns: Iterable[tuple[str, str]],
    rows: Iterable[Row],
) -> None:
    """Copy rows into a table of this session alone, which is empty after the transaction."""
    told = ", ".join(f"{name} {kind}" for name, kind in columns)
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({told}) ON COMMIT DELETE ROWS")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def driver_cursor(db: Database) -> Iterator[psycopg.Cursor[tuple[object, ...]]]:
    """Yield psycopg's own cursor on this thread's connection, which sends values in binary.

    Django's writes them into the statement as text, which costs several times as much for bytes.
    """
    db.connection.ensure_connection()
    with (
        db.connection.wrap_database_errors,
        psycopg.Cursor(db.connection.connection) as cursor,
    ):
        yield cursor


class Entrance(NamedTuple):
    """A connection, as a delivery finds it.

    settings: JSON. sealed: its secrets, with the name of the key they are sealed under; both empty
    where there are none.
    """

    number: int
    practice_number: int
    practice: str
    vendor: str
    state: str
    settings: str
    key: str
    sealed: bytes


def entrance(db: Database, name: str, purpose: str) -> Entrance | None:
    """Return the connection of a name, with the secret kept for a purpose."""
    rows = db.rows(
        "SELECT c.id, c.practice_id, p.name, c.vendor, c.state, c.settings, s.key, s.sealed "
        "FROM store_connection c JOIN store_practice p ON p.id = c.practice_id "
        "LEFT JOIN store_secret s ON s.practice_id = c.practice_id AND s.purpose = %s "
        "WHERE c.name = %s",
        purpose, name,
    )  # fmt: skip
    if not rows:
        return None
    number, practice_number, practice, vendor, state, settings, key, sealed = rows[0]
    return Entrance(
        number, practice_number, practice, vendor, state, settings, key or "", bytes(sealed or b"")
    )
