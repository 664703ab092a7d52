"""The payments an invented payer sends (835), as its own program would write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from caretally.claims.answers import Adjusted, ClaimAnswer, LineAnswer, Remittance
from caretally.claims.records import Batch, Claim, Person
from caretally.claims.x12.characters import day, folded
from caretally.claims.x12.envelope import Envelope, composite, sealed, segment, transaction

OF_835 = "005010X221A1"
BANK = ("01", "999999992", "DA", "123456")
"""A routing number that no bank has, and an account."""
PAYER_TAX_ID = "1999999999"
PER_CAS, PER_PLB = 6, 6


def text(amount: Decimal) -> str:
    """Return an amount as short as it is exact."""
    written = f"{amount:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("", "-0") else written


def back(batch: Batch, group: str, version: str, *, control: int, at: datetime) -> Envelope:
    """Return the envelope of an answer to a batch."""
    sender = batch.sender
    return Envelope(
        group=group,
        version=version,
        sender=sender.receiver_id,
        receiver=sender.submitter_id,
        control=control,
        made_at=at,
        usage=sender.usage,
    )


def named(role: str, person: Person, member_id: str) -> str:
    """Return a person with the number of the insured."""
    return segment(
        "NM1", role, "1", folded(person.last), folded(person.first), "", "", "", "MI", member_id
    )


def file_835(
    batch: Batch,
    remittances: Sequence[Remittance],
    claims: Mapping[str, Claim],
    *,
    control: int,
) -> bytes:
    """Return payments of one payer in one file; claims: by control number."""
    first = remittances[0]
    at = batch.made_at.replace(
        year=first.paid_on.year, month=first.paid_on.month, day=first.paid_on.day
    )
    envelope = back(batch, "HP", OF_835, control=control, at=at)
    sets = [
        transaction("835", f"{ordinal:04d}", "", payment_segments(each, claims))
        for ordinal, each in enumerate(remittances, 1)
    ]
    return sealed(envelope, sets)


def payment_segments(remittance: Remittance, claims: Mapping[str, Claim]) -> list[str]:
    """Return one payment."""
    paid_on = day(remittance.paid_on)
    bank = (*BANK, PAYER_TAX_ID, "", *BANK) if remittance.method == "ACH" else ("",) * 10
    billing = claims[remittance.claims[0].control_number].billing
    written = [
        segment(
            "BPR", "I", text(remittance.paid), "C", remittance.method,
            "CCP" if remittance.method == "ACH" else "", *bank, paid_on,
        ),
        segment("TRN", "1", remittance.trace, PAYER_TAX_ID),
        segment("DTM", "405", paid_on),
        segment("N1", "PR", folded(remittance.payer)),
        segment("N3", "1 INVENTED PLAZA"),
        segment("N4", "BALTIMORE", "MD", "212019998"),
        segment("REF", "2U", remittance.payer_id),
        segment("PER", "BL", "PROVIDER LINE", "TE", "4105550199"),
        segment("N1", "PE", folded(billing.last), "XX", remittance.payee_npi),
        segment("REF", "TJ", billing.tax_id),
        segment("LX", "1"),
    ]  # fmt: skip
    for claim in remittance.claims:
        written += claim_answer(claim, claims[claim.control_number])
    moved = remittance.provider_adjustments
    for at in range(0, len(moved), PER_PLB):
        pairs = [
            part
            for each in moved[at : at + PER_PLB]
            for part in (composite(each.reason, each.reference), text(each.amount))
        ]
        written.append(
            segment("PLB", remittance.payee_npi, f"{remittance.paid_on.year}1231", *pairs)
        )
    return written


def claim_answer(answer: ClaimAnswer, claim: Claim) -> list[str]:
    """Return what became of one claim."""
    owed = "" if answer.responsibility is None else text(answer.responsibility)
    coverage = claim.coverage
    written = [
        segment(
            "CLP", answer.control_number, answer.status, text(answer.charge), text(answer.paid),
            owed, answer.filing_code, answer.payer_claim_number, claim.place_of_service,
            claim.frequency,
        ),
        *adjustments(answer.adjustments),
        named("QC", claim.patient or coverage.subscriber, coverage.member_id),
    ]  # fmt: skip
    if answer.remarks:
        written.append(segment("MOA", "", "", *answer.remarks))
    asked = {line.line: line for line in claim.lines}
    for line in answer.lines:
        from_on = asked[line.line].from_on if line.line in asked else None
        written += line_answer(line, from_on)
    return written


def days_of(line: LineAnswer, from_on: date | None) -> list[str]:
    """Return the day of a line, or the first and last one of its period."""
    assert line.date_of_service is not None
    last = day(line.date_of_service)
    if from_on is None or from_on == line.date_of_service:
        return [segment("DTM", "472", last)]
    return [segment("DTM", "150", day(from_on)), segment("DTM", "151", last)]


def line_answer(line: LineAnswer, from_on: date | None) -> list[str]:
    """Return what became of one line; from_on: the first day of its period."""
    asked = composite("HC", line.submitted_code) if line.submitted_code else ""
    written = [
        segment(
            "SVC", composite("HC", line.code, *line.modifiers), text(line.charge),
            text(line.paid), "", text(line.units), asked,
        ),
        *days_of(line, from_on),
        *adjustments(line.adjustments),
        segment("REF", "6R", line.line),
    ]  # fmt: skip
    if line.allowed is not None:
        written.append(segment("AMT", "B6", text(line.allowed)))
    return [*written, *(segment("LQ", "HE", remark) for remark in line.remarks)]


def adjustments(adjusted: Sequence[Adjusted]) -> list[str]:
    """Return adjustments by who bears them, six to a segment."""
    written = []
    for group, of_group in groupby(adjusted, key=lambda each: each.group):
        told = list(of_group)
        for at in range(0, len(told), PER_CAS):
            parts = [
                part
                for each in told[at : at + PER_CAS]
                for part in (
                    each.carc,
                    text(each.amount),
                    "" if each.quantity is None else text(each.quantity),
                )
            ]
            written.append(segment("CAS", group, *parts))
    return written


def off_by_a_cent(remittance: Remittance, where: str) -> Remittance:
    """Return a payment that does not balance: at a line, a claim, or in what was paid."""
    cent = Decimal("0.01")
    if where == "payment":
        return replace(remittance, paid=remittance.paid + cent)
    first = remittance.claims[0]
    if where == "claim":
        changed = replace(first, paid=first.paid + cent)
        # The payment still holds its claims: only the claim does not hold its lines.
        return replace(
            remittance, paid=remittance.paid + cent, claims=(changed, *remittance.claims[1:])
        )
    line = first.lines[0]
    lines = (replace(line, paid=line.paid + cent), *first.lines[1:])
    return replace(remittance, claims=(replace(first, lines=lines), *remittance.claims[1:]))
