"""The reports there are: what each is called, who may read it, and what may be set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from caretally.errors import InputError, Problem, UnknownError
from caretally.practice import (
    reports_adherence,
    reports_economics,
    reports_outcomes,
    reports_staffing,
    reports_summary,
)
from caretally.practice.caller import Caller
from caretally.practice.reports import Asked, Knob, Report
from caretally.practice.roles import SEE_MONEY, SEE_PATIENTS, SEE_STAFF_LOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of report."""

    name: str
    title: str
    says: str
    permission: str
    build: Callable[[Asked], Report]
    knobs: tuple[Knob, ...] = ()


KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind(name=reports_summary.NAME, title=reports_summary.TITLE, says=reports_summary.SAYS,
             permission=SEE_PATIENTS, build=reports_summary.summary),
        Kind(name=reports_economics.NAME, title=reports_economics.TITLE,
             says=reports_economics.SAYS, permission=SEE_MONEY, build=reports_economics.economics,
             knobs=reports_economics.KNOBS),
        Kind(name=reports_adherence.NAME, title=reports_adherence.TITLE,
             says=reports_adherence.SAYS, permission=SEE_PATIENTS,
             build=reports_adherence.adherence),
        Kind(name=reports_outcomes.NAME, title=reports_outcomes.TITLE, says=reports_outcomes.SAYS,
             permission=SEE_PATIENTS, build=reports_outcomes.outcomes),
        Kind(name=reports_staffing.NAME, title=reports_staffing.TITLE, says=reports_staffing.SAYS,
             permission=SEE_STAFF_LOAD, build=reports_staffing.staffing,
             knobs=reports_staffing.KNOBS),
    )
}  # fmt: skip
"""By name, in the order of the page."""


def kinds_for(caller: Caller) -> tuple[Kind, ...]:
    """Return the reports that a caller may read."""
    return tuple(each for each in KINDS.values() if caller.may(each.permission))


def kind_named(name: str) -> Kind:
    """Return a sort of report.

    Raises:
        UnknownError: there is none of this name.
    """
    if name not in KINDS:
        raise UnknownError(f"there is no report {name}; there are {', '.join(KINDS)}")
    return KINDS[name]


def knobs_of(kind: Kind, told: Mapping[str, str]) -> dict[str, Decimal | None]:
    """Return the assumptions of a report: as told, else as they stand by default.

    Raises:
        InputError: a value is no number, or beyond what makes sense; each at its field.
    """
    found: dict[str, Decimal | None] = {}
    problems = []
    for knob in kind.knobs:
        text = told.get(knob.name, "").strip()
        found[knob.name] = knob.default
        if text:
            value = number_in(text)
            if value is None or not knob.least <= value <= knob.most:
                problems.append(
                    Problem(where=kind.name, field=knob.name, found=repr(text[:20]),
                            expected=f"a number from {knob.least} to {knob.most}")
                )  # fmt: skip
            found[knob.name] = value
    if problems:
        raise InputError(problems)
    return found


def number_in(text: str) -> Decimal | None:
    """Return a number as people type it; None where it is none."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and len(text) <= 20 else None


def report(asked: Asked, name: str) -> Report:
    """Return a report.

    Raises:
        UnknownError: there is none of this name.
        ForbiddenError: the caller may not read it.
    """
    kind = kind_named(name)
    asked.office.caller.require(kind.permission)
    knobs = {knob.name: knob.default for knob in kind.knobs} | dict(asked.knobs)
    return kind.build(replace(asked, knobs=knobs))
