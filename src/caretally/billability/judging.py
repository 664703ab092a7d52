"""Judging: the plans of every code asked of a slot, under the payer's policy and every reading.

The same lines judge one slot with integers and a group of slots with columns; what falls is
multiplied away, never branched on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from caretally.billability.comparisons import Outcome
from caretally.billability.plans import Plan, Planner, Plans
from caretally.billability.sheets import Edits, Restriction, Rulebook, Sheet
from caretally.billability.slots import Slot
from caretally.clock import date_of
from caretally.codes import PROGRAMS
from caretally.patient_months.facts import Facts, Whole


class Verdict(NamedTuple):
    """What one code came to on one slot, or on a group of slots.

    plans: None where the code is not valid on the date. outcomes: by step of the own plan.
    units: under the payer's policy. units_under: under each other reading.
    """

    code: str
    plans: Plans | None
    outcomes: tuple[Outcome, ...]
    units: Whole
    units_under: Mapping[str, Whole]


@dataclass(slots=True)
class Standing:
    """Units that stand in a patient's month so far, by reading and code; "" is the own policy."""

    by_reading: dict[str, dict[str, Whole]] = field(default_factory=dict)

    def under(self, reading: str) -> dict[str, Whole]:
        """Return the units by code under a reading."""
        return self.by_reading.setdefault(reading, {})


SameDate = Mapping[str, Whole]
"""Lines of the same date that exclude the code, by reading; "" is the own policy."""


def all_hold(steps: Iterable[tuple[bool, Outcome]]) -> Whole:
    """Return whether every blocking step is met."""
    holds: Whole = True
    for blocks, outcome in steps:
        if blocks:
            holds = holds & outcome.holds
    return holds


def ask(plan: Plan, slot: Slot, memo: dict[object, Outcome]) -> list[Outcome]:
    """Ask every step of a plan; evidence that several codes ask for is asked once."""
    outcomes = []
    for step in plan.steps:
        if step.arguments or step.any_of:
            outcomes.append(step.ask(slot))
            continue
        if step.name not in memo:
            memo[step.name] = step.ask(slot)
        outcomes.append(memo[step.name])
    return outcomes


def judge(
    plans: Plans, slot: Slot, standing: Standing, same_date: SameDate, memo: dict[object, Outcome]
) -> Verdict:
    """Return the verdict on a slot of one code that is valid on its date."""
    own = plans.own
    slot.units, slot.same_date_pairs = standing.under(""), same_date.get("", 0)
    outcomes = ask(own, slot, memo)
    blocking = [step.blocks for step in own.steps]
    settled = all_hold(
        (blocks, outcome)
        for position, (blocks, outcome) in enumerate(zip(blocking, outcomes, strict=True))
        if position not in plans.varying
    )
    units = own.units(slot) * settled
    for position in plans.varying:
        if blocking[position]:
            units = units * outcomes[position].holds
    under = {}
    for reading, plan in plans.others.items():
        under[reading] = units
        if plans.varying or plan.count_arguments != own.count_arguments:
            slot.units, slot.same_date_pairs = standing.under(reading), same_date.get(reading, 0)
            other = plan.units(slot) * settled
            for position in plans.varying:
                if blocking[position]:
                    other = other * plan.steps[position].ask(slot).holds
            under[reading] = other
        standing.under(reading)[own.code] = under[reading]
    standing.under("")[own.code] = units
    return Verdict(own.code, plans, tuple(outcomes), units, under)


@dataclass(slots=True)
class Bench:
    """A rulebook made ready to judge: which codes a slot is judged by, and what excludes what."""

    rulebook: Rulebook
    planner: Planner
    _codes: dict[tuple[int, int, int], tuple[str, ...]] = field(default_factory=dict)

    def codes_for(self, program: int, period: int, decided: int) -> tuple[str, ...]:
        """Return the codes judged on a slot, in an order in which relations find their answers."""
        key = (program, period, decided)
        if key not in self._codes:
            judged = "period" if period else "month"
            self._codes[key] = tuple(
                code
                for code, sheet in self.rulebook.sheets.items()
                if sheet.decided
                and sheet.judged == judged
                and (sheet.program == PROGRAMS[program] or (sheet.program == "any" and decided))
            )
        return self._codes[key]

    def excluded_by(self, code: str) -> tuple[str, ...]:
        """Return the codes of lines that a bundled code may not share a date with."""
        sheet = self.rulebook.sheets[code]
        return paired_with(self.rulebook.edits, sheet, self.rulebook.sheets)

    def restrictions(self, payer: int, day: int) -> tuple[Restriction, ...]:
        """Return the payer's restrictions, whatever their status, open on a date of service."""
        sheet = self.planner.payer_sheet(payer)
        on = self.planner.ruling_day(date_of(day))
        return tuple(each for each in sheet.restrictions if each.is_open_on(on)) if sheet else ()


def paired_with(edits: Edits, sheet: Sheet, sheets: Mapping[str, Sheet]) -> tuple[str, ...]:
    """Return the decided codes of which a pair edit says never on one date, if the sheet asks."""
    asks = any(
        requirement.name == "is_not_bundled"
        for version in sheet.requires
        for requirement in version.requirements
    )
    return tuple(
        other
        for other, its in sheets.items()
        if asks and its.decided and not its.advisory and edits.indicator(sheet.code, other) == 0
    )


def allows(restriction: Restriction, diagnoses: Iterable[str]) -> bool:
    """Tell whether any diagnosis begins like one the restriction allows; dots mean nothing."""
    prefixes = tuple(each.replace(".", "").upper() for each in restriction.allowed_diagnoses)
    return any(code.replace(".", "").upper().startswith(prefixes) for code in diagnoses)


def facts_of(columns: Iterable[Iterable[int]]) -> list[Facts]:
    """Return the slots of columns of facts, in order."""
    return [Facts._make(values) for values in zip(*columns, strict=True)]
