"""Reads the parts of a protocol from marked YAML: slots, questions, conditions, red flags.

Everything wrong is noted with file and line, and reading goes on. What parts owe one another is
`pack_checks`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from caretally.contacts.wellness_calls.conditions import (
    COMPARISONS,
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
from caretally.contacts.wellness_calls.packs import (
    LANGUAGES,
    SECTIONS,
    SEVERITIES,
    Device,
    FollowUp,
    Parameter,
    Question,
    RedFlag,
    Spoken,
)
from caretally.contacts.wellness_calls.slots import (
    KINDS,
    NUMERIC,
    PART_NAMES,
    WITH_OPTIONS,
    Part,
    Range,
    Slot,
)
from caretally.journal.quantities import BY_LOINC, UNITS
from caretally.yaml_lines import Row, Text

ZERO = Decimal(0)
ALWAYS, WHEN_HELD, WHEN_MISSING = "always", "when_held", "when_missing"
OTHER_UNITS = frozenset({"a", "{puffs}", "[lb_av]/d"})
"""Units of answers that no device measures: years, puffs."""
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A question or red flag with the row it was read from."""

    question: Question | None
    flag: RedFlag | None
    row: Row


def number(row: Row, key: str) -> Decimal:
    """Return an exact number; 0 with a problem noted where the text is none."""
    return decimal_of(row, key, row.text(key))


