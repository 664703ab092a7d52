"""Which claim and which line an answer is about.

A number that payers repeat decides by itself; anything else is only proposed, for a person to say.
An answer that belongs to nothing is kept and listed: it is money, or a denial, of somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from caretally.claims.answers import ClaimAnswer, LineAnswer

BY_CONTROL, BY_PAYER_NUMBER, BY_PERSON = "control number", "payer's number", "person"
MOST_PROPOSED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A line of a claim, as it was asked for.

    expected: what should be allowed; None where no price is known.
    """

    line: str
    code: str
    units: int
    on: date
    charge: Decimal
    expected: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClaim:
    """A claim of the practice.

    payer_number: the payer's number, empty where it told none. member_id: of the patient there.
    """

    claim: str
    patient: str
    control_number: str
    payer: str
    payer_number: str = ""
    member_id: str = ""
    total: Decimal
    lines: tuple[AskedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which claim an answer is about.

    claim: None where no number tells. by: what told. proposed: claims that may be meant, the most
    alike first.
    """

    claim: AskedClaim | None
    by: str = ""
    proposed: tuple[AskedClaim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The claims of a practice, by the numbers that payers repeat."""

    by_control: Mapping[str, AskedClaim]
    by_payer_number: Mapping[str, tuple[AskedClaim, ...]]


def known(claims: Iterable[AskedClaim]) -> Known:
    """Return claims by their numbers."""
    control: dict[str, AskedClaim] = {}
    payer: dict[str, tuple[AskedClaim, ...]] = {}
    for each in claims:
        control[each.control_number] = each
        if each.payer_number:
            payer[each.payer_number] = (*payer.get(each.payer_number, ()), each)
    return Known(by_control=control, by_payer_number=payer)


def match_claim(answer: ClaimAnswer, among: Known) -> Match:
    """Return the claim an answer is about, where a number tells it."""
    found = among.by_control.get(answer.control_number)
    if found is not None:
        return Match(claim=found, by=BY_CONTROL)
    named = among.by_payer_number.get(answer.payer_claim_number, ())
    if answer.payer_claim_number and len(named) == 1:
        return Match(claim=named[0], by=BY_PAYER_NUMBER)
    return Match(claim=None)


def propose(answer: ClaimAnswer, claims: Iterable[AskedClaim], payer: str) -> Match:
    """Return which claims an answer without a known number may be about, for a person to choose.

    payer: as the practice names the one who answers; empty where that is not known.
    """
    scored = [(likeness(answer, each, payer), each) for each in claims]
    alike = sorted(
        (pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].claim)
    )
    return Match(claim=None, proposed=tuple(each for _, each in alike[:MOST_PROPOSED]))


def likeness(answer: ClaimAnswer, claim: AskedClaim, payer: str) -> int:
    """Return how much a claim looks like what an answer is about; 0 where it cannot be.

    Another payer or another member rules a claim out; dates and codes must meet in one line.
    """
    if payer and claim.payer != payer:
        return 0
    if answer.member_id and claim.member_id and answer.member_id != claim.member_id:
        return 0
    asked = {(each.code, each.on) for each in claim.lines}
    told = {(each.submitted_code or each.code, each.date_of_service) for each in answer.lines}
    same = len(asked & told)
    if answer.lines and not same:
        return 0
    is_total = abs(answer.charge) == claim.total
    is_member = bool(answer.member_id) and answer.member_id == claim.member_id
    if not answer.lines and not is_total:
        return 0
    return 1 + same + 10 * is_total + 20 * is_member


def match_lines(
    told: Sequence[LineAnswer], asked: Sequence[AskedLine]
) -> tuple[AskedLine | None, ...]:
    """Return the line that each answer is about, in their order; None where none fits.

    By control number first; then by code, date and charge, by code and date, by code alone where
    only one line has it. Lines that differ by nothing but their number are taken in their order; no
    line is given twice within one answer but by its own number.
    """
    by_number = {each.line: each for each in asked}
    found: list[AskedLine | None] = [
        by_number.get(each.line) if each.line else None for each in told
    ]
    for alike in (same_charge, same_date, same_code):
        for place, each in enumerate(told):
            if found[place] is not None:
                continue
            taken = {line.line for line in found if line is not None}
            free = [line for line in asked if line.line not in taken and alike(each, line)]
            if len({(line.code, line.on, line.charge) for line in free}) == 1:
                found[place] = free[0]
    return tuple(found)


def same_code(told: LineAnswer, asked: AskedLine) -> bool:
    """Tell whether a code is the same, as asked for or as decided."""
    return asked.code in {told.submitted_code, told.code}


def same_date(told: LineAnswer, asked: AskedLine) -> bool:
    """Tell whether code and date are the same."""
    return same_code(told, asked) and told.date_of_service == asked.on


def same_charge(told: LineAnswer, asked: AskedLine) -> bool:
    """Tell whether code, date and charge are the same; a reversal tells it negative."""
    return same_date(told, asked) and abs(told.charge) == asked.charge
