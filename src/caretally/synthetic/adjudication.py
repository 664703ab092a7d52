"""How an invented payer judges one claim, balanced by construction: charge = paid + adjustments.

What a line is allowed is what was expected of it, else four fifths of its charge; what the patient
owes of that is drawn. Denials carry reasons that payers give for these codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from caretally.claims.answers import Adjusted, ClaimAnswer, LineAnswer
from caretally.claims.records import VOID, Claim, ServiceLine
from caretally.money import CENT
from caretally.synthetic.dice import Dice

PAID, DENIED, REVERSED = "1", "4", "22"
"""CLP02."""
NOTHING = Decimal("0.00")
FOUR_FIFTHS, FIFTH = Decimal("0.8"), Decimal("0.2")
CONTRACT, PATIENT = "CO", "PR"
ABOVE_ALLOWED, DEDUCTIBLE, COINSURANCE, COPAY = "45", "1", "2", "3"
FILING_CODES = frozenset(
    ("12", "13", "14", "15", "16", "17", "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF", "TV")
)
"""Kinds of payer that a remittance may name; a claim may name more, such as CI."""
COMMERCIAL, PREFERRED, OTHER_KIND = ("CI", "BL"), "12", "ZZ"
APPEAL_REMARK = "MA01"


class Reason(NamedTuple):
    """Why a line is denied: who bears it, the reason, remarks."""

    group: str
    carc: str
    remarks: tuple[str, ...] = ()


REASONS = (
    Reason("CO", "50", ("N115",)),
    Reason("CO", "16", ("M76",)),
    Reason("CO", "97", ("M15",)),
    Reason("CO", "18", ("N522",)),
    Reason("CO", "197"),
    Reason("CO", "151", ("N362",)),
    Reason("CO", "22"),
    Reason("CO", "29"),
    Reason("PR", "96", ("N130",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A claim as it is answered first, and again in a later payment where it is taken up again."""

    first: ClaimAnswer
    later: tuple[ClaimAnswer, ...] = ()


def paid(claim: Claim, dice: Dice, number: str) -> ClaimAnswer:
    """Return a claim paid as allowed, less what the patient owes."""
    kind = dice.pick((COINSURANCE, COINSURANCE, COINSURANCE, DEDUCTIBLE, COPAY, ""))
    return summed(claim, [line_paid(line, kind) for line in claim.lines], (PAID, number))


def partly_paid(claim: Claim, dice: Dice, number: str) -> ClaimAnswer:
    """Return a claim of which one line is denied."""
    at, reason = dice.below(len(claim.lines)), dice.pick(REASONS)
    lines = [
        line_denied(line, reason) if place == at else line_paid(line, COINSURANCE)
        for place, line in enumerate(claim.lines)
    ]
    return summed(claim, lines, (PAID if len(lines) > 1 else DENIED, number))


def denied(claim: Claim, dice: Dice, number: str) -> ClaimAnswer:
    """Return a claim denied as a whole."""
    reason = dice.pick(REASONS)
    answer = summed(claim, [line_denied(each, reason) for each in claim.lines], (DENIED, number))
    return replace(answer, remarks=(APPEAL_REMARK,))


def corrected(claim: Claim, dice: Dice, number: str) -> Verdict:
    """Return a claim that is paid, then taken back and judged again."""
    first = paid(claim, dice, number)
    again = [line_paid(line, COINSURANCE) for line in claim.lines[:-1]]
    again.append(line_denied(claim.lines[-1], dice.pick(REASONS)))
    status = PAID if len(again) > 1 else DENIED
    return Verdict(first=first, later=(reversed_(first), summed(claim, again, (status, number))))


def taken_back(claim: Claim, dice: Dice, number: str) -> ClaimAnswer:
    """Return the answer to a claim of frequency 8: what was paid for the one before, reversed."""
    assert claim.frequency == VOID
    return reversed_(paid(claim, dice, number))


def line_paid(line: ServiceLine, share: str) -> LineAnswer:
    """Return a line paid as allowed; share: what the patient owes of it is called, if anything."""
    wanted = line.expected if line.expected is not None else line.charge * FOUR_FIFTHS
    allowed = min(line.charge, wanted.quantize(CENT))
    owed = min(allowed, (allowed * FIFTH).quantize(CENT)) if share else NOTHING
    adjustments = [
        Adjusted(group=group, carc=carc, amount=amount)
        for group, carc, amount in (
            (CONTRACT, ABOVE_ALLOWED, line.charge - allowed),
            (PATIENT, share, owed),
        )
        if amount
    ]
    return answered(line, allowed - owed, adjustments, allowed=allowed)


def line_denied(line: ServiceLine, reason: Reason) -> LineAnswer:
    """Return a line of which nothing is paid."""
    adjusted = Adjusted(
        group=reason.group, carc=reason.carc, amount=line.charge, quantity=Decimal(line.units)
    )
    return replace(answered(line, NOTHING, [adjusted], allowed=None), remarks=reason.remarks)


def answered(
    line: ServiceLine,
    paid: Decimal,
    adjustments: Iterable[Adjusted],
    *,
    allowed: Decimal | None,
) -> LineAnswer:
    """Return a line with what is paid for it and what is not."""
    return LineAnswer(
        line=line.line,
        code=line.code,
        modifiers=line.modifiers,
        units=Decimal(line.units),
        date_of_service=line.date_of_service,
        charge=line.charge,
        paid=paid,
        allowed=allowed,
        adjustments=tuple(each for each in adjustments if each.amount),
    )


def summed(claim: Claim, lines: Sequence[LineAnswer], told: tuple[str, str]) -> ClaimAnswer:
    """Return a claim out of its lines; told: status and the payer's number."""
    status, number = told
    return ClaimAnswer(
        control_number=claim.control_number,
        status=status,
        charge=claim.total,
        paid=sum((line.paid for line in lines), NOTHING),
        responsibility=sum(
            (each.amount for line in lines for each in line.adjustments if each.group == PATIENT),
            NOTHING,
        ),
        filing_code=filing_code(claim.coverage.filing_code),
        payer_claim_number=number,
        member_id=claim.coverage.member_id,
        lines=tuple(lines),
    )


def filing_code(asked: str) -> str:
    """Return the kind of payer as a remittance names it."""
    if asked in COMMERCIAL:
        return PREFERRED
    return asked if asked in FILING_CODES else OTHER_KIND


def reversed_(answer: ClaimAnswer) -> ClaimAnswer:
    """Return what takes an answer back: every amount with its sign changed, no patient share."""
    return replace(
        answer,
        status=REVERSED,
        charge=-answer.charge,
        paid=-answer.paid,
        responsibility=None,
        lines=tuple(
            replace(
                line,
                charge=-line.charge,
                paid=-line.paid,
                allowed=None,
                adjustments=tuple(
                    replace(each, amount=-each.amount, quantity=None) for each in line.adjustments
                ),
            )
            for line in answer.lines
        ),
    )
