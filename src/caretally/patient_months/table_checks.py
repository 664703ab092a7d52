"""Holds tables that come from outside to what the fold takes for granted, before it is run.

The compiled fold looks at no position before it reads or writes there. So every number that
indexes anything is held against its bound here, a column at a time, and the order of the rows on
which the fold relies is looked at too. Nothing is mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caretally.patient_months.column_checks import (
    Fault,
    falls,
    falls_within,
    outside,
    outside_unless_open,
    told,
)
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import Array, PartTables
from caretally.patient_months.positions import KEY
from caretally.patient_months.span_checks import span_faults
from caretally.patient_months.table_bounds import (
    DAY,
    READINGS,
    ROLE,
    Bound,
    fact_bounds,
    position_in,
)

FACT_COLUMNS = (
    ("code", "code"), ("begins", "from"), ("begins", "to"), ("x", "x"), ("y", "y"),
)  # fmt: skip
"""Bounds of facts by kind, and the columns they are for."""


def faults_of(tables: PartTables) -> list[Fault]:
    """Return everything in tables that the fold could not take, column by column.

    Where the rows of patients cannot be told apart, nothing else is looked at.
    """
    return [*count_faults(tables)] or [
        *span_faults(tables), *reading_faults(tables), *staff_faults(tables), *fact_faults(tables),
    ]  # fmt: skip


def count_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield patients whose rows are counted below 0, or to another sum than there are rows."""
    counted = (
        ("spans", tables.span_counts, len(tables.spans.start)),
        ("readings", tables.reading_counts, len(tables.readings.at)),
        ("facts", tables.fact_counts, len(tables.facts.kind)),
    )
    for table, counts, rows in counted:
        wrong = outside(counts, Bound(0, rows))
        yield from told("patients", table, counts, wrong, f"0 to {rows}, the rows of {table}")
        total = int(counts.sum(dtype=np.int64))
        if not len(wrong) and total != rows:
            last = max(0, len(counts) - 1)
            yield Fault("patients", table, last, f"{total} in all", f"{rows}, the rows of {table}")


def reading_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield what is wrong with readings."""
    readings = tables.readings
    for column, bound in READINGS.items():
        values = getattr(readings, column)
        yield from told("readings", column, values, outside(values, bound), bound)
    unsorted = falls_within(readings.at, tables.reading_counts)
    yield from told("readings", "at", readings.at, unsorted, "readings of a patient by instant")


def staff_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield what is wrong with registrations."""
    staff = tables.staff
    bound = position_in("staff", len(tables.words.staff))
    yield from told("staff", "staff", staff.staff, outside(staff.staff, bound), bound)
    unsorted = np.flatnonzero(falls(staff.staff)) + 1
    yield from told("staff", "staff", staff.staff, unsorted, "registrations by person")
    yield from told("staff", "role", staff.role, outside(staff.role, ROLE), ROLE)
    for column, days in (("from", staff.from_day), ("to", staff.to_day)):
        yield from told("staff", column, days, outside_unless_open(days, DAY), DAY)


def fact_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield what is wrong with facts."""
    facts, bounds = tables.facts, fact_bounds(tables.words)
    kinds = Bound(0, len(bounds) - 1)
    wrong = outside(facts.kind, kinds)
    yield from told("facts", "kind", facts.kind, wrong, kinds)
    if len(wrong):
        return
    kind = facts.kind.astype(np.intp)
    columns = (facts.code, facts.begins, facts.ends, facts.x, facts.y)
    for (field, column), values in zip(FACT_COLUMNS, columns, strict=True):
        by_kind = [getattr(each, field) for each in bounds]
        yield from faults_by_kind(column, values, kind, by_kind)
    unsorted = falls_within(kind * KEY + facts.code, tables.fact_counts)
    yield from told("facts", "kind", facts.kind, unsorted, "facts of a patient by kind and code")


def faults_by_kind(
    column: str, values: Array, kind: Array, bounds: Sequence[Bound]
) -> Iterator[Fault]:
    """Yield the fault of a column of facts whose bounds depend on the kind of the row."""
    rows = outside_by_kind(values, kind, bounds)
    if column == "to":
        rows = rows[np.abs(values[rows]) != FOREVER]
    if len(rows):
        number = int(kind[rows[0]])
        expected = f"{bounds[number]} for a fact of kind {number}"
        yield from told("facts", column, values, rows, expected)


def outside_by_kind(values: Array, kind: Array, bounds: Sequence[Bound]) -> Array:
    """Return the rows whose number is out of the bounds of their kind."""
    low: Array = np.array([bound.low for bound in bounds])
    high: Array = np.array([bound.high for bound in bounds])
    is_wrong = values > high[kind]
    # Looking up a bound by row costs more than the rest: mostly no row is below any.
    if len(values) and values.min() < low.max():
        is_wrong |= values < low[kind]
    return np.flatnonzero(is_wrong)
