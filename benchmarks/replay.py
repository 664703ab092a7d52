"""How fast is a practice-year counted again under other rules, once it is loaded?

A year of 1,000 patients, twelve thousand patient-months, is read from its tables and counted by its
own rules. Then it is counted under another policy, which judges the same facts again, and by the
rules of another date, which finds set-up days otherwise and folds every month again. Printed: wall
seconds of the whole year the first time it is asked, plans made included, and when asked again.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from caretally.billability.decide import Judge
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.exchange.tables.input_files import read_part, write_part
from caretally.exchange.tables.replaying import ReplayTables
from caretally.patient_months.compiled import CompiledFold
from caretally.synthetic.tables import TablePlan, draw_part

LIMIT = 0.2
"""Seconds asked for, after load."""
CACHE = Path("var") / "compiled"
YEAR = 2025
OTHER_RULES = date(2026, 3, 1)


class Again(NamedTuple):
    """Seconds of a year under other rules: when asked first, and the median of later times."""

    first: float
    later: float


def loaded_year(patients: int, folder: Path) -> ReplayTables:
    """Return a year of one part, drawn, written and read."""
    last = ServiceMonth(YEAR, 12)
    plan = TablePlan(patients=patients, seed=12, month=last, months=12, patients_per_part=patients)
    write_part(draw_part(plan, 0), folder / "year")
    return ReplayTables(read_part(folder / "year"), CompiledFold(CACHE), keeps=24)


def seconds(year: ReplayTables, judge: Judge) -> float:
    """Return the seconds of counting the year; facts of other judges are at hand."""
    months = [ServiceMonth(YEAR, number) for number in range(1, 13)]
    gc.collect()
    begin = time.perf_counter()
    assert sum(year.units(judge, months).values())
    return time.perf_counter() - begin


def measure(patients: int, folder: Path, turns: int = 5) -> dict[str, Again]:
    """Return the seconds of a year under another policy and by other rules."""
    year = loaded_year(patients, folder)
    rulebook = load_rulebook()
    seconds(year, Judge(rulebook=rulebook))  # loads the compiled code, too
    policy = Judge(rulebook=rulebook, policy="interactive_only")
    rules = Judge(rulebook=rulebook, rules_on=OTHER_RULES)
    first = {"another policy": seconds(year, policy), "rules of another date": seconds(year, rules)}
    judged = [seconds(year, policy) for _ in range(turns)]
    folded = []
    for _ in range(turns):
        year.forget(rules)
        folded.append(seconds(year, rules))
    later = {"another policy": judged, "rules of another date": folded}
    return {name: Again(first[name], sorted(later[name])[turns // 2]) for name in first}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=1_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as held:
        found = measure(options.patients, Path(held))
    print(f"{options.patients * 12:,} patient-months counted again:")
    for name, (first, later) in found.items():
        print(f"  {name:24} {first:.3f} s, again {later:.3f} s  asked at most {LIMIT} s")


if __name__ == "__main__":
    main()
