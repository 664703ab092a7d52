"""A protocol in words, so that a clinician can read what it asks and what calls for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from caretally.contacts.wellness_calls.conditions import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    AnswerCompares,
    AnswerIs,
    Condition,
    DeviceCompares,
    DeviceLeavesBaseline,
    DeviceRises,
    Heard,
    Limit,
    Together,
)
from caretally.contacts.wellness_calls.packs import SECTIONS, Pack, Question
from caretally.contacts.wellness_calls.slots import (
    CHOICE,
    DECIMAL,
    FREE_TEXT,
    INT,
    NUMERIC,
    PRESSURE,
    SYMPTOM_SET,
    YES_NO,
    Part,
)
from caretally.journal.quantities import UNITS

COMPARES = {ABOVE: "above", AT_LEAST: "at least", BELOW: "below", AT_MOST: "at most"}
KINDS = {
    YES_NO: "yes or no", INT: "a whole number", DECIMAL: "a number", PRESSURE: "two numbers",
    CHOICE: "one of", SYMPTOM_SET: "any of", FREE_TEXT: "words, left for a person to read",
}  # fmt: skip


YEAR = {"a": "as a year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a protocol with its questions."""

    name: str
    questions: tuple[Question, ...]


def sections(pack: Pack) -> tuple[Section, ...]:
    """Return the parts of a protocol that ask anything, in order."""
    found = [
        Section(name=name, questions=tuple(q for q in pack.questions if q.section == name))
        for name in SECTIONS
    ]
    return tuple(each for each in found if each.questions)


def answer_words(question: Question) -> str:
    """Return what answers a question."""
    slot = question.slot
    if slot.kind in NUMERIC:
        return "; ".join(map(part_words, slot.parts))
    if slot.kind in {CHOICE, SYMPTOM_SET}:
        options = ", ".join(each.replace("_", " ") for each in slot.options)
        return f"{KINDS[slot.kind]}: {options}"
    return KINDS[slot.kind]


def part_words(part: Part) -> str:
    """Return a number of an answer, with its ranges."""
    unit = unit_words(part.unit)
    hard = f"{number(part.hard.low)} to {number(part.hard.high)}"
    plausible = f"{number(part.plausible.low)} to {number(part.plausible.high)}"
    return f"{part.name} {hard} {unit}, keyed outside of {plausible}".replace("  ", " ")


def keypad_words(question: Question) -> str:
    """Return the keys of a question.

    Keys of numbers are the number itself, with the star as the point or the stroke.
    """
    if question.slot.kind in NUMERIC:
        return "the number, * as the point or the stroke, # at the end"
    return ", ".join(f"{k} {v.replace('_', ' ')}" for k, v in question.keypad.items())


def when_asked(pack: Pack, question: Question) -> str:
    """Return when a question is asked; empty for always."""
    if question.asked != "always" and question.device:
        device = question.device.replace("_", " ")
        held = "is" if question.asked == "when_held" else "is not"
        return f"where a fresh value of {device} {held} held"
    leads = [
        f"{each.id.replace('_', ' ')} is {follow.answer.replace('_', ' ')}"
        for each in pack.questions for follow in each.follow_ups if question.id in follow.questions
    ]  # fmt: skip
    return f"only where {' or '.join(leads)}" if leads else ""


def condition_words(pack: Pack, condition: Condition) -> str:
    """Return when a red flag holds."""
    if isinstance(condition, Together):
        parts = [condition_words(pack, each) for each in condition.of]
        return f"({(' and ' if condition.every else ' or ').join(parts)})"
    return single_words(pack, condition)


def single_words(pack: Pack, condition: Condition) -> str:
    """Return one comparison in words."""
    if isinstance(condition, AnswerIs):
        return f"{condition.question.replace('_', ' ')} is {condition.answer.replace('_', ' ')}"
    if isinstance(condition, AnswerCompares):
        part = pack.question(condition.question).slot.parts[condition.part].name
        asked = condition.question.replace("_", " ")
        return f"{part} of {asked} is {limit_words(pack, condition.limit)}"
    if isinstance(condition, Heard):
        return f"{condition.symptom.replace('_', ' ')} is heard by either recognizer"
    if isinstance(condition, DeviceCompares):
        return f"the last {named(condition.device)} is {limit_words(pack, condition.limit)}"
    if isinstance(condition, DeviceRises):
        limit = limit_words(pack, condition.limit)
        return f"{named(condition.device)} rose within {condition.days} days by {limit}"
    assert isinstance(condition, DeviceLeavesBaseline)
    return f"{named(condition.device)} fell under the usual by {limit_words(pack, condition.limit)}"


def limit_words(pack: Pack, limit: Limit) -> str:
    """Return a limit with its value."""
    parameter = pack.parameters[limit.parameter]
    return f"{COMPARES[limit.how]} {number(parameter.value)} {unit_words(parameter.unit)}".rstrip()


def named(device: str) -> str:
    """Return what a device measures."""
    return device.replace("_", " ")


def unit_words(unit: str) -> str:
    """Return a unit as people write it."""
    known = UNITS.get(unit)
    return known.says if known else YEAR.get(unit, unit.strip("{}"))


def number(value: Decimal) -> str:
    """Return a number without an exponent."""
    return format(value.normalize(), "f")


def flags_of(pack: Pack) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    """Yield the red flags: name, severity, when, what is said meanwhile, sources."""
    for each in pack.flags:
        said = pack.says[each.script]["en"]
        yield (
            each.id.replace("_", " "),
            each.severity,
            condition_words(pack, each.when),
            said,
            (each.cites),
        )
