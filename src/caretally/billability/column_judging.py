"""Judging whole columns of slots: the criteria and plans that judge one patient, on arrays.

Every question is asked by `judging.judge`; what is here only brings the slots together and spreads
the answers. Nothing is decided here that is not decided there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from caretally.billability.comparisons import Outcome
from caretally.billability.extras import np
from caretally.billability.judging import Bench, Standing, Verdict, judge
from caretally.billability.patient_judging import restriction_on
from caretally.billability.plans import Plans
from caretally.billability.slot_groups import POSITION, Array, Group, Grouping, SlotFacts
from caretally.billability.slots import Slot
from caretally.patient_months.columns import FACTS
from caretally.patient_months.facts import Facts, Whole

BLOCK = 1 << 13
"""Slots judged at once, so that what is compared stays in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeColumns:
    """What one code came to on some slots.

    rows: positions of the slots. units: under the payers' policy. units_under: under each other
    reading. met: a bit for every step of the own plan that is met, the first step lowest.
    restricted: 1 where a payer's restriction in force takes the line; None where none does.
    """

    plans: Plans
    rows: Array
    units: Array
    units_under: Mapping[str, Array]
    met: Array
    restricted: Array | None

    @property
    def code(self) -> str:
        """The code."""
        return self.plans.own.code


def judge_columns(
    grouping: Grouping,
    facts: Sequence[Array],
    diagnosis_sets: Sequence[Sequence[str]],
    patients: int,
) -> list[CodeColumns]:
    """Return what every code came to on every slot it was judged on.

    Args:
        grouping: the rulebook, made ready.
        facts: columns of facts, by fact.
        diagnosis_sets: by position.
        patients: how many patients the slots may speak of. Slots of several months may be judged
            at once where each patient and month has a number of its own.
    """
    beside = Beside(grouping.bench, last_days(facts, patients))
    found = []
    for group in grouping.groups(facts):
        excluded = Excluded(grouping.bench, diagnosis_sets, group.kind.day)
        for start in range(0, len(group.rows), BLOCK):
            block = Group(group.kind, group.rows[start : start + BLOCK])
            found += judge_group(block, facts, excluded, beside)
    return found


def judge_group(
    group: Group, columns: Sequence[Array], excluded: Excluded, beside: Beside
) -> list[CodeColumns]:
    """Return what the codes of a group of slots came to."""
    facts = cast(Facts, SlotFacts(columns, group.rows))
    restricted = excluded.of(facts)
    standing = Standing()
    memo: dict[int, Outcome] = {}
    found: list[CodeColumns] = []
    for plans in group.kind.plans:
        code = plans.own.code
        same_date = beside.lines(code, facts, found) if group.kind.decided else {}
        verdict = judge(plans, Slot(facts=facts, code=code), standing, same_date, memo)
        found.append(code_columns(plans, verdict, group.rows, restricted))
    if group.kind.period:
        beside.note(found, facts)
    return found


def code_columns(
    plans: Plans, verdict: Verdict, rows: Array, restricted: Array | None
) -> CodeColumns:
    """Return a verdict on columns in small integers, without what a restriction takes."""
    count = len(rows)
    return CodeColumns(
        plans=plans,
        rows=rows,
        units=small(verdict.units, count, restricted),
        units_under={
            reading: small(units, count, restricted)
            for reading, units in verdict.units_under.items()
        },
        met=bits(verdict.outcomes, count),
        restricted=restricted,
    )


def small(units: Whole, count: int, restricted: Array | None) -> Array:
    """Return units as a column of bytes, none where the line is taken."""
    column: Array = np.broadcast_to(np.asarray(units, dtype=np.int8), count)
    return column if restricted is None else column * (1 - restricted)


