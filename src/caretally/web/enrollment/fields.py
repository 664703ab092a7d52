"""Fields of forms: from what was typed to JSON in the words of the contract, and back.

A field is named as in the contract, so that what a reader or a command says about `body.x` is shown
at the field x. Nothing is checked here but local times; all else is read like any entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from caretally.errors import InputError, Problem
from caretally.practice.enrolling_times import instant_problem, read_instant, typed_instant

TEXT, DATE, INSTANT, NUMBER = "text", "date", "instant", "number"
CHOICE, SEVERAL, CODES, YES, HIDDEN = "choice", "several", "codes", "yes", "hidden"
LISTS = frozenset({SEVERAL, CODES})

Option = tuple[str, str]
"""A value and its words."""
Values = Mapping[str, Any]
"""What fields hold, by name: texts, lists of texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form.

    name: as in the contract. options: names the list of options; with a text, those offered.
    empty: words for no choice. must: whether it cannot be left out.
    """

    name: str
    label: str
    kind: str = TEXT
    options: str = ""
    help: str = ""
    empty: str = ""
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A field as it stands on a page."""

    field: Field
    prefix: str
    value: Any
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the element; several forms may stand on a page."""
        return f"{self.prefix}-{self.field.name}"

    @property
    def input_type(self) -> str:
        """The type of the input element."""
        return {DATE: "date", INSTANT: "datetime-local"}.get(self.field.kind, "text")

    @property
    def described_by(self) -> str:
        """The ids of help and errors."""
        told = {"help": bool(self.field.help), "errors": bool(self.errors)}
        return " ".join(f"{self.id}-{name}" for name, is_there in told.items() if is_there)

    @property
    def choices(self) -> tuple[Option, ...]:
        """The options, and what is held beyond them: an entry may say what is not offered."""
        held = self.value if isinstance(self.value, list) else [self.value]
        known = {value for value, _ in self.options}
        return (*self.options, *((each, each) for each in held if each and each not in known))


def posted(fields: Sequence[Field], form: QueryDict) -> dict[str, Any]:
    """Return what was typed, as it was typed."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.kind == SEVERAL:
            found[field.name] = form.getlist(field.name)
        elif field.kind == YES:
            found[field.name] = "yes" if form.get(field.name) else ""
        else:
            found[field.name] = form.get(field.name, "").strip()
    return found


def body_json(fields: Sequence[Field], values: Values, zone_name: str) -> dict[str, object]:
    """Return the JSON object of what was typed; what was left empty is left out.

    Raises:
        InputError: a local time is none, or is not clear.
    """
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for field in fields:
        value = _json(field, values.get(field.name, ""), zone_name)
        if isinstance(value, Problem):
            problems.append(value)
        elif value not in ("", None):
            found[field.name] = value
    if problems:
        raise InputError(problems)
    return found


def typed(fields: Sequence[Field], body: Mapping[str, object], zone_name: str) -> dict[str, Any]:
    """Return what fields hold to say what a body says."""
    return {field.name: _typed(field, body.get(field.name), zone_name) for field in fields}


def _json(field: Field, value: Any, zone_name: str) -> object:
    if field.kind == YES:
        return bool(value)
    if field.kind == SEVERAL:
        return [str(each) for each in value]
    if field.kind == CODES:
        return str(value).replace(",", " ").replace(";", " ").upper().split()
    if field.kind == NUMBER and str(value).isascii() and str(value).isdigit():
        return int(value)
    if field.kind == INSTANT and value:
        instant = read_instant(str(value), zone_name)
        if isinstance(instant, str):
            return instant_problem(f"body.{field.name}", instant)
        return instant.isoformat()
    return value


def _typed(field: Field, value: object, zone_name: str) -> Any:
    if field.kind == YES:
        return "yes" if value else ""
    if field.kind == SEVERAL:
        return list(value) if isinstance(value, list | tuple) else []
    if field.kind == CODES:
        return ", ".join(value) if isinstance(value, list | tuple) else ""
    if field.kind == INSTANT and value:
        return typed_instant(datetime.fromisoformat(str(value)).astimezone(UTC), zone_name)
    return "" if value is None else str(value)
