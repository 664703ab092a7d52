"""Holds the columns of a decoded table to the published ones: presence, type, no empty cells.

What their numbers may be is looked at later, in `patient_months.table_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from caretally.errors import InputError, Problem
from caretally.exchange.extras import np, pa
from caretally.exchange.tables.parquet import flattened, read_table, type_of
from caretally.exchange.tables.schemas import LISTS, Field

AGAIN = "convert the part again"


def read_typed(path: Path, fields: Sequence[Field]) -> Any:
    """Return columns of a file as an Arrow table.

    Raises:
        InputError: the file cannot be read, or its columns are not the published ones.
    """
    table = read_table(path, [field.name for field in fields])
    problems = [*column_problems(table, fields, path)]
    if problems:
        raise InputError(problems)
    return table


def column_problems(table: Any, fields: Sequence[Field], path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the columns of a table that was read from a file."""
    for field in fields:
        if field.name not in table.column_names:
            expected = f"a column of {field.type}"
            yield Problem(
                where=str(path), field=field.name, found="no such column",
                expected=expected, hint=AGAIN,
            )  # fmt: skip
            continue
        column = table.column(field.name)
        if not is_of_type(column.type, field.type):
            yield Problem(
                where=str(path), field=field.name, found=f"a column of {column.type}",
                expected=field.type, hint=AGAIN,
            )  # fmt: skip
        elif not field.empty:
            yield from empty_problems(column, field, path)


def is_of_type(found: Any, name: str) -> bool:
    """Tell whether a column's type is the published one; what lists call their items is free."""
    if name in LISTS:
        return bool(pa.types.is_list(found) and found.value_type == type_of(LISTS[name]))
    return bool(found == type_of(name))


def empty_problems(column: Any, field: Field, path: Path) -> Iterator[Problem]:
    """Yield the first empty cell of a column, or the first list with an empty item."""
    if column.null_count:
        row = column.is_null().index(True).as_py()
        yield Problem(
            where=f"{path}: row {row}", field=field.name, found="nothing",
            expected=field.type, hint=others(column.null_count - 1),
        )  # fmt: skip
    elif field.type in LISTS and any(chunk.flatten().null_count for chunk in column.chunks):
        yield Problem(
            where=str(path), field=field.name, found="lists with empty items",
            expected=f"{field.type} without", hint=AGAIN,
        )  # fmt: skip


def others(count: int) -> str:
    """Return how many more rows are wrong, in words."""
    return f"and {count} more row{'s' * (count != 1)}" if count else ""


def pairing_problems(spans: Any, path: Path) -> Iterator[Problem]:
    """Yield the first span whose lists of performers and of places differ in length."""
    performers, _ = flattened(spans, "performers")
    places, _ = flattened(spans, "places")
    if not np.array_equal(performers, places):
        unlike = np.flatnonzero(np.diff(performers) != np.diff(places))
        row = unlike[0]
        yield Problem(
            where=f"{path}: row {row}", field="places", found=f"{np.diff(places)[row]} places",
            expected=f"{np.diff(performers)[row]}, one for each performer",
            hint=others(len(unlike) - 1),
        )  # fmt: skip
