"""The worklist of denials: what was refused, until when something can be done, and what.

What is most worth doing comes first: amount by the days that are left. The evidence is that of the
signed decision: the criterion as it was found met when the month was closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from caretally.claims.reasons import Reason, Told, load_reasons
from caretally.journal.corrections import resolve
from caretally.journal.entries import PayerProfileSet
from caretally.practice.office import Office
from caretally.practice.remitting_claims import amount_of
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.access import Access, record_access
from caretally.store.billing_tables import OPEN
from caretally.store.charts import practice_entries
from caretally.store.database import Value

PAGE = 50
SOON_DAYS = 14
"""So near a deadline is marked."""
COLUMNS = (
    "denial.patient, card.name, denial.month, denial.claim, denial.line, denial.code, "
    "denial.payer, denial.amount, denial.adjustments, denial.remarks, denial.answered_on, "
    "denial.state, denial.action, denial.worked_by"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One adjustment of a denial, with what it says about our rules.

    reason: None where nothing is known about the code.
    """

    group: str
    carc: str
    amount: Decimal
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRow:
    """A denial as the worklist shows it.

    line: control number, empty for the claim as a whole. deadline: the last day for an answer; None
    where the payer's profile tells none. days_left: to it, negative after.
    """

    patient: str
    name: str
    month: str
    claim: str
    line: str
    code: str
    payer: str
    amount: Decimal
    refusals: tuple[Refusal, ...]
    remarks: tuple[str, ...]
    answered_on: date
    deadline: date | None
    days_left: int | None
    state: str
    action: str
    worked_by: str

    @property
    def key(self) -> str:
        """The line in an address; `claim` for the claim as a whole."""
        return self.line or "claim"

    @property
    def known(self) -> tuple[Reason, ...]:
        """What is known about why, each once, the largest amount first."""
        return tuple(dict.fromkeys(each.reason for each in self.refusals if each.reason))

    @property
    def suggested(self) -> str:
        """What to do; empty where nothing is known about the reason."""
        return self.known[0].action if self.known else ""

    @property
    def is_soon(self) -> bool:
        """Whether little time is left."""
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return self.days_left is not None and self.days_left < 0

    @property
    def days_late(self) -> int:
        """How many days ago the time was over; 0 while it is not."""
        return max(0, -(self.days_left or 0))

    @property
    def urgency(self) -> tuple[bool, Decimal, str, str]:
        """What it is sorted by: amount for each day that is left; what is too late comes last.

        Without a known deadline a denial counts as if a whole year were left.
        """
        left = 365 if self.days_left is None else max(self.days_left, 1)
        return self.is_late, -(self.amount / left), self.claim, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which denials: in a state, of a payer, with an adjustment code; empty for all."""

    state: str = OPEN
    payer: str = ""
    carc: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialList:
    """A page of the worklist; count and amount are of all pages. counts: by state."""

    rows: tuple[DenialRow, ...]
    count: int
    amount: Decimal
    number: int
    counts: Mapping[str, int]
    payers: tuple[str, ...]
    carcs: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


def appeal_days(office: Office) -> dict[str, int]:
    """Return within how many days payers must be answered, as far as profiles tell."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    bodies = (each.body for each in resolve(entries).in_force)
    told = {body.payer: body.appeal_days for body in bodies if isinstance(body, PayerProfileSet)}
    return {payer: days for payer, days in told.items() if days is not None}


def all_rows(office: Office, *, claim: str = "") -> list[DenialRow]:
    """Return the denials a caller may see, of all states; of one claim only where it is named."""
    office.caller.require(HANDLE_CLAIMS)
    sql = (
        f"SELECT {COLUMNS} FROM store_denial AS denial JOIN store_patientcard AS card "  # noqa: S608
        "ON card.stream_id = denial.stream_id WHERE denial.practice_id = %s"
    )
    values: list[Value] = [office.book().number]
    clinics = office.clinics(HANDLE_CLAIMS)
    if clinics is not None:
        sql += f" AND card.clinic IN ({', '.join(['%s'] * len(clinics)) or 'NULL'})"
        values += sorted(clinics)
    if claim:
        sql += " AND denial.claim = %s"
        values.append(claim)
    days, today = appeal_days(office), office.today()
    return [row_of(row, days, today) for row in office.db.rows(sql, *values)]


def row_of(row: Sequence[str], days: Mapping[str, int], today: date) -> DenialRow:
    """Return a denial from its stored row."""
    patient, name, month, claim, line, code, payer, cents, why, remarks, on, *rest = row
    answered_on = date.fromisoformat(on)
    told = tuple(json.loads(remarks))
    deadline = answered_on + timedelta(days=days[payer]) if payer in days else None
    state, action, worked_by = rest
    return DenialRow(
        patient=patient, name=name or patient, month=month, claim=claim, line=line, code=code,
        payer=payer, amount=amount_of(int(cents)), remarks=told,
        refusals=refusals_of(json.loads(why), told, payer),
        answered_on=answered_on, deadline=deadline,
        days_left=(deadline - today).days if deadline is not None else None,
        state=state, action=action, worked_by=worked_by,
    )  # fmt: skip


def refusals_of(
    told: Iterable[Mapping[str, str]], remarks: tuple[str, ...], payer: str
) -> tuple[Refusal, ...]:
    """Return adjustments with what is known about each, the largest first."""
    reasons = load_reasons()
    found = [
        Refusal(
            group=each["group"], carc=each["carc"], amount=Decimal(each["amount"]),
            reason=reasons.of(
                Told(carc=each["carc"], group=each["group"], remarks=remarks, payer=payer)
            ),
        )
        for each in told
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: -each.amount))


def denials(office: Office, wanted: Wanted) -> DenialList:
    """Return a page of the worklist, what is most worth doing first; told in the access chain.

    Raises:
        ForbiddenError: the caller may not handle claims.
    """
    everything = all_rows(office)
    chosen = [each for each in everything if fits(each, wanted)]
    chosen.sort(key=lambda each: each.urgency)
    number = max(1, min(wanted.number, -(-len(chosen) // PAGE)))
    shown = tuple(chosen[(number - 1) * PAGE : number * PAGE])
    if shown:
        told = Access(practice=office.practice, patient=None, actor=office.caller.actor,
                      purpose=f"denials, {len(shown)}")  # fmt: skip
        record_access(office.db, told, office.now)
    states = [each.state for each in everything]
    return DenialList(
        rows=shown, count=len(chosen), number=number,
        amount=sum((each.amount for each in chosen), Decimal("0.00")),
        counts={state: states.count(state) for state in sorted(set(states))},
        payers=tuple(sorted({each.payer for each in everything})),
        carcs=tuple(sorted({part.carc for each in everything for part in each.refusals})),
    )  # fmt: skip


def fits(each: DenialRow, wanted: Wanted) -> bool:
    """Tell whether a denial is one that is asked for."""
    return (
        wanted.state in {"", each.state}
        and wanted.payer in {"", each.payer}
        and wanted.carc in {"", *(part.carc for part in each.refusals)}
    )
