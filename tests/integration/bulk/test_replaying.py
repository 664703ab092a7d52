"""Months counted again on columns come to the units that decisions have, whatever the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")
pytest.importorskip("pyarrow", reason="the extra 'bulk' is not installed")

from caretally.billability.decide import Judge, record_of
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth, day_number
from caretally.exchange.tables.conversion import tables_of_record
from caretally.exchange.tables.replaying import Line, ReplayTables
from caretally.patient_months.arrays import PlainFold, Workspace
from caretally.patient_months.compiled import CompiledFold
from caretally.patient_months.extras import np
from caretally.patient_months.rows import Record
from caretally.patient_months.tables_to_fold import near_month, part_of
from caretally.synthetic.program import synthesize
from tests.property.hostile import hostile_entries

pytestmark = pytest.mark.bulk

RULEBOOK = load_rulebook()
FIRST = ServiceMonth(2025, 11)
MONTHS = (FIRST, FIRST.next(), FIRST.next().next())
JUDGES = {
    "own": Judge(rulebook=RULEBOOK),
    "policy": Judge(rulebook=RULEBOOK, policy="interactive_only"),
    "rules": Judge(rulebook=RULEBOOK, rules_on=ServiceMonth(2026, 6).first_day),
    "older rules": Judge(rulebook=RULEBOOK, rules_on=ServiceMonth(2022, 6).first_day),
}


@pytest.fixture(scope="module")
def record() -> Record:
    """Three months of one practice, over the turn of a year."""
    return record_of(synthesize(220, 3, seed=31, first_month=FIRST))


def decided(judge: Judge, record: Record, months: Sequence[ServiceMonth]) -> Counter[Line]:
    """The units by code and day, from decisions on entries."""
    found: Counter[Line] = Counter()
    for month in months:
        for decision in judge.decide(record, month):
            for line in decision.lines:
                found[line.code, day_number(line.date_of_service)] += line.units
    return found


@pytest.mark.parametrize("name", JUDGES)
def test_units_are_those_of_decisions(
    name: str, record: Record, compiled_fold: CompiledFold
) -> None:
    replay = ReplayTables(tables_of_record(record), compiled_fold)
    assert replay.units(JUDGES[name], MONTHS) == decided(JUDGES[name], record, MONTHS)


def test_what_was_asked_before_changes_nothing(record: Record, compiled_fold: CompiledFold) -> None:
    replay = ReplayTables(tables_of_record(record), compiled_fold, keeps=2)
    alone = {name: replay.units(judge, MONTHS) for name, judge in JUDGES.items()}
    for name, judge in reversed(JUDGES.items()):
        replay.forget(judge)
        assert sum((replay.units(judge, [m]) for m in MONTHS), Counter()) == alone[name]


def test_months_without_rules_come_to_nothing(record: Record, compiled_fold: CompiledFold) -> None:
    replay = ReplayTables(tables_of_record(record), compiled_fold)
    assert replay.units(JUDGES["own"], [ServiceMonth(2027, 1)]) == Counter()


def test_spans_of_other_months_say_nothing_of_a_month() -> None:
    judge = JUDGES["own"]
    shortened = 0
    for seed in range(120):
        entries, month = hostile_entries(seed, 5)
        month = month.next() if seed % 2 else month.previous()
        tables = tables_of_record(record_of(entries))
        near, rows = near_month(tables, month)
        if rows is None:
            continue
        shortened += 1
        folds = []
        for each in (tables, near):
            part = part_of(each, month, judge.rules(month), judge.codes)
            folds.append(PlainFold()(part, Workspace()))
        (whole, count), (short, same_count) = folds
        assert count == same_count, seed
        for one, other in zip(whole.facts, short.facts, strict=True):
            assert np.array_equal(one[:count], other[:count]), seed
        for name in ("counted", "live", "reasons"):
            kept = np.asarray(getattr(whole, name))[rows]
            assert np.array_equal(kept, getattr(short, name)), (seed, name)
    assert shortened > 10
