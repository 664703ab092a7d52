"""Entries of what payers answered: each with an id of its own, so that nothing is posted twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from caretally.claims.answers import Acknowledged, Adjusted, ClaimAnswer, LineAnswer, Remittance
from caretally.claims.matching import AskedClaim, AskedLine, match_lines
from caretally.errors import InputError, Problem
from caretally.journal.answered import Answer, is_refusal
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    Adjustment,
    Body,
    ClaimAcknowledged,
    ClaimDenied,
    ClaimPaid,
    Entry,
    PaidLine,
    ProviderAdjustment,
    RemittanceReceived,
)
from caretally.practice.office import Office

CODE = re.compile(r"[A-Z0-9]{5}")
DENIED_STATUS = "4"
SOON = timedelta(hours=72)
"""What is written down later than this needs a reason."""
MIDDAY = time(17)
"""In UTC: the same date in every zone of the country."""
LATE = "a payer's answer, told when its file was imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer stands: digest of the file, remittance by number, answer by number."""

    digest: bytes
    remittance: int
    answer: int = 0

    @property
    def remittance_id(self) -> str:
        """The id of the remittance."""
        return f"rem_{hashed(self.digest.hex(), str(self.remittance))}"

    @property
    def entry_id(self) -> str:
        """The id of the entry of the answer, whatever claim it turns out to be about."""
        return f"ans_{hashed(self.digest.hex(), str(self.remittance), str(self.answer))}"


def hashed(*words: str) -> str:
    """Return the ending of an id that is made from words."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def worded_digest(digest: bytes) -> str:
    """Return a digest as entries write it."""
    return f"sha256:{digest.hex()}"


def money(amount: Decimal) -> str:
    """Return an amount as entries write it; it has been found to be whole cents."""
    return f"{amount + 0:.2f}"


def told_at(office: Office, on: date) -> datetime:
    """Return when money moved, as far as that is not to come."""
    return min(office.now, datetime.combine(on, MIDDAY, tzinfo=UTC))


def filed(office: Office, entry_id: str, patient: str | None, body: Body, at: datetime) -> Entry:
    """Return the entry of a body.

    Raises:
        InputError: the body cannot be kept as it is.
    """
    reason = LATE if office.now - at > SOON else None
    filing = Filing(id=entry_id, patient=patient, now=office.now, actor=office.caller.actor,
                    at=at, reason=reason)  # fmt: skip
    return Draft.of(filing, body).filed()[0]


def remittance_entry(office: Office, place: Place, told: Remittance, unmatched: int) -> Entry:
    """Return the entry of a remittance as a whole."""
    body = RemittanceReceived(
        remittance=place.remittance_id, payer=told.payer, trace=told.trace, paid_on=told.paid_on,
        paid=money(told.paid), method=told.method, claims=len(told.claims), unmatched=unmatched,
        provider_adjustments=tuple(
            ProviderAdjustment(reason=each.reason, reference=each.reference or None,
                               amount=money(each.amount))
            for each in told.provider_adjustments
        ),
        file=worded_digest(place.digest),
    )  # fmt: skip
    return filed(office, place.remittance_id, None, body, told_at(office, told.paid_on))


def answer_entry(
    office: Office, place: Place, told: tuple[ClaimAnswer, date], claim: AskedClaim
) -> Entry:
    """Return the entry of an answer to a claim.

    told: the answer, and when money moves.
    """
    answer, paid_on = told
    body = answer_body(place.remittance_id, answer, claim)
    return filed(office, place.entry_id, claim.patient, body, told_at(office, paid_on))


def answer_body(remittance: str, answer: ClaimAnswer, claim: AskedClaim) -> Answer:
    """Return what an answer says of a claim, its lines told by our numbers.

    Denied is what pays nothing and refuses something; what only the patient owes is paid.
    """
    asked = match_lines(answer.lines, claim.lines)
    lines = tuple(paid_line(told, found) for told, found in zip(answer.lines, asked, strict=True))
    owed = answer.responsibility
    body = ClaimPaid(
        claim=claim.claim, remittance=remittance, status=answer.status,
        payer_claim_number=answer.payer_claim_number or None, charge=money(answer.charge),
        paid=money(answer.paid), patient_responsibility=None if owed is None else money(owed),
        adjustments=adjustments_of(answer.adjustments), remarks=answer.remarks, lines=lines,
    )  # fmt: skip
    if answer.status != DENIED_STATUS and not (answer.paid == 0 and is_refusal(body)):
        return body
    return ClaimDenied(
        claim=body.claim, remittance=body.remittance, status=body.status,
        payer_claim_number=body.payer_claim_number, charge=body.charge, paid=body.paid,
        patient_responsibility=body.patient_responsibility, adjustments=body.adjustments,
        remarks=body.remarks, lines=body.lines,
    )  # fmt: skip


def paid_line(told: LineAnswer, asked: AskedLine | None) -> PaidLine:
    """Return what is answered to a line."""
    code = told.code if CODE.fullmatch(told.code) else (asked.code if asked else told.code)
    return PaidLine(
        line=asked.line if asked is not None else None, code=code, units=whole(told.units),
        date_of_service=told.date_of_service or (asked.on if asked is not None else None),
        charge=money(told.charge), paid=money(told.paid),
        allowed=None if told.allowed is None else money(told.allowed),
        adjustments=adjustments_of(told.adjustments), remarks=told.remarks,
    )  # fmt: skip


def adjustments_of(told: Sequence[Adjusted]) -> tuple[Adjustment, ...]:
    """Return why something is not paid."""
    return tuple(
        Adjustment(group=each.group, carc=each.carc, amount=money(each.amount),
                   quantity=None if each.quantity is None else whole(each.quantity))
        for each in told
    )  # fmt: skip


def whole(units: Decimal) -> int:
    """Return a number of units.

    Raises:
        InputError: it is no whole number.
    """
    if units != units.to_integral_value():
        raise InputError([Problem(where="remittance", field="units", found=str(units),
                                  expected="a whole number of units")])  # fmt: skip
    return int(units)


def acknowledgment_entry(
    office: Office, told: Acknowledged, claim: AskedClaim, digest: bytes
) -> Entry:
    """Return the entry of an acknowledgment of a claim."""
    body = ClaimAcknowledged(
        claim=claim.claim, source=told.source.lower(),
        outcome="accepted" if told.is_accepted else "rejected",
        codes=tuple(dict.fromkeys(each.code for each in told.told if each.code)),
        payer_claim_number=told.payer_claim_number or None, file=worded_digest(digest),
    )  # fmt: skip
    words = (digest.hex(), told.source, told.group, told.transaction, told.control_number)
    name = f"ack_{hashed(*words, claim.claim, str(told.is_accepted), *body.codes)}"
    return filed(office, name, claim.patient, body, office.now)
