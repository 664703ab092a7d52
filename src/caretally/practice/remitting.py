"""Takes files of payers' answers in: recognized, balanced, matched, posted in one transaction.

A payment is posted whole or not at all: what does not add up to the cent is kept and shown, never
posted in part. The same file again stores nothing twice; what it could not place the first time,
such as an answer to a claim that was imported later, is placed then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caretally.claims.answers import Acknowledged, Remittance
from caretally.claims.balancing import Imbalance, imbalances
from caretally.claims.matching import AskedClaim, Known, Match, known, match_claim
from caretally.claims.x12.reading import Interchange, read_file
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.entries import Entry
from caretally.practice.office import Office
from caretally.practice.remitting_again import placed, told_before
from caretally.practice.remitting_claims import (
    asked_claims,
    claims_of_batch,
    numbered_claims,
    stored_ids,
)
from caretally.practice.remitting_entries import (
    Place,
    acknowledgment_entry,
    answer_entry,
    remittance_entry,
)
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.models import ExchangedFile
from caretally.store.streams import locked_book

MOST_BYTES = 64 * 1024 * 1024
AT_ONCE = 200
"""Entries appended together, so that progress can be told between."""
Progress = Callable[[int], None]
"""Told how many entries are posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A remittance and what becomes of it.

    number: its place in the file. place: where it stands, in the file that told it first. off: what
    does not add up; nothing is posted where anything is off. matches: of its answers.
    """

    number: int
    place: Place
    told: Remittance
    off: tuple[Imbalance, ...]
    matches: tuple[Match, ...]

    @property
    def unmatched(self) -> int:
        """How many answers belong to no known claim."""
        return sum(each.claim is None for each in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An acknowledgment, and the claims it is about; none where they are unknown."""

    told: Acknowledged
    claims: tuple[AskedClaim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file.

    name: of the stored file. is_known: the same file came before. posted: entries written now.
    """

    name: str
    kind: str
    digest: bytes
    postings: tuple[Posting, ...]
    heard: tuple[Heard, ...]
    is_known: bool = False
    posted: int = 0


def import_answers(
    office: Office, body: bytes, *, dry_run: bool = False, progress: Progress | None = None
) -> Taken:
    """Take a file of answers in; with `dry_run` only say what would become of it.

    Raises:
        ForbiddenError: the caller may not handle claims of all clinics.
        InputError: it is no file of answers, cannot be read, or pays somebody else.
    """
    allowed(office)
    read = readable(body)
    refuse_foreign(office, read.remittances)
    digest = hashlib.sha256(body).digest()
    if dry_run:
        return planned(office, read, digest)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        plan = planned(office, read, digest)
        is_known = is_stored(office, plan)
        if not is_known:
            keep(office, plan, body)
        fresh = without_stored(office, entries_of(office, plan))
        post(office, fresh, progress)
    return Taken(
        name=plan.name, kind=plan.kind, digest=digest, postings=plan.postings, heard=plan.heard,
        is_known=is_known, posted=len(fresh),
    )  # fmt: skip


def allowed(office: Office) -> None:
    """Pass if the caller may handle the claims of the whole practice.

    Raises:
        ForbiddenError: not so; a file speaks of patients of all clinics.
    """
    office.caller.require(HANDLE_CLAIMS)
    if office.clinics(HANDLE_CLAIMS) is not None:
        raise ForbiddenError("answers of payers are for those who handle claims of all clinics")


def readable(body: bytes) -> Interchange:
    """Return what stands in a file.

    Raises:
        InputError: it is too large, or no file of answers.
    """
    if len(body) > MOST_BYTES:
        raise InputError([Problem(where="file", field="file", found=f"{len(body):,} bytes",
                                  expected=f"at most {MOST_BYTES:,}")])  # fmt: skip
    return read_file(body)


def own_npis(office: Office) -> frozenset[str]:
    """Return the numbers under which the practice, its clinics and its people may be paid."""
    register = office.register()
    staff = (each.npi for told in register.staff.values() for each in told)
    return frozenset(filter(None, [*(each.npi for each in register.practices.values()), *staff]))


def refuse_foreign(office: Office, remittances: Sequence[Remittance]) -> None:
    """Refuse a file that pays somebody else; nothing of it is kept, it is not ours to read.

    Raises:
        InputError: so it is.
    """
    if not remittances:
        return
    own = own_npis(office)
    problems = [
        Problem(where=f"remittance {number}", field="payee",
                found=f"NPI {each.payee_npi or 'none'}",
                expected="an NPI of this practice, its clinics or its practitioners",
                hint="give the file to the practice that is paid, or record the missing NPI")
        for number, each in enumerate(remittances, 1)
        if each.payee_npi not in own
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def planned(office: Office, read: Interchange, digest: bytes) -> Taken:
    """Return what would become of a file."""
    among = known_of(office, read)
    before = told_before(office, read.remittances, digest) if read.remittances else []
    postings: list[Posting] = []
    for number, each in enumerate(read.remittances, 1):
        place, off = placed(office, each, Place(digest=digest, remittance=number), before)
        before.append((place, each))
        postings.append(Posting(
            number=number, place=place, told=each, off=(*imbalances(each), *off),
            matches=tuple(match_claim(answer, among) for answer in each.claims),
        ))  # fmt: skip
    heard = tuple(Heard(told=each, claims=meant(office, each, among))
                  for each in read.acknowledged)  # fmt: skip
    return Taken(name=f"ans_{digest.hex()[:32]}", kind=read.kind, digest=digest,
                 postings=tuple(postings), heard=heard)  # fmt: skip


def known_of(office: Office, read: Interchange) -> Known:
    """Return the claims that a file names, by their numbers."""
    answers = [answer for each in read.remittances for answer in each.claims]
    controls = {each.control_number for each in answers}
    controls |= {each.control_number for each in read.acknowledged}
    numbers = {each.payer_claim_number for each in answers}
    found = [*asked_claims(office, controls), *numbered_claims(office, numbers)]
    return known({each.claim: each for each in found}.values())


def meant(office: Office, told: Acknowledged, among: Known) -> tuple[AskedClaim, ...]:
    """Return the claims that an acknowledgment is about: one, or all that left in a file."""
    if told.control_number:
        found = among.by_control.get(told.control_number)
        return (found,) if found is not None else ()
    return tuple(claims_of_batch(office, int(told.group))) if told.group.isdigit() else ()


def entries_of(office: Office, plan: Taken) -> list[Entry]:
    """Return the entries of everything in a file that adds up and has a claim.

    Raises:
        InputError: something cannot be kept as it is.
    """
    entries = [
        acknowledgment_entry(office, each.told, claim, plan.digest)
        for each in plan.heard
        for claim in each.claims
    ]
    for posting in plan.postings:
        if not posting.off:
            entries += posted_of(office, posting)
    return list({each.id: each for each in entries}.values())


def posted_of(office: Office, posting: Posting) -> list[Entry]:
    """Return the entries of a remittance: of the payment, then of each answer with a claim."""
    told, place = posting.told, posting.place
    found = [remittance_entry(office, place, told, posting.unmatched)]
    for number, (answer, match) in enumerate(zip(told.claims, posting.matches, strict=True), 1):
        if match.claim is not None:
            own = Place(digest=place.digest, remittance=place.remittance, answer=number)
            found.append(answer_entry(office, own, (answer, told.paid_on), match.claim))
    return found


def without_stored(office: Office, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that are not stored yet; an answer has the same id whenever it is read."""
    have = stored_ids(office, [each.id for each in entries])
    return [each for each in entries if each.id not in have]


def post(office: Office, entries: Sequence[Entry], progress: Progress | None) -> None:
    """Append entries, and tell between how many are done."""
    for start in range(0, len(entries), AT_ONCE):
        office.append(entries[start : start + AT_ONCE])
        if progress is not None:
            progress(min(start + AT_ONCE, len(entries)))


def is_stored(office: Office, plan: Taken) -> bool:
    """Tell whether the same file came before."""
    found = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, kind=plan.kind, digest=plan.digest
    )
    return bool(found.exists())


def keep(office: Office, plan: Taken, body: bytes) -> None:
    """Keep a file as it came, with what became of it."""
    ExchangedFile.objects.using(office.db.alias).create(
        practice_id=office.book().number, name=plan.name, kind=plan.kind, digest=plan.digest,
        body=body, made_at=office.now, made_by=office.caller.actor, says=json.dumps(said_of(plan)),
        claims=sum(len(each.told.claims) for each in plan.postings)
        + sum(len(each.claims) for each in plan.heard),
    )  # fmt: skip


def said_of(plan: Taken) -> dict[str, object]:
    """Return what a list of files shows of one."""
    return {
        "remittances": [
            {"remittance": each.place.remittance_id, "payer": each.told.payer,
             "trace": each.told.trace, "paid": f"{each.told.paid:.2f}",
             "paid_on": each.told.paid_on.isoformat(), "claims": len(each.told.claims),
             "off": len(each.off)}
            for each in plan.postings
        ],
        "accepted": sum(each.told.is_accepted for each in plan.heard),
        "rejected": sum(not each.told.is_accepted for each in plan.heard),
        "unknown": sum(not each.claims for each in plan.heard),
    }  # fmt: skip
