"""How long does the decision of one patient-month take, from entries, without a compiler?

Twenty spans and 120 readings of one patient, with everything an enrollment needs; corrections
resolved, rows built, folded and judged under every reading. Texts are rendered when read and are
reported apart. Printed: median and 99th percentile of the clock and of processor time.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from caretally.billability.decide import judge_for, record_of
from caretally.billability.decision import Decision
from caretally.billability.judged_months import JudgedMonth
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.journal.entries import (
    Body,
    Consented,
    ContactHeld,
    Covered,
    DeviceAssigned,
    Enrolled,
    Entry,
    Ordered,
    PracticeRegistered,
    ReadingRecorded,
    SetupCompleted,
    StaffRegistered,
    TimeLogged,
)

MONTH = ServiceMonth(2026, 3)
LIMIT = 1.0
"""Milliseconds asked for at the 99th percentile."""
SPANS, READINGS = 20, 120
BEGIN = datetime(2026, 2, 1, 15, tzinfo=UTC)


class Spread(NamedTuple):
    """Milliseconds of a step over many runs."""

    median: float
    worst_of_100: float


def bodies() -> Iterator[tuple[Body, datetime]]:
    """Yield what is on record about the patient, each with its instant."""
    yield PracticeRegistered(practice="prac", name="Practice", time_zone="America/Chicago"), BEGIN
    yield StaffRegistered(staff="nurse", role="rn"), BEGIN
    known = date(2025, 11, 1)
    yield Enrolled(program="rpm", diagnoses=("I10",), established_on=known, practice="prac"), BEGIN
    yield Consented(scope="rpm"), BEGIN
    yield Ordered(program="rpm", ordering_provider="doctor"), BEGIN
    yield Covered(payer="medicare_ffs", from_on=known), BEGIN
    yield DeviceAssigned(device="cuff", medical_device=True), BEGIN
    yield SetupCompleted(device="cuff", educated_by="nurse"), BEGIN
    for number in range(READINGS):
        at = datetime(2026, 2, 1, 14, tzinfo=UTC) + timedelta(hours=12 * number)
        yield (
            ReadingRecorded(
                device="cuff", metric="8480-6", measured_at=at, origin="device",
                value=Decimal(130), unit="mm[Hg]", vendor_reading_id=str(number),
            ),
            at,
        )  # fmt: skip
    for number in range(SPANS):
        start = datetime(2026, 3, 2, 16, tzinfo=UTC) + timedelta(days=number)
        end = start + timedelta(seconds=95)
        if number % 7:
            review = TimeLogged(
                program="rpm", category="review", start=start, end=end, performer="nurse"
            )
            yield review, start
        else:
            call = ContactHeld(
                program="rpm", mode="telephone", start=start, end=end, performers=("nurse",),
                spoke_with="patient", two_way=True, topics=("symptoms",),
            )  # fmt: skip
            yield call, start


def chart() -> list[Entry]:
    """Return the entries of one patient and her practice."""
    about_practice = (PracticeRegistered, StaffRegistered)
    return [
        Entry(
            id=f"e{number:04d}", patient=None if isinstance(body, about_practice) else "pat",
            at=at, recorded_at=at, actor="staff:nurse", body=body,
        )
        for number, (body, at) in enumerate(bodies())
    ]  # fmt: skip


def spread(work: Callable[[], object], runs: int, clock: Callable[[], int]) -> Spread:
    """Return median and 99th percentile of a step, in milliseconds."""
    for _ in range(20):
        work()
    taken = []
    gc.collect()
    gc.freeze()
    for _ in range(runs):
        begin = clock()
        work()
        taken.append((clock() - begin) / 1e6)
    gc.unfreeze()
    taken.sort()
    return Spread(taken[runs // 2], taken[runs * 99 // 100])


def measure(runs: int) -> dict[str, Spread]:
    """Return the spreads of the decision and of its rendering."""
    entries, judge = chart(), judge_for(load_rulebook())

    def decide() -> object:
        decision = judge.decide(record_of(entries), MONTH)[0]
        return decision.lines

    decided = judge.decide(record_of(entries), MONTH)[0].month
    return {
        "clock": spread(decide, runs, time.perf_counter_ns),
        "processor": spread(decide, runs, time.process_time_ns),
        "rendered": spread(lambda: rendered(decided), runs, time.process_time_ns),
    }


def rendered(judged: JudgedMonth) -> object:
    """Render a judged month as the contract writes it, nothing kept from before."""
    return Decision(judged).to_json()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=2_000)
    found = measure(asked.parse_args().runs)
    print(f"one patient-month of {SPANS} spans and {READINGS} readings, uncompiled, ms:")
    for name, (median, worst) in found.items():
        print(f"  {name:10} p50 {median:.3f}  p99 {worst:.3f}")
    print(f"  asked: p99 at most {LIMIT} ms")


if __name__ == "__main__":
    main()
