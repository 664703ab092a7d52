"""Columns are judged like patients: units, readings and criteria, code by code and slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

pytest.importorskip("numpy", reason="the extra 'bulk' is not installed")

from caretally.billability.column_judging import CodeColumns, judge_columns
from caretally.billability.decide import Judge, folded, record_of
from caretally.billability.extras import np
from caretally.billability.patient_judging import judge_patient
from caretally.billability.sheets import load_rulebook
from caretally.billability.slot_groups import Grouping
from caretally.clock import ServiceMonth
from caretally.codes import POLICIES
from caretally.journal.entries import Entry
from caretally.patient_months.columns import FACTS
from caretally.patient_months.facts import Facts
from caretally.synthetic.program import synthesize
from tests.property.hostile import hostile_entries

pytestmark = pytest.mark.bulk

RULEBOOK = load_rulebook()
Key = tuple[int, int, int, int, str]
Verdicts = dict[Key, tuple[int, dict[str, int], int]]


def key_of(facts: Facts, code: str) -> Key:
    """What tells verdicts of one part apart."""
    return facts.patient, facts.program, facts.period, facts.to_day, code


def of_patients(judge: Judge, slots: Iterable[Sequence[Facts]], sets: Any) -> Verdicts:
    """The verdicts patient by patient."""
    found: Verdicts = {}
    for patient in slots:
        for each in judge_patient(judge.bench, patient, sets):
            if each.verdict.plans is not None:
                met = sum(int(o.holds) << n for n, o in enumerate(each.verdict.outcomes))
                units = each.verdict.units
                key = key_of(each.facts, each.verdict.code)
                found[key] = (int(units), dict(each.verdict.units_under), met)
    return found


def of_columns(slots: Sequence[Facts], judged: Sequence[CodeColumns]) -> Verdicts:
    """The verdicts of columns."""
    found: Verdicts = {}
    for each in judged:
        for at, row in enumerate(each.rows.tolist()):
            under = {name: int(units[at]) for name, units in each.units_under.items()}
            key = key_of(slots[row], each.code)
            assert key not in found
            found[key] = (int(each.units[at]), under, int(each.met[at]))
    return found


def unlike(judge: Judge, entries: Sequence[Entry], month: ServiceMonth) -> list[Key]:
    """The verdicts in which the two ways of judging differ."""
    built = judge.build(record_of(entries), month)
    by_patient = folded(built.part).slots
    slots = [facts for patient in by_patient for facts in patient]
    columns = [np.array([facts[n] for facts in slots]) for n in range(len(FACTS))]
    sets = built.words.diagnosis_sets
    judged = judge_columns(Grouping(judge.bench), columns, sets, built.part.patients)
    one, other = of_patients(judge, by_patient, sets), of_columns(slots, judged)
    return [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]


@pytest.mark.parametrize("policy", [None, *POLICIES])
def test_hostile_populations_are_judged_alike(policy: str | None) -> None:
    judge = Judge(rulebook=RULEBOOK, policy=policy)
    found = {seed: unlike(judge, *hostile_entries(seed, 8)) for seed in range(120)}
    assert {seed: keys for seed, keys in found.items() if keys} == {}


def test_generated_practices_are_judged_alike() -> None:
    judge = Judge(rulebook=RULEBOOK)
    first = ServiceMonth(2025, 12)
    entries = list(synthesize(250, 2, seed=5, first_month=first))
    assert unlike(judge, entries, first) == []
    assert unlike(judge, entries, first.next()) == []


def test_rules_of_another_date_are_applied_alike() -> None:
    entries = list(synthesize(150, 1, seed=6, first_month=ServiceMonth(2025, 6)))
    judge = Judge(rulebook=RULEBOOK, rules_on=ServiceMonth(2026, 3).first_day)
    assert unlike(judge, entries, ServiceMonth(2025, 6)) == []