def bits(outcomes: Sequence[Outcome], count: int) -> Array:
    """Return a bit for every outcome that holds, the first lowest."""
    found: Array = np.zeros(count, dtype=np.uint64)
    for start in range(0, len(outcomes), 8):
        octet: Array = np.zeros(count, dtype=np.uint8)
        for outcome in reversed(outcomes[start : start + 8]):
            octet += octet
            octet += np.asarray(outcome.holds, dtype=bool)
        found |= octet.astype(np.uint64) << np.uint64(start)
    return found


def last_days(facts: Sequence[Array], patients: int) -> Array:
    """Return the last day of each patient's decided month."""
    decided = np.flatnonzero(facts[POSITION["decided"]])
    found: Array = np.full(patients, -1, dtype=np.int64)
    found[facts[POSITION["patient"]][decided]] = facts[POSITION["to_day"]][decided]
    return found


class Beside:
    """How many lines of the month's last day exclude a bundled code, by patient and reading."""

    def __init__(self, bench: Bench, last_days: Array) -> None:
        """Begin with none; `last_days` are the months' by patient."""
        self._last_days = last_days
        self._excluded = {
            code: frozenset(others)
            for code in bench.rulebook.sheets
            if (others := bench.excluded_by(code))
        }
        self._counts: dict[tuple[str, str], Array] = {}

    def note(self, judged: Sequence[CodeColumns], facts: Facts) -> None:
        """Add the lines of device periods to those of their patients."""
        rows = np.flatnonzero(facts.to_day == self._last_days[facts.patient])
        if not len(rows):
            return
        for bundled, others in self._excluded.items():
            for each in judged:
                if each.code in others:
                    for reading, units in (("", each.units), *each.units_under.items()):
                        np.add.at(self.counts(bundled, reading), facts.patient[rows], units[rows])

    def counts(self, bundled: str, reading: str) -> Array:
        """Return the lines so far, by patient."""
        if (bundled, reading) not in self._counts:
            self._counts[bundled, reading] = np.zeros(len(self._last_days), dtype=np.int64)
        return self._counts[bundled, reading]

    def lines(self, code: str, facts: Facts, judged: Sequence[CodeColumns]) -> dict[str, Array]:
        """Return, by reading, the lines that exclude a code: of periods, and of the same slots."""
        if code not in self._excluded:
            return {}
        found = {
            reading: counts[facts.patient]
            for (bundled, reading), counts in self._counts.items()
            if bundled == code
        }
        for each in judged:
            if each.code in self._excluded[code]:
                for reading, units in (("", each.units), *each.units_under.items()):
                    found[reading] = found.get(reading, 0) + units
        return found


class Excluded:
    """Whom restrictions in force leave without a line, by payer and diagnoses."""

    def __init__(self, bench: Bench, diagnosis_sets: Sequence[Sequence[str]], day: int) -> None:
        """Take the day of service."""
        self._bench = bench
        self._sets = diagnosis_sets
        self._day = day

    def of(self, facts: Facts) -> Array | None:
        """Return 1 for every slot that a restriction in force leaves out, or None if it is none."""
        payers = [
            payer
            for payer in np.unique(facts.payer).tolist()
            if any(r.status == "in_force" for r in self._bench.restrictions(payer, self._day))
        ]
        if not payers:
            return None
        found: Array = np.zeros(len(facts.payer), dtype=np.int8)
        for payer in payers:
            own = facts.payer == payer
            for chosen in np.unique(facts.diagnosis_set[own]).tolist():
                if self.leaves_out(payer, chosen):
                    found[own & (facts.diagnosis_set == chosen)] = 1
        return found

    def leaves_out(self, payer: int, diagnosis_set: int) -> bool:
        """Tell whether a restriction in force leaves a set of diagnoses out."""
        diagnoses = self._sets[diagnosis_set] if diagnosis_set >= 0 else ()
        facts = Facts._make([0] * len(FACTS))._replace(payer=payer, to_day=self._day)
        restriction = restriction_on(self._bench, facts, diagnoses)
        return restriction is not None and restriction.status == "in_force"
