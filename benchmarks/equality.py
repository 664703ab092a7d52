"""Do all ways to decide say the same: on lists, compiled, by the oracle, from tables, on engines?

Hostile populations are held against the oracle, key by key. Generated ones are folded on lists and
compiled, every cell compared, and decided by the local engine, Ray and Spark, every table compared.
Generated entries are decided directly and through tables, field by field. Anything but 0 is a bug.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from caretally.billability.decide import judge_for, record_of
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.errors import MissingExtraError
from caretally.exchange.bulk import BulkSettings, Engine, decide_tables, render_decisions
from caretally.exchange.tables.conversion import convert, write_tables
from caretally.exchange.tables.input_files import read_part, write_part
from caretally.exchange.tables.schemas import OUTPUTS
from caretally.journal.entries import Entry
from caretally.patient_months.arrays import PlainFold, Workspace, array_part
from caretally.patient_months.columns import Folded, Part
from caretally.patient_months.compiled import CompiledFold
from caretally.patient_months.tables_to_fold import part_of
from caretally.synthetic.program import synthesize
from caretally.synthetic.tables import TablePlan, draw_part, draw_parts
from tests.property.compare import differences, differences_of_seed
from tests.property.hostile import hostile_entries

MONTH = ServiceMonth(2026, 3)
CACHE = Path("var") / "compiled"
PER_POPULATION = 4
SCRATCH = frozenset({"state", "seconds", "day", "day_devices", "day_systems", "memo"})
"""Cells the fold uses while it works; they say nothing afterwards."""


class Compared(NamedTuple):
    """What was compared, how much of it, and how many differences there were."""

    what: str
    patient_months: int
    differences: int


def unequal_cells(part: Part) -> int:
    """Count the cells in which the fold on lists and the compiled one differ."""
    plain, slots = PlainFold()(part, Workspace())
    compiled, compiled_slots = CompiledFold(CACHE)(part, Workspace())
    if slots != compiled_slots:
        return abs(slots - compiled_slots)
    return sum(
        count_unequal(getattr(plain, name), getattr(compiled, name), name, slots)
        for name in Folded._fields
        if name not in SCRATCH
    )


def count_unequal(one: object, other: object, name: str, slots: int) -> int:
    """Count the cells of one column, or of all facts, that differ."""
    if name == "facts":
        pairs = zip(one, other, strict=True)  # type: ignore[call-overload]
        return sum(int((a[:slots] != b[:slots]).sum()) for a, b in pairs)
    return int((np.asarray(one) != np.asarray(other)).sum())


def hostile_part(seed: int) -> int:
    """Count the unequal cells on one hostile population."""
    entries, month = hostile_entries(seed)
    judge = judge_for(load_rulebook())
    return unequal_cells(array_part(judge.build(record_of(entries), month).part))


def generated_part(plan: TablePlan, number: int) -> int:
    """Count the unequal cells on one part of a generated population."""
    judge = judge_for(load_rulebook())
    with tempfile.TemporaryDirectory() as held:
        write_part(draw_part(plan, number), Path(held))
        tables = read_part(Path(held))
    return unequal_cells(part_of(tables, MONTH, judge.rules(MONTH), judge.codes))


def in_parallel(work: Callable[[int], int], numbers: Iterable[int]) -> int:
    """Add up what two processes count."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(work, numbers, chunksize=4))


class OfPlan(NamedTuple):
    """One part of a plan, as a call that processes can carry."""

    plan: TablePlan

    def __call__(self, number: int) -> int:
        """Count the unequal cells of a part."""
        return generated_part(self.plan, number)


def of_oracle(seed: int) -> int:
    """Count the keys in which the program and the oracle differ on a hostile population."""
    return len(differences_of_seed(seed, PER_POPULATION))


def drawn(patients: int, seed: int) -> list[Entry]:
    """Return the entries of two months of a program, none of nobody."""
    return (
        list(synthesize(patients, 2, seed=seed, first_month=MONTH.previous())) if patients else []
    )


