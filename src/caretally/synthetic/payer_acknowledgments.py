"""What an invented payer says before it pays: whether it can read a file and takes its claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from caretally.claims.records import Batch, Claim
from caretally.claims.x12.characters import day, folded
from caretally.claims.x12.envelope import composite, sealed, segment, transaction
from caretally.synthetic.payer_files import back, named, text

OF_999, OF_277CA = "005010X231A1", "005010X214"


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
