"""From parsed JSON objects and lists to records, all faults of all fields told.

A decoder is built once from the field table of a record class; reading a line only walks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from caretally.journal.faults import Fault, Misfit, below, misfit, missing_field, unknown_field
from caretally.journal.fields import SCALARS, Field, Shape, fields_of
from caretally.journal.scalars import Decoder, scalar_decoder

MOST_FAULTS = 100
"""Faults of one object or list after which no more are looked for; a line can hold a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How the fields of an object are decoded.

    known: attribute and decoder by key.
    needed: key by attribute, of the fields that must be there.
    """

    known: dict[str, tuple[str, Decoder]]
    needed: dict[str, str]

    @classmethod
    def of(cls, fields: Iterable[Field]) -> Columns:
        """Build the columns of some fields."""
        chosen = tuple(fields)
        return cls(
            known={each.key: (each.attribute, decoder_of(each.shape)) for each in chosen},
            needed={each.attribute: each.key for each in chosen if each.required},
        )


def decode_fields(
    raw: dict[str, object], columns: Columns, also: frozenset[str] = frozenset()
) -> tuple[dict[str, object], list[Fault]]:
    """Return the checked values by attribute, and what is wrong with the others.

    A null is read as an absent field.

    also: keys that the caller decodes.
    """
    values: dict[str, object] = {}
    faults: list[Fault] = []
    known = columns.known
    for key, found in raw.items():
        column = known.get(key)
        if column is None:
            if key not in also and len(faults) < MOST_FAULTS:
                faults.append(unknown_field(key, [*known, *also]))
        elif found is not None:
            # Entered without cost; the faults are looked for once more, since a remembering decoder
            # raises TypeError for what cannot be remembered.
            try:
                values[column[0]] = column[1](found)
            except (Misfit, TypeError):
                faults += below(key, faults_of(column[1], found))
    return values, faults


def missing_fields(
    raw: dict[str, object], columns: Columns, values: dict[str, object], faults: list[Fault]
) -> list[Fault]:
    """Return the faults of required fields that are neither there nor refused already."""
    told = {fault.path[0] for fault in faults}
    return [
        missing_field(key, raw)
        for attribute, key in columns.needed.items()
        if attribute not in values and key not in told
    ]


def faults_of(decode: Decoder, value: object) -> tuple[Fault, ...]:
    """Return why a decoder refuses a value; remembering decoders cannot tell of lists."""
    try:
        getattr(decode, "__wrapped__", decode)(value)
    except Misfit as told:
        return told.faults
    return ()


@cache
def decoder_of(shape: Shape) -> Decoder:
    """Return the decoder of a shape."""
    if shape.many:
        return _list_decoder(decoder_of(replace(shape, many=False)))
    return scalar_decoder(shape) if shape.of in SCALARS else record_decoder(shape.of)


def record_decoder(record: type) -> Decoder:
    """Return the decoder of an object that makes one record."""
    return _record_decoder(record)


@cache
def _record_decoder(record: type) -> Decoder:
    columns = Columns.of(fields_of(record))

    def decode(value: object) -> object:
        """Take an object whose fields all fit."""
        if type(value) is not dict:
            raise misfit(value, "an object", private=True)
        values, faults = decode_fields(value, columns)
        if not faults and columns.needed.keys() <= values.keys():
            return record(**values)
        raise Misfit(*faults, *missing_fields(value, columns, values, faults))

    return decode


def _list_decoder(item: Decoder) -> Decoder:
    def decode(value: object) -> object:
        """Take a list whose items all fit."""
        if type(value) is not list:
            raise misfit(value, "a list", private=True)
        try:
            return tuple([item(each) for each in value])
        except (Misfit, TypeError):
            raise Misfit(*islice(_faults_of_items(item, value), MOST_FAULTS)) from None

    return decode


def _faults_of_items(item: Decoder, values: list[object]) -> Iterable[Fault]:
    for position, each in enumerate(values):
        yield from below(position, faults_of(item, each))