def decimal_of(row: Row, key: str, text: str) -> Decimal:
    """Return the number of a text."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite():
        return value
    row.refuse(key, repr(text), "a number")
    return ZERO


def spoken(row: Row, key: str) -> Spoken:
    """Return a sentence in every language; a missing language is a problem."""
    said = row.row(key)
    found = {language: said.text(language, "") for language in LANGUAGES}
    for language, text in found.items():
        if not text.strip():
            row.refuse(key, f"no words in {language!r}", "the sentence in both languages")
    said.finish()
    return found


def range_of(row: Row, key: str) -> Range:
    """Return a range written [low, high]."""
    bounds = row.words(key)
    numbers = [decimal_of(row, key, each) for each in bounds]
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        row.refuse(key, repr(list(bounds)), "[low, high]", "a loose answer type is no answer type")
        return Range(low=ZERO, high=ZERO)
    return Range(low=numbers[0], high=numbers[1])


def unit_of(row: Row, *, also: frozenset[str] = frozenset()) -> str:
    """Return a UCUM unit that is known."""
    unit = row.text("unit")
    if unit and unit not in UNITS and unit not in also:
        row.refuse("unit", repr(unit), "a UCUM unit, such as [lb_av], mm[Hg] or %")
    return unit


def part_of(row: Row, name: str, unit: str) -> Part:
    """Return one number of an answer."""
    hard, plausible = range_of(row, "hard_range"), range_of(row, "plausible_range")
    if not (hard.low <= plausible.low and plausible.high <= hard.high):
        row.refuse("plausible_range", "bounds outside of hard_range", "a range within it")
    return Part(name=name, unit=unit, hard=hard, plausible=plausible)


def slot_of(row: Row) -> Slot:
    """Return what answers a question."""
    kind = row.one_of("type", KINDS)
    parts: tuple[Part, ...] = ()
    options: dict[str, Mapping[str, tuple[str, ...]]] = {}
    if kind in NUMERIC:
        unit, names = unit_of(row, also=OTHER_UNITS), PART_NAMES[kind]
        rows = [row if len(names) == 1 else row.row(name) for name in names]
        parts = tuple(part_of(r, name, unit) for r, name in zip(rows, names, strict=True))
        for each in rows:
            each.finish()
    if kind in WITH_OPTIONS:
        written = row.row("options")
        for option in written.written():
            words = written.row(option)
            options[option] = {language: words.words(language) for language in LANGUAGES}
            words.finish()
        if len(options) < 2 and kind == "choice":
            row.refuse("options", f"{len(options)} options", "two or more")
    row.finish()
    return Slot(kind=kind, parts=parts, options=options)


def keypad_of(row: Row) -> Mapping[str, str]:
    """Return the keys of a question; none where it is keyed as a number."""
    if isinstance(row.node("keypad"), Text):
        row.one_of("keypad", ("digits",))
        return {}
    keys = row.row("keypad")
    return {key: keys.text(key) for key in keys.written()}


def question_of(row: Row) -> Question:
    """Return a question."""
    follow_ups = []
    for each in row.rows("follow_ups"):
        follow_ups.append(FollowUp(answer=each.text("answer"), questions=each.words("ask")))
        each.finish()
    most = row.whole("max_attempts") if "max_attempts" in row.written() else MOST_ATTEMPTS
    if not 1 <= most <= MOST_ATTEMPTS:
        row.refuse("max_attempts", str(most), "1, 2 or 3")
    made = Question(
        id=row.text("id"),
        section=row.one_of("section", SECTIONS),
        about=row.text("about"),
        prompt=spoken(row, "prompt"),
        reprompt=spoken(row, "reprompt"),
        slot=slot_of(row.row("slot")),
        source=row.one_of("source", ("device", "patient")),
        keypad=keypad_of(row),
        max_attempts=most,
        required=row.flag("required", default=True),
        device=row.text("device", ""),
        asked=row.one_of("asked", (ALWAYS, WHEN_HELD, WHEN_MISSING), ALWAYS),
        is_follow_up=row.flag("is_follow_up", default=False),
        follow_ups=tuple(follow_ups),
    )
    row.finish()
    return made


def parameter_of(row: Row) -> Parameter:
    """Return a limit with its unit and sources."""
    made = Parameter(
        value=number(row, "value"), unit=unit_of(row, also=OTHER_UNITS), cites=row.cites()
    )
    row.finish()
    return made


def device_of(row: Row) -> Device:
    """Return a device."""
    metric = row.text("metric")
    if metric not in BY_LOINC:
        row.refuse("metric", repr(metric), "the LOINC code of a vital sign that is monitored")
    made = Device(metric=metric, unit=unit_of(row), says=spoken(row, "says"))
    row.finish()
    return made


def flag_of(row: Row) -> RedFlag:
    """Return a red flag."""
    made = RedFlag(
        id=row.text("id"),
        severity=row.one_of("severity", SEVERITIES),
        when=condition_of(row.row("when")),
        script=row.text("script"),
        cites=row.cites(),
    )
    row.finish()
    return made


def condition_of(row: Row) -> Condition:
    """Return a condition: any or all of several, or a single one."""
    for key in ("any", "all"):
        if key in row.written():
            made = Together(every=key == "all", of=tuple(map(condition_of, row.rows(key))))
            if not made.of:
                row.refuse(key, "no condition", "one or more")
            row.finish()
            return made
    single = _single(row)
    row.finish()
    return single


def _single(row: Row) -> Condition:
    written = row.written()
    if "heard" in written:
        return Heard(symptom=row.text("heard"))
    if "question" in written:
        question = row.text("question")
        if "is" in written:
            return AnswerIs(question=question, answer=row.text("is"))
        part = int(row.one_of("part", ("value", "systolic", "diastolic"), "value") == "diastolic")
        return AnswerCompares(question=question, part=part, limit=_limit(row))
    if "device" not in written:
        row.refuse("", "no question, device or symptom", "one of question, device, heard, any, all")
    device = row.text("device", "")
    if "rises_within_days" in written:
        days = row.whole("rises_within_days")
        return DeviceRises(device=device, days=days, limit=_limit(row))
    if row.flag("under_usual", default=False):
        return DeviceLeavesBaseline(device=device, limit=_limit(row))
    return DeviceCompares(device=device, limit=_limit(row))


def _limit(row: Row) -> Limit:
    said = [each for each in COMPARISONS if each in row.written()]
    if len(said) != 1:
        row.refuse("", f"{len(said)} comparisons", "one of " + ", ".join(COMPARISONS))
        return Limit(how=COMPARISONS[0], parameter="")
    return Limit(how=said[0], parameter=row.text(said[0]))


def table_rows(row: Row, key: str) -> dict[str, Row]:
    """Return the mappings under a key by their names."""
    if key not in row.written():
        return {}
    inner = row.row(key)
    return {name: inner.row(name) for name in inner.written()}
