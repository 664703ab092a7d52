"""Fields of small forms: what a person sees, what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest

from caretally.errors import InputError, Problem

Choices = tuple[tuple[str, str], ...]
TEXT, DATE, LONG, SELECT, HIDDEN, NUMBER = "text", "date", "textarea", "select", "hidden", "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form.

    also: further names under which a problem may speak of it. choices: value and words.
    """

    name: str
    label: str
    kind: str = TEXT
    hint: str = ""
    value: str = ""
    choices: Choices = ()
    is_optional: bool = False
    also: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def shown(
    fields: Iterable[Field], typed: Mapping[str, str], error: InputError | None
) -> tuple[Field, ...]:
    """Return fields with what was typed and what is wrong with each."""
    return tuple(
        replace(
            field,
            value=typed.get(field.name, field.value),
            messages=messages_of(error, (field.name, f"body.{field.name}", *field.also)),
        )
        for field in fields
    )


def messages_of(error: InputError | None, names: Iterable[str]) -> tuple[str, ...]:
    """Return what is wrong with a field, each thing once."""
    wanted = frozenset(names)
    problems = error.problems if error is not None else ()
    return tuple(dict.fromkeys(worded(each) for each in problems if each.field in wanted))


def worded(problem: Problem) -> str:
    """Return a problem in words for the person who filled a field in."""
    parts = (
        f"found {problem.found}" if problem.found else "",
        f"expected {problem.expected}" if problem.expected else "",
        problem.hint,
    )
    return "; ".join(filter(None, parts))


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into a form, blanks at the ends taken away."""
    return {name: str(value).strip() for name, value in request.POST.items()}


def day_of(typed: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    """Return the date that was typed; what is none is added to the problems."""
    text = typed.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(where="form", field=name, found="another text",
                                expected="a date such as 2026-03-31"))  # fmt: skip
        return None


def demand(typed: Mapping[str, str], names: Iterable[str], problems: list[Problem]) -> None:
    """Add a problem for each field that must be filled in and is not."""
    problems += (
        Problem(where="form", field=name, expected="something filled in")
        for name in names
        if not typed.get(name)
    )


def refuse(problems: list[Problem]) -> None:
    """Pass if nothing is wrong.

    Raises:
        InputError: something is.
    """
    if problems:
        raise InputError(problems)
