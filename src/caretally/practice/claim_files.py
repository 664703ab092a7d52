"""Claims leave in a file: what stops nothing goes, and everything that left is kept to the byte.

A file is written and checked before anybody is kept waiting. Then it is stored, its claims are
marked and told as disclosed, in one transaction or not at all. The same step again finds nothing
to send and gives the same file once more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from caretally.claims.csv_writer import write_csv
from caretally.claims.extras import has_gate
from caretally.claims.fhir_claims import write_fhir
from caretally.claims.findings import STOP, Finding
from caretally.claims.parties import digits
from caretally.claims.records import VOID, Batch, Claim, Sender
from caretally.claims.x12.gate import second_opinion
from caretally.claims.x12.writing import write_837p
from caretally.clock import ServiceMonth
from caretally.errors import ConflictError, InputError, Problem, UnknownError
from caretally.journal.entries import BillingProfileSet, ClaimSubmitted
from caretally.practice.claim_findings import Examined, examined, standards
from caretally.practice.claiming import Told, in_silence, month_cards, require_all_clinics
from caretally.practice.closing import signed_decisions
from caretally.practice.disclosures import Disclosure, record_disclosure
from caretally.practice.office import Office
from caretally.practice.prices import home_profile, profiles
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.billing_tables import PREPARED, ClaimCard, ExchangedFile
from caretally.store.models import Practice
from caretally.store.streams import locked_book

Write = Callable[[Batch], bytes]
WRITERS: Mapping[str, Write] = {"837p": write_837p, "fhir": write_fhir, "csv": write_csv}
X12 = "837p"
MOST_TRIES = 5
PRODUCTION, TEST = "P", "T"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What shall leave.

    claims: only these; empty for all that are ready. is_test: marked as a test and not submitted.
    """

    month: ServiceMonth
    form: str = X12
    is_test: bool = False
    all_or_nothing: bool = False
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file of claims.

    is_new: whether this step made it. stopped: claims that stay, with what stops them.
    """

    name: str
    body: bytes
    claims: int
    is_new: bool
    stopped: tuple[Examined, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the file, as entries name it."""
        return f"sha256:{sha256(self.body).hexdigest()}"


def ready(office: Office, wanted: Wanted, told: Told = in_silence) -> tuple[Examined, ...]:
    """Return the claims of a month that were prepared and not submitted, with what is wrong.

    Raises:
        ForbiddenError: the caller may not handle claims, or not of all clinics.
    """
    require_all_clinics(office)
    cards = [card for card in month_cards(office, wanted.month) if card.state == PREPARED]
    if wanted.claims:
        cards = [card for card in cards if card.claim in wanted.claims]
    held = standards(office, wanted.month) if cards else None
    found: list[Examined] = []
    for done, card in enumerate(cards, 1):
        assert held is not None
        found.append(examined(held, card))
        told(done, len(cards))
    return tuple(found)


def send(office: Office, wanted: Wanted, told: Told = in_silence) -> Sent:
    """Write a file of the claims that nothing stops, and mark them as submitted.

    Where nothing is left to submit, the last file of the month comes again. Reading, writing and
    checking hold nobody up; only storing does, and it begins again where others were quicker.

    Raises:
        ForbiddenError: the caller may not handle claims.
        InputError: the practice has no billing profile, or nothing at all can leave.
        ConflictError: something stops a claim, and all shall leave or none; or others keep changing
            these claims.
    """
    require_all_clinics(office)
    for _ in range(MOST_TRIES):
        going, stopped = parted(ready(office, wanted, told))
        if stopped and wanted.all_or_nothing:
            raise ConflictError(problems_of(stopped))
        if not going:
            return last_file(office, wanted, stopped)
        batch, body, further = written(office, wanted, going)
        stopped += further
        if further and wanted.all_or_nothing:
            raise ConflictError(problems_of(stopped))
        sent = Sent(name=batch.name, body=body, claims=len(batch.claims), is_new=True,
                    stopped=stopped)  # fmt: skip
        if wanted.is_test or stored(office, wanted, (batch, sent)):
            return sent
    raise ConflictError([Problem(
        where=f"claims of {wanted.month}", found="changed by others while the file was written",
        hint="try again",
    )])  # fmt: skip


