"""Holds tables that come from outside to what the fold takes for granted, before it is run.

The compiled fold looks at no position before it reads or writes there. So every number that
indexes anything is held against its bound here, a column at a time, and the order of the rows on
which the fold relies is looked at too. Nothing is mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from caretally.patient_months.column_checks import (
    Fault,
    falling,
    outside,
    outside_unless_open,
    told,
)
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import Array, PartTables
from caretally.patient_months.positions import KEY
from caretally.patient_months.span_checks import place_faults, span_faults
from caretally.patient_months.table_bounds import (
    DAY,
    INSTANT,
    READINGS,
    ROLE,
    Bound,
    fact_bounds,
    position_in,
)
from caretally.patient_months.tables_to_fold import performances_of

FACT_COLUMNS = {"code": "code", "begins": "from", "x": "x", "y": "y"}
"""Columns of facts that are bound by kind, and what their file calls them."""


def looked_at(tables: PartTables) -> tuple[PartTables, list[Fault]]:
    """Return tables with who performed what, and everything in them that the fold cannot take.

    Where the rows of patients cannot be told apart, nothing else is looked at, and the order of
    performances only where every number holds.
    """
    faults = [*count_faults(tables)] or [
        *span_faults(tables), *reading_faults(tables), *staff_faults(tables), *fact_faults(tables),
    ]  # fmt: skip
    if faults:
        return tables, faults
    performances = performances_of(tables.spans)
    faults = [*place_faults(tables.spans, performances)]
    return replace(tables, performances=performances), faults


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
    unsorted = falling(readings.at, tables.reading_counts)
    yield from told("readings", "at", readings.at, unsorted, "readings of a patient by instant")


def staff_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield what is wrong with registrations."""
    staff = tables.staff
    bound = position_in("staff", len(tables.words.staff))
    yield from told("staff", "staff", staff.staff, outside(staff.staff, bound), bound)
    unsorted = falling(staff.staff, np.array([len(staff.staff)]))
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
    for field, column in FACT_COLUMNS.items():
        by_kind = [getattr(each, field) for each in bounds]
        yield from faults_by_kind(column, getattr(facts, field), kind, by_kind)
    ends = outside_unless_open(facts.ends, INSTANT)
    yield from told("facts", "to", facts.ends, ends, "an instant or a day of the years 1 to 9999")
    unsorted = falling(kind * KEY + facts.code, tables.fact_counts)
    yield from told("facts", "kind", facts.kind, unsorted, "facts of a patient by kind and code")


def faults_by_kind(
    column: str, values: Array, kind: Array, bounds: Sequence[Bound]
) -> Iterator[Fault]:
    """Yield the fault of a column of facts whose bounds depend on the kind of the row."""
    rows = outside_by_kind(values, kind, bounds)
    if len(rows):
        number = int(kind[rows[0]])
        expected = f"{bounds[number]} for a fact of kind {number}"
        yield from told("facts", column, values, rows, expected)


def outside_by_kind(values: Array, kind: Array, bounds: Sequence[Bound]) -> Array:
    """Return the rows whose number is out of the bounds of their kind."""
    limits = np.iinfo(values.dtype)
    low: Array = np.array([max(bound.low, limits.min) for bound in bounds], values.dtype)
    high: Array = np.array([min(bound.high, limits.max) for bound in bounds], values.dtype)
    is_wrong = values > high.take(kind, mode="clip")
    # Looking up a bound by row costs more than the rest: mostly no row is below any.
    if len(values) and values.min() < low.max():
        is_wrong |= values < low.take(kind, mode="clip")
    return np.flatnonzero(is_wrong)
