"""The field tables of the entries, read off their annotations once.

Reader, writer, schema and reference page walk these tables; a kind added to the vocabulary is
read, written and documented without another line here.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, TypeVar, Union, get_args, get_origin, get_type_hints

from caretally.journal.entries.shapes import Named

SCALARS: tuple[type, ...] = (str, bool, int, Decimal, date, datetime)
Mark = TypeVar("Mark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one value may be.

    of: a scalar type or a record class.
    many: whether it is a list of them.
    marks: the marks of `entries.shapes` on the value, or on the items of the list.
    """

    of: type
    many: bool
    marks: tuple[object, ...]

    def mark(self, wanted: type[Mark]) -> Mark | None:
        """Return the mark of a sort, where the value has one."""
        return next((mark for mark in self.marks if isinstance(mark, wanted)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record.

    attribute: its name in Python.
    key: its name in JSON.
    default: what an absent field means; nothing where it is required.
    """

    attribute: str
    key: str
    shape: Shape
    required: bool
    default: object


def fields_of(record: type) -> tuple[Field, ...]:
    """Return the fields of a record class in the order they are written."""
    return _fields_of(record)


def record_classes(bodies: Iterable[type]) -> list[type]:
    """Return the bodies, and after them the record classes that their fields are made of."""
    given = list(bodies)
    parts = {
        field.shape.of: None
        for body in given
        for field in fields_of(body)
        if field.shape.of not in SCALARS
    }
    return [*given, *parts]


def meanings(record: type) -> dict[str, str]:
    """Return what each field means, as the docstring of its record says it."""
    found: dict[str, str] = {}
    for line in inspect.cleandoc(record.__doc__ or "").splitlines()[1:]:
        named = re.match(r"(\w+): (.+)", line)
        if named:
            found[named[1]] = named[2]
        elif line.startswith("  ") and found:
            found[list(found)[-1]] += f" {line.strip()}"
    return found


def summary(record: type) -> str:
    """Return the first line of a record's docstring."""
    return inspect.cleandoc(record.__doc__ or "").splitlines()[0]


@cache
def _fields_of(record: type) -> tuple[Field, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(_field(field, hints[field.name]) for field in dataclasses.fields(record))


def key_of(record: type, attribute: str) -> str:
    """Return the JSON name of a field."""
    return next(field.key for field in fields_of(record) if field.attribute == attribute)


def _field(field: dataclasses.Field[object], hint: object) -> Field:
    shape = _shape(hint)
    named = shape.mark(Named)
    required = field.default is dataclasses.MISSING
    return Field(
        attribute=field.name,
        key=named.key if named else field.name,
        shape=shape,
        required=required,
        default=None if required else field.default,
    )


def _shape(hint: object) -> Shape:
    """Unwrap marks, optionality and lists down to a scalar type or a record class."""
    origin = get_origin(hint)
    arguments = get_args(hint)
    if origin is Annotated:
        inner = _shape(arguments[0])
        return dataclasses.replace(inner, marks=inner.marks + arguments[1:])
    if origin in (Union, types.UnionType):
        return _shape(next(part for part in arguments if part is not types.NoneType))
    if origin is tuple:
        return dataclasses.replace(_shape(arguments[0]), many=True)
    if isinstance(hint, type) and (hint in SCALARS or dataclasses.is_dataclass(hint)):
        return Shape(of=hint, many=False, marks=())
    raise TypeError(f"{hint!r} is no shape of an entry's field")
