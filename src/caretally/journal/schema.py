"""The JSON Schema of entries, generated from the records themselves, for those who write them.

A schema cannot say that instants are equal, zones exist, ids are unique or lateness is explained;
the reader has the last word.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from caretally.journal.entries import KINDS, Body, Entry, EntryVoided
from caretally.journal.entries.shapes import OneOf, Shaped, Whole, ZoneName
from caretally.journal.fields import Field, Shape, fields_of, meanings, record_classes, summary
from caretally.journal.reference import reference
from caretally.journal.scalars import (
    DATE_PATTERN,
    INSTANT_PATTERN,
    LARGEST_WHOLE,
    NUMBER_PATTERN,
)

SCHEMA_FILE, REFERENCE_FILE = "entry.schema.json", "entries.md"

_DERIVED = ("at", "recorded_at")
_NULL = {"type": "null"}


def schema() -> dict[str, object]:
    """Return the JSON Schema 2020-12 of one entry."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Caretally entry, contract version 1",
        "description": summary(Entry),
        "type": "object",
        "properties": {
            "kind": {"enum": list(KINDS)},
            "body": {},
            **_properties(Entry, _envelope()),
        },
        "required": ["id", "kind", "actor"],
        "additionalProperties": False,
        "if": {"properties": {"supersedes": {"type": "string"}}, "required": ["supersedes"]},
        "then": {"$ref": "#/$defs/with_reason"},
        "allOf": [_kind_rule(kind, body) for kind, body in KINDS.items()],
        "$defs": {
            "with_reason": {
                "properties": {"reason": {"type": "string", "pattern": r"\S"}},
                "required": ["reason"],
            },
            **{_definition(record): _object(record) for record in record_classes(KINDS.values())},
        },
    }


def write_reference(folder: Path) -> None:
    """Write the schema and the reference page into a folder."""
    text = json.dumps(schema(), indent=2, ensure_ascii=False)
    (folder / SCHEMA_FILE).write_text(f"{text}\n", encoding="utf-8")
    (folder / REFERENCE_FILE).write_text(reference(), encoding="utf-8")


def _envelope() -> tuple[Field, ...]:
    return tuple(field for field in fields_of(Entry) if field.attribute != "body")


def _definition(record: type) -> str:
    return record.kind if issubclass(record, Body) else record.__name__


def _object(record: type) -> dict[str, object]:
    fields = fields_of(record)
    return {
        "title": _definition(record),
        "description": summary(record),
        "type": "object",
        "properties": _properties(record, fields),
        "required": [field.key for field in fields if field.required],
        "additionalProperties": False,
    }


def _properties(record: type, fields: Iterable[Field]) -> dict[str, object]:
    says = meanings(record)
    return {field.key: {"description": says[field.attribute], **_field(field)} for field in fields}


def _field(field: Field) -> dict[str, object]:
    of_one = _scalar(field.shape)
    value: dict[str, object] = {"type": "array", "items": of_one} if field.shape.many else of_one
    if field.required and field.attribute not in _DERIVED:
        return value
    return {"anyOf": [value, _NULL]}


def _scalar(shape: Shape) -> dict[str, object]:
    if shape.of is str:
        return _text(shape)
    whole = shape.mark(Whole) or Whole(least=-LARGEST_WHOLE, most=LARGEST_WHOLE)
    known: dict[type, dict[str, object]] = {
        bool: {"type": "boolean"},
        int: {"type": "integer", "minimum": whole.least, "maximum": whole.most},
        Decimal: {"anyOf": [{"type": "number"}, _pattern(NUMBER_PATTERN)]},
        date: {**_pattern(DATE_PATTERN), "format": "date"},
        datetime: _pattern(INSTANT_PATTERN),
    }
    return known.get(shape.of, {"$ref": f"#/$defs/{_definition(shape.of)}"})


def _text(shape: Shape) -> dict[str, object]:
    if one_of := shape.mark(OneOf):
        return {"enum": list(one_of.words)}
    if shaped := shape.mark(Shaped):
        return {**_pattern(shaped.pattern), "minLength": 1, "maxLength": shaped.most}
    return {"type": "string"} if not shape.mark(ZoneName) else {"type": "string", "minLength": 1}


def _pattern(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _kind_rule(kind: str, body: type[Body]) -> dict[str, object]:
    """Return what holds of the envelope where the entry is of a kind."""
    needed = ["body"] if fields_of(body) else []
    rule: dict[str, object] = {"body": {"$ref": f"#/$defs/{kind}"}}
    if not needed:
        rule["body"] = {"anyOf": [rule["body"], _NULL]}
    if body.about == "patient":
        needed.append("patient")
        rule["patient"] = {"type": "string"}
    if body.about == "practice":
        rule["patient"] = _NULL
    then: dict[str, object] = {"properties": rule, "required": needed}
    choices = _at_or_begin(body)
    if choices:
        then["anyOf"] = choices
    if body is EntryVoided:
        then["$ref"] = "#/$defs/with_reason"
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


def _at_or_begin(body: type[Body]) -> list[dict[str, object]]:
    """Demand `at`, unless the body tells the same instant."""
    at: dict[str, object] = {"properties": {"at": {"type": "string"}}, "required": ["at"]}
    if body.begins is None:
        return [at]
    begins = next(field for field in fields_of(body) if field.attribute == body.begins)
    if begins.required:
        return []
    inside = {"properties": {begins.key: {"type": "string"}}, "required": [begins.key]}
    return [at, {"properties": {"body": inside}}]


if __name__ == "__main__":
    write_reference(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