def stored(office: Office, wanted: Wanted, made: tuple[Batch, Sent]) -> bool:
    """Store a file in one transaction, if its claims are as they were when it was written."""
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if not is_still_ready(office, wanted, made[0]):
            return False
        keep(office, wanted, made, book.number)
    return True


def is_still_ready(office: Office, wanted: Wanted, batch: Batch) -> bool:
    """Tell whether nobody sent the claims of a batch, or changed what was signed, meanwhile."""
    states = {card.claim: card.state for card in month_cards(office, wanted.month)}
    signed = {each.card.decision for each in signed_decisions(office, wanted.month)}
    return next_control(office) == batch.control and all(
        states.get(claim.claim) == PREPARED
        and (claim.frequency == VOID or signed.issuperset(claim.decisions))
        for claim in batch.claims
    )


def parted(found: Sequence[Examined]) -> tuple[tuple[Examined, ...], tuple[Examined, ...]]:
    """Return the claims that may leave, and those that something stops."""
    return (
        tuple(each for each in found if each.leaves),
        tuple(each for each in found if not each.leaves),
    )


def problems_of(stopped: Sequence[Examined]) -> list[Problem]:
    """Return what stops claims, by claim."""
    return [
        finding.problem(f"claim {each.card.control_number} of {each.card.patient}")
        for each in stopped
        for finding in each.findings
        if finding.stops
    ]


def written(
    office: Office, wanted: Wanted, going: Sequence[Examined]
) -> tuple[Batch, bytes, tuple[Examined, ...]]:
    """Return the batch and its file; claims the writer refuses are left out and returned.

    Raises:
        InputError: the file cannot be written at all, or the independent checker refuses it.
    """
    left, refused = list(going), list[Examined]()
    while True:
        batch = batch_of(office, wanted, [each.claim for each in left])
        try:
            body = WRITERS[wanted.form](batch)
        except InputError as error:
            found = refused_by_writer(left, error)
            if not found or len(found) == len(left):
                raise
            refused += found
            names = {each.claim.claim for each in found}
            left = [each for each in left if each.claim.claim not in names]
            continue
        errors = second_opinion(body) if wanted.form == X12 and has_gate() else ()
        if errors:
            raise InputError([Problem(where="file checked by pyx12", found=each,
                                      hint="report this: our own checks should have seen it")
                              for each in errors])  # fmt: skip
        return batch, body, tuple(refused)


def refused_by_writer(going: Sequence[Examined], error: InputError) -> list[Examined]:
    """Return the claims that a writer refuses, with what it says of them."""
    by_claim: dict[str, list[Finding]] = {}
    for each in error.problems:
        finding = Finding(edit="can_be_written", severity=STOP, field=each.field,
                          found=each.found, mend=f"expected {each.expected}")  # fmt: skip
        by_claim.setdefault(each.where, []).append(finding)
    return [
        replace(each, findings=(*each.findings, *by_claim[each.claim.claim]))
        for each in going
        if each.claim.claim in by_claim
    ]


def batch_of(office: Office, wanted: Wanted, claims: Sequence[Claim]) -> Batch:
    """Return claims as one batch, in an order of their own.

    A test is dated by the month it is of, so that the same test is the same file.

    Raises:
        InputError: the practice has no billing profile.
    """
    ordered = tuple(sorted(claims, key=lambda claim: (claim.patient_id, claim.control_number)))
    names = "\n".join((wanted.form, *(claim.claim for claim in ordered)))
    digest = sha256(names.encode()).hexdigest()
    made_at, control = office.now.replace(microsecond=0), next_control(office)
    if wanted.is_test:
        made_at, control = midnight_after(wanted.month, office.now), 1
    return Batch(
        name=f"bat_{digest[:32]}", control=control, made_at=made_at, claims=ordered,
        sender=sender_of(office, usage=TEST if wanted.is_test else PRODUCTION),
    )  # fmt: skip


def midnight_after(month: ServiceMonth, now: datetime) -> datetime:
    """Return the first instant after a month, in UTC."""
    day = month.next().first_day
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)


