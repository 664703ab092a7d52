"""A replay on columns: the record made into tables once, every month folded by compiled code.

Stands on the extra `bulk` and is loaded only where it pays; it adds up what the plain way adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from caretally.billability.column_judging import judge_columns
from caretally.billability.decide import Judge
from caretally.billability.judged_months import is_loaded_for
from caretally.billability.slot_groups import POSITION, Grouping
from caretally.cli.tally import Counted
from caretally.clock import ServiceMonth, date_of
from caretally.exchange.extras import np
from caretally.exchange.tables.conversion import tables_of_record
from caretally.patient_months.arrays import Array, Workspace
from caretally.patient_months.columns import Rules
from caretally.patient_months.compiled import CompiledFold
from caretally.patient_months.rows import Record
from caretally.patient_months.tables_to_fold import part_of


class ReplayColumns:
    """A record as tables, ready to be decided for any month by any judge."""

    def __init__(self, record: Record, judges: Sequence[Judge], cache: Path) -> None:
        """Make the tables; compiled code is kept in the cache."""
        self.tables = tables_of_record(record)
        self.fold = CompiledFold(cache)
        self.workspace = Workspace()
        self.folded: tuple[ServiceMonth, Rules, Sequence[Array]] | None = None
        self.groupings = {id(judge): Grouping(judge.bench) for judge in judges}

    @property
    def patients(self) -> int:
        """How many patients are on record."""
        return len(self.tables.patients)

    def counted(self, judge: Judge, month: ServiceMonth) -> Iterator[Counted]:
        """Yield the units of each code and date of service that stand in a month."""
        if not is_loaded_for(judge.bench, month):
            return
        facts, sets = self.facts(judge, month), self.tables.words.diagnosis_sets
        last_days = facts[POSITION["to_day"]]
        for each in judge_columns(self.groupings[id(judge)], facts, sets, self.patients):
            stands = np.flatnonzero(each.units)
            if each.plans.sheet.advisory or not len(stands):
                continue
            days, place = np.unique(last_days[each.rows[stands]], return_inverse=True)
            units = np.zeros(len(days), dtype=np.int64)
            np.add.at(units, place, each.units[stands])
            for day, count in zip(days.tolist(), units.tolist(), strict=True):
                yield Counted(code=each.code, day=date_of(day), units=count)

    def facts(self, judge: Judge, month: ServiceMonth) -> Sequence[Array]:
        """Return the facts of a month's slots; one fold serves all judges who count alike."""
        rules = judge.rules(month)
        if self.folded is None or self.folded[:2] != (month, rules):
            part = part_of(self.tables, month, rules, judge.codes)
            out, slots = self.fold(part, self.workspace)
            self.folded = month, rules, [np.asarray(column)[:slots] for column in out.facts]
        return self.folded[2]
