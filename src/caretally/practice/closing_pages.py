"""What pages show of closed months: their state, the decisions by exception, and one in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth
from caretally.errors import UnknownError
from caretally.journal.entries import DecisionMade, Entry, MonthClosed
from caretally.practice.closing import changed_streams, closed_months, closing_of
from caretally.practice.closing_changes import (
    Difference,
    changed_patients,
    differences,
    made_of,
)
from caretally.practice.closing_signing import Bench, bench_of, is_clean, is_practitioner
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.roles import SEE_PATIENTS, SIGN_DECISIONS
from caretally.store.billing_tables import (
    MADE,
    REPLACED,
    RETURNED,
    SIGNED,
    ClosingRun,
    DecisionCard,
)
from caretally.store.cards import Card
from caretally.store.decision_cards import Line, decode_lines, decode_withheld, decode_words

MONTHS_SHOWN, PAGE = 13, 50
CLEAN, LOOK, NOTHING, CHANGED = "clean", "look", "nothing", "changed"
KINDS: Mapping[str, str] = {
    LOOK: "To look at", CLEAN: "Clean", RETURNED: "Returned", CHANGED: "Changed since",
    SIGNED: "Signed", NOTHING: "Nothing to bill",
}  # fmt: skip
"""What a decision on a list may be, in the order of what should be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A month on the list.

    waiting: decisions with lines nobody has signed. run: a close on its way, or one that failed.
    """

    month: ServiceMonth
    is_over: bool
    entry: Entry | None
    run: ClosingRun | None
    waiting: int = 0
    signed: int = 0
    changed: int = 0

    @property
    def body(self) -> MonthClosed | None:
        """What was stored when it was closed."""
        body = self.entry.body if self.entry is not None else None
        return body if isinstance(body, MonthClosed) else None


def month_rows(office: Office) -> tuple[MonthRow, ...]:
    """Return the months a practice may close or has closed, the latest first."""
    today = office.today()
    months = [ServiceMonth(today.year, today.month)]
    while len(months) < MONTHS_SHOWN:
        months.append(months[-1].previous())
    closed, counts = closed_months(office), state_counts(office)
    months += [month for month in map(ServiceMonth.parse, closed) if month not in months]
    runs = {run.month: run for run in runs_of(office)}
    return tuple(
        MonthRow(
            month=month, is_over=today > month.last_day, entry=closed.get(str(month)),
            run=runs.get(str(month)), waiting=counts[str(month), ""],
            signed=counts[str(month), SIGNED],
            changed=len(changed_patients(office, month)) if str(month) in closed else 0,
        )
        for month in sorted(months, reverse=True)
    )  # fmt: skip


def runs_of(office: Office) -> Sequence[ClosingRun]:
    """Return the runs of a practice."""
    runs = ClosingRun.objects.using(office.db.alias)
    return list(runs.filter(practice__name=office.practice))


def state_counts(office: Office) -> Counter[tuple[str, str]]:
    """Return how many decisions with lines are signed, and how many wait, by month."""
    rows = office.db.rows(
        "SELECT month, CASE WHEN state = 'signed' THEN state ELSE '' END, COUNT(*) "
        "FROM store_decisioncard WHERE practice_id = %s AND made_at <> '' AND lines <> '[]' "
        "AND state <> 'replaced' GROUP BY 1, 2",
        office.book().number,
    )  # fmt: skip
    return Counter({(row[0], row[1]): int(row[2]) for row in rows})


# --- the decisions of a month ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A decision on the list.

    marks: what there is to look at, in words.
    """

    card: DecisionCard
    name: str
    kind: str
    lines: tuple[Line, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which decisions: of a kind and a practitioner; empty for all."""

    kind: str = ""
    provider: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The decisions of a month, by exception.

    counts: by kind. clean: those that the caller may sign together.
    """

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    providers: tuple[str, ...]
    clean: tuple[Row, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Through whose eyes decisions are looked at."""

    bench: Bench
    may_sign: bool


def eyes_of(office: Office, month: ServiceMonth) -> Seen:
    """Return what the caller's decisions are held against; for others nothing is their own."""
    staff = office.caller.staff
    may_sign = (
        office.caller.may(SIGN_DECISIONS)
        and bool(staff)
        and is_practitioner(office.register(), staff, office.today())
    )
    if may_sign:
        return Seen(bench=bench_of(office, staff, month), may_sign=True)
    changed = changed_streams(office, month).keys()
    together = policies_on(office).holds("sign_at_risk_together")
    bench = Bench(staff="", own=(), changed=changed, four_eyes=False, others=0,
                  at_risk_together=together)  # fmt: skip
    return Seen(bench=bench, may_sign=False)


def review(office: Office, month: ServiceMonth, asked: Asked) -> Review:
    """Return the decisions of a month, as far as the caller may see.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    seen, names = eyes_of(office, month), visible_names(office)
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, month=str(month)
    )
    rows = [
        row_of(card, names[card.stream_id], seen)
        for card in cards.exclude(state=REPLACED).exclude(made_at="")
        if card.stream_id in names
    ]
    rows.sort(key=lambda row: (list(KINDS).index(row.kind), row.name.lower(), row.card.patient))
    providers = tuple(sorted({row.card.provider for row in rows} - {""}))
    of_provider = [row for row in rows if asked.provider in ("", row.card.provider)]
    chosen = [row for row in of_provider if asked.kind in ("", row.kind)]
    pages = max(1, -(-len(chosen) // PAGE))
    number = max(1, min(asked.number, pages))
    return Review(
        rows=tuple(chosen[(number - 1) * PAGE : number * PAGE]),
        counts=Counter(row.kind for row in of_provider), providers=providers,
        clean=tuple(row for row in of_provider if row.kind == CLEAN) if seen.may_sign else (),
        number=number, pages=pages, total=len(chosen),
    )  # fmt: skip


def visible_names(office: Office) -> dict[int, str]:
    """Return the names of the patients whom the caller may see, by stream."""
    clinics = office.clinics(SEE_PATIENTS)
    rows = office.db.rows(
        "SELECT stream_id, name, patient, clinic FROM store_patientcard WHERE practice_id = %s",
        office.book().number,
    )  # fmt: skip
    return {row[0]: row[1] or row[2] for row in rows if clinics is None or row[3] in clinics}


def visible_differences(
    office: Office, month: ServiceMonth, most: int
) -> tuple[tuple[str, Difference], ...]:
    """Return what later entries changed of the patients whom the caller may see, with names."""
    clinics = office.clinics(SEE_PATIENTS)
    found = differences(office, month, most)
    rows = office.db.rows_in(
        "SELECT patient, name, clinic FROM store_patientcard WHERE practice_id = %s "
        "AND patient IN ({})",
        [each.patient for each in found], office.book().number,
    )  # fmt: skip
    names = {row[0]: row[1] or row[0] for row in rows if clinics is None or row[2] in clinics}
    return tuple((names[each.patient], each) for each in found if each.patient in names)


def row_of(card: DecisionCard, name: str, seen: Seen) -> Row:
    """Return a decision as the list shows it."""
    lines = tuple(decode_lines(card.lines))
    return Row(card=card, name=name, kind=kind_of(card, lines, seen.bench), lines=lines,
               marks=marks_of(card, lines, seen.bench))  # fmt: skip


def kind_of(card: DecisionCard, lines: Sequence[Line], bench: Bench) -> str:
    """Return what a decision is on the list."""
    if card.stream_id in bench.changed:
        return CHANGED
    if card.state in (SIGNED, RETURNED):
        return str(card.state)
    if not lines and not decode_words(card.holds) and not card.replaces:
        return NOTHING
    return CLEAN if is_clean(card, bench) else LOOK


def marks_of(card: DecisionCard, lines: Sequence[Line], bench: Bench) -> tuple[str, ...]:
    """Return what there is to look at in a decision, in words."""
    risks = sorted({name for line in lines for name in line.at_risk})
    found = [f"missing: {name.replace('_', ' ')}" for name in decode_words(card.holds)]
    found += [f"at risk under {name.replace('_', ' ')}" for name in risks]
    found += [flag.replace("_", " ") for flag in decode_words(card.flags)]
    withheld = len(decode_withheld(card.withheld))
    if withheld:
        found.append(f"{withheld} withheld")
    if card.stream_id in bench.own:
        found.append("you logged time")
    if card.own_time:
        found.append("the signer logged time")
    if card.replaces:
        found.append("stands in for an earlier decision")
    return tuple(found)


# --- one decision ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A decision in full.

    made: as it is stored. decision: made again from what was known then, for its words. earlier:
    decisions that no longer stand.
    """

    card: DecisionCard
    patient: Card
    made: DecisionMade
    decision: Decision
    lines: tuple[Line, ...]
    withheld: Mapping[tuple[str, date], str]
    marks: tuple[str, ...]
    earlier: tuple[DecisionCard, ...]
    seen: Seen
    needs_others: bool
    criteria: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)


def shown(office: Office, patient: str, month: ServiceMonth) -> Shown:
    """Return the decision that stands on a patient's month; that the caller looked is told.

    Raises:
        ForbiddenError, UnknownError: the caller may not see the patient, or nothing was decided.
    """
    chart = office.open_chart(patient, purpose="decision of a closed month")
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, patient=patient, month=str(month)
    )
    known = list(cards.exclude(made_at="").order_by("-made_at", "-pk"))
    standing = [card for card in known if card.state != REPLACED]
    if not standing or closing_of(office, month) is None:
        raise UnknownError("no decision on this month stands here")
    card, seen = standing[0], eyes_of(office, month)
    made = made_of(office.book(), card)
    decision = office.journal.decision(office.practice, patient, month, as_of=made.known_until)
    lines = tuple(decode_lines(card.lines))
    codes = decision.to_json()["codes"]
    assert isinstance(codes, dict)
    withheld = {(w.code, w.date_of_service): w.why for w in decode_withheld(card.withheld)}
    return Shown(
        card=card, patient=chart.card, made=made, decision=decision, lines=lines,
        withheld=withheld, marks=marks_of(card, lines, seen.bench),
        earlier=tuple(each for each in known if each.state == REPLACED), seen=seen,
        needs_others=seen.may_sign and seen.bench.needs_others(card),
        criteria={code: told["criteria"] for code, told in codes.items() if "criteria" in told},
    )  # fmt: skip


def known_until(run: ClosingRun) -> datetime:
    """Return up to when a run knows what was written."""
    return datetime.fromisoformat(run.known_until)


def waits(card: DecisionCard) -> bool:
    """Tell whether a decision waits for a signature."""
    return card.state in (MADE, RETURNED)
