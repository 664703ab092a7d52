"""What is stored of deliveries that are read again, and what changes when they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from caretally.store.database import Database, Value
from caretally.store.intake_tables import DISMISSED, MENDED, OPEN, REFUSED, UNPACKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which deliveries of a practice; what is not said does not matter.

    connection: its id. delivery: its number. since, until: when they were received. has_faults:
    only those with faults that are open.
    """

    connection: str = ""
    delivery: int = 0
    since_us: int = 0
    until_us: int = 0
    has_faults: bool = False


class StoredReading(NamedTuple):
    """A reading of a delivery, as it is stored.

    is_own: it is stored as of this delivery; else this delivery told it once more.
    """

    number: int
    inbound: int
    key: bytes
    name: str
    content: str
    element: int
    state: int
    is_own: bool


class StoredFault(NamedTuple):
    """A fault of a delivery, as it is stored."""

    number: int
    inbound: int
    path: str
    code: str
    state: int


def replayable(db: Database, practice: int, which: Which, *, after: int, limit: int) -> list[int]:
    """Return numbers of deliveries that were read before and whose bodies are kept, in order."""
    sql = (
        "SELECT i.id FROM store_inbound i JOIN store_connection c ON c.id = i.connection_id "
        "WHERE i.practice_id = %s AND i.id > %s AND i.state IN (%s, %s)"
    )
    values: list[Value] = [practice, after, UNPACKED, REFUSED]
    conditions: tuple[tuple[str, Value], ...] = (
        (" AND c.name = %s", which.connection), (" AND i.id = %s", which.delivery),
        (" AND i.received_us >= %s", which.since_us), (" AND i.received_us < %s", which.until_us),
    )  # fmt: skip
    for condition, value in conditions:
        if value:
            sql += condition
            values.append(value)
    if which.has_faults:
        sql += " AND EXISTS (SELECT 1 FROM store_intakefault f WHERE f.inbound_id = i.id "
        sql += f"AND f.state = {OPEN})"
    rows = db.rows(sql + " ORDER BY i.id LIMIT %s", *values, limit)
    return [row[0] for row in rows]


def readings_of(db: Database, inbound: Sequence[int]) -> list[StoredReading]:
    """Return the readings that deliveries told, first or once more."""
    own = db.rows_in(
        "SELECT id, inbound_id, key, name, content, element, state FROM store_intakereading "
        "WHERE inbound_id IN ({})",
        inbound,
    )
    again = db.rows_in(
        "SELECT r.id, s.inbound_id, r.key, r.name, r.content, s.element, r.state "
        "FROM store_intakesource s JOIN store_intakereading r ON r.id = s.reading_id "
        "WHERE s.inbound_id IN ({})",
        inbound,
    )
    return [
        StoredReading(number, of, bytes(key), name, content, element, state, is_own)
        for rows, is_own in ((own, True), (again, False))
        for number, of, key, name, content, element, state in rows
    ]


def faults_of(db: Database, inbound: Sequence[int]) -> list[StoredFault]:
    """Return the faults of deliveries, settled ones too."""
    sql = "SELECT id, inbound_id, path, code, state FROM store_intakefault WHERE inbound_id IN ({})"
    return [StoredFault(*row) for row in db.rows_in(sql, inbound)]


def locked(db: Database, inbound: Sequence[int]) -> frozenset[int]:
    """Lock deliveries until the end of the transaction; returns those that are still to be read."""
    lock = " FOR UPDATE" if db.is_postgres else ""
    sql = "SELECT id FROM store_inbound WHERE state IN (%s, %s) AND id IN ({})"
    return frozenset(row[0] for row in db.rows_in(sql + lock, inbound, UNPACKED, REFUSED))


def mend_faults(db: Database, numbers: Sequence[int], by: str, why: str, at: datetime) -> None:
    """Keep that faults are gone since their delivery was read again."""
    settled_at = db.connection.ops.adapt_datetimefield_value(at)
    for number in numbers:
        db.run(
            "UPDATE store_intakefault SET state = %s, settled_by = %s, settled_at = %s, "
            "settled_why = %s WHERE id = %s AND state IN (%s, %s)",
            MENDED, by, settled_at, why, number, OPEN, DISMISSED,
        )  # fmt: skip
