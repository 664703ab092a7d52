"""What is still missing for each code, and the last day on which it can be reached.

Only what can still come is called missing: seconds, contacts, data days, evidence. A code that
another one has overtaken is left out; one that nothing can mend any more is said to be
unreachable, and why. Without a time of knowing, the calendar alone makes nothing unreachable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from caretally.billability.comparisons import Outcome
from caretally.billability.criteria import FACT_OF
from caretally.billability.judged_months import JudgedMonth
from caretally.billability.lines import is_advisory
from caretally.billability.patient_judging import Judged
from caretally.billability.plans import Plan, Plans, Step
from caretally.billability.sentences import sentence
from caretally.billability.slots import Slot
from caretally.clock import date_of, day_number, local_date, midnight, seconds_of
from caretally.patient_months.facts import Facts

OVERTAKEN = frozenset(
    {
        "stays_below_management_time", "stays_within_data_days", "is_not_bundled",
        "is_first_setup", "monitors_system", "is_preferred_to",
    }
)  # fmt: skip
"""Criteria that, unmet, mean that another code or period took this one's place."""
BASE = "is_billable"
SECONDS = "_seconds"
DAYS = "data_days"


class Gap(NamedTuple):
    """What a code lacks on a slot: amounts by fact, or the sentence that shuts it out."""

    missing: dict[str, int]
    why: str | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of the month or period, and how much of it is left at the time of knowing.

    seconds_left, days_left: None where there is no time of knowing.
    """

    day: int
    seconds_left: int | None
    days_left: int | None

    def why_too_late(self, missing: dict[str, int]) -> str | None:
        """Return why what is missing cannot come any more, or None."""
        if self.seconds_left is None or self.days_left is None:
            return None
        if self.seconds_left <= 0:
            return f"The time for it ended on {date_of(self.day).isoformat()}."
        seconds = max((n for fact, n in missing.items() if fact.endswith(SECONDS)), default=0)
        if seconds > self.seconds_left or missing.get(DAYS, 0) > self.days_left:
            return f"More is missing than fits in before {date_of(self.day).isoformat()} ends."
        return None


def fact_of(step: Step) -> str | None:
    """Return the fact a step asks more of; live seconds where only those are counted."""
    fact = FACT_OF.get(step.name)
    if step.name == "reaches_management_time" and "management" not in step.arguments["counted"]:
        return "live_seconds"
    return fact


def gap(plan: Plan, outcomes: Sequence[Outcome]) -> Gap | None:
    """Return what a plan lacks, given its outcomes; None where another code took its place."""
    missing: dict[str, int] = {}
    for step, outcome in zip(plan.steps, outcomes, strict=True):
        if outcome.holds or not step.blocks or step.name == BASE:
            continue
        if step.name in OVERTAKEN:
            return None
        fact = fact_of(step)
        if fact is None:
            return Gap({}, sentence(step.name, outcome))
        amount = int(outcome.required - outcome.observed)
        missing[fact] = max(missing.get(fact, 0), amount if fact != "established_on" else 1)
    return Gap(missing, None)


def further_unit(plans: Plans, slot: Slot, units: int) -> dict[str, int] | None:
    """Return what the next unit of a code with several units lacks; None at its cap."""
    amounts = plans.own.count_arguments
    if "block" not in amounts or units >= amounts["cap"]:
        return None
    step = next(s for s in plans.own.steps if s.name.startswith("reaches_"))
    seconds = int(step.ask(slot).observed)
    fact = fact_of(step) or "management_seconds"
    return {fact: amounts["base"] + (units + 1) * amounts["block"] - seconds}


def base_gap(month: JudgedMonth, plans: Plans) -> dict[str, int] | None:
    """Return what the base code lacks, for an add-on; None where the base is shut out."""
    missing: dict[str, int] = {}
    for step in plans.own.steps:
        if step.name == BASE:
            base = judged_code(month, str(step.arguments["code"]))
            found = (
                gap(base.verdict.plans.own, base.verdict.outcomes)
                if base and base.verdict.plans
                else None
            )
            if found is None or found.why is not None:
                return None
            missing |= found.missing
    return missing


def judged_code(month: JudgedMonth, code: str) -> Judged | None:
    """Return the verdict on a code in the decided program's month."""
    slot = month.decided
    return next(
        (each for each in month.judged if each.facts is slot and each.verdict.code == code), None
    )


