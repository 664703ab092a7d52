"""Reads a remittance (835): one payment, its claims with their lines, and money without a claim.

Amounts are told as they stand; whether they balance is asked elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from caretally.claims.answers import (
    Adjusted,
    ClaimAnswer,
    LineAnswer,
    PaymentAdjustment,
    Remittance,
)
from caretally.claims.x12.segments import Segment, Transaction, wrong
from caretally.claims.x12.values import NOTHING, Eyes
from caretally.codes import ADJUSTMENT_GROUPS

TRIPLES = range(2, 20, 3)
"""Where the reasons of a CAS stand; amount and quantity follow each."""
PAIRS = range(3, 15, 2)
"""Where the reasons of a PLB stand; the amount follows each."""
REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
MODIFIERS = slice(2, 6)
ONE = Decimal(1)
LAST_DAYS, FIRST_DAYS = ("472", "151", "233"), ("150", "232")
"""Qualifiers of a date of service: a single or last day counts before a first day."""
MEMBER_KINDS = ("MI", "HN", "MR", "MC", "C", "II", "34")
UNUSED = frozenset(
    {"CUR", "N3", "N4", "PER", "RDM", "LX", "TS3", "TS2", "QTY"}
)  # fmt: skip
"""Segments of the guide that carry nothing we keep."""


@dataclass(slots=True)
class LineDraft:
    """A service line while it is being read."""

    segment: Segment
    code: str
    submitted_code: str
    modifiers: tuple[str, ...]
    units: Decimal
    charge: Decimal
    paid: Decimal
    line: str = ""
    first_on: date | None = None
    last_on: date | None = None
    allowed: Decimal | None = None
    adjustments: list[Adjusted] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ClaimDraft:
    """A claim while it is being read."""

    segment: Segment
    paid: Decimal
    charge: Decimal
    responsibility: Decimal | None
    patient_number: str = ""
    insured_number: str = ""
    first_on: date | None = None
    last_on: date | None = None
    adjustments: list[Adjusted] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lines: list[LineDraft] = field(default_factory=list)


class Draft:
    """A payment while it is being read."""

    def __init__(self, transaction: Transaction, eyes: Eyes) -> None:
        """Begin with nothing read."""
        self.begin = transaction.begin
        self.eyes = eyes
        self.party = ""
        self.payment: Segment | None = None
        self.trace: Segment | None = None
        self.produced_on: date | None = None
        self.parties: dict[str, Segment] = {}
        self.payer_number = ""
        self.claims: list[ClaimDraft] = []
        self.moved: list[PaymentAdjustment] = []

    def claim(self, segment: Segment) -> ClaimDraft | None:
        """Return the claim a segment belongs to; without one, that is a problem."""
        if not self.claims:
            self.eyes.note(wrong(segment, 0, "a CLP before it", "none"))
            return None
        return self.claims[-1]

    def line(self, segment: Segment) -> LineDraft | None:
        """Return the line a segment belongs to; without one, that is a problem."""
        claim = self.claim(segment)
        if claim is not None and not claim.lines:
            self.eyes.note(wrong(segment, 0, "an SVC before it", "none"))
        return claim.lines[-1] if claim is not None and claim.lines else None


def take_payment(draft: Draft, segment: Segment) -> None:
    """BPR: how much, how and when."""
    draft.payment = segment


def take_trace(draft: Draft, segment: Segment) -> None:
    """TRN: the number of the payment."""
    draft.trace = segment


def take_party(draft: Draft, segment: Segment) -> None:
    """N1: payer and payee; a crossover carrier stands inside a claim as NM1."""
    draft.party = segment.get(1)
    draft.parties.setdefault(draft.party, segment)


def take_reference(draft: Draft, segment: Segment) -> None:
    """REF: the payer's number, and our number of a line."""
    kind = segment.get(1)
    if not draft.claims:
        if kind == "2U" and draft.party == "PR":
            draft.payer_number = segment.get(2)
    elif kind == "6R" and draft.claims[-1].lines:
        draft.claims[-1].lines[-1].line = segment.get(2)


