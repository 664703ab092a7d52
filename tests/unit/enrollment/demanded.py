"""What the rulebook demands on a date of a program, as the enrollment asks for it."""

from __future__ import annotations

from datetime import date
from functools import cache

from caretally.billability.plans import Planner, Step
from caretally.billability.sheets import load_rulebook
from caretally.clock import date_of, day_number
from caretally.codes import PAYERS
from caretally.enrollment.standing import Demands


@cache
def planner() -> Planner:
    return Planner(rulebook=load_rulebook())


def is_demanded(step: Step) -> bool:
    return step.blocks and step.arguments.get("demanded", 1) != 0


@cache
def demands_of(program: str, day: date, payer: str | None) -> Demands:
    number = PAYERS.index(payer) if payer in PAYERS else -1
    codes: dict[str, tuple[str, ...]] = {}
    amounts: dict[str, int] = {}
    for code, sheet in planner().rulebook.sheets.items():
        plans = planner().plans(code, day_number(day), number)
        if plans is None or sheet.program not in {program, "any"} or not sheet.decided:
            continue
        for step in filter(is_demanded, plans.own.steps):
            codes[step.name] = (*codes.get(step.name, ()), code)
            for each in (step, *step.any_of):
                amounts.update(each.arguments)
    return Demands(
        codes=codes,
        visit_years=amounts.get("within", 3),
        begun_by=date_of(amounts.get("latest", 0)),
    )
