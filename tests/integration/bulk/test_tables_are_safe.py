"""Whatever numbers stand in tables: they are refused, or both folds take them and say the same.

The fold on lists is run first, on lists that refuse every position they do not have; the compiled
one, which looks at none, is only run where that one came through.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")

from caretally.billability.decide import judge_for
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.exchange.tables.conversion import convert
from caretally.exchange.tables.input_files import (
    FACT_COLUMNS,
    READING_COLUMNS,
    SPAN_COLUMNS,
    read_part,
)
from caretally.patient_months.arrays import Workspace, listed
from caretally.patient_months.columns import FOREVER, Folded, Part
from caretally.patient_months.compiled import CompiledFold
from caretally.patient_months.extras import np
from caretally.patient_months.fold import fold_part
from caretally.patient_months.part_tables import PartTables
from caretally.patient_months.rows import plain_output
from caretally.patient_months.table_checks import looked_at
from caretally.patient_months.tables_to_fold import near_month, part_of
from tests.property.hostile import hostile_entries

pytestmark = pytest.mark.bulk

JUDGE = judge_for(load_rulebook())
WRITTEN = ("counted", "live", "reasons", "reading_reasons", "lane", "zone", "program")
LISTS = ("first_performer", "performers", "places", "first_excluded", "excluded")
STAFF_COLUMNS = ("staff", "role", "from_day", "to_day")
FIELDS = {
    "spans": (*SPAN_COLUMNS, *LISTS),
    "readings": READING_COLUMNS,
    "facts": FACT_COLUMNS,
    "staff": STAFF_COLUMNS,
}
NAMED = {"from": "begins", "to": "ends"}
CASES = [
    (table, NAMED.get(column, column)) for table, columns in FIELDS.items() for column in columns
] + [("part", counts) for counts in ("span_counts", "reading_counts", "fact_counts")]


class Guarded(list[int]):
    """A column that has no position below 0; lists refuse those beyond the last themselves."""

    def __getitem__(self, row: Any) -> Any:
        """Return a cell."""
        assert row >= 0, row
        return super().__getitem__(row)

    def __setitem__(self, row: Any, value: Any) -> None:
        """Write a cell."""
        assert row >= 0, row
        super().__setitem__(row, value)


def guarded(table: Any) -> Any:
    """A table, or several, with guarded columns."""
    if isinstance(table, int):
        return table
    if hasattr(table, "_fields"):
        return type(table)(*map(guarded, table))
    if table and isinstance(table[0], list):
        return list(map(guarded, table))
    return Guarded(table)


def folded_by_hand(part: Part) -> tuple[Folded, int]:
    """What the fold makes of a part on guarded lists."""
    lists = guarded(listed(part))
    for capacity in (8 * part.patients + 8, 400 * part.patients):
        out = guarded(plain_output(lists, capacity))
        slots = fold_part(lists, out)
        if slots >= 0:
            return out, slots
    raise AssertionError("more slots than there can be")


@lru_cache(maxsize=1)
def populations() -> list[tuple[PartTables, ServiceMonth]]:
    """Small hostile populations, read from files."""
    found = []
    with tempfile.TemporaryDirectory() as held:
        for seed in range(6):
            entries, month = hostile_entries(seed, 4)
            folder = Path(held) / str(seed)
            convert(entries, folder)
            found.append((read_part(folder / "part-00000"), month))
    return found


def column_of(tables: PartTables, case: tuple[str, str]) -> Any:
    """A column of tables."""
    table, column = case
    return getattr(tables if table == "part" else getattr(tables, table), column)


def with_column(tables: PartTables, case: tuple[str, str], values: Any) -> PartTables:
    """Tables with another column."""
    table, column = case
    if table == "part":
        return replace(tables, **{column: values})
    return replace(tables, **{table: getattr(tables, table)._replace(**{column: values})})


def numbers_for(column: Any) -> st.SearchStrategy[int]:
    """Numbers of a column's width, most of them near others that stand in it, or near an edge."""
    limits = np.iinfo(column.dtype)
    near = [int(value) for value in {*column[:40].tolist(), 0, limits.min, limits.max, FOREVER}]
    close = st.sampled_from(near).flatmap(lambda value: st.integers(value - 3, value + 3))
    whole = st.integers(int(limits.min), int(limits.max))
    return (close | whole).filter(lambda value: limits.min <= value <= limits.max)


@st.composite
def broken(draw: st.DrawFn) -> tuple[PartTables, ServiceMonth]:
    """Tables with up to four numbers put somewhere."""
    tables, month = draw(st.sampled_from(populations()))
    for _ in range(draw(st.integers(1, 4))):
        case = draw(st.sampled_from(CASES))
        column = column_of(tables, case)
        if len(column):
            changed = column.copy()
            changed[draw(st.integers(0, len(column) - 1))] = draw(numbers_for(column))
            tables = with_column(tables, case, changed)
    return tables, month


def unlike_cells(tables: PartTables, month: ServiceMonth, fold: CompiledFold) -> list[str]:
    """What the folds of tables that were not refused do not have in common."""
    near, _ = near_month(tables, month)
    part = part_of(near, month, JUDGE.rules(month), JUDGE.codes)
    plain, slots = folded_by_hand(part)
    compiled, count = fold(part, Workspace())
    if count != slots:
        return ["slots"]
    facts = zip(plain.facts, compiled.facts, strict=True)
    return [
        *(f"fact {n}" for n, (a, b) in enumerate(facts) if list(a)[:count] != b[:count].tolist()),
        *(n for n in WRITTEN if list(getattr(plain, n)) != list(getattr(compiled, n))),
    ]


def test_tables_that_nobody_broke_are_folded(compiled_fold: CompiledFold) -> None:
    for tables, month in populations():
        assert looked_at(tables)[1] == []
        assert unlike_cells(tables, month, compiled_fold) == []


@given(broken())
def test_broken_tables_are_refused_or_folded_alike(
    compiled_fold: CompiledFold, tables_and_month: tuple[PartTables, ServiceMonth]
) -> None:
    tables, month = tables_and_month
    looked, faults = looked_at(tables)
    if not faults:
        assert unlike_cells(looked, month, compiled_fold) == []
