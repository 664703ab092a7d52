"""What the rules of a date and payer demand, in the words in which an enrollment asks for it.

The room of enrollment knows which evidence is on file and no rule; the rulebook knows the rules and
no patient. Here a sheet's steps become the codes that fall without each piece of evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from caretally.billability.plans import Planner, Plans, Step
from caretally.clock import date_of, day_number
from caretally.codes import PAYERS
from caretally.enrollment.queries import DemandsOf
from caretally.enrollment.standing import Demands

VISIT_YEARS, BEGUN_BY = "within", "latest"
"""Names of the amounts of `is_established` and of its alternative."""
DEFAULT_VISIT_YEARS = 3
UNASKED_OF = {"is_therapeutic": "rtm"}
"""Criteria that ask for a program only, and the program."""
KEPT = 4096
"""Answers kept at once: a few dates, of each program and payer."""


def demands_of(planner: Planner, program: str, day: date, payer: str | None) -> Demands:
    """Return what is demanded of a program on a date of service, for the payer asked first."""
    codes: dict[str, tuple[str, ...]] = {}
    amounts: dict[str, Any] = {}
    for code, plans in _plans(planner, program, day, payer):
        for step in plans.own.steps:
            if not is_demanded(step, program):
                continue
            codes[step.name] = (*codes.get(step.name, ()), code)
            for each in (step, *step.any_of):
                amounts.update(each.arguments)
    return Demands(
        codes=codes,
        visit_years=amounts.get(VISIT_YEARS, DEFAULT_VISIT_YEARS),
        begun_by=date_of(amounts.get(BEGUN_BY, 0)),
    )


def demands_by(planner: Planner) -> DemandsOf:
    """Return `demands_of` with a planner filled in, as queries of enrollment take it.

    Answers are kept: a list of patients asks the same few questions again and again.
    """

    @lru_cache(maxsize=KEPT)
    def asked(program: str, day: date, payer: str | None) -> Demands:
        return demands_of(planner, program, day, payer)

    return asked


def is_demanded(step: Step, program: str) -> bool:
    """Tell whether a line of a program falls without this.

    `is_authorized` is in every sheet, mostly unasked; being in the program may be enough.
    """
    is_asked = step.arguments.get("demanded", 1) != 0
    return step.blocks and is_asked and not is_enough(step, program)


def is_enough(step: Step, program: str) -> bool:
    """Tell whether a step has an alternative that everybody in the program meets."""
    return any(UNASKED_OF.get(each.name) == program for each in step.any_of)


def _plans(
    planner: Planner, program: str, day: date, payer: str | None
) -> Iterator[tuple[str, Plans]]:
    number = PAYERS.index(payer) if payer in PAYERS else -1
    for code, sheet in planner.rulebook.sheets.items():
        plans = planner.plans(code, day_number(day), number)
        if plans is not None and sheet.decided and sheet.program in {program, "any"}:
            yield code, plans
