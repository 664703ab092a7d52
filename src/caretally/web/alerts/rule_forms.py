"""The form of a rule: its fields, what is typed, and what stands in it at first."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from caretally.codes import ALERT_LEVELS, ALERT_TESTS, MONITORING_PROGRAMS
from caretally.errors import Problem
from caretally.journal.entries import AlertRuleSet
from caretally.journal.quantities import UNITS
from caretally.practice.alert_lists import LEVEL_WORDS
from caretally.triage.rules import OF_PATIENT, RISE, Rule, shortened
from caretally.triage.vitals import BY_CODE, VITALS
from caretally.web.frame.fields import HIDDEN, NUMBER, SELECT, Field, demand, refuse

Typed = dict[str, str]
TEST_WORDS = {
    "value": "a single value lies outside", "rise": "it rises too fast",
    "average": "an average of days lies outside", "missing": "readings are missing",
}  # fmt: skip
SCOPE_WORDS = {
    "practice": "everybody", "program": "a program", "condition": "a condition",
}  # fmt: skip
MOST_DIGITS = 12


def rule_fields(*, is_of_patient: bool) -> tuple[Field, ...]:
    """Return the fields of a rule."""
    units = dict.fromkeys(unit for vital in VITALS for unit in vital.units)
    whom = () if is_of_patient else (
        Field(name="scope", label="Holds for", kind=SELECT, choices=tuple(SCOPE_WORDS.items())),
        Field(name="program", label="Program", kind=SELECT, is_optional=True,
              choices=(("", "none"), *((each, each.upper()) for each in MONITORING_PROGRAMS))),
        Field(name="condition", label="Condition", is_optional=True,
              hint="The beginning of an ICD-10-CM code, such as I50."),
    )  # fmt: skip
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="rule", label="Name of the rule",
              hint="A rule of the same name, nearer to the patient, takes its place."),
        *whom,
        Field(name="test", label="Calls for somebody when", kind=SELECT,
              choices=tuple((each, TEST_WORDS[each]) for each in ALERT_TESTS)),
        Field(name="metric", label="Vital sign", kind=SELECT, is_optional=True,
              choices=(("", "any"), *((v.loinc, v.words.capitalize()) for v in VITALS))),
        Field(name="low", label="Below", is_optional=True),
        Field(name="high", label="Above", is_optional=True),
        Field(name="rise", label="Rises by more than", is_optional=True),
        Field(name="unit", label="Unit", kind=SELECT, is_optional=True,
              choices=(("", "none"), *((each, UNITS[each].says or each) for each in units))),
        Field(name="days", label="Days", kind=NUMBER, is_optional=True,
              hint="Within so many days; of an average, over so many; without a reading."),
        Field(name="least_count", label="At least so many", kind=NUMBER, is_optional=True,
              hint="Of an average, values; of missing readings, days with one."),
        Field(name="level", label="Level", kind=SELECT,
              choices=tuple((each, LEVEL_WORDS[each]) for each in ALERT_LEVELS)),
        Field(name="answer_minutes", label="Minutes to answer", kind=NUMBER, is_optional=True),
        Field(name="active", label="In force", kind=SELECT,
              choices=(("yes", "yes"), ("no", "switched off")), also=("body.active",)),
    )  # fmt: skip


def typed_from(rule: Rule) -> Typed:
    """Return a rule as it would be typed."""
    vital = BY_CODE.get(rule.metric)
    unit = vital.unit if vital is not None else ""
    rise, rise_unit = rule.rise, unit
    if rule.test == RISE and rule.given.partition(" ")[2].startswith("lb"):
        rise, rise_unit = Decimal(rule.given.partition(" ")[0]), "[lb_av]"
    numbers = {"low": rule.low, "high": rule.high, "rise": rise}
    return {
        "rule": rule.rule, "scope": rule.scope, "program": rule.program,
        "condition": rule.condition, "test": rule.test, "metric": rule.metric,
        "unit": rise_unit, "days": str(rule.days or ""),
        "least_count": str(rule.least_count or ""), "level": rule.level,
        "answer_minutes": str(rule.answer_minutes or ""),
        "active": "yes" if rule.is_active else "no",
        **{name: "" if each is None else shortened(each) for name, each in numbers.items()},
    }  # fmt: skip


def number_of(typed: Typed, name: str, problems: list[Problem]) -> Decimal | None:
    """Return the number that was typed; what is none is added to the problems."""
    text = typed.get(name, "")
    if not text:
        return None
    try:
        found = Decimal(text) if len(text) <= MOST_DIGITS else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        problems.append(Problem(where="form", field=name, found="another text",
                                expected="a number such as 160 or 37.5"))  # fmt: skip
        return None
    return found


def whole_of(typed: Typed, name: str, problems: list[Problem]) -> int | None:
    """Return the whole number that was typed; what is none is added to the problems."""
    text = typed.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        problems.append(Problem(where="form", field=name, found="another text",
                                expected="a whole number"))  # fmt: skip
        return None
    return int(text)


def body_of(typed: Typed, signer: str, *, is_of_patient: bool) -> AlertRuleSet:
    """Return what was typed of a rule.

    Raises:
        InputError: something is missing, or no number.
    """
    problems: list[Problem] = []
    demand(typed, ("rule", "test", "level"), problems)
    low, high, rise = (number_of(typed, name, problems) for name in ("low", "high", "rise"))
    days, least, minutes = (
        whole_of(typed, name, problems) for name in ("days", "least_count", "answer_minutes")
    )
    refuse(problems)
    scope = OF_PATIENT if is_of_patient else typed.get("scope", "")
    return AlertRuleSet(
        rule=typed["rule"], scope=scope, program=typed.get("program") or None,
        condition=(typed.get("condition") or "").upper() or None, test=typed["test"],
        metric=typed.get("metric") or None, low=low, high=high, rise=rise, days=days,
        least_count=least, unit=typed.get("unit") or None, level=typed["level"],
        answer_minutes=minutes, active=typed.get("active") != "no", set_by=signer,
    )  # fmt: skip
