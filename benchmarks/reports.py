"""How long does a report take in a practice of 2,000 patients, beside the bare count in SQL?

The practice is that of `benchmarks.pages`, in the size asked for. Each report is worked out cold,
with nothing remembered of charts, then warm. Printed: milliseconds of the processor, how often the
bare count of the month's rows and spans would fit into them, and the peak of memory beyond what
the program held before.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.pages import MONTH, PRACTICE, filled_home, opened
from caretally.clock import now

PATIENTS, TURNS = 2_000, 3
COUNT = (
    "SELECT COUNT(*), SUM(management_seconds) FROM store_patientmonth WHERE month = '2026-03'",
    "SELECT COUNT(*), SUM(ends - begins) FROM store_staffspan",
    'SELECT COUNT(*) FROM store_entry WHERE line LIKE \'%"kind":"reading_recorded"%\'',
)
"""What a report cannot do without: the months, the spans, the lines of the readings."""


def took(work: Callable[[], Any]) -> float:
    """Return the milliseconds of the processor that some work took."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def measured(patients: int) -> None:
    """Print what every report takes."""
    journal = opened(filled_home(patients))
    from caretally.practice import reports_charts  # noqa: PLC0415 - after Django was opened
    from caretally.practice.caller import system_caller  # noqa: PLC0415
    from caretally.practice.office import Office  # noqa: PLC0415
    from caretally.practice.reports import Asked  # noqa: PLC0415
    from caretally.practice.reports_catalogue import KINDS, report  # noqa: PLC0415

    office = Office(journal=journal, caller=system_caller(PRACTICE, "benchmark"), now=now())
    asked = Asked(office=office, month=MONTH)
    bare = statistics.median(
        took(lambda: [journal.db.rows(sql) for sql in COUNT]) for _ in range(TURNS)
    )
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{patients:,} patients; the bare count takes {bare:.0f} ms")
    for name in KINDS:
        reports_charts.REMEMBERED.found.clear()
        cold = took(lambda each=name: report(asked, each))  # type: ignore[misc]
        warm = statistics.median(
            took(lambda each=name: report(asked, each))  # type: ignore[misc]
            for _ in range(TURNS)
        )
        print(
            f"{name:10} cold {cold:7.0f} ms = {cold / bare:5.1f} bare counts, "
            f"warm {warm:7.0f} ms = {warm / bare:5.1f}"
        )
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    print(f"memory: {more // 1024} MB more at the peak")


def main() -> int:
    """Measure; a smaller practice is quicker to make."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    measured(parser.parse_args().patients)
    return 0


if __name__ == "__main__":
    sys.exit(main())