def month_deadline(month: JudgedMonth) -> Deadline:
    """Return the end of the calendar month."""
    last = month.month.last_day
    if month.as_of is None:
        return Deadline(day_number(last), None, None)
    end = midnight(month.month.next().first_day, month.time_zone)
    left = end - seconds_of(month.as_of)
    known_on = known_day(month) or 0
    return Deadline(day_number(last), left, max(0, day_number(last) - known_on + 1))


def known_day(month: JudgedMonth) -> int | None:
    """Return the local day of the time of knowing, if there is one."""
    return None if month.as_of is None else day_number(local_date(month.as_of, month.time_zone))


def period_deadline(month: JudgedMonth, period: Facts) -> Deadline:
    """Return the end of a running period; a day that has data already is not left."""
    known_on, end = known_day(month), period.to_day
    if month.as_of is None or known_on is None:
        return Deadline(end, None, None)
    first_left = max(known_on, period.running_last + 1)
    left = midnight(date_of(end + 1), month.time_zone) - seconds_of(month.as_of)
    return Deadline(end, left, max(0, end - first_left + 1))


def told(code: str, found: Gap, deadline: Deadline) -> dict[str, object]:
    """Return one code's forecast as the contract writes it."""
    why = found.why or deadline.why_too_late(found.missing)
    if why is not None:
        return {"code": code, "unreachable": True, "why": why}
    forecast: dict[str, object] = {
        "code": code,
        "missing": dict(sorted(found.missing.items())),
        "by": date_of(deadline.day).isoformat(),
    }
    if DAYS in found.missing:
        start = date_of(deadline.day - found.missing[DAYS] + 1)
        forecast["start_by"] = start.isoformat()
    return forecast


def of_month(month: JudgedMonth) -> Iterator[dict[str, object]]:
    """Yield the forecasts of codes judged by the calendar month."""
    deadline = month_deadline(month)
    for each in month.judged:
        plans, units = each.verdict.plans, each.verdict.units
        if each.facts is not month.decided or plans is None or is_advisory(each):
            continue
        if units:
            more = further_unit(plans, Slot(facts=each.facts, code=each.verdict.code), units)
            found = Gap(more, None) if more else None
        else:
            found = gap(plans.own, each.verdict.outcomes)
            below = base_gap(month, plans) if found else None
            if found and below is None:
                continue
            if found and below:
                found = Gap({**below, **found.missing}, found.why)
        if found and (found.missing or found.why):
            yield told(each.verdict.code, found, deadline)


def running_slot(month: JudgedMonth) -> Facts | None:
    """Return the period that still runs at the time of knowing, else beyond the month's end.

    One that ends beyond the month is judged by what it has so far, on its last day.
    """
    facts, known_on = month.decided, known_day(month)
    still_open = [
        slot
        for slot in month.slots
        if slot.period and slot.program == facts.program and known_on and slot.to_day >= known_on
    ]
    if still_open:
        return min(still_open, key=lambda slot: slot.to_day)
    if not facts.running_from:
        return None
    length = int(month.rulebook.counting["period_length"].values[-1].value)
    return facts._replace(
        period=1, from_day=facts.running_from, to_day=facts.running_from + length - 1,
        data_days=facts.running_days, body_systems=facts.running_systems,
    )  # fmt: skip


def of_period(month: JudgedMonth) -> Iterator[dict[str, object]]:
    """Yield the forecasts of device and set-up codes for the period that is running."""
    facts = running_slot(month)
    if facts is None or not month.rulebook.is_loaded_on(date_of(facts.to_day)):
        return
    deadline = period_deadline(month, facts)
    for code in month.bench.codes_for(facts.program, 1, 1):
        plans = month.bench.planner.plans(code, facts.to_day, facts.payer)
        if plans is None or plans.sheet.program == "any":
            continue
        slot = Slot(facts=facts, code=code)
        found = gap(plans.own, [step.ask(slot) for step in plans.own.steps])
        if found and (found.missing or found.why):
            yield told(code, found, deadline)


def next_of(month: JudgedMonth) -> list[dict[str, object]]:
    """Return the forecasts of a patient's month, by code."""
    if not month.is_loaded:
        return []
    found = [*of_period(month), *of_month(month)]
    return sorted(found, key=lambda each: str(each["code"]))
