"""Judging: the plans of every code asked of a slot, under the payer's policy and every reading.

The same lines judge one slot with integers and a group of slots with columns; what falls is
multiplied away, never branched on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from caretally.billability.comparisons import Outcome
from caretally.billability.plans import Plan, Planner, Plans, Step
from caretally.billability.sheets import Edits, Restriction, Rulebook, Sheet
from caretally.billability.slots import Slot
from caretally.clock import ServiceMonth, date_of
from caretally.codes import PROGRAMS, REVIEW_CODE
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

    by_reading: dict[str, dict[str, Whole]] = field(default_factory=lambda: defaultdict(dict))

    def under(self, reading: str) -> dict[str, Whole]:
        """Return the units by code under a reading."""
        return self.by_reading[reading]


SameDate = Mapping[str, Whole]
"""Lines of the same date that exclude the code, by reading; "" is the own policy."""


def ask(step: Step, slot: Slot, memo: dict[int, Outcome]) -> Outcome:
    """Ask a step; what several codes or readings ask alike is asked once a slot."""
    outcome = memo.get(step.key)
    if outcome is None:
        outcome = step.ask(slot)
        if step.key >= 0:
            memo[step.key] = outcome
    return outcome


def judge(
    plans: Plans, slot: Slot, standing: Standing, same_date: SameDate, memo: dict[int, Outcome]
) -> Verdict:
    """Return the verdict on a slot of one code that is valid on its date.

    `memo` keeps the answers given on this slot so far.
    """
    own = plans.own
    slot.units, slot.same_date_pairs = standing.under(""), same_date.get("", 0)
    outcomes = [memo.get(step.key) or ask(step, slot, memo) for step in own.steps]
    settled: Whole = True
    for position in plans.fixed:
        settled = settled & outcomes[position].holds
    units: Whole = 0
    if settled is not False:
        units = own.units(slot) * settled
        for position in plans.varying:
            units = units * outcomes[position].holds
    under: dict[str, Whole] = dict.fromkeys(plans.others, units)
    if plans.varying and settled is not False:
        for reading, plan in plans.others.items():
            slot.units, slot.same_date_pairs = standing.under(reading), same_date.get(reading, 0)
            under[reading] = units_under(plan, plans.varying, slot, memo) * settled
    standing.under("")[own.code] = units
    for reading, others in under.items():
        standing.under(reading)[own.code] = others
    return Verdict(own.code, plans, tuple(outcomes), units, under)


def units_under(
    plan: Plan, varying: tuple[int, ...], slot: Slot, memo: dict[int, Outcome]
) -> Whole:
    """Return the units of a plan of another reading, by the steps that may answer otherwise."""
    units = plan.units(slot)
    for position in varying:
        units = units * ask(plan.steps[position], slot, memo).holds
    return units


@dataclass(slots=True)
class Bench:
    """A rulebook made ready to judge: which codes a slot is judged by, and what excludes what."""

    rulebook: Rulebook
    planner: Planner
    _codes: dict[tuple[int, int, int], tuple[str, ...]] = field(default_factory=dict)
    _excluded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _changes: dict[int, tuple[date, ...]] = field(default_factory=dict)
    _restrictions: dict[tuple[int, int], tuple[Restriction, ...]] = field(default_factory=dict)
    _loaded: dict[ServiceMonth, bool] = field(default_factory=dict)

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
        if code not in self._excluded:
            sheet = self.rulebook.sheets[code]
            self._excluded[code] = paired_with(self.rulebook.edits, sheet, self.rulebook.sheets)
        return self._excluded[code]

    def rule_changes(self, program: int) -> tuple[date, ...]:
        """Return the dates on which the rules of a program's device periods change."""
        if program not in self._changes:
            self._changes[program] = tuple(
                sorted(
                    {
                        day
                        for sheet in self.rulebook.sheets.values()
                        if sheet.decided
                        and sheet.judged == "period"
                        and sheet.program == PROGRAMS[program]
                        for day in sheet.straddle_dates()
                    }
                )
            )
        return self._changes[program]

    def restrictions(self, payer: int, day: int) -> tuple[Restriction, ...]:
        """Return the payer's restrictions, whatever their status, open on a date of service."""
        key = (payer, day)
        if key not in self._restrictions:
            sheet = self.planner.payer_sheet(payer)
            on = self.planner.ruling_day(date_of(day))
            known = sheet.restrictions if sheet else ()
            self._restrictions[key] = tuple(each for each in known if each.is_open_on(on))
        return self._restrictions[key]

    def is_loaded(self, month: ServiceMonth) -> bool:
        """Tell whether rules for every date of a month are loaded."""
        if month not in self._loaded:
            days = map(self.planner.ruling_day, (month.first_day, month.last_day))
            self._loaded[month] = all(map(self.rulebook.is_loaded_on, days))
        return self._loaded[month]


def paired_with(edits: Edits, sheet: Sheet, sheets: Mapping[str, Sheet]) -> tuple[str, ...]:
    """Return the decided codes that the review code may never share a date with; others have none.

    Pairs within one slot are named by the sheet that gives way; a test holds the sheets to that.
    """
    if sheet.code != REVIEW_CODE:
        return ()
    return tuple(
        other
        for other, its in sheets.items()
        if its.decided and not its.advisory and edits.indicator(sheet.code, other) == 0
    )


def allows(restriction: Restriction, diagnoses: Iterable[str]) -> bool:
    """Tell whether any diagnosis begins like one the restriction allows; dots mean nothing."""
    prefixes = tuple(each.replace(".", "").upper() for each in restriction.allowed_diagnoses)
    return any(code.replace(".", "").upper().startswith(prefixes) for code in diagnoses)


def facts_of(columns: Iterable[Iterable[int]]) -> Iterator[Facts]:
    """Yield the slots of columns of facts, in order."""
    return map(Facts._make, zip(*columns, strict=True))
