"""How columns of tables are held to bounds and orders: whole columns at once, rows only for faults.

Every check costs a pass or two over a column that is right; which rows are wrong is asked only
where some are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from caretally.patient_months.columns import FOREVER
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import Array
from caretally.patient_months.table_bounds import Bound

NO_ROWS: Array = np.empty(0, dtype=np.intp)


class Fault(NamedTuple):
    """What is wrong with a column: its first wrong row, and how many more there are."""

    table: str
    column: str
    row: int
    found: str
    expected: str
    more: int = 0


class Lists(NamedTuple):
    """A column of lists of spans: its name, where each list begins, and all items."""

    column: str
    first: Array
    items: Array


def outside(values: Array, bound: Bound) -> Array:
    """Return the rows whose number is out of bounds."""
    if not len(values) or (values.min() >= bound.low and values.max() <= bound.high):
        return NO_ROWS
    return np.flatnonzero((values < bound.low) | (values > bound.high))


def outside_unless_open(values: Array, bound: Bound) -> Array:
    """Return the rows whose number is out of bounds, and stands for no open end either."""
    is_wrong = (values < bound.low) | (values > bound.high)
    return np.flatnonzero(is_wrong & (np.abs(values) != FOREVER))


def told(table: str, column: str, values: Array, rows: Array, expected: object) -> Iterator[Fault]:
    """Yield the fault of a column, if it has wrong rows."""
    if len(rows):
        row = int(rows[0])
        yield Fault(table, column, row, str(values[row]), str(expected), len(rows) - 1)


def told_of_items(lists: Lists, wrong: Array, expected: object) -> Iterator[Fault]:
    """Yield the fault of a column of lists, if it has wrong items; the row is that of the list."""
    if len(wrong):
        item = wrong[0]
        row = int(np.searchsorted(lists.first, item, side="right")) - 1
        found = str(lists.items[item])
        yield Fault("spans", lists.column, row, found, str(expected), len(wrong) - 1)


def falls(values: Array) -> Array:
    """Tell of every row but the first whether its number is below that of the row before."""
    found: Array = values[1:] < values[:-1]
    return found


def falling(values: Array, counts: Array) -> Array:
    """Return the rows below the one before of the same group; `counts` are the groups' rows."""
    is_lower = falls(values)
    firsts = np.cumsum(counts[:-1], dtype=np.int64)
    is_lower[firsts[(firsts > 0) & (firsts < len(values))] - 1] = False
    return np.flatnonzero(is_lower) + 1
