"""Every code of a decision with its criteria: met, unmet or not reached, in words and cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from caretally.billability.comparisons import Outcome
from caretally.billability.judged_months import JudgedMonth
from caretally.billability.lines import risks_of
from caretally.billability.patient_judging import Judged
from caretally.billability.plans import Plans, Step
from caretally.billability.sentences import BLANK, sentence
from caretally.billability.slots import Slot
from caretally.clock import date_of, day_number

NOT_VALID = {
    "name": "is_in_force",
    "status": "unmet",
    "observed": 0,
    "required": 1,
    "says": "The code is not valid on this date of service.",
}


def criterion_json(step: Step, outcome: Outcome | None, status: str) -> dict[str, object]:
    """Return one criterion as the contract writes it."""
    if outcome is None:
        return {
            "name": step.name, "status": status, "observed": None, "required": None,
            "says": BLANK.sub("…", (step.check.__doc__ or "").strip()), "cites": list(step.cites),
        }  # fmt: skip
    return {
        "name": step.name, "status": status, "observed": int(outcome.observed),
        "required": int(outcome.required), "says": sentence(step.name, outcome),
        "cites": list(step.cites),
    }  # fmt: skip


def speaking(step: Step, outcome: Outcome, judged: Judged) -> tuple[Step, Outcome]:
    """Return who speaks for a step: of alternatives the first that holds, or the very first."""
    if step.any_of and outcome.holds:
        slot = Slot(facts=judged.facts, code=judged.verdict.code)
        for each in step.any_of:
            found = each.ask(slot)
            if found.holds:
                return each, found
    return step, outcome


def criteria_json(judged: Judged) -> Iterator[dict[str, object]]:
    """Yield the criteria of a code on a slot; after an unmet base the rest is not reached."""
    plans = judged.verdict.plans
    if plans is None:
        return
    is_reached = True
    for step, outcome in zip(plans.own.steps, judged.verdict.outcomes, strict=True):
        status = "met" if outcome.holds else "unmet"
        told, seen = speaking(step, outcome, judged)
        yield criterion_json(told, seen, status if is_reached else "not_reached")
        if step.name == "is_billable" and not outcome.holds:
            is_reached = False
    if judged.restriction is not None and judged.restricted is not None:
        yield {
            "name": "has_payer_diagnosis", "status": "unmet", "observed": 1, "required": 0,
            "says": judged.restriction.says, "cites": list(judged.restriction.cites),
        }  # fmt: skip


def not_reached(plans: Plans) -> list[dict[str, object]]:
    """Return the criteria of a code that has no slot in the month."""
    return [criterion_json(step, None, "not_reached") for step in plans.own.steps]


def slot_json(judged: Judged) -> dict[str, object]:
    """Return one period's verdict, for codes that have one a period."""
    return {
        "from": date_of(judged.facts.from_day).isoformat(),
        "to": date_of(judged.facts.to_day).isoformat(),
        "units": judged.verdict.units,
        "at_risk": list(risks_of(judged)),
        "criteria": list(criteria_json(judged)),
    }


def code_json(month: JudgedMonth, code: str, of_code: Sequence[Judged]) -> dict[str, object]:
    """Return what a decision says of one code; of several periods the first billable one speaks."""
    sheet = month.rulebook.sheets[code]
    if not of_code:
        plans = month.bench.planner.plans(
            code, day_number(month.month.last_day), month.decided.payer
        )
        criteria = (
            not_reached(plans) if plans else [{**NOT_VALID, "cites": not_valid_cites(month, code)}]
        )
        return {"billable": False, "units": 0, "at_risk": [], "criteria": criteria}
    shown = next((each for each in of_code if each.verdict.units), of_code[-1])
    valid = list(criteria_json(shown)) or [{**NOT_VALID, "cites": not_valid_cites(month, code)}]
    at_risk = sorted({reading for each in of_code for reading in risks_of(each)})
    units = sum(each.verdict.units for each in of_code)
    found: dict[str, object] = {
        "billable": units > 0, "units": units, "at_risk": at_risk, "criteria": valid,
    }  # fmt: skip
    if sheet.judged == "period":
        found["periods"] = [slot_json(each) for each in of_code if each.verdict.plans]
    return found


def not_valid_cites(month: JudgedMonth, code: str) -> list[str]:
    """Return the citations of a code's first version."""
    version = month.rulebook.sheets[code].requires[0]
    return sorted({cite for requirement in version.requirements for cite in requirement.cites})[:3]


def codes_of(month: JudgedMonth) -> Mapping[str, dict[str, object]]:
    """Return what a decision says of each code of its programs, by code."""
    if not month.is_loaded:
        return {}
    by_code: dict[str, list[Judged]] = {}
    for program in sorted({slot.program for slot in month.slots if not slot.period}):
        is_decided = int(program == month.decided.program)
        for period in (1, 0):
            for code in month.bench.codes_for(program, period, is_decided):
                by_code[code] = []
    for each in month.judged:
        by_code[each.verdict.code].append(each)
    return {code: code_json(month, code, by_code[code]) for code in sorted(by_code)}
