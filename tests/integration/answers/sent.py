"""A practice whose claims were sent, and what an invented payer answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from caretally.claims.content import text_of
from caretally.claims.records import FIRST, Batch, Claim, Provider
from caretally.claims.x12.writing import write_837p
from caretally.journal.entries import (
    Body,
    ClaimLine,
    ClaimPrepared,
    ClaimSubmitted,
    Entry,
    PatientRegistered,
    PayerProfileSet,
    PracticeRegistered,
)
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.store.models import ExchangedFile
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.claims import batch_of, claims

SENT_AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 20, 15, tzinfo=UTC)
PRACTICE = "north"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A practice with claims that left in one file."""

    office: Office
    batch: Batch

    @property
    def npi(self) -> str:
        """The number the practice bills under."""
        return self.batch.claims[0].billing.npi


def first_claims(count: int, seed: int = 5) -> tuple[Claim, ...]:
    """Return first claims of one invented practice."""
    drawn = claims(count * 12, seed=seed)
    npi = drawn[0].billing.npi
    own = [each for each in drawn if each.billing.npi == npi and each.frequency == FIRST]
    return tuple(own[:count])


def billed_by(own: Sequence[Claim], billing: Provider) -> tuple[Claim, ...]:
    """Return claims as if one practice billed them all."""
    return tuple(replace(each, billing=billing) for each in own)


def entry(name: str, patient: str | None, body: Body) -> Entry:
    """Return an entry as the program would have written it."""
    return Entry(id=name, patient=patient, at=SENT_AT, recorded_at=SENT_AT,
                 actor="system:test", body=body)  # fmt: skip


def prepared(claim: Claim) -> ClaimPrepared:
    """Return how a claim was made."""
    return ClaimPrepared(
        claim=claim.claim, control_number=claim.control_number, month=claim.month,
        frequency=claim.frequency, replaces=claim.replaces or None, payer=claim.coverage.payer,
        decisions=claim.decisions or ("dec_none",), total=f"{claim.total:.2f}",
        content=text_of(claim),
        lines=tuple(
            ClaimLine(
                line=each.line, code=each.code, modifiers=each.modifiers, units=each.units,
                date_of_service=each.date_of_service, charge=f"{each.charge:.2f}",
                expected=None if each.expected is None else f"{each.expected:.2f}",
            )
            for each in claim.lines
        ),
    )  # fmt: skip


def entries_of(batch: Batch) -> list[Entry]:
    """Return the entries of a batch that left: practice, payers, patients, claims."""
    first = batch.claims[0]
    found = [entry("e_practice", None, PracticeRegistered(
        practice=PRACTICE, name="North", npi=first.billing.npi, time_zone="America/New_York",
    ))]  # fmt: skip
    for payer in sorted({each.coverage.payer for each in batch.claims}):
        body = PayerProfileSet(payer=payer, name=payer, payer_id="1", filing_code="MB",
                               appeal_days=120)  # fmt: skip
        found.append(entry(f"e_{payer}", None, body))
    patients = dict.fromkeys(each.patient_id for each in batch.claims)
    found += [entry(f"e_{patient}", patient, PatientRegistered()) for patient in patients]
    for each in batch.claims:
        found.append(entry(each.claim, each.patient_id, prepared(each)))
        body = ClaimSubmitted(claim=each.claim, batch=batch.name, format="837p",
                              file="sha256:" + "0" * 64)  # fmt: skip
        found.append(entry(f"sub_{each.claim}", each.patient_id, body))
    return found


def send(journal: StoredJournal, own: Sequence[Claim]) -> Sent:
    """Store claims as sent, with the file they left in."""
    batch = batch_of(own, control=77)
    journal.append(PRACTICE, entries_of(batch), received_at=SENT_AT)
    office = Office(journal=journal, caller=system_caller(PRACTICE, "test"), now=NOW)
    body = write_837p(replace(batch, made_at=SENT_AT))
    ExchangedFile.objects.using(journal.db.alias).create(
        practice_id=office.book().number, name=batch.name, kind="837p", control=str(batch.control),
        digest=bytes(32), body=body, claims=len(own), made_at=SENT_AT, made_by="system:test",
    )  # fmt: skip
    return Sent(office=office, batch=batch)


CAST = ("pat_ada", "pat_ben", "pat_cleo", "pat_dev", "pat_edie", "pat_gus", "pat_hal")


def cast_claims(count: int, npi: str) -> tuple[Claim, ...]:
    """Return invented claims as if they were of the cast's February, billed under a number."""
    found = []
    for place, each in enumerate(first_claims(count)):
        lines = tuple(replace(line, date_of_service=date(2026, 2, 28), from_on=None)
                      for line in each.lines)  # fmt: skip
        billing = replace(each.billing, npi=npi)
        found.append(replace(each, patient_id=CAST[place % len(CAST)], month="2026-02", lines=lines,
                             billing=billing))  # fmt: skip
    return tuple(found)


def cast_batch(count: int, npi: str) -> Batch:
    """Return claims of the cast in a batch that left in the middle of March."""
    batch = batch_of(cast_claims(count, npi), control=78)
    return replace(batch, made_at=datetime(2026, 3, 2, 14, tzinfo=UTC))


def cast_entries(batch: Batch) -> list[Entry]:
    """Return the entries of claims of the cast; practice, payers and patients are on record."""
    at = batch.made_at
    kept = [each for each in entries_of(batch)
            if isinstance(each.body, ClaimPrepared | ClaimSubmitted | PayerProfileSet)]  # fmt: skip
    return [replace(each, at=at, recorded_at=at) for each in kept]
