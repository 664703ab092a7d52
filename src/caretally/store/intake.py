"""What deliveries hold, stored once: readings, sources, faults, what was told, signs of life.

A batch of deliveries is one transaction, whatever is in them. A reading that is there already
leaves a source that says from where it came once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from caretally.clock import instant_of_microseconds
from caretally.store.database import MOST_IN_LIST, Database, Row, batches, insertion
from caretally.store.inbox import copy_in, driver_cursor
from caretally.store.intake_tables import OPEN, READY, REFUSED, TOLD, UNPACKED, WAITING

MOST_BYTES = 16 * 1024 * 1024
"""Of bodies in memory at once."""


class Delivered(NamedTuple):
    """A stored delivery, to be read.

    settings: of its connection, as headers JSON.
    """

    number: int
    practice: int
    connection: int
    vendor: str
    settings: str
    body: bytes
    headers: str
    received_us: int


class ReadingRow(NamedTuple):
    """A reading as it is stored; the fields are columns in order."""

    practice_id: int
    connection_id: int
    inbound_id: int
    element: int
    key: bytes
    name: str
    content: str
    measured_us: int | None
    received_us: int


class EventRow(NamedTuple):
    """Something told beside readings, as it is stored."""

    practice_id: int
    connection_id: int
    inbound_id: int
    key: bytes
    kind: str
    name: str
    content: str
    received_us: int


class FaultRow(NamedTuple):
    """Something not understood, as it is stored."""

    practice_id: int
    connection_id: int
    inbound_id: int
    path: str
    code: str
    says: str


class SignRow(NamedTuple):
    """A sign of life of a device; instants are microseconds since 1970, 0 where there is none.

    trouble: None where the sign says nothing of trouble; empty where it says there is none.
    """

    practice_id: int
    name: str
    sign_us: int
    reading_us: int = 0
    battery_us: int = 0
    battery_percent: str = ""
    signal: str = ""
    trouble: str | None = None


@dataclass(slots=True, kw_only=True)
class Read:
    """What a parser found in a delivery, as rows."""

    delivered: Delivered
    adapter: str
    is_refused: bool = False
    readings: Sequence[ReadingRow] = ()
    events: Sequence[EventRow] = ()
    faults: Sequence[FaultRow] = ()
    signs: Sequence[SignRow] = ()


SELECTED = (
    "SELECT i.id, i.practice_id, i.connection_id, c.vendor, c.settings, i.body, i.headers, "
    "i.received_us FROM store_inbound i JOIN store_connection c ON c.id = i.connection_id "
    "WHERE i.id IN ({}) ORDER BY i.id"
)


@contextmanager
def alone(db: Database, what: str) -> Iterator[bool]:
    """Tell whether nobody else does the same now; on PostgreSQL nobody begins until the end.

    It spares workers from doing the same twice; that it counts once is up to their transactions.
    """
    if not db.is_postgres:
        yield True
        return
    number = int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), "big", signed=True)
    is_alone = bool(db.rows("SELECT pg_try_advisory_lock(%s)", number)[0][0])
    try:
        yield is_alone
    finally:
        if is_alone:
            db.rows("SELECT pg_advisory_unlock(%s)", number)


def waiting_deliveries(db: Database, limit: int, *, after: int = 0) -> list[Delivered]:
    """Return deliveries that wait to be read, the oldest first; bodies bounded in sum."""
    waiting = db.rows(
        f"SELECT id, LENGTH(body) FROM store_inbound WHERE state = {WAITING} "  # noqa: S608
        "AND id > %s ORDER BY id LIMIT %s",
        after, limit,
    )  # fmt: skip
    return deliveries(db, within(waiting, MOST_BYTES))


def within(sizes: Iterable[Row], most: int) -> Iterator[int]:
    """Yield numbers while the sizes beside them come to no more than a sum; one at least."""
    total = 0
    for number, size in sizes:
        total += size
        if total > most and total != size:
            return
        yield number


def deliveries(db: Database, numbers: Iterable[int]) -> list[Delivered]:
    """Return deliveries of some numbers."""
    return [
        Delivered(number, practice, connection, vendor, settings, bytes(body), headers, received)
        for number, practice, connection, vendor, settings, body, headers, received in db.rows_in(
            SELECTED, numbers
        )
    ]


def still_waiting(db: Database, numbers: Sequence[int]) -> frozenset[int]:
    """Return which deliveries nobody has read meanwhile; inside the transaction that settles.

    On PostgreSQL they are locked, and those that somebody else has locked are passed over.
    """
    lock = " FOR UPDATE SKIP LOCKED" if db.is_postgres else ""
    sql = f"SELECT id FROM store_inbound WHERE state = {WAITING} AND id IN ({{}}){lock}"  # noqa: S608
    return frozenset(row[0] for row in db.rows_in(sql, numbers))


def store_read(db: Database, read: Sequence[Read], at: datetime, at_us: int) -> int:
    """Store what was found in deliveries, and settle them; returns how many readings are new."""
    rows = [row for each in read for row in each.readings]
    repeated = store_readings(db, rows)
    store_events(db, [row for each in read for row in each.events])
    store_faults(db, [row for each in read for row in each.faults], at)
    store_signs(db, [*signs_of(rows), *(row for each in read for row in each.signs)])
    settle_deliveries(db, read, repeated, at_us)
    return len(rows) - len(repeated)


def store_events(db: Database, rows: Iterable[EventRow]) -> None:
    """Store what deliveries tell beside readings, each once."""
    values = [(*row, TOLD, "") for row in rows]
    if values:
        with db.connection.cursor() as cursor:
            cursor.executemany(EVENT, values)


EVENT = insertion("store_intakeevent", (*EventRow._fields, "state", "says")) + (
    " ON CONFLICT (inbound_id, key) DO NOTHING"
)


READING_COLUMNS = (
    *ReadingRow._fields, "state", "rule", "says", "device", "patient", "entry_id", "settled_by",
    "settled_why",
)  # fmt: skip
READING_REST = f"{READY}, '', '', '', '', '', '', ''"
ONCE = " ON CONFLICT (practice_id, key) DO NOTHING"


def store_readings(db: Database, rows: Sequence[ReadingRow]) -> list[ReadingRow]:
    """Store readings, each once; returns those that were there already, or twice among these."""
    first: dict[tuple[int, bytes], ReadingRow] = {}
    repeated = [row for row in rows if first.setdefault((row.practice_id, row.key), row) is not row]
    fresh = list(first.values())
    if inserted(db, fresh) < len(fresh):
        known = stored_readings(db, fresh)
        repeated += [
            row
            for row in fresh
            if known[row.practice_id, row.key][1:] != (row.inbound_id, row.element)
        ]
    if repeated:
        store_sources(db, repeated)
    return repeated


def inserted(db: Database, rows: Sequence[ReadingRow]) -> int:
    """Insert readings that are not there; returns how many."""
    if not rows:
        return 0
    names = ", ".join(READING_COLUMNS)
    if db.is_postgres:
        with driver_cursor(db) as cursor:
            columns = zip(ReadingRow._fields, READING_TYPES, strict=True)
            copy_in(cursor, "arriving_reading", columns, rows)
            cursor.execute(
                f"INSERT INTO store_intakereading ({names}) "  # noqa: S608 - names alone
                f"SELECT *, {READING_REST} FROM arriving_reading" + ONCE
            )
            return int(cursor.rowcount)
    count = 0
    for begin in range(0, len(rows), MOST_ROWS):
        part = rows[begin : begin + MOST_ROWS]
        values = ", ".join([READING_PLACES] * len(part))
        sql = f"INSERT INTO store_intakereading ({names}) VALUES {values}" + ONCE  # noqa: S608
        count += db.run(sql, *(value for row in part for value in row))
    return count


READING_PLACES = f"({', '.join(['%s'] * len(ReadingRow._fields))}, {READING_REST})"
MOST_ROWS = 500
"""Rows of one statement on SQLite, which bounds its places."""
READING_TYPES = (
    "bigint", "bigint", "bigint", "integer", "bytea", "text", "text", "bigint", "bigint",
)  # fmt: skip


def stored_readings(
    db: Database, rows: Iterable[ReadingRow]
) -> dict[tuple[int, bytes], tuple[int, int, int]]:
    """Return number, delivery and element of stored readings, by practice and key."""
    keys: dict[int, list[bytes]] = {}
    for row in rows:
        keys.setdefault(row.practice_id, []).append(row.key)
    return {
        (practice, bytes(key)): (number, inbound, element)
        for practice, own in keys.items()
        for number, inbound, element, key in db.rows_in(
            "SELECT id, inbound_id, element, key FROM store_intakereading "
            "WHERE practice_id = %s AND key IN ({})",
            own,
            practice,
        )
    }


def store_sources(db: Database, repeated: Sequence[ReadingRow]) -> None:
    """Tell from where readings came once more."""
    known = stored_readings(db, repeated)
    columns = ("practice_id", "reading_id", "inbound_id", "element", "how")
    db.insert(
        "store_intakesource",
        columns,
        [
            (row.practice_id, known[row.practice_id, row.key][0], row.inbound_id, row.element,
             "again")
            for row in repeated
        ],
    )  # fmt: skip


def store_faults(db: Database, rows: Sequence[FaultRow], at: datetime) -> None:
    """Store what was not understood."""
    columns = (*FaultRow._fields, "state", "found_at", "settled_by", "settled_why")
    found_at = db.connection.ops.adapt_datetimefield_value(at)
    rest = (OPEN, found_at, "", "")
    db.insert("store_intakefault", columns, [(*row, *rest) for row in rows])


def signs_of(rows: Iterable[ReadingRow]) -> Iterator[SignRow]:
    """Yield the sign of life that readings of a device are; a clock that runs ahead proves nothing.

    One a device, since a batch holds many readings.
    """
    latest: dict[tuple[int, str], tuple[int, int]] = {}
    for row in rows:
        place, received = (row[0], row[5]), row[8]
        measured = received if row[7] is None or row[7] > received else row[7]
        before = latest.get(place)
        if before is None or before < (received, measured):
            latest[place] = (
                (received, measured) if before is None else (received, max(measured, before[1]))
            )
        elif measured > before[1]:
            latest[place] = (before[0], measured)
    for (practice, name), (received, measured) in latest.items():
        yield SignRow(practice, name, received, measured)


def store_signs(db: Database, rows: Sequence[SignRow]) -> None:
    """Bring the health of devices up to date; what is older than what is known changes nothing."""
    merged: dict[tuple[int, str], SignRow] = {}
    for row in (each for each in rows if each.name):
        place = (row.practice_id, row.name)
        before = merged.get(place)
        merged[place] = row if before is None else later_of(before, row)
    if not merged:
        return
    ordered = [row for _, row in sorted(merged.items())]
    values = [row[:-1] for row in ordered]
    if db.is_postgres:
        with driver_cursor(db) as cursor:
            copy_in(cursor, "arriving_sign", SIGN_COLUMNS, values)
            cursor.execute(HEALTH.format(rows="SELECT *, '' FROM arriving_sign", larger="GREATEST"))
    else:
        for begin in range(0, len(values), MOST_ROWS):
            part = values[begin : begin + MOST_ROWS]
            rows_told = "VALUES " + ", ".join(["(%s, %s, %s, %s, %s, %s, %s, '')"] * len(part))
            db.run(HEALTH.format(rows=rows_told, larger="MAX"), *(v for row in part for v in row))
    for row in ordered:
        if row.trouble is not None:
            db.run(TROUBLE, row.trouble, row.practice_id, row.name, row.sign_us)


SIGN_COLUMNS = (
    ("practice_id", "bigint"), ("name", "text"), ("sign_us", "bigint"), ("reading_us", "bigint"),
    ("battery_us", "bigint"), ("battery_percent", "text"), ("signal", "text"),
)  # fmt: skip
HEALTH = """
INSERT INTO store_devicehealth AS known (practice_id, name, sign_us, reading_us, battery_us,
    battery_percent, signal, trouble)
{rows}
ON CONFLICT (practice_id, name) DO UPDATE SET
    signal = CASE WHEN excluded.sign_us >= known.sign_us AND excluded.signal <> ''
        THEN excluded.signal ELSE known.signal END,
    battery_percent = CASE WHEN excluded.battery_us > 0
        AND excluded.battery_us >= known.battery_us
        THEN excluded.battery_percent ELSE known.battery_percent END,
    battery_us = {larger}(excluded.battery_us, known.battery_us),
    reading_us = {larger}(excluded.reading_us, known.reading_us),
    sign_us = {larger}(excluded.sign_us, known.sign_us)
