"""Decide: from a journal's entries to what may be billed for a month, with the evidence.

Pure and reproducible: the same entries, month, rulebook and time of knowing give the same decision
byte for byte. Nothing here reads the wall clock, a file or a database.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from operator import itemgetter

from caretally.billability.counting import code_table, fold_rules
from caretally.billability.decision import Decision
from caretally.billability.judged_months import Counted, JudgedMonth, is_loaded_for
from caretally.billability.judging import Bench, facts_of
from caretally.billability.patient_judging import judge_patient
from caretally.billability.plans import Planner
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.clock import ServiceMonth
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.patient_months.columns import Folded, Part, Rules
from caretally.patient_months.facts import Facts
from caretally.patient_months.fold import fold_patients
from caretally.patient_months.positions import SLOTS
from caretally.patient_months.quick_tables import quick
from caretally.patient_months.rows import BuiltPart, Record, Words, build_part, plain_output
from caretally.patient_months.window_rows import CodeTable

SLOTS_PER_PATIENT = 8
"""Room for slots at first; the fold says when it needs more."""


@dataclass(slots=True, kw_only=True)
class Judge:
    """A rulebook ready to decide months; made once and used for many.

    policy: overrides the payers' counting policies. rules_on: decides every date of service by
    the rules of this date.
    """

    rulebook: Rulebook
    policy: str | None = None
    rules_on: date | None = None
    bench: Bench = field(init=False)
    codes: CodeTable = field(init=False)
    _rules: dict[ServiceMonth, Rules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        planner = Planner(rulebook=self.rulebook, policy=self.policy, rules_on=self.rules_on)
        self.bench = Bench(self.rulebook, planner)
        self.codes = code_table(self.rulebook)

    def rules(self, month: ServiceMonth) -> Rules:
        """Return the counting rules of a month."""
        if month not in self._rules:
            self._rules[month] = fold_rules(self.rulebook, month, self.rules_on)
        return self._rules[month]

    def build(self, record: Record, month: ServiceMonth) -> BuiltPart:
        """Return the rows of a record, ready to be folded."""
        return build_part(record, month, self.rules(month), self.codes)

    def decide(
        self, record: Record, month: ServiceMonth, *, as_of: datetime | None = None
    ) -> list[Decision]:
        """Return the decisions on every patient of a record, by patient id."""
        built = self.build(record, month)
        out = folded(built.part)
        return [
            self.decide_patient(built, out, number, month, as_of)
            for number in range(built.part.patients)
        ]

    def decide_patient(
        self,
        built: BuiltPart,
        out: FoldedPart,
        number: int,
        month: ServiceMonth,
        as_of: datetime | None,
    ) -> Decision:
        """Return the decision on one patient of a folded part."""
        slots, words = out.slots[number], built.words
        decided = slots[0]
        is_loaded = is_loaded_for(self.bench, month)
        judged = JudgedMonth(
            patient=words.patients[number],
            month=month,
            time_zone=words.zones[decided.zone],
            payer=words.payers[decided.payer] if decided.payer >= 0 else None,
            policy=self.bench.planner.policy_on(month.last_day, decided.payer),
            as_of=as_of,
            slots=slots,
            judged=judge_patient(self.bench, slots, words.diagnosis_sets) if is_loaded else (),
            entries=counted_entries(built.part, out.folded, words, number),
            bench=self.bench,
        )
        return Decision(judged)


@dataclass(frozen=True, slots=True)
class FoldedPart:
    """A folded part: what the fold wrote, and the slots by patient."""

    folded: Folded
    slots: Sequence[Sequence[Facts]]


def folded(part: Part, *, only: int | None = None) -> FoldedPart:
    """Return a part folded, on lists; of all its patients or only one."""
    patients = range(part.patients) if only is None else range(only, only + 1)
    capacity = SLOTS_PER_PATIENT * len(patients) + 8
    out, rows = plain_output(part, capacity), quick(part)
    while fold_patients(rows, quick(out), patients.start, patients.stop) < 0:
        capacity *= 2
        out = plain_output(part, capacity)
    count = out.cursor[SLOTS]
    slots: list[list[Facts]] = [[] for _ in range(part.patients)]
    for facts in islice(facts_of(out.facts), count):
        slots[facts.patient].append(facts)
    return FoldedPart(out, slots)


def counted_entries(part: Part, out: Folded, words: Words, patient: int) -> list[Counted]:
    """Return what each span of the month came to, and each reading that made no data day."""
    spans, readings, zone = part.spans, part.readings, out.zone[patient]
    midnights, first_day = part.calendar.midnights[zone], part.calendar.first_day
    begin = midnights[part.calendar.month_first - first_day]
    end = midnights[part.calendar.month_last + 1 - first_day]
    found = []
    starts, ends = spans.start, spans.end
    for row in range(spans.first[patient], spans.first[patient + 1]):
        start = starts[row]
        if begin <= start < end or start < begin < ends[row]:
            found.append(
                Counted(words.spans[row], out.counted[row], out.live[row], out.reasons[row])
            )
    low, high = readings.first[patient], readings.first[patient + 1]
    low = bisect_left(readings.at, begin, low, high)
    found += [
        Counted(words.readings[row], 0, 0, out.reading_reasons[row])
        for row in range(low, bisect_left(readings.at, end, low, high))
        if out.reading_reasons[row] > 0
    ]
    found.sort(key=itemgetter(0))
    return found


def record_of(entries: Iterable[Entry], as_of: datetime | None = None) -> Record:
    """Return entries as a record, corrections resolved and only what was known by an instant.

    Raises:
        InputError: corrections contradict one another; all are named.
    """
    resolution = resolve(tuple(entries), as_of)
    return Record(known=resolution.known, set_aside=resolution.set_aside)


def judge_for(rulebook: Rulebook, policy: str | None = None) -> Judge:
    """Return a judge for a rulebook and policy, made once for each digest."""
    key = (rulebook.digest, policy)
    if key not in JUDGES:
        if len(JUDGES) >= MOST_JUDGES:
            JUDGES.clear()
        JUDGES[key] = Judge(rulebook=rulebook, policy=policy)
    return JUDGES[key]


JUDGES: dict[tuple[str, str | None], Judge] = {}
MOST_JUDGES = 16
"""How many judges are kept; each holds the plans it has made."""


def decide(
    entries: Iterable[Entry],
    month: ServiceMonth,
    *,
    policy: str | None = None,
    as_of: datetime | None = None,
    rulebook: Rulebook | None = None,
) -> list[Decision]:
    """Return the decisions for a month, one a patient, sorted by patient id.

    Args:
        entries: of any number of patients, in any order; staff overlaps cross patients.
        month: calendar month, local to each enrollment.
        policy: counting policy in place of the payers'.
        as_of: use only what was recorded by then.
        rulebook: instead of the installed one.

    Raises:
        InputError: corrections contradict one another; all are named.
        RulebookError: the installed rulebook cannot be read.
    """
    judge = judge_for(rulebook or load_rulebook(), policy)
    return judge.decide(record_of(entries, as_of), month, as_of=as_of)
