"""What does a population cost: decoding, folding, judging, writing, and against the oracle?

Parts of a generated population are read, folded by the compiled fold, judged by all criteria of all
codes under every reading, and written, one after the other; each step's processor time is added up
and held against that of decoding the same columns of the same files. The oracle's time is taken on
entries of the same mixture. Printed: ratios, the exponent of growth, wall time on two processes.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from caretally.clock import ServiceMonth
from caretally.exchange.bulk import BulkSettings, Engine, decide_tables
from caretally.exchange.tables.conversion import write_tables
from caretally.exchange.tables.deciding import Decider, write_decided
from caretally.exchange.tables.input_files import part_folders, read_columns, read_part
from caretally.exchange.tables.output_columns import DecidedPart
from caretally.synthetic.program import synthesize
from caretally.synthetic.tables import TablePlan, draw_parts
from tests.property.oracle import oracle_decide

MONTH = ServiceMonth(2026, 3)
CACHE = Path("var") / "compiled"
STEPS = ("decode", "fold", "judge", "write")
SMALL = 10_000
ORACLE_PATIENTS = 24


class Cost(NamedTuple):
    """Processor seconds by step, decoding within the fold left in; and the most memory held."""

    patients: int
    seconds: dict[str, float]
    peak_mib: int

    @property
    def fold_ratio(self) -> float:
        """Reading and folding, in times of decoding."""
        return self.seconds["fold"] / self.seconds["decode"]

    @property
    def all_ratio(self) -> float:
        """Reading, folding and judging, in times of decoding."""
        return (self.seconds["fold"] + self.seconds["judge"]) / self.seconds["decode"]

    @property
    def whole(self) -> float:
        """Processor seconds of reading, folding and judging."""
        return self.seconds["fold"] + self.seconds["judge"]


def timed(seconds: dict[str, float], step: str, work: Callable[[], Any]) -> Any:
    """Do a step and add its processor time."""
    begin = time.process_time()
    found = work()
    seconds[step] += time.process_time() - begin
    return found


def cost_of(tables: Path, target: Path | None) -> Cost:
    """Return what a population costs, part by part in this process; writing only to a target."""
    ready = Decider(BulkSettings(month=MONTH, cache=CACHE))
    folders = part_folders(tables)
    ready.decide(read_part(folders[0]))  # loads or makes the compiled code
    seconds, patients = dict.fromkeys(STEPS, 0.0), 0
    for folder in folders:
        read_columns(folder)  # both find the file in memory
        timed(seconds, "decode", lambda folder=folder: read_columns(folder))

        def fold(folder: Path = folder) -> Any:
            read = read_part(folder)
            return read, *ready.fold_tables(read)

        read, part, folded, facts = timed(seconds, "fold", fold)
        judged = timed(
            seconds, "judge", lambda read=read, facts=facts: ready.judge_facts(read, facts)
        )
        patients += part.patients
        if target is not None:
            decided = DecidedPart(part, folded, facts, judged, ready.codes)
            out = target / folder.name
            out.mkdir(parents=True)
            timed(
                seconds,
                "write",
                lambda d=decided, f=folder, o=out: write_decided(ready, d, f, o),
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Cost(patients, seconds, peak)


def oracle_seconds() -> float:
    """Return the oracle's processor seconds for one patient-month of the same mixture."""
    entries = list(synthesize(ORACLE_PATIENTS, 2, seed=3, first_month=MONTH.previous()))
    begin = time.process_time()
    decided = oracle_decide(entries, MONTH)
    return (time.process_time() - begin) / len(decided)


def wall_seconds(tables: Path, workers: int) -> float:
    """Return the wall time of deciding and writing all parts with some processes."""
    with tempfile.TemporaryDirectory() as out:
        begin = time.perf_counter()
        settings = BulkSettings(month=MONTH, cache=CACHE)
        decide_tables(tables, Path(out), settings, engine=Engine(workers=workers))
        return time.perf_counter() - begin


def population(patients: int, folder: Path) -> Path:
    """Return the tables of a population, drawn unless they are there."""
    tables = folder / f"tables-{patients}"
    if not tables.exists():
        write_tables(draw_parts(TablePlan(patients=patients, seed=6, month=MONTH)), tables)
    return tables


class Measured(NamedTuple):
    """All that was measured on one population."""

    cost: Cost
    exponent: float
    times_oracle: float
    wall: float


def measure(patients: int, folder: Path) -> Measured:
    """Measure a population, and a small one for the exponent of growth."""
    small = cost_of(population(SMALL, folder), None)
    tables = population(patients, folder)
    with tempfile.TemporaryDirectory() as out:
        cost = cost_of(tables, Path(out))
    growth = math.log(cost.whole / small.whole) / math.log(cost.patients / small.patients)
    times_oracle = oracle_seconds() / (cost.whole / cost.patients)
    return Measured(cost, growth, times_oracle, wall_seconds(tables, 2))


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=100_000)
    asked.add_argument("--folder", type=Path, help="keeps the population for another run")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as held:
        found = measure(options.patients, options.folder or Path(held))
    cost = found.cost
    print(f"{cost.patients:,} patient-months, processor seconds of one process:")
    for step in STEPS:
        each = cost.seconds[step] / cost.patients * 1e6
        print(f"  {step:8} {cost.seconds[step]:8.2f} s  {each:7.2f} µs a patient-month")
    print(f"  fold (reading included) / decode          {cost.fold_ratio:.2f}  asked at most 4")
    print(f"  fold and all criteria / decode            {cost.all_ratio:.2f}  asked at most 8")
    print(
        f"  oracle / fold and all criteria            {found.times_oracle:,.0f}  asked at least 40"
    )
    print(
        f"  exponent from {SMALL:,}                      {found.exponent:.3f}  asked at most 1.05"
    )
    print(f"  peak of the process                       {cost.peak_mib} MiB  asked at most 1,024")
    print(f"  two processes, written, wall              {found.wall:.1f} s")


if __name__ == "__main__":
    main()
