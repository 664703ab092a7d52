"""A payment, its claims and lines while they are being read, and the records they become."""

from __future__ import annotations

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
from caretally.claims.x12.segments import Segment, wrong
from caretally.claims.x12.transactions import Transaction
from caretally.claims.x12.values import Eyes


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
    # Where nothing is paid, some payers leave the day of the payment out.
    paid_on = eyes.day(payment, 16) or draft.produced_on
    if paid_on is None:
        eyes.note(wrong(payment, 16, "the day of the payment"))
        return None
    return Remittance(
        payer=eyes.text(payer, 2),
        # Claims name payers by what 2U repeats; N104 is another numbering, TRN03 a tax number.
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
