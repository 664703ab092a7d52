"""How long does the self-audit of a large practice take, and how far does the process grow?

The practice is made by the seeded generator and stored as the program stores entries; the filled
home is kept under bench-out for the next time. Printed: the latest month alone, the months before
it, the same again from memory, and the growth. A month's cost does not hang on how many there are.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.pages import CHARTS_AT_ONCE, OUT, PRACTICE, opened
from caretally.clock import ServiceMonth, now
from caretally.journal.entries import Entry
from caretally.practice.demo_clock import BEGINS_AT
from caretally.store.database import batches
from caretally.synthetic.plan import Plan, practice_sizes
from caretally.synthetic.program import practice_charts

SMALL, FULL, MONTHS = 300, 2_000, 2
LIMIT, AGAIN_LIMIT = 10, 1
"""Seconds asked: a month of the full practice, and the same from memory."""
LAST = ServiceMonth(2026, 3)
KIB = 1024


class Took(NamedTuple):
    """Seconds of the processor, the growth in MiB, and what was read."""

    month: float
    before: float
    again: float
    grown_mib: int
    patients: int
    stretches: int
    alarms: int


def charts(patients: int, months: int) -> Iterator[list[Entry]]:
    """Yield the registrations of all clinics, then the charts, as far as known on the day."""
    first = LAST
    for _ in range(months - 1):
        first = first.previous()
    plan = Plan(patients=patients, months=months, seed=11, first_month=first)
    clinics = [practice_charts(plan, number) for number in range(len(practice_sizes(plan)))]
    yield [entry for clinic in clinics for entry in next(clinic)]
    for clinic in clinics:
        for chart in clinic:
            yield [entry for entry in chart if entry.recorded_at <= BEGINS_AT]


def filled_home(patients: int, months: int) -> Path:
    """Return a home with a practice of a size, filled once and kept."""
    home = OUT / f"audit-{patients}-{months}"
    if not (home / "filled").exists():
        shutil.rmtree(home, ignore_errors=True)
        words = ["--patients", str(patients), "--months", str(months), "--fill"]
        subprocess.run([sys.executable, "-m", "benchmarks.self_audit", *words], check=True)
    return home


def fill(patients: int, months: int) -> None:
    """Store a practice of a size."""
    home = OUT / f"audit-{patients}-{months}"
    journal = opened(home)
    for some in batches(charts(patients, months), CHARTS_AT_ONCE):
        entries = [entry for chart in some for entry in chart]
        journal.append(PRACTICE, entries, received_at=BEGINS_AT)
    (home / "filled").touch()


def audited(journal: Any, *, most: int) -> tuple[Any, float]:
    """Return a self-audit, and what it cost the processor."""
    from caretally.practice.caller import system_caller  # noqa: PLC0415 - Django was opened
    from caretally.practice.office import Office  # noqa: PLC0415
    from caretally.practice.self_auditing import self_audit  # noqa: PLC0415

    office = Office(journal=journal, caller=system_caller(PRACTICE, "benchmark"), now=now())
    begin = time.process_time()
    found = self_audit(office, LAST, most=most)
    return found, time.process_time() - begin


def measured(patients: int, months: int) -> Took:
    """Audit the practice in this process."""
    journal = opened(filled_home(patients, months))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB
    audit, month = audited(journal, most=0)
    _, others = audited(journal, most=12)
    _, again = audited(journal, most=12)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB - before
    return Took(
        month, others, again, grown, audit.audit.patients, audit.audit.stretches,
        len(audit.ringing),
    )  # fmt: skip


def measure(patients: int, months: int = MONTHS) -> Took:
    """Audit a practice of so many patients in a process of its own."""
    filled_home(patients, months)
    words = ["--patients", str(patients), "--months", str(months), "--bare"]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.self_audit", *words], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    told = ran.stdout.split()
    return Took(*map(float, told[:3]), *map(int, told[3:]))


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=SMALL)
    asked.add_argument("--months", type=int, default=MONTHS)
    asked.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.fill:
        fill(options.patients, options.months)
        return
    if options.bare:
        print(*measured(options.patients, options.months))
        return
    took = measure(options.patients, options.months)
    print(f"{took.patients:,} patients, {took.stretches:,} stretches, {took.alarms} alarms")
    print(f"the month {took.month:.2f} s, twelve before {took.before:.2f} s, "
          f"again {took.again:.3f} s; grown by {took.grown_mib} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