"""
TROUBLE = (
    "UPDATE store_devicehealth SET trouble = %s WHERE practice_id = %s AND name = %s "
    "AND sign_us <= %s"
)
"""After the health was brought up to date: only the latest sign says whether all is well."""


def later_of(one: SignRow, other: SignRow) -> SignRow:
    """Return two signs of one device as one."""
    early, late = (one, other) if one.sign_us <= other.sign_us else (other, one)
    charged = late if late.battery_us >= early.battery_us else early
    return SignRow(
        late.practice_id, late.name, late.sign_us, max(one.reading_us, other.reading_us),
        charged.battery_us, charged.battery_percent, late.signal or early.signal,
        early.trouble if late.trouble is None else late.trouble,
    )  # fmt: skip


SETTLED = (
    "UPDATE store_inbound SET state = %s, adapter = %s, readings = %s, repeats = %s, faults = %s, "
    "unpacked_us = %s WHERE id "
)
Outcome: TypeAlias = tuple[int | str, ...]


def settle_deliveries(
    db: Database, read: Sequence[Read], repeated: Iterable[ReadingRow], at_us: int
) -> None:
    """Keep that deliveries were read, by which parser, and what was in them."""
    again = Counter(row.inbound_id for row in repeated)
    alike: dict[Outcome, list[int]] = {}
    last: dict[int, int] = {}
    for each in read:
        number, connection = each.delivered.number, each.delivered.connection
        alike.setdefault(outcome_of(each, again[number], at_us), []).append(number)
        last[connection] = max(last.get(connection, 0), each.delivered.received_us)
    for outcome, numbers in alike.items():
        settle_alike(db, outcome, numbers)
    tell_received(db, last)


def settle_again(db: Database, read: Sequence[Read], at_us: int) -> None:
    """Keep that deliveries were read again, and what is in them now."""
    told = db.rows_in(
        "SELECT inbound_id FROM store_intakesource WHERE inbound_id IN ({})",
        [each.delivered.number for each in read],
    )
    sources = Counter(row[0] for row in told)
    for each in read:
        number = each.delivered.number
        repeats = min(sources[number], len(each.readings))
        settle_alike(db, outcome_of(each, repeats, at_us), [number])


def outcome_of(read: Read, repeats: int, at_us: int) -> Outcome:
    """Return what is kept of a delivery that was read."""
    return (
        REFUSED if read.is_refused else UNPACKED, read.adapter, len(read.readings) - repeats,
        repeats, len(read.faults), at_us,
    )  # fmt: skip


def settle_alike(db: Database, outcome: Outcome, numbers: Sequence[int]) -> None:
    """Keep the same of several deliveries."""
    if db.is_postgres:
        with driver_cursor(db) as cursor:
            cursor.execute(SETTLED + "= ANY(%s)", (*outcome, list(numbers)))
        return
    for part in batches(numbers, MOST_IN_LIST):
        db.run(f"{SETTLED}IN ({', '.join(['%s'] * len(part))})", *outcome, *part)


def tell_received(db: Database, last: Mapping[int, int]) -> None:
    """Keep when a connection last had a delivery."""
    for connection, received_us in sorted(last.items()):
        received_at = db.connection.ops.adapt_datetimefield_value(
            instant_of_microseconds(received_us)
        )
        db.run(
            "UPDATE store_connection SET last_received_at = %s "
            "WHERE id = %s AND (last_received_at IS NULL OR last_received_at < %s)",
            received_at, connection, received_at,
        )  # fmt: skip


class Told(NamedTuple):
    """Something a vendor told beside readings, to be acted on.

    practice: its id. connection: its name. content: JSON of what the parser found.
    """

    number: int
    practice: str
    practice_number: int
    connection: str
    connection_number: int
    inbound: int
    name: str
    content: str
    received_us: int


def told_events(db: Database, kind: str, limit: int) -> list[Told]:
    """Return what waits to be acted on, the oldest first; inside the transaction that settles it.

    On PostgreSQL the rows are locked, and those another worker has locked are passed over.
    """
    lock = " FOR UPDATE OF e SKIP LOCKED" if db.is_postgres else ""
    return [Told(*row) for row in db.rows(UNSETTLED + lock, kind, limit)]


UNSETTLED = (
    "SELECT e.id, p.name, e.practice_id, c.name, e.connection_id, e.inbound_id, e.name, "
    "e.content, e.received_us FROM store_intakeevent e "
    "JOIN store_practice p ON p.id = e.practice_id "
    "JOIN store_connection c ON c.id = e.connection_id "
    "WHERE e.kind = %s AND e.state = 0 ORDER BY e.id LIMIT %s"
)


def settle_events(db: Database, outcomes: Iterable[tuple[int, int, str]]) -> None:
    """Keep what came of what was told: number, state and words."""
    for number, state, says in outcomes:
        db.run(
            "UPDATE store_intakeevent SET state = %s, says = %s WHERE id = %s", state, says, number
        )
