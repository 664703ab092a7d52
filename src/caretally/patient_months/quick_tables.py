"""Tables whose columns are quick to reach, for the fold as it stands.

Reading a field of a named tuple takes Python four times as long as reading a slot, and the fold
does little else. Compiled, it wants the named tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import make_dataclass
from functools import cache
from typing import Any, TypeVar, cast

from caretally.patient_months.columns import Part

Table = TypeVar("Table", bound=tuple[Any, ...])


@cache
def quick_kind(kind: Any) -> Callable[..., object]:
    """Return the class that stands for a kind of table: the same fields, in slots."""
    return make_dataclass(f"Quick{kind.__name__}", kind._fields, slots=True, eq=False, repr=False)


def quick(table: Table) -> Table:
    """Return a table of the same columns by the same names, and so the tables in a part."""
    columns: Iterable[Any] = table
    if isinstance(table, Part):
        columns = [quick(value) if isinstance(value, tuple) else value for value in table]
    return cast(Table, quick_kind(type(table))(*columns))
