"""Tables whose columns are quick to reach, for the fold as it stands.

Reading a field of a named tuple takes Python four times as long as reading a slot, and the fold
does little else. Compiled, it wants the named tuples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import make_dataclass
from functools import cache
from typing import Any, TypeVar, cast

PLAIN = frozenset({int, list, tuple})
"""What columns are; everything else in a table is a table."""

Table = TypeVar("Table", bound=tuple[Any, ...])


@cache
def quick_kind(kind: Any) -> Callable[..., object]:
    """Return the class that stands for a kind of table: the same fields, in slots."""
    return make_dataclass(f"Quick{kind.__name__}", kind._fields, slots=True, eq=False, repr=False)


def quick(table: Table) -> Table:
    """Return a table of the same columns by the same names, and so the tables in it."""
    columns = [value if type(value) in PLAIN else quick(value) for value in table]
    return cast(Table, quick_kind(type(table))(*columns))
