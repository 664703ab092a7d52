"""The flags of a decision: what a reviewer should look at; a flag never removes a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from caretally.billability.counting import Counting
from caretally.billability.judged_months import JudgedMonth
from caretally.billability.lines import is_advisory
from caretally.billability.patient_judging import Judged
from caretally.billability.slots import has_code
from caretally.clock import date_of, local_date
from caretally.codes import PROGRAMS


def standing(month: JudgedMonth) -> Sequence[Judged]:
    """Return the verdicts that are lines."""
    return [each for each in month.judged if each.verdict.units and not is_advisory(each)]


def own_periods(month: JudgedMonth) -> Sequence[tuple[int, int]]:
    """Return first and last day of the decided program's periods."""
    program = month.decided.program
    return [(s.from_day, s.to_day) for s in month.slots if s.period and s.program == program]


def straddles_rule_change(month: JudgedMonth) -> bool:
    """A listed period begins under other rules than those of its last day."""
    changes = month.bench.rule_changes(month.decided.program)
    return any(
        date_of(first) < change <= date_of(last)
        for first, last in own_periods(month)
        for change in changes
    )


def no_device_data_this_month(month: JudgedMonth) -> bool:
    """The patient was enrolled and no day of the month has data."""
    return bool(month.decided.enrolled) and month.decided.data_days == 0


def payer_changed(month: JudgedMonth) -> bool:
    """More than one payer was in force on the days of the month."""
    return bool(month.decided.payers > 1)


def units_above_soft_cap(month: JudgedMonth) -> bool:
    """More units stand than most published guides bill."""
    caps = [(each.verdict.units, each.verdict.plans) for each in standing(month)]
    return any(
        plans is not None and plans.soft_cap is not None and units > plans.soft_cap
        for units, plans in caps
    )


def ncci_pair(month: JudgedMonth) -> bool:
    """Lines of one date, or a line and a visit of its date, are a pair of Medicare's edits."""
    lines, edits = standing(month), month.rulebook.edits
    beside = any(
        edits.indicator(one.verdict.code, other.verdict.code) == 1
        for one in lines
        for other in lines
        if one.verdict.code < other.verdict.code and one.facts.to_day == other.facts.to_day
    )
    return beside or any(
        has_code(each.facts.paired | each.facts.paired_modifiable, each.verdict.code)
        for each in lines
    )


def stay_in_month(month: JudgedMonth) -> bool:
    """A stay in a facility overlaps the month."""
    return bool(month.decided.stays > 0)


def several_devices(month: JudgedMonth) -> bool:
    """More than one device made the data of a listed period; one unit is billed all the same."""
    program = month.decided.program
    return any(s.period and s.program == program and s.devices > 1 for s in month.slots)


def before_date_of_service(month: JudgedMonth) -> bool:
    """A line is dated after the time of knowing."""
    if month.as_of is None:
        return False
    known_on = local_date(month.as_of, month.time_zone)
    return any(date_of(each.facts.to_day) > known_on for each in standing(month))


def late_entries(month: JudgedMonth) -> bool:
    """An entry of the month was written long after it happened, or in a later month."""
    return bool(month.decided.late_entries > 0)


def accidental_entry(month: JudgedMonth) -> bool:
    """A counted entry lasted a few seconds only."""
    return bool(month.decided.short_entries > 0)


def low_live_time(month: JudgedMonth) -> bool:
    """A base code rests on very little live time."""
    floor = Counting(month.rulebook, month.rules_day).amount("low_live_below")
    return any(
        each.facts.live_seconds < floor
        for each in standing(month)
        if each.verdict.plans
        and any(step.name == "talked_live" for step in each.verdict.plans.own.steps)
    )


def body_system_unclear(month: JudgedMonth) -> bool:
    """A therapeutic period's devices name no body system, or several."""
    periods = [s for s in month.slots if s.period and PROGRAMS[s.program] == "rtm" and s.data_days]
    return any(s.body_systems.bit_count() != 1 for s in periods)


MONTH_FLAGS: tuple[Callable[[JudgedMonth], bool], ...] = (
    straddles_rule_change, no_device_data_this_month, payer_changed, units_above_soft_cap,
    ncci_pair, stay_in_month, several_devices, before_date_of_service, late_entries,
    accidental_entry, low_live_time, body_system_unclear,
)  # fmt: skip
"""Every flag that a function of its name decides; its docstring is what people read."""


def warnings(month: JudgedMonth) -> Iterator[str]:
    """Yield the flags of unmet criteria that only warn, and of payers' announced restrictions."""
    for each in month.judged:
        plans = each.verdict.plans
        if plans is None or plans.sheet.advisory:
            continue
        for step, outcome in zip(plans.own.steps, each.verdict.outcomes, strict=True):
            if step.effect == "warns" and step.flag and not outcome.holds:
                yield step.flag
        if each.restriction and each.restriction.flag and each.restriction.status != "in_force":
            yield each.restriction.flag


def flags_of(month: JudgedMonth) -> Sequence[str]:
    """Return the flags of a patient's month, sorted."""
    if not month.is_loaded:
        return sorted(f.__name__ for f in MONTH_FLAGS if f in WITHOUT_RULES and f(month))
    return sorted({flag.__name__ for flag in MONTH_FLAGS if flag(month)} | set(warnings(month)))


WITHOUT_RULES = frozenset(
    {no_device_data_this_month, payer_changed, stay_in_month, late_entries, several_devices}
)
"""Flags that say something even where no rules are loaded."""
