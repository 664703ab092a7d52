"""The files an invented payer sends: 999, 277CA and 835, as its own program would write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from caretally.claims.answers import Adjusted, ClaimAnswer, LineAnswer, Remittance
from caretally.claims.records import Batch, Claim, Person
from caretally.claims.x12.characters import day, folded
from caretally.claims.x12.envelope import Envelope, composite, sealed, segment, transaction

OF_999, OF_277CA, OF_835 = "005010X231A1", "005010X214", "005010X221A1"
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


def file_999(batch: Batch, *, is_accepted: bool, at: datetime) -> bytes:
    """Return what is said of the form of a file; refused over its first name."""
    if is_accepted:
        inside, verdict = [segment("IK5", "A")], segment("AK9", "A", "1", "1", "1")
    else:
        inside = [
            segment("IK3", "NM1", "8", "2010", "8"),
            segment("IK4", "9", "67", "7"),
            segment("IK5", "R", "5"),
        ]
        verdict = segment("AK9", "R", "1", "1", "0")
    control = str(batch.control)
    segments = [
        segment("AK1", "HC", control, "005010X222A1"),
        segment("AK2", "837", "0001", "005010X222A1"),
        *inside,
        verdict,
    ]
    envelope = back(batch, "FA", OF_999, control=batch.control, at=at)
    return sealed(envelope, [transaction("999", "0001", OF_999, segments)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a 277CA says of one claim: its code, such as A2:20, and the payer's number of it."""

    claim: Claim
    code: str
    number: str
    is_accepted: bool


def file_277ca(batch: Batch, statuses: Sequence[Status], *, at: datetime) -> bytes:
    """Return what is said of each claim of a batch, one transaction set a payer."""
    envelope = back(batch, "HN", OF_277CA, control=batch.control, at=at)
    sets = []
    by_payer = sorted(statuses, key=lambda each: each.claim.coverage.payer_id)
    for ordinal, (_, told) in enumerate(
        groupby(by_payer, key=lambda each: each.claim.coverage.payer_id), 1
    ):
        inside = status_segments(batch, list(told), at=at, ordinal=ordinal)
        sets.append(transaction("277", f"{ordinal:04d}", OF_277CA, inside))
    return sealed(envelope, sets)


def status_segments(
    batch: Batch, statuses: Sequence[Status], *, at: datetime, ordinal: int
) -> list[str]:
    """Return the levels of one 277CA: payer, sender, billing providers, patients."""
    coverage, today = statuses[0].claim.coverage, f"{at:%Y%m%d}"
    total = total_of(statuses)
    accepted = [each for each in statuses if each.is_accepted]
    written = [
        segment("BHT", "0085", "08", f"{batch.control}{ordinal:04d}", today, f"{at:%H%M}", "TH"),
        segment("HL", "1", "", "20", "1"),
        segment("NM1", "PR", "2", folded(coverage.name), *[""] * 4, "PI", coverage.payer_id),
        segment("TRN", "1", f"{coverage.payer_id}{batch.control}"),
        segment("DTP", "050", "D8", today),
        segment("DTP", "009", "D8", today),
        segment("HL", "2", "1", "21", "1"),
        segment(
            "NM1", "41", "2", folded(batch.sender.name), *[""] * 4, "46",
            batch.sender.submitter_id,
        ),
        segment("TRN", "2", str(batch.control)),
        segment("STC", composite("A1", "19", "PR"), today, "WQ", text(total)),
        segment("QTY", "90", str(len(accepted))) if accepted else "",
        segment("QTY", "AA", str(len(statuses) - len(accepted)))
        if len(accepted) < len(statuses)
        else "",
    ]  # fmt: skip
    level = 2
    of_providers = sorted(statuses, key=lambda each: each.claim.billing.npi)
    for _, group in groupby(of_providers, key=lambda each: each.claim.billing.npi):
        told = list(group)
        billing = told[0].claim.billing
        level += 1
        provider = level
        written += [
            segment("HL", str(level), "2", "19", "1"),
            segment("NM1", "85", "2", folded(billing.last), *[""] * 4, "XX", billing.npi),
            segment("TRN", "1", f"{billing.npi}{batch.control}"),
            segment("STC", composite("A1", "19", "PR"), "", "WQ", text(total_of(told))),
        ]
        for each in told:
            level += 1
            written += patient_status(each, (level, provider), today)
    return [each for each in written if each]


def total_of(statuses: Sequence[Status]) -> Decimal:
    """Return what all claims together ask for."""
    return sum((each.claim.total for each in statuses), Decimal(0))


def patient_status(status: Status, levels: tuple[int, int], today: str) -> list[str]:
    """Return what is said of one claim; levels: its own and that of the provider."""
    claim = status.claim
    person = claim.patient or claim.coverage.subscriber
    first = min(line.from_on or line.date_of_service for line in claim.lines)
    last = max(line.date_of_service for line in claim.lines)
    written = [
        segment("HL", str(levels[0]), str(levels[1]), "PT"),
        named("QC", person, claim.coverage.member_id),
        segment("TRN", "2", claim.control_number),
        segment(
            "STC", composite(*status.code.split(":")), today,
            "WQ" if status.is_accepted else "U", text(claim.total),
        ),
    ]  # fmt: skip
    if status.is_accepted:
        written.append(segment("REF", "1K", status.number))
    written.append(segment("DTP", "472", "RD8", f"{day(first)}-{day(last)}"))
    return written


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
        written += line_answer(replace_day(line, from_on))
    return written


@dataclass(frozen=True, slots=True)
class Dated:
    """A line with its days as a payer tells them."""

    line: LineAnswer
    days: tuple[str, ...]


def replace_day(line: LineAnswer, from_on: object) -> Dated:
    """Return a line with one day, or with the first and last of a period."""
    assert line.date_of_service is not None
    last = day(line.date_of_service)
    if from_on is None or from_on == line.date_of_service:
        return Dated(line, (segment("DTM", "472", last),))
    first = str(from_on).replace("-", "")
    return Dated(line, (segment("DTM", "150", first), segment("DTM", "151", last)))


def line_answer(dated: Dated) -> list[str]:
    """Return what became of one line."""
    line = dated.line
    asked = composite("HC", line.submitted_code) if line.submitted_code else ""
    written = [
        segment(
            "SVC", composite("HC", line.code, *line.modifiers), text(line.charge),
            text(line.paid), "", text(line.units), asked,
        ),
        *dated.days,
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
