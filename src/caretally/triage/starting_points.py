"""Starting points: rules from published tables, by condition, until a practitioner signs others.

A starting point is no order, and everything that rests on one says so. Numbers, levels and times
stand here as data; each row cites what it was read from. How urgent a rule is and how soon it is to
be answered come from no source: they are habits of this program (`house`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from caretally.journal.quantities import (
    BREATHS,
    DIASTOLIC,
    GLUCOSE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
    convert,
)
from caretally.triage.rules import (
    CRISIS,
    EMERGENT,
    MISSING,
    RISE,
    ROUTINE,
    URGENT,
    VALUE,
    VALUE_RULES,
    Rule,
    rise_words,
)
from caretally.triage.vitals import BY_CODE

ANSWER_MINUTES: Mapping[str, int] = {
    "emergent": 30, "urgent": 240, "routine": 1440, "technical": 2880,
}  # fmt: skip
"""Within how many minutes an alert of a level is to be acknowledged; habits of this program."""
HEART_FAILURE = ("I50", "I11.0", "I13.0", "I13.2")
HYPERTENSION = ("I1",)
"""All hypertensive diseases, I10 to I1A."""
DIABETES = ("E08", "E09", "E10", "E11", "E13")
LUNG_DISEASE = ("J44",)
CONDITION_WORDS: Mapping[str, str] = {
    **dict.fromkeys(HYPERTENSION, "hypertension"),
    **dict.fromkeys(DIABETES, "diabetes"),
    **dict.fromkeys(LUNG_DISEASE, "chronic lung disease"),
    **dict.fromkeys(HEART_FAILURE, "heart failure"),
}
"""Beginnings of codes that have starting points of their own, in words."""
NO_READING, FEWER_DAYS = "no_reading", "fewer_days"

Row = tuple[str, str | None, str | None, str, tuple[str, ...]]
PRACTICE_VALUES: tuple[Row, ...] = (
    (SYSTOLIC, "100", "160", URGENT, ("TELBIL",)),
    (DIASTOLIC, "60", "95", URGENT, ("TELBIL",)),
    (PULSE, "50", "100", URGENT, ("TELBIL",)),
    (SATURATION, "95", None, URGENT, ("TELBIL",)),
    (BREATHS, "12", "24", URGENT, ("TELBIL",)),
    (TEMPERATURE, None, "37", ROUTINE, ("TELBIL",)),
    (GLUCOSE, "70", "250", URGENT, ("unverified",)),
)
"""For everybody: LOINC code, low, high, level, sources."""
CONDITION_VALUES: tuple[tuple[tuple[str, ...], Row], ...] = (
    # The set of the trial for people with symptoms, the stricter of its two.
    (HEART_FAILURE, (SYSTOLIC, "90", "160", URGENT, ("BEATHF",))),
    (HEART_FAILURE, (PULSE, "50", "100", URGENT, ("BEATHF",))),
    (HYPERTENSION, (SYSTOLIC, "100", "160", URGENT, ("TELBIL",))),
    (HYPERTENSION, (DIASTOLIC, "60", "95", URGENT, ("TELBIL",))),
    (DIABETES, (GLUCOSE, "70", "250", URGENT, ("unverified",))),
    # The study lowers its 95 for lung disease and does not say to what; 92 keeps away from the
    # crisis range.
    (LUNG_DISEASE, (SATURATION, "92", None, URGENT, ("TELBIL", "unverified"))),
    (LUNG_DISEASE, (BREATHS, "12", "24", URGENT, ("TELBIL",))),
)
CRISIS_VALUES: tuple[Row, ...] = (
    (SYSTOLIC, "80", "180", EMERGENT, ("BEATHF", "LCCH")),
    (DIASTOLIC, None, "120", EMERGENT, ("LCCH",)),
    (PULSE, "40", None, EMERGENT, ("BEATHF",)),
    (SATURATION, "90", None, EMERGENT, ("unverified",)),
    (GLUCOSE, "54", None, EMERGENT, ("unverified",)),
)
"""Outside of these a value is a crisis, whatever anybody signed."""
RISES: tuple[tuple[str, str, str, int], ...] = (
    ("weight_day", "3", "[lb_av]", 1),
    ("weight_week", "5", "[lb_av]", 7),
)
"""Rule, more than so much, unit, within so many days."""


def value_rule(row: Row, *, condition: str = "", prefix: str = "") -> Rule:
    """Return the rule of a row of values."""
    metric, low, high, level, cites = row
    words = BY_CODE[metric].words
    return Rule(
        rule=prefix + VALUE_RULES[metric], test=VALUE, metric=metric,
        scope="condition" if condition else "practice", condition=condition,
        low=None if low is None else Decimal(low), high=None if high is None else Decimal(high),
        level=level, answer_minutes=ANSWER_MINUTES[level], cites=cites,
        title=f"{words} in crisis" if prefix else words,
    )  # fmt: skip


def rise_rule(row: tuple[str, str, str, int], level: str, *, condition: str = "") -> Rule:
    """Return the rule of a row of rises, in the unit of the vital sign, exactly."""
    name, amount, unit, days = row
    rise = convert(Decimal(amount), unit, BY_CODE[WEIGHT].unit)
    return Rule(
        rule=name, test=RISE, metric=WEIGHT, scope="condition" if condition else "practice",
        condition=condition, rise=rise, days=days, level=level,
        answer_minutes=ANSWER_MINUTES[level], given=rise_words(Decimal(amount), "lb", days),
        cites=("ALLINA",), title="weight gained " + ("in a day" if days == 1 else "in a week"),
    )  # fmt: skip


def absences() -> tuple[Rule, ...]:
    """Return the rules of readings that are missing."""
    minutes = ANSWER_MINUTES[ROUTINE]
    return (
        Rule(rule=NO_READING, test=MISSING, days=3, level=ROUTINE, answer_minutes=minutes,
             cites=("house",), title="no reading"),
        Rule(rule=FEWER_DAYS, test=MISSING, days=7, least_count=4, level=ROUTINE,
             answer_minutes=minutes, cites=("house",), title="measures less than before"),
    )  # fmt: skip


STARTING_POINTS: tuple[Rule, ...] = (
    *(value_rule(row) for row in PRACTICE_VALUES),
    # Sources speak of heart failure; in others the same gain is looked at with less haste.
    *(rise_rule(row, ROUTINE) for row in RISES),
    *absences(),
    *(value_rule(row, condition=code) for codes, row in CONDITION_VALUES for code in codes),
    *(rise_rule(row, URGENT, condition=code) for row in RISES for code in HEART_FAILURE),
)
CRISIS_RULES: tuple[Rule, ...] = tuple(value_rule(row, prefix=CRISIS) for row in CRISIS_VALUES)
