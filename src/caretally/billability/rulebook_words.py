"""The rulebook in words: a value with its unit, a requirement as the sentence people read.

One wording serves the reference pages, `rulebook show` and `rulebook diff`; it adds no rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from caretally.billability.criteria import CRITERIA
from caretally.billability.sentences import BLANK, FORMS, minutes
from caretally.billability.sheets import Dated, Parameter, Requirement, Sheet
from caretally.clock import date_of

EFFECTS = {"blocks": "no line", "holds": "hold", "warns": "flag", "informs": "shown"}
"""What follows where a requirement is unmet."""
NOT_SEEN = "…"


def value_words(parameter: Parameter, value: int | str) -> str:
    """Return a value of a parameter with its unit."""
    if isinstance(value, str):
        return value.replace(" ", ", ")
    if parameter.unit == "date":
        return date_of(value).isoformat()
    if parameter.unit == "flag":
        return "yes" if value else "no"
    return minutes(value) if parameter.unit == "seconds" else f"{value} {parameter.unit}"


def dated_words(parameter: Parameter, dated: Dated | None) -> str:
    """Return a dated value with what it would be under readings of its own."""
    if dated is None:
        return "none"
    others = (f"{value_words(parameter, v)} under {r}" for r, v in dated.readings.items())
    return "; ".join((value_words(parameter, dated.value), *others))


def reading_words(parameter: Parameter) -> str:
    """Return what each contested reading makes of a parameter, on all its dates."""
    said = []
    for reading, value in parameter.readings.items():
        words = " and ".join(value) if isinstance(value, tuple) else value_words(parameter, value)
        said.append(f"{reading}: {words or 'nothing'}")
    return "; ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A requirement in words; of alternatives each says its own sentence."""

    name: str
    sentence: str
    effect: str
    cites: tuple[str, ...]


def conditions(sheet: Sheet, day: date) -> tuple[Condition, ...]:
    """Return what a code asks for on a date of service; nothing where it was not valid."""
    version = sheet.version_on(day)
    return tuple(condition(sheet, r, day) for r in version.requirements) if version else ()


def condition(sheet: Sheet, requirement: Requirement, day: date) -> Condition:
    """Return one requirement in words."""
    singles = requirement.any_of or (requirement,)
    effect = EFFECTS[requirement.effect]
    return Condition(
        name=" or ".join(single.name for single in singles),
        sentence=" Or: ".join(sentence(sheet, single, day) for single in singles),
        effect=f"{effect} {requirement.flag}" if requirement.flag else effect,
        cites=requirement.cites,
    )


def sentence(sheet: Sheet, requirement: Requirement, day: date) -> str:
    """Return a criterion's sentence with what is asked for filled in, and nothing seen yet."""
    amounts = [amount for amount in amounts_of(sheet, requirement, day) if amount is not None]
    text = (CRITERIA[requirement.name].__doc__ or "").strip()
    said = BLANK.sub(
        lambda blank: (
            NOT_SEEN if blank[1] == "observed" else FORMS[blank[2]](amounts[0] if amounts else 1)
        ),
        text,
    )
    codes = ", ".join(codes_of(requirement))
    return f"{said} ({codes})" if codes else said


def amounts_of(sheet: Sheet, requirement: Requirement, day: date) -> Iterator[int | None]:
    """Yield the amounts among a requirement's arguments on a date of service."""
    for word in requirement.arguments.values():
        parameter = sheet.parameters.get(word) if isinstance(word, str) else None
        dated = parameter.on(day) if parameter else None
        yield dated.value if dated and isinstance(dated.value, int) else None


def codes_of(requirement: Requirement) -> Iterator[str]:
    """Yield the codes and other literal words among a requirement's arguments."""
    for argument, word in requirement.arguments.items():
        if isinstance(word, tuple):
            yield from word
        elif argument in {"code", "system"}:
            yield word