def take_claim(draft: Draft, segment: Segment) -> None:
    """CLP: what became of a claim."""
    eyes = draft.eyes
    eyes.text(segment, 1)
    eyes.text(segment, 2)
    draft.claims.append(
        ClaimDraft(
            segment=segment,
            charge=eyes.amount(segment, 3),
            paid=eyes.amount(segment, 4),
            responsibility=eyes.money(segment, 5),
        )
    )


def take_person(draft: Draft, segment: Segment) -> None:
    """NM1: the payer's number of the patient, else of the insured."""
    claim = draft.claim(segment)
    if claim is None or segment.get(8) not in MEMBER_KINDS:
        return
    if segment.get(1) == "QC":
        claim.patient_number = segment.get(9)
    elif segment.get(1) == "IL":
        claim.insured_number = segment.get(9)


def take_date(draft: Draft, segment: Segment) -> None:
    """DTM: the day the file was made, and days of service of a claim or line."""
    kind, day = segment.get(1), draft.eyes.day(segment, 2)
    if not draft.claims:
        draft.produced_on = day if kind == "405" else draft.produced_on
        return
    claim = draft.claims[-1]
    dated = claim.lines[-1] if claim.lines else claim
    if kind in LAST_DAYS:
        dated.last_on = day
    elif kind in FIRST_DAYS:
        dated.first_on = day


def take_adjustments(draft: Draft, segment: Segment) -> None:
    """CAS: up to six reasons for what was not paid, of the line or else of the claim."""
    claim, eyes = draft.claim(segment), draft.eyes
    if claim is None:
        return
    group = segment.get(1)
    if group not in ADJUSTMENT_GROUPS:
        eyes.note(wrong(segment, 1, f"one of {', '.join(ADJUSTMENT_GROUPS)}"))
    into = claim.lines[-1].adjustments if claim.lines else claim.adjustments
    eyes.text(segment, TRIPLES[0])
    for place in TRIPLES:
        reason, amount = segment.get(place), segment.get(place + 1)
        if reason or amount:
            adjusted = Adjusted(
                group=group,
                carc=eyes.text(segment, place),
                amount=eyes.amount(segment, place + 1),
                quantity=eyes.number(segment, place + 2),
            )
            into.append(adjusted)


def take_claim_remarks(draft: Draft, segment: Segment) -> None:
    """MIA, MOA: remarks on a claim as a whole."""
    claim = draft.claim(segment)
    if claim is not None:
        claim.remarks += [
            segment.get(place) for place in REMARKS[segment.name] if segment.get(place)
        ]


def take_line(draft: Draft, segment: Segment) -> None:
    """SVC: a service line; what was asked for where that is another code."""
    claim, eyes = draft.claim(segment), draft.eyes
    if claim is None:
        return
    parts, asked = segment.parts(1), segment.parts(6)
    if len(parts) < 2 or not parts[1]:
        eyes.note(wrong(segment, 1, "a qualifier and a code"))
    code, submitted = "".join(parts[1:2]), "".join(asked[1:2])
    units = eyes.number(segment, 5)
    claim.lines.append(
        LineDraft(
            segment=segment,
            code=code,
            submitted_code=submitted if submitted != code else "",
            modifiers=tuple(each for each in parts[MODIFIERS] if each),
            # The guide has one unit meant where none are told.
            units=ONE if units is None else units,
            charge=eyes.amount(segment, 2),
            paid=eyes.money(segment, 3) or NOTHING,
        )
    )


def take_amount(draft: Draft, segment: Segment) -> None:
    """AMT: what was allowed for a line."""
    claim = draft.claim(segment)
    if claim is not None and claim.lines and segment.get(1) == "B6":
        claim.lines[-1].allowed = draft.eyes.amount(segment, 2)


def take_remark(draft: Draft, segment: Segment) -> None:
    """LQ: a remark on a line."""
    line = draft.line(segment)
    if line is not None and segment.get(1) == "HE":
        line.remarks.append(draft.eyes.text(segment, 2))