def next_control(office: Office) -> int:
    """Return the next interchange control number of the practice."""
    rows = office.db.rows(
        "SELECT control FROM store_exchangedfile WHERE practice_id = %s AND kind IN "
        "('837p', 'fhir', 'csv')", office.book().number,
    )  # fmt: skip
    return max((int(row[0]) for row in rows if str(row[0]).isdigit()), default=0) + 1


def sender_of(office: Office, *, usage: str) -> Sender:
    """Return who sends files of claims to whom.

    Raises:
        InputError: the practice has no billing profile.
    """
    profile: BillingProfileSet | None = home_profile(profiles(office), office.practice)
    if profile is None:
        raise InputError([Problem(
            where="claims", field="billing profile", found="none",
            hint="enter the practice's billing profile on the page of claims",
        )])  # fmt: skip
    return Sender(
        name=profile.legal_name, submitter_id=profile.submitter_id, contact=profile.contact,
        phone=digits(profile.phone), receiver_name=profile.receiver_name,
        receiver_id=profile.receiver_id, usage=usage,
    )  # fmt: skip


def keep(office: Office, wanted: Wanted, made: tuple[Batch, Sent], practice: int) -> None:
    """Store a file, mark its claims, and tell what was disclosed."""
    batch, sent = made
    ExchangedFile.objects.using(office.db.alias).create(
        practice=Practice.objects.using(office.db.alias).get(pk=practice), name=batch.name,
        kind=wanted.form, control=str(batch.control), digest=bytes.fromhex(sent.digest[7:]),
        body=sent.body, claims=len(batch.claims), made_at=batch.made_at,
        made_by=office.caller.actor, says=json.dumps({"month": str(wanted.month)}),
    )  # fmt: skip
    office.append([
        office.filing(claim.patient_id, entry_id=f"{batch.name}_{claim.control_number}").entry(
            ClaimSubmitted(claim=claim.claim, batch=batch.name, format=wanted.form,
                           file=sent.digest)
        )
        for claim in batch.claims
    ])  # fmt: skip
    for claim in batch.claims:
        record_disclosure(
            office.db,
            Disclosure(practice=office.practice, patient=claim.patient_id,
                       actor=office.caller.actor, to=claim.coverage.name,
                       what=f"claim {claim.claim} in {batch.name}", why="payment"),
            office.now,
        )  # fmt: skip


def month_files(office: Office, month: ServiceMonth) -> list[ExchangedFile]:
    """Return the files of claims of a month, the latest first.

    Raises:
        ForbiddenError: the caller may not handle claims.
    """
    office.caller.require(HANDLE_CLAIMS)
    batches = {card.batch for card in month_cards(office, month)} - {""}
    files = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, name__in=batches
    )
    return list(files.order_by("-id"))


def last_file(office: Office, wanted: Wanted, stopped: tuple[Examined, ...]) -> Sent:
    """Return the last file of a month once more.

    Raises:
        ConflictError: none was made, and something stops every claim.
        InputError: none was made, and there is no claim.
    """
    for file in month_files(office, wanted.month):
        if file.kind == wanted.form and not wanted.is_test:
            return Sent(name=file.name, body=bytes(file.body), claims=file.claims, is_new=False,
                        stopped=stopped)  # fmt: skip
    if stopped:
        raise ConflictError(problems_of(stopped))
    raise InputError([Problem(
        where=f"claims of {wanted.month}", found="none that are ready and not submitted",
        hint="close the month, sign its decisions and prepare its claims first",
    )])  # fmt: skip


def file_named(office: Office, name: str) -> ExchangedFile:
    """Return a file of claims as it left; that it is taken once more is told of every claim.

    Raises:
        ForbiddenError: the caller may not handle claims.
        UnknownError: there is none.
    """
    require_all_clinics(office)
    files = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, name=name, kind__in=sorted(WRITERS)
    )
    found: ExchangedFile | None = files.first()
    if found is None:
        raise UnknownError("no file of claims of this name")
    for card in ClaimCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, batch=name
    ):
        told = Disclosure(
            practice=office.practice, patient=card.patient, to=office.caller.login,
            what=f"claim {card.claim} in {name}", why="file taken", actor=office.caller.actor,
        )  # fmt: skip
        record_disclosure(office.db, told, office.now)
    return found