def against_oracle(patients: int) -> Compared:
    """Hold generated entries against the oracle."""
    found = len(differences(drawn(patients, 11), MONTH))
    return Compared("generated: program = oracle", patients, found)


def output_rows(folder: Path) -> dict[str, object]:
    """Return the rows of every output table."""
    return {
        f"{part.name}/{name}": pq.read_table(part / f"{name}.parquet")
        for part in sorted(folder.glob("part-*"))
        for name in OUTPUTS
    }


def engines(plan: TablePlan, names: Sequence[str]) -> list[Compared]:
    """Hold what each engine wrote against the local engine's tables."""
    settings = BulkSettings(month=MONTH, cache=CACHE)
    found = []
    with tempfile.TemporaryDirectory() as held:
        tables = Path(held) / "tables"
        write_tables(draw_parts(plan), tables)
        decide_tables(tables, Path(held) / "local", settings, engine=Engine(workers=2))
        wanted = output_rows(Path(held) / "local")
        for name in names:
            out = Path(held) / name
            try:
                decide_tables(tables, out, settings, engine=Engine(name=name, workers=2))
            except MissingExtraError as error:
                print(f"  {name}: left out, {error}", file=sys.stderr)
                continue
            got = output_rows(out)
            unequal = sum(not got[key].equals(rows) for key, rows in wanted.items())
            found.append(Compared(f"generated: local = {name}", plan.patients, unequal))
    return found


def through_tables(patients: int) -> Compared:
    """Hold decisions rendered from tables against those from entries, field by field."""
    entries = drawn(patients, 5)
    record = record_of(entries)
    wanted = {
        each.patient: each.to_json() for each in judge_for(load_rulebook()).decide(record, MONTH)
    }
    with tempfile.TemporaryDirectory() as held:
        tables, out = Path(held) / "tables", Path(held) / "out"
        convert(entries, tables)
        decide_tables(tables, out, BulkSettings(month=MONTH, cache=CACHE))
        got = {each.patient: each.to_json() for each in render_decisions(out)}
    fields = {(name, key) for name, said in wanted.items() for key in said}
    unequal = sum(wanted[name][key] != got.get(name, {}).get(key) for name, key in fields)
    return Compared("from tables = from entries, field by field", len(wanted), unequal)


def measure(options: argparse.Namespace) -> list[Compared]:
    """Compare all ways in the sizes asked for."""
    populations = range(options.hostile // PER_POPULATION)
    plan = TablePlan(
        patients=options.generated, seed=8, month=MONTH,
        patients_per_part=min(5_000, max(1, options.generated // 4)),
    )  # fmt: skip
    parts = range(len(plan.part_sizes()))
    return [
        Compared("hostile: program = oracle", options.hostile, in_parallel(of_oracle, populations)),
        Compared(
            "hostile: lists = compiled", options.hostile, in_parallel(hostile_part, populations)
        ),
        Compared(
            "generated: lists = compiled", options.generated, in_parallel(OfPlan(plan), parts)
        ),
        against_oracle(options.oracle),
        *engines(replace(plan), options.engines.split(",") if options.engines else ()),
        through_tables(options.entries),
    ]


def parser() -> argparse.ArgumentParser:
    """Return the options and their defaults."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hostile", type=int, default=200)
    asked.add_argument("--generated", type=int, default=8_000)
    asked.add_argument("--oracle", type=int, default=100)
    asked.add_argument("--entries", type=int, default=200)
    asked.add_argument("--engines", default="ray,spark")
    return asked


def main() -> None:
    """Compare and print; exit status 1 where anything differs."""
    found = measure(parser().parse_args())
    for what, size, unequal in found:
        print(f"  {what:45} {size:>9,} patient-months  {unequal} differences")
    if any(each.differences for each in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
