"""What does keeping the totals cost a save, beyond storing the entry?

A nurse's minute is saved at a time for patients with 100 and with 1,000 entries in the month, once
as the program saves it and once with the totals left out, taking turns. Printed: the overhead in
milliseconds of this thread's processor time and of the clock, and as a ratio of the bare insert.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from unittest import mock

from benchmarks.fresh_database import fresh_database
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry, ReadingRecorded, StaffRegistered, TimeLogged
from caretally.store import appending
from caretally.store.database import Database
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.program import synthesize

MONTH = ServiceMonth(2026, 3)
LIMITS = {100: 1, 1_000: 5}
"""Milliseconds asked for at the 99th percentile, by entries in the month."""
PATIENTS, TURNS = 20, 20
DAY = 86_400
BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)


class Cost(NamedTuple):
    """Milliseconds of a save."""

    processor: float
    clock: float


def charts() -> tuple[list[Entry], list[list[Entry]]]:
    """Return a practice's own entries, and those of patients with time and readings."""
    entries = list(synthesize(40, 1, seed=3, first_month=MONTH))
    by_patient: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.patient is not None:
            by_patient.setdefault(entry.patient, []).append(entry)
    wanted = (TimeLogged, ReadingRecorded)
    chosen = [
        own
        for own in by_patient.values()
        if all(any(isinstance(entry.body, kind) for entry in own) for kind in wanted)
    ]
    return [entry for entry in entries if entry.patient is None], chosen[:PATIENTS]


def filled(own: Sequence[Entry], count: int) -> list[Entry]:
    """Return a chart brought to a count of entries: one in ten is time, the rest readings."""
    reading = next(entry for entry in own if isinstance(entry.body, ReadingRecorded))
    made = list(own)
    while len(made) < count:
        number = len(made)
        name = f"{reading.patient}_fill_{number}"
        moment = BEGIN + timedelta(seconds=number * (29 * DAY // count))
        if number % 10:
            body = replace(reading.body, measured_at=moment, vendor_reading_id=name)
            made.append(replace(reading, id=name, at=moment, recorded_at=moment, body=body))
        else:
            made.append(minute(own, moment, name))
    return made


def minute(own: Sequence[Entry], start: datetime, name: str) -> Entry:
    """Return a minute of review by somebody of the patient's own."""
    logged = next(entry for entry in own if isinstance(entry.body, TimeLogged))
    end = start + timedelta(seconds=60)
    body = replace(logged.body, start=start, end=end, performer=f"nurse_{logged.patient}")
    return replace(logged, id=name, at=start, recorded_at=end, body=body)


def nurses(chosen: Sequence[Sequence[Entry]], practice: Sequence[Entry]) -> list[Entry]:
    """Return a nurse for each patient, so that no two are in two places."""
    template = next(
        entry
        for entry in practice
        if isinstance(entry.body, StaffRegistered) and entry.body.role == "rn"
    )
    names = [f"nurse_{own[0].patient}" for own in chosen]
    return [
        replace(template, id=f"e_{name}", body=replace(template.body, staff=name)) for name in names
    ]


def measure(count: int) -> tuple[list[Cost], list[Cost]]:
    """Return what saves cost as they are, and with the totals left out."""
    whole: list[Cost] = []
    bare: list[Cost] = []
    with fresh_database() as alias:
        journal = StoredJournal(Database(alias))
        practice, chosen = charts()
        journal.append("p", [*practice, *nurses(chosen, practice)], received_at=NOW)
        for own in chosen:
            journal.append("p", filled(own, count), received_at=NOW)
        gc.collect()
        gc.freeze()
        for turn in range(TURNS):
            for place, own in enumerate(chosen):
                start = BEGIN + timedelta(seconds=120 + turn * (29 * DAY // TURNS))
                entry = [minute(own, start, f"{own[0].patient}_minute_{turn}")]
                if (turn + place) % 2:
                    with mock.patch.object(appending, "settle", return_value=[]):
                        bare.append(cost(journal, entry))
                else:
                    whole.append(cost(journal, entry))
    return whole, bare


def cost(journal: StoredJournal, entries: Sequence[Entry]) -> Cost:
    """Return what a save cost."""
    processor, clock = time.thread_time(), time.perf_counter()
    journal.append("p", entries, received_at=NOW)
    return Cost((time.thread_time() - processor) * 1e3, (time.perf_counter() - clock) * 1e3)


def percentile(values: Sequence[float], hundredth: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(values, n=100)[hundredth - 1]


def main() -> None:
    """Measure and print."""
    for count, limit in LIMITS.items():
        whole, bare = measure(count)
        print(f"{count:,} entries in the month, {len(whole):,} saves (asked: p99 {limit} ms)")
        for name, with_totals, without in zip(
            Cost._fields, zip(*whole, strict=True), zip(*bare, strict=True), strict=True
        ):
            middle, bare_middle = statistics.median(with_totals), statistics.median(without)
            print(
                f"  {name:<10} overhead median {middle - bare_middle:6.2f} ms, p99 "
                f"{percentile(with_totals, 99) - percentile(without, 99):6.2f} ms; "
                f"bare insert {bare_middle:.2f} ms; ratio {middle / bare_middle:.2f}"
            )


if __name__ == "__main__":
    main()
