"""Readings on their way from a delivery to the journal: which are ready, and what became of them.

Every change of state is part of the transaction that appends, so that a worker that dies leaves a
reading either ready or filed. Which rows may be touched at once follows from the practice's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple

import msgspec

from caretally.store.database import Database, Row
from caretally.store.intake_tables import FILED, HELD, READY, REJECTED, REMOVED, REPEATED
from caretally.store.streams import Book

ENTRY_PREFIX = "rdg_"
"""Before the key of a reading, in hexadecimal, this makes the id of its entry."""


class Waiting(NamedTuple):
    """A reading to be filed.

    content: JSON of a `VendorReading`. received_us: when the delivery was received here.
    """

    number: int
    connection: int
    inbound: int
    element: int
    key: bytes
    content: str
    received_us: int

    @property
    def entry_id(self) -> str:
        """The id of its entry, filed or to be filed."""
        return ENTRY_PREFIX + self.key.hex()


COLUMNS = "id, connection_id, inbound_id, element, key, content, received_us"


def waiting_of(row: Row) -> Waiting:
    """Return a reading from its row."""
    number, connection, inbound, element, key, content, received_us = row
    return Waiting(number, connection, inbound, element, bytes(key), content, received_us)


def practices_waiting(db: Database) -> list[str]:
    """Return the practices that have readings to be filed."""
    rows = db.rows(
        "SELECT name FROM store_practice p WHERE EXISTS (SELECT 1 FROM store_intakereading r "  # noqa: S608
        f"WHERE r.practice_id = p.id AND r.state = {READY}) ORDER BY id"
    )
    return [row[0] for row in rows]


def ready_readings(book: Book, window: int, most: int) -> list[Waiting]:
    """Return readings that are to be filed: all of the device that waits longest, then of the next.

    window: how many of the oldest are looked at, so that nobody waits long for a device that sends
    much. most: how many are returned.
    """
    rows = book.db.rows(
        "SELECT id, name FROM store_intakereading WHERE practice_id = %s "  # noqa: S608
        f"AND state = {READY} ORDER BY id LIMIT %s",
        book.number, window,
    )  # fmt: skip
    by_name: dict[str, list[int]] = {}
    for number, name in rows:
        by_name.setdefault(name, []).append(number)
    return readings_numbered(book, list(islice(chain.from_iterable(by_name.values()), most)))


def readings_numbered(book: Book, numbers: Sequence[int]) -> list[Waiting]:
    """Return readings in the order of their numbers as given."""
    sql = f"SELECT {COLUMNS} FROM store_intakereading WHERE +practice_id = %s AND id IN ({{}})"  # noqa: S608
    found = {row[0]: waiting_of(row) for row in book.db.rows_in(sql, numbers, book.number)}
    return [found[number] for number in numbers if number in found]


def still_in(book: Book, numbers: Iterable[int], *states: int) -> frozenset[int]:
    """Return which readings are in some states; true until the lock of the practice is given up."""
    told = ", ".join(str(state) for state in states)
    rows = book.db.rows_in(
        f"SELECT id FROM store_intakereading WHERE +practice_id = %s AND state IN ({told}) "  # noqa: S608
        "AND id IN ({})",
        numbers,
        book.number,
    )
    return frozenset(row[0] for row in rows)


def stored_among(book: Book, entry_ids: Iterable[str]) -> dict[str, str]:
    """Return which entries are stored already, each with the stream it stands in."""
    rows = book.db.rows_in(
        "SELECT e.entry_id, s.name FROM store_entry e JOIN store_stream s ON s.id = e.stream_id "
        "WHERE e.practice_id = %s AND e.entry_id IN ({})",
        sorted(entry_ids),
        book.number,
    )
    return {row[0]: row[1] for row in rows}


def connection_of(book: Book, entry_id: str) -> int | None:
    """Return by which connection the reading of an entry came; None where it came by none."""
    key = key_of(entry_id)
    rows = [] if key is None else book.db.rows(
        "SELECT connection_id FROM store_intakereading WHERE practice_id = %s AND key = %s",
        book.number, key,
    )  # fmt: skip
    return rows[0][0] if rows else None


def key_of(entry_id: str) -> bytes | None:
    """Return the key of the reading of an entry; None where it is no entry of the intake."""
    try:
        key = bytes.fromhex(entry_id.removeprefix(ENTRY_PREFIX))
    except ValueError:
        return None
    return key if entry_id.startswith(ENTRY_PREFIX) else None


def settle_filed(book: Book, filed: Mapping[tuple[str, str], Sequence[int]]) -> None:
    """Keep that readings are in the journal; numbers by device and patient."""
    digits = "encode(key, 'hex')" if book.db.is_postgres else "LOWER(HEX(key))"
    for (device, patient), numbers in filed.items():
        book.db.rows_in(
            f"UPDATE store_intakereading SET state = {FILED}, rule = '', says = '', device = %s, "  # noqa: S608
            f"patient = %s, entry_id = '{ENTRY_PREFIX}' || {digits} "
            "WHERE +practice_id = %s AND id IN ({}) RETURNING id",
            numbers, device, patient, book.number,
        )  # fmt: skip


class Held(NamedTuple):
    """Why a reading is held back, and what is known of it."""

    rule: str
    says: str
    device: str
    patient: str
    number: int


def settle_held(book: Book, held: Iterable[Held]) -> None:
    """Keep that readings are held back, and why."""
    for each in held:
        book.db.run(
            f"UPDATE store_intakereading SET state = {HELD}, rule = %s, says = %s, device = %s, "  # noqa: S608
            "patient = %s, entry_id = '' WHERE id = %s",
            *each,
        )


class Repeated(NamedTuple):
    """A reading that is on record already, in the entry of that id.

    how: `route` where another connection told it, `again` where the same one did.
    """

    waiting: Waiting
    how: str
    device: str
    patient: str
    entry_id: str


def settle_repeated(book: Book, repeated: Iterable[Repeated]) -> None:
    """Keep that readings were told before, and beside the first from where else."""
    for each in repeated:
        book.db.run(
            f"UPDATE store_intakereading SET state = {REPEATED}, rule = '', says = '', "  # noqa: S608
            "device = %s, patient = %s, entry_id = %s WHERE id = %s",
            each.device, each.patient, each.entry_id, each.waiting.number,
        )  # fmt: skip
        book.db.run(
            "INSERT INTO store_intakesource (practice_id, reading_id, inbound_id, element, how) "
            "SELECT practice_id, id, %s, %s, %s FROM store_intakereading "
            "WHERE practice_id = %s AND key = %s",
            each.waiting.inbound, each.waiting.element, each.how, book.number,
            key_of(each.entry_id),
        )  # fmt: skip


def settle_removed(book: Book, numbers: Iterable[int]) -> None:
    """Keep that a vendor took readings back."""
    book.db.rows_in(
        f"UPDATE store_intakereading SET state = {REMOVED} WHERE +practice_id = %s "  # noqa: S608
        "AND id IN ({}) RETURNING id",
        numbers,
        book.number,
    )


def settle_by_hand(book: Book, number: int, by: str, at: datetime, why: str) -> None:
    """Keep who settled a reading that was held back, when and why."""
    settled_at = book.db.connection.ops.adapt_datetimefield_value(at)
    book.db.run(
        "UPDATE store_intakereading SET settled_by = %s, settled_at = %s, settled_why = %s "
        "WHERE id = %s",
        by, settled_at, why, number,
    )  # fmt: skip


def settle_rejected(book: Book, number: int) -> None:
    """Keep that a person rejected a reading."""
    book.db.run(
        f"UPDATE store_intakereading SET state = {REJECTED} WHERE id = %s",  # noqa: S608
        number,
    )


def held_for_custody(book: Book, rules: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return number, device and content of readings that some rules hold back."""
    rows = book.db.rows_in(
        "SELECT id, device, content FROM store_intakereading WHERE practice_id = %s "  # noqa: S608
        f"AND state = {HELD} AND rule IN ({{}}) ORDER BY id",
        rules,
        book.number,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def make_ready(book: Book, numbers: Iterable[int]) -> int:
    """Let readings that are held back be filed anew; returns how many."""
    rows = book.db.rows_in(
        f"UPDATE store_intakereading SET state = {READY}, rule = '', says = '' "  # noqa: S608
        f"WHERE +practice_id = %s AND state = {HELD} AND id IN ({{}}) RETURNING id",
        numbers,
        book.number,
    )
    return len(rows)


def untold_readings(book: Book, connection: int) -> list[tuple[int, str]]:
    """Return number and content of a connection's readings that are not in the journal."""
    rows = book.db.rows(
        "SELECT id, content FROM store_intakereading WHERE practice_id = %s "  # noqa: S608
        f"AND state IN ({READY}, {HELD}) AND connection_id = %s",
        book.number, connection,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def filed_under(book: Book, connection: int, vendor_reading_id: str) -> list[tuple[str, str]]:
    """Return entry and patient of a connection's readings under a vendor's id; a long search."""
    told = msgspec.json.encode(vendor_reading_id).decode()
    wanted = f'"vendor_reading_id":{told}'
    found = "POSITION(%s IN content)" if book.db.is_postgres else "INSTR(content, %s)"
    rows = book.db.rows(
        f"SELECT entry_id, patient FROM store_intakereading WHERE {found} > 0 "  # noqa: S608
        f"AND practice_id = %s AND connection_id = %s AND state = {FILED}",
        wanted, book.number, connection,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def numbers_of(book: Book, entry_ids: Iterable[str]) -> list[int]:
    """Return the numbers of readings by their entries."""
    keys = [key for key in map(key_of, entry_ids) if key is not None]
    rows = book.db.rows_in(
        "SELECT id FROM store_intakereading WHERE practice_id = %s AND key IN ({})",
        keys,
        book.number,
    )
    return [row[0] for row in rows]
