"""What does keeping the totals cost a save, beyond storing the entry?

A nurse's minute is saved at a time for a patient with 100 and with 1,000 entries in the month, once
as the program saves it and once with the totals left out, taking turns. Printed: the overhead in
milliseconds, and as a ratio of the bare insert.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry, ReadingRecorded, TimeLogged
from caretally.project.database_url import sqlite_settings
from caretally.store import appending
from caretally.store.database import Database
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.program import synthesize

MONTH = ServiceMonth(2026, 3)
LIMITS = {100: 1, 1_000: 5}
"""Milliseconds asked for at the 99th percentile, by entries in the month."""
SAVES = 200
DAY = 86_400
BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@contextmanager
def fresh_journal() -> Iterator[StoredJournal]:
    """Yield a journal in a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        connections.databases["bench"] = sqlite_settings(Path(folder) / "bench.sqlite3")
        connections.configure_settings(connections.databases)
        call_command("migrate", database="bench", verbosity=0)
        yield StoredJournal(Database("bench"))
        connections["bench"].close()
        del connections["bench"]
        del connections.databases["bench"]


def chart() -> tuple[list[Entry], list[Entry]]:
    """Return a practice's own entries, and those of a patient with time and readings."""
    entries = list(synthesize(8, 1, seed=3, first_month=MONTH))
    patient = next(
        entry.patient for entry in entries if isinstance(entry.body, TimeLogged) and entry.patient
    )
    return [e for e in entries if e.patient is None], [e for e in entries if e.patient == patient]


def filled(own: Sequence[Entry], count: int) -> list[Entry]:
    """Return a chart brought to a count of entries: one in ten is time, the rest readings."""
    reading = next(entry for entry in own if isinstance(entry.body, ReadingRecorded))
    made = list(own)
    while len(made) < count:
        number = len(made)
        moment = BEGIN + timedelta(seconds=number * (29 * DAY // count))
        if number % 10:
            body = replace(reading.body, measured_at=moment, vendor_reading_id=f"fill {number}")
            made.append(
                replace(reading, id=f"fill_{number}", at=moment, recorded_at=moment, body=body)
            )
        else:
            made.append(minute(own, moment, f"fill_{number}"))
    return made


def minute(own: Sequence[Entry], start: datetime, name: str) -> Entry:
    """Return a minute of a nurse's review."""
    logged = next(entry for entry in own if isinstance(entry.body, TimeLogged))
    end = start + timedelta(seconds=60)
    body = replace(logged.body, start=start, end=end)
    return replace(logged, id=name, at=start, recorded_at=end, body=body)


def measure(count: int) -> tuple[list[float], list[float]]:
    """Return milliseconds of saves as they are, and with the totals left out."""
    whole: list[float] = []
    bare: list[float] = []
    with fresh_journal() as journal:
        practice, own = chart()
        journal.append("p", [*practice, *filled(own, count)], received_at=NOW)
        for number in range(2 * SAVES):
            start = BEGIN + timedelta(seconds=120 + number * (29 * DAY // (2 * SAVES)))
            entry = [minute(own, start, f"minute_{number}")]
            if number % 2:
                with mock.patch.object(appending, "settle"):
                    bare.append(milliseconds(journal, entry))
            else:
                whole.append(milliseconds(journal, entry))
    return whole, bare


def milliseconds(journal: StoredJournal, entries: Sequence[Entry]) -> float:
    """Return how long a save took."""
    begun = time.perf_counter()
    journal.append("p", entries, received_at=NOW)
    return (time.perf_counter() - begun) * 1e3


def percentile(values: Sequence[float], hundredth: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(values, n=100)[hundredth - 1]


def main() -> None:
    """Measure and print."""
    settings.configure(
        SECRET_KEY="of the benchmark",  # noqa: S106
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["caretally.store"],
        USE_TZ=True,
    )
    django.setup()
    for count, limit in LIMITS.items():
        whole, bare = measure(count)
        middle, bare_middle = statistics.median(whole), statistics.median(bare)
        print(
            f"{count:>6,} entries in the month: overhead median {middle - bare_middle:.2f} ms, "
            f"p99 {percentile(whole, 99) - percentile(bare, 99):.2f} ms (asked: {limit}); "
            f"bare insert {bare_middle:.2f} ms; ratio {middle / bare_middle:.2f}"
        )


if __name__ == "__main__":
    main()
