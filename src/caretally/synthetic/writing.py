"""A synthetic program on disk: one NDJSON file, packed if its name ends in .gz, made as it streams.

Memory holds one chart and one practice's staff, whatever the size of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from caretally.journal.entries import Entry
from caretally.journal.lines import FilePath
from caretally.journal.ndjson import write_entries
from caretally.synthetic.plan import Plan, practice_sizes
from caretally.synthetic.program import practice_charts

Progress = Callable[[int, int], None]
"""Called with the charts done and all charts, after every chart."""


def write_program(out: FilePath, plan: Plan, *, progress: Progress | None = None) -> int:
    """Write all entries of a plan; the file appears whole, and the same plan makes the same lines.

    Returns:
        How many entries were written.

    Raises:
        ExchangeError: the file cannot be written; nothing is left of it.
    """
    return write_entries(_entries(plan, progress or _silently), out)


def _entries(plan: Plan, progress: Progress) -> Iterator[Entry]:
    before = 0
    for number, size in enumerate(practice_sizes(plan)):
        for turn, chart in enumerate(practice_charts(plan, number)):
            yield from chart
            progress(before + turn, plan.patients)
        before += size


def _silently(done: int, total: int) -> None:
    del done, total
