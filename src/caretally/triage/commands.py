"""Setting what readings are held against; it is a practitioner's to do."""

from __future__ import annotations

import re
from decimal import Decimal

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import AlertRuleSet, Entry, ThresholdSet
from caretally.journal.register import Register
from caretally.triage.rules import AVERAGE, CRISIS, MISSING, OF_CONDITION, OF_PATIENT, RISE, VALUE
from caretally.triage.vitals import BY_CODE

PRACTITIONERS = frozenset({"physician", "np", "pa", "cns", "cnm"})
MOST_DAYS, MOST_DAYS_COMPARED = 21, 14
"""Readings are looked at thirty days back; nothing may need more."""
is_condition = re.compile(r"[A-Z][0-9]([0-9A-Z](\.?[0-9A-Z]{1,4})?)?").fullmatch


def set_threshold(register: Register, filing: Filing, body: ThresholdSet) -> tuple[Entry, ...]:
    """Write down between which values a patient's vital sign calls for nobody.

    Raises:
        InputError: no such vital sign or unit, bounds the wrong way round, or no practitioner.
    """
    draft = Draft.of(filing, body)
    check_metric(draft, body.metric, body.unit)
    check_bounds(draft, body.low, body.high)
    check_signer(register, draft, body.set_by)
    return draft.filed()


def set_rule(register: Register, filing: Filing, body: AlertRuleSet) -> tuple[Entry, ...]:
    """Sign a rule of triage, or another version of one.

    Raises:
        InputError: no practitioner signs, or scope, test and numbers do not fit; all is named.
    """
    draft = Draft.of(filing, body)
    if body.rule.startswith(CRISIS):
        draft.refuse(
            "body.rule", found="a rule of the crisis range", expected="another name",
            hint="the crisis range holds beside every rule and is nobody's to change",
        )  # fmt: skip
    check_scope(draft, body)
    if body.metric is not None or body.test != MISSING:
        check_metric(draft, body.metric or "", None if body.test == MISSING else body.unit or "")
    check_numbers(draft, body)
    check_days(draft, body)
    check_signer(register, draft, body.set_by)
    return draft.filed()


def check_scope(draft: Draft, body: AlertRuleSet) -> None:
    """Refuse a scope that does not say for whom, or says it twice."""
    if (body.scope == OF_PATIENT) != (draft.entry.patient is not None):
        draft.refuse("body.scope", found=f"the scope {body.scope}",
                     expected="patient on a chart, another scope for a practice")  # fmt: skip
    if (body.scope == "program") != (body.program is not None):
        draft.refuse("body.program", found=body.program or "nothing",
                     expected="a program, with the scope program only")  # fmt: skip
    if (body.scope == OF_CONDITION) != (body.condition is not None):
        draft.refuse("body.condition", found="a condition" if body.condition else "nothing",
                     expected="a condition, with the scope condition only")  # fmt: skip
    elif body.condition is not None and not is_condition(body.condition):
        expected = "the beginning of an ICD-10-CM code, such as I50 or I11.0"
        draft.refuse("body.condition", found="another text", expected=expected)


def check_metric(draft: Draft, metric: str, unit: str | None) -> None:
    """Refuse what is no vital sign, or a unit that it is not told in; None where none is told."""
    vital = BY_CODE.get(metric)
    if vital is None:
        draft.refuse(
            "body.metric", found=repr(metric), expected=f"one of {', '.join(sorted(BY_CODE))}"
        )
    elif unit is not None and unit not in vital.units:
        draft.refuse("body.unit", found=repr(unit), expected=f"one of {', '.join(vital.units)}")


def check_bounds(draft: Draft, low: Decimal | None, high: Decimal | None) -> None:
    """Refuse bounds the wrong way round."""
    if low is not None and high is not None and low >= high:
        draft.refuse(
            "body.high", found="a bound not above the low one", expected="more than the low bound"
        )


def check_numbers(draft: Draft, body: AlertRuleSet) -> None:
    """Refuse numbers that a test does not need, and miss those that it does."""
    has_bounds = body.low is not None or body.high is not None
    if body.test in {VALUE, AVERAGE}:
        check_bounds(draft, body.low, body.high)
        if not has_bounds and body.active:
            draft.refuse("body.high", found="no bound", expected="a low or a high bound, or both",
                         hint="to watch nothing, switch the rule off")  # fmt: skip
    elif has_bounds:
        draft.refuse("body.high", found="a bound", expected=f"none with the test {body.test}")
    if (body.test == RISE) != (body.rise is not None) or (body.rise or 1) <= 0:
        draft.refuse("body.rise", found="another amount or none",
                     expected="an amount above 0, with the test rise only")  # fmt: skip
    if body.least_count is not None and body.test not in {AVERAGE, MISSING}:
        expected = "none but with an average, or where readings are missing"
        draft.refuse("body.least_count", found="a number", expected=expected)


def check_days(draft: Draft, body: AlertRuleSet) -> None:
    """Refuse days that a test cannot look back to."""
    is_compared = body.test == MISSING and body.least_count is not None
    most = MOST_DAYS_COMPARED if is_compared else MOST_DAYS
    if body.test == VALUE:
        if body.days is not None:
            draft.refuse("body.days", found="a number of days", expected="none with single values")
    elif body.days is None or body.days > most:
        draft.refuse("body.days", found=str(body.days or "nothing"),
                     expected=f"a number of days from 1 to {most}")  # fmt: skip
    elif is_compared and (body.least_count or 0) > body.days:
        draft.refuse("body.least_count", found=str(body.least_count),
                     expected=f"at most the {body.days} days that are looked at")  # fmt: skip


def check_signer(register: Register, draft: Draft, staff: str) -> None:
    """Refuse who is no practitioner of the practice on the day."""
    day = register.day_of(draft.entry.patient or "", draft.at)
    if not register.roles_on(staff, day) & PRACTITIONERS:
        draft.refuse(
            "body.set_by",
            found=f"{staff!r}, no practitioner registered on {day}",
            expected="a physician, NP, PA, CNS or CNM of the practice",
        )
