# ruff: noqa: S608 - statements of names alone
"""The part of `intake_rates` that works inside the program, on the database of its settings.

`connect` opens a practice with a connection and prints its address and secret; `write` writes
deliveries to send; `rates` measures and prints figures as JSON.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.opened_home import JOURNAL
from caretally.clock import now
from caretally.devices.unpacked import Posted
from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Sample
from caretally.journal.entries import PracticeRegistered
from caretally.practice.caller import system_caller
from caretally.practice.connections import Wanted, connect, path_of
from caretally.practice.founding import open_practice
from caretally.practice.office import Office
from caretally.practice.receiving import Door, arrived, door, is_genuine
from caretally.practice.unpacking import read_all, unpack_due
from caretally.practice.worker import settle_down
from caretally.store.database import Row
from caretally.store.inbox import COLUMNS, driver_cursor, keep_batch, rows_of
from caretally.store.intake import READING_COLUMNS, ReadingRow, deliveries

PRACTICE = "bench"
BATCH, BATCHES, ROUNDS = 1_000, 4, 7
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAR = 10_000_000
DB = JOURNAL.db


@dataclass(frozen=True, slots=True)
class Timed:
    """Rows a second of a round, bare and ours."""

    bare: float
    ours: float


def connected(vendor: str) -> tuple[str, str, str]:
    """Open the practice, connect a vendor; returns name, address and secret."""
    if not DB.rows("SELECT 1 FROM store_practice WHERE name = %s", PRACTICE):
        body = PracticeRegistered(practice=PRACTICE, name="Bench", time_zone="America/New_York")
        open_practice(JOURNAL, body, now())
    office = Office(journal=JOURNAL, caller=system_caller(PRACTICE, "bench"), now=now())
    made, secret = connect(office, Wanted(vendor=vendor))
    return made.name, path_of(made), secret


def payloads(vendor: str, secret: bytes, numbers: Sequence[int]) -> list[Posted]:
    """Return a genuine delivery each, as the vendor's own slice makes them."""
    sent_at = now()
    wanted = tuple(
        Sample(
            device=f"device-{number // FAR}-{number % 500}", metric="85354-9", number=number,
            values={"8480-6": Decimal(100 + number % 70), "8462-4": Decimal(60 + number % 40)},
            measured_at=BEGIN + timedelta(seconds=number % FAR), received_at=sent_at,
        )
        for number in numbers
    )  # fmt: skip
    return list(registry.SLICES[vendor].samples(wanted, secret))


def rate(count: int, work: Callable[[], object]) -> float:
    """Return how many a second."""
    begin = time.perf_counter()
    work()
    return count / (time.perf_counter() - begin)


def parts(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Return rows in batches."""
    return [rows[begin : begin + BATCH] for begin in range(0, len(rows), BATCH)]


def bare_insert(table: str, columns: Sequence[str], rows: Sequence[Row], once: str) -> None:
    """Insert rows as the database does it fastest, a transaction a batch."""
    names = ", ".join(columns)
    for part in parts(rows):
        with DB.atomic():
            if DB.is_postgres:
                with driver_cursor(DB) as cursor:
                    cursor.execute(
                        f"CREATE TEMPORARY TABLE IF NOT EXISTS bare_{table} ON COMMIT DELETE ROWS "
                        f"AS SELECT {names} FROM {table} WITH NO DATA"
                    )
                    with cursor.copy(f"COPY bare_{table} ({names}) FROM STDIN") as copy:
                        for row in part:
                            copy.write_row(row)
                    cursor.execute(
                        f"INSERT INTO {table} ({names}) SELECT {names} FROM bare_{table} "
                        f"ON CONFLICT ({once}) DO NOTHING"
                    )
            else:
                places = ", ".join(["?"] * len(columns))
                DB.connection.ensure_connection()
                DB.connection.connection.cursor().executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({places}) "
                    f"ON CONFLICT ({once}) DO NOTHING",
                    part,
                )


def take(found: Door, posted: Sequence[Posted]) -> None:
    """Check payloads and store them, a transaction a batch."""
    for begin in range(0, len(posted), BATCH):
        part = posted[begin : begin + BATCH]
        keep_batch(DB, [arrived(found, each) for each in part if is_genuine(found, each)])


def unpack() -> None:
    """Read all that waits."""
    while unpack_due(JOURNAL, now(), BATCH):
        pass


def measured(vendor: str, secret: str, name: str) -> dict[str, list[Timed]]:
    """Return what bare inserts and ours came to, round by round, in turn."""
    found = door(DB, vendor, name)
    assert found is not None
    size = BATCH * BATCHES
    told: dict[str, list[Timed]] = {"delivery": [], "reading": []}
    for number in range(ROUNDS):
        first = 2 * number * size
        own = payloads(vendor, secret.encode(), range(first, first + size))
        other = payloads(vendor, secret.encode(), range(first + size, first + 2 * size))
        rows = rows_of(iter([arrived(found, each) for each in other]))
        bare = rate(size, lambda rows=rows: bare_insert(  # type: ignore[misc]
            "store_inbound", COLUMNS, rows, "connection_id, key"))  # fmt: skip
        DB.run("UPDATE store_inbound SET state = 1 WHERE state = 0")
        ours = rate(size, lambda own=own: take(found, own))  # type: ignore[misc]
        told["delivery"].append(Timed(bare, ours))
        told["reading"].append(readings(size))
        assert DB.rows("SELECT COUNT(*) FROM store_inbound WHERE state = 0")[0][0] == 0
    return told


def readings(size: int) -> Timed:
    """Return what storing readings comes to; those of other deliveries bare, what waits ours."""
    done = DB.rows("SELECT id FROM store_inbound WHERE unpacked_us IS NULL AND state = 1 "
                   "ORDER BY id DESC LIMIT %s", size)  # fmt: skip
    rows = [
        (*row, 0, "", "", "", "", "", "", "")
        for read in read_all(deliveries(DB, [each[0] for each in done]))
        for row in read.readings
    ]
    before = count_of("store_intakereading")
    bare = rate(len(rows), lambda: bare_insert(
        "store_intakereading", READING_COLUMNS, rows, "practice_id, key"))  # fmt: skip
    assert count_of("store_intakereading") == before + size
    ours = rate(size, unpack)
    assert count_of("store_intakereading") == before + 2 * size
    assert len(rows[0]) == len(ReadingRow._fields) + 8
    return Timed(bare, ours)


def count_of(table: str) -> int:
    """Return how many rows a table has."""
    return int(DB.rows(f"SELECT COUNT(*) FROM {table}")[0][0])


def write(vendor: str, secret: bytes, count: int, file: Path) -> None:
    """Write genuine deliveries into a file, far from those of the rates."""
    made = payloads(vendor, secret, range(FAR, FAR + count))
    told = [{"headers": dict(each.headers), "body": each.body.decode()} for each in made]
    file.write_text(json.dumps(told), encoding="utf-8")


def main() -> None:
    """Do one part and print what came of it."""
    logging.disable(logging.WARNING)
    what, vendor, *rest = sys.argv[1:]
    if what == "connect":
        print(json.dumps(connected(vendor)))
        return
    if what == "write":
        write(vendor, rest[0].encode(), int(rest[1]), Path(rest[2]))
        print("null")
        return
    settle_down()
    found = measured(vendor, *rest)
    told = {
        name: {
            "bare": statistics.median(each.bare for each in rounds),
            "ours": statistics.median(each.ours for each in rounds),
            "ratio": statistics.median(each.ours / each.bare for each in rounds),
        }
        for name, rounds in found.items()
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
