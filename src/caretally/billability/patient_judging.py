"""Judging one patient's month: every slot by every code that its program has, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from caretally.billability.comparisons import Outcome
from caretally.billability.criteria import has_payer_diagnosis
from caretally.billability.judging import Bench, Standing, Verdict, allows, judge
from caretally.billability.sheets import Restriction
from caretally.billability.slots import Slot
from caretally.patient_months.facts import Facts


class Judged(NamedTuple):
    """One code on one slot: what it came to, and the payer's restriction it met, if any."""

    facts: Facts
    verdict: Verdict
    restriction: Restriction | None
    restricted: Outcome | None


def restriction_on(bench: Bench, facts: Facts, diagnoses: Sequence[str]) -> Restriction | None:
    """Return the restriction of the slot's payer that leaves its diagnoses out, if one does.

    One in force comes before those that are only announced or postponed.
    """
    found = [
        each
        for each in bench.restrictions(facts.payer, facts.to_day)
        if each.status != "withdrawn" and not allows(each, diagnoses)
    ]
    return min(found, key=lambda each: each.status != "in_force", default=None)


def lines_beside(bench: Bench, code: str, day: int, judged: Sequence[Judged]) -> dict[str, int]:
    """Return, by reading, how many lines of a date exclude a bundled code; "" is the own policy.

    Lines of one date go by one payer, so all of them have the same own policy.
    """
    excluded = bench.excluded_by(code)
    if not excluded:
        return {}
    counts: dict[str, int] = {}
    for each in judged:
        if each.facts.to_day == day and each.verdict.code in excluded:
            under = {"": each.verdict.units, **each.verdict.units_under}
            for reading, units in under.items():
                counts[reading] = counts.get(reading, 0) + units
    return counts


def enforced(verdict: Verdict, outcome: Outcome | None) -> Verdict:
    """Return the verdict with its units removed where a restriction in force is not met."""
    if outcome is None or outcome.holds:
        return verdict
    return verdict._replace(units=0, units_under=dict.fromkeys(verdict.units_under, 0))


def judge_patient(
    bench: Bench, slots: Sequence[Facts], diagnosis_sets: Sequence[Sequence[str]]
) -> list[Judged]:
    """Return the verdicts on a patient's month, device periods first, then months."""
    judged: list[Judged] = []
    for facts in sorted(slots, key=lambda each: (-each.period, -each.decided, each.to_day)):
        diagnoses = diagnosis_sets[facts.diagnosis_set] if facts.diagnosis_set >= 0 else ()
        restriction = restriction_on(bench, facts, diagnoses)
        outcome = None
        if restriction is not None and restriction.status == "in_force":
            outcome = has_payer_diagnosis(Slot(facts=facts, excluded_by_payer=1))
        judge_slot(bench, facts, judged, (restriction, outcome))
    return judged


def judge_slot(
    bench: Bench,
    facts: Facts,
    judged: list[Judged],
    restricted: tuple[Restriction | None, Outcome | None],
) -> None:
    """Add the verdicts on one slot to those of the patient's month."""
    restriction, outcome = restricted
    standing = Standing()
    memo: dict[int, Outcome] = {}
    for code in bench.codes_for(facts.program, facts.period, facts.decided):
        plans = bench.planner.plans(code, facts.to_day, facts.payer)
        if plans is None:
            verdict = Verdict(code, None, (), 0, {})
        else:
            slot = Slot(facts=facts, code=code)
            same_date = lines_beside(bench, code, facts.to_day, judged) if facts.decided else {}
            verdict = enforced(judge(plans, slot, standing, same_date, memo), outcome)
        judged.append(Judged(facts, verdict, restriction, outcome))
