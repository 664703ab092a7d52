"""Months of a population counted again under other rules, from tables that are at hand.

A month is folded again only where the other rules count otherwise: another policy judges the same
facts. Months that are asked for together are judged together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from caretally.billability.column_judging import judge_columns
from caretally.billability.decide import Judge
from caretally.billability.judged_months import is_loaded_for
from caretally.billability.slot_groups import POSITION, Grouping
from caretally.clock import ServiceMonth
from caretally.exchange.extras import np
from caretally.exchange.tables.deciding import AnyFold
from caretally.patient_months.arrays import Array, Workspace
from caretally.patient_months.columns import Rules
from caretally.patient_months.part_tables import PartTables
from caretally.patient_months.tables_to_fold import near_month, part_of

Line = tuple[str, int]
"""A code and a date of service as a day number."""


class ReplayTables:
    """One part's tables, ready to be counted for months by judges."""

    def __init__(self, tables: PartTables, fold: AnyFold, *, keeps: int = 24) -> None:
        """Take the tables, what folds them, and of how many months the facts are kept."""
        self.tables = tables
        self._fold = fold
        self._keeps = keeps
        self._workspace = Workspace()
        self._facts: dict[tuple[ServiceMonth, Rules], list[Array]] = {}
        self._groupings: dict[int, tuple[Judge, Grouping]] = {}

    def units(self, judge: Judge, months: Sequence[ServiceMonth]) -> Counter[Line]:
        """Return the units of every code and date that stand in months with loaded rules."""
        loaded = [month for month in months if is_loaded_for(judge.bench, month)]
        found: Counter[Line] = Counter()
        if not loaded:
            return found
        facts = self.facts(judge, loaded)
        last_days = facts[POSITION["to_day"]]
        _, grouping = self._groupings.setdefault(id(judge), (judge, Grouping(judge.bench)))
        patients = len(self.tables.patients) * len(loaded)
        for each in judge_columns(grouping, facts, self.tables.words.diagnosis_sets, patients):
            if each.plans.sheet.advisory:
                continue
            stands = np.flatnonzero(each.units)
            days, units = last_days[each.rows[stands]], each.units[stands]
            if not len(days):
                continue
            first = int(days.min())
            sums: Array = np.zeros(int(days.max()) - first + 1, dtype=np.int64)
            np.add.at(sums, days - first, units)
            for day in np.flatnonzero(sums).tolist():
                found[each.code, first + day] += int(sums[day])
        return found

    def forget(self, judge: Judge) -> None:
        """Forget the facts that were folded by a judge's rules."""
        for month, rules in list(self._facts):
            if rules == judge.rules(month):
                del self._facts[month, rules]

    def facts(self, judge: Judge, months: Sequence[ServiceMonth]) -> list[Array]:
        """Return the facts of all months; a patient has another number in every month."""
        by_month = [self.month_facts(judge, month) for month in months]
        columns = [np.concatenate(columns) for columns in zip(*by_month, strict=True)]
        counts = [len(facts[0]) for facts in by_month]
        shift = np.repeat(np.arange(len(months)) * len(self.tables.patients), counts)
        columns[POSITION["patient"]] = columns[POSITION["patient"]] + shift
        return columns

    def month_facts(self, judge: Judge, month: ServiceMonth) -> list[Array]:
        """Return the facts of a month, folded unless that was done by rules that count alike."""
        rules = judge.rules(month)
        key = month, rules
        if key not in self._facts:
            near, _ = near_month(self.tables, month)
            part = part_of(near, month, rules, judge.codes)
            out, slots = self._fold(part, self._workspace)
            while len(self._facts) >= self._keeps:
                del self._facts[next(iter(self._facts))]
            self._facts[key] = [np.array(column[:slots]) for column in out.facts]
        return self._facts[key]
