"""How fast is a practice-year decided again under other rules, once its facts are at hand?

A year of 1,000 patients, twelve thousand patient-months, is folded once. Then every month is judged
under another counting policy and under the rules of another date; only the criteria run again,
since neither changes what a second or a data day is. Printed: wall seconds of the whole year.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from caretally.billability.column_judging import judge_columns
from caretally.billability.decide import Judge
from caretally.billability.sheets import load_rulebook
from caretally.billability.slot_groups import Grouping
from caretally.clock import ServiceMonth
from caretally.exchange.bulk import BulkSettings
from caretally.exchange.tables.deciding import Decider
from caretally.exchange.tables.input_files import read_part, write_part
from caretally.synthetic.tables import TablePlan, draw_part

LIMIT = 0.2
"""Seconds asked for, after load."""
CACHE = Path("var") / "compiled"
YEAR = 2026


class MonthFacts(NamedTuple):
    """A folded month: its facts, and what judging needs beside them."""

    facts: Sequence[Any]
    diagnosis_sets: Sequence[Sequence[str]]
    patients: int


def folded_year(patients: int, folder: Path) -> list[MonthFacts]:
    """Return a year of one practice's months, folded."""
    year = []
    for number in range(1, 13):
        month = ServiceMonth(YEAR, number)
        plan = TablePlan(patients=patients, seed=number, month=month, patients_per_part=patients)
        ready = Decider(BulkSettings(month=month, cache=CACHE))
        part = folder / f"{number:02d}"
        write_part(draw_part(plan, 0), part)
        tables = read_part(part)
        _, _, facts = ready.fold_tables(tables)
        kept = [column.copy() for column in facts]
        year.append(MonthFacts(kept, tables.words.diagnosis_sets, len(tables.patients)))
    return year


def seconds_of(judge: Judge, year: Sequence[MonthFacts], turns: int) -> float:
    """Return the median seconds of judging the year."""
    grouping, taken = Grouping(judge.bench), []
    for _ in range(turns + 1):
        gc.collect()
        begin = time.perf_counter()
        for month in year:
            judge_columns(grouping, month.facts, month.diagnosis_sets, month.patients)
        taken.append(time.perf_counter() - begin)
    return sorted(taken[1:])[turns // 2]


def measure(patients: int, folder: Path, turns: int = 5) -> dict[str, float]:
    """Return the seconds of a year under another policy and under other rules."""
    year = folded_year(patients, folder)
    rulebook = load_rulebook()
    judges = {
        "policy interactive_only": Judge(rulebook=rulebook, policy="interactive_only"),
        "rules of 2025-12-01": Judge(rulebook=rulebook, rules_on=date(2025, 12, 1)),
    }
    return {name: seconds_of(judge, year, turns) for name, judge in judges.items()}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=1_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as held:
        found = measure(options.patients, Path(held))
    print(f"{options.patients * 12:,} patient-months judged again:")
    for name, seconds in found.items():
        print(f"  {name:26} {seconds:.3f} s  asked at most {LIMIT} s")


if __name__ == "__main__":
    main()