def take_moved(draft: Draft, segment: Segment) -> None:
    """PLB: money added or taken without a claim, up to six times."""
    eyes = draft.eyes
    eyes.text(segment, PAIRS[0])
    for place in PAIRS:
        if segment.get(place) or segment.get(place + 1):
            reason, _, reference = segment.get(place).partition(segment.inner)
            if not reason:
                eyes.note(wrong(segment, place, "a reason"))
            amount = eyes.amount(segment, place + 1)
            moved = PaymentAdjustment(
                reason=reason, reference=reference.split(segment.inner)[0], amount=amount
            )
            draft.moved.append(moved)


TAKE: dict[str, Callable[[Draft, Segment], None]] = {
    "BPR": take_payment,
    "TRN": take_trace,
    "N1": take_party,
    "REF": take_reference,
    "CLP": take_claim,
    "NM1": take_person,
    "DTM": take_date,
    "CAS": take_adjustments,
    "MIA": take_claim_remarks,
    "MOA": take_claim_remarks,
    "SVC": take_line,
    "AMT": take_amount,
    "LQ": take_remark,
    "PLB": take_moved,
}
"""What to do with each segment."""


def read_835(transaction: Transaction, eyes: Eyes, skipped: Counter[str]) -> Remittance | None:
    """Return one payment; None where something in it is wrong, which `eyes` then hold."""
    draft = Draft(transaction, eyes)
    before = len(eyes.problems)
    for segment in transaction.inside:
        take = TAKE.get(segment.name)
        if take is not None:
            take(draft, segment)
        elif segment.name not in UNUSED:
            skipped[segment.name] += 1
    made = made_of(draft)
    return made if len(eyes.problems) == before else None


def made_of(draft: Draft) -> Remittance | None:
    """Return the payment, or None with what is missing noted."""
    eyes, payer, payee = draft.eyes, draft.parties.get("PR"), draft.parties.get("PE")
    needed = {"BPR": draft.payment, "TRN": draft.trace, "N1*PR": payer, "N1*PE": payee}
    missing = [name for name, segment in needed.items() if segment is None]
    for name in missing:
        eyes.note(wrong(draft.begin, 0, name, "none"))
    payment, trace = draft.payment, draft.trace
    if payment is None or trace is None or payer is None or payee is None:
        return None
    paid_on = eyes.day(payment, 16) or draft.produced_on
    if paid_on is None:
        eyes.note(wrong(payment, 16, "the day of the payment"))
        return None
    return Remittance(
        payer=eyes.text(payer, 2),
        payer_id=draft.payer_number or payer.get(4) or trace.get(3),
        payee_npi=payee.get(4) if payee.get(3) == "XX" else "",
        trace=eyes.text(trace, 2),
        method=eyes.text(payment, 4),
        paid_on=paid_on,
        paid=eyes.amount(payment, 2),
        claims=tuple(claim_made(claim) for claim in draft.claims),
        provider_adjustments=tuple(draft.moved),
    )


def claim_made(draft: ClaimDraft) -> ClaimAnswer:
    """Return a claim as it was answered."""
    segment = draft.segment
    served_on = draft.last_on or draft.first_on
    return ClaimAnswer(
        control_number=segment.get(1),
        status=segment.get(2),
        charge=draft.charge,
        paid=draft.paid,
        responsibility=draft.responsibility,
        filing_code=segment.get(6),
        payer_claim_number=segment.get(7),
        member_id=draft.patient_number or draft.insured_number,
        adjustments=tuple(draft.adjustments),
        remarks=tuple(draft.remarks),
        lines=tuple(line_made(line, served_on) for line in draft.lines),
    )


def line_made(draft: LineDraft, served_on: date | None) -> LineAnswer:
    """Return a line as it was answered; without a day of its own, on that of the claim."""
    return LineAnswer(
        line=draft.line,
        code=draft.code,
        submitted_code=draft.submitted_code,
        modifiers=draft.modifiers,
        units=draft.units,
        date_of_service=draft.last_on or draft.first_on or served_on,
        charge=draft.charge,
        paid=draft.paid,
        allowed=draft.allowed,
        adjustments=tuple(draft.adjustments),
        remarks=tuple(draft.remarks),
    )
