"""Files of answers as a person sees them: the list, one file, and answers nobody could place.

What a file says is read again from its stored bytes; what became of each answer is asked of the
journal. Nothing about it is kept twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caretally.claims.answers import ClaimAnswer, Remittance
from caretally.claims.balancing import Imbalance
from caretally.claims.matching import AskedClaim, Match
from caretally.claims.x12.reading import read_file
from caretally.errors import InputError, Problem, UnknownError
from caretally.practice.office import Office
from caretally.practice.remitting import (
    Heard,
    Posting,
    allowed,
    planned,
)
from caretally.practice.remitting_again import REMITTANCE
from caretally.practice.remitting_claims import asked_claims, proposals, stored_ids
from caretally.practice.remitting_entries import Place, answer_entry, remittance_entry
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.access import Access, record_access
from caretally.store.gathering import stored_entries
from caretally.store.models import ExchangedFile
from caretally.store.streams import locked_book

KINDS = ("999", "277ca", REMITTANCE)
PAGE = 50
MOST_PROPOSED = 100
"""Answers of one payment for which claims that look alike are looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file of answers as a list shows it.

    said: what became of it when it came.
    """

    name: str
    kind: str
    made_at: datetime
    made_by: str
    said: Mapping[str, Any]

    @property
    def off(self) -> int:
        """How many of its payments do not add up."""
        return sum(bool(each["off"]) for each in self.said.get("remittances", ()))

    @property
    def claims(self) -> int:
        """How many answers to claims it holds."""
        return sum(each["claims"] for each in self.said.get("remittances", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """An answer to a claim: what was told, whose claim it is, whether it is posted.

    claim: the one it was posted to, or would be. proposed: those a person may choose from.
    """

    number: int
    told: ClaimAnswer
    claim: AskedClaim | None
    by: str
    is_posted: bool
    proposed: tuple[AskedClaim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceShown:
    """A payment with its answers."""

    number: int
    remittance: str
    told: Remittance
    off: tuple[Imbalance, ...]
    answers: tuple[AnswerShown, ...]

    @property
    def unplaced(self) -> tuple[AnswerShown, ...]:
        """Answers that belong to no claim yet."""
        return tuple(each for each in self.answers if not each.is_posted)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """One file with everything in it."""

    row: FileRow
    remittances: tuple[RemittanceShown, ...]
    heard: tuple[Heard, ...]


def files(office: Office, number: int = 1) -> tuple[tuple[FileRow, ...], int]:
    """Return a page of the files that came, the latest first, and how many pages there are.

    Raises:
        ForbiddenError: the caller may not handle claims.
    """
    allowed(office)
    held = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, kind__in=KINDS
    )
    count = held.count()
    pages = max(1, -(-count // PAGE))
    first = (max(1, min(number, pages)) - 1) * PAGE
    rows = held.defer("body").order_by("-made_at", "-pk")[first : first + PAGE]
    return tuple(row_of(each) for each in rows), pages


def row_of(held: ExchangedFile) -> FileRow:
    """Return a file as a list shows it."""
    return FileRow(name=held.name, kind=held.kind, made_at=held.made_at, made_by=held.made_by,
                   said=json.loads(held.says))  # fmt: skip


def held_named(office: Office, name: str) -> ExchangedFile:
    """Return a stored file.

    Raises:
        ForbiddenError: the caller may not handle claims.
        UnknownError: there is none of this name.
    """
    allowed(office)
    found = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, kind__in=KINDS, name=name
    )
    held: ExchangedFile | None = found.first()
    if held is None:
        raise UnknownError("no file of this name came")
    return held


def file_shown(office: Office, name: str) -> FileShown:
    """Return one file with everything in it; the look is told in the access chain.

    Raises:
        ForbiddenError, UnknownError: the caller may not see it.
    """
    held = held_named(office, name)
    plan = planned(office, read_file(bytes(held.body)), bytes(held.digest))
    told = Access(practice=office.practice, patient=None, actor=office.caller.actor,
                  purpose=f"answers of payers {name}")  # fmt: skip
    record_access(office.db, told, office.now)
    return FileShown(
        row=row_of(held), heard=plan.heard,
        remittances=tuple(remittance_shown(office, each) for each in plan.postings),
    )  # fmt: skip


def remittance_shown(office: Office, posting: Posting) -> RemittanceShown:
    """Return a payment with what became of its answers; claims are proposed for the first."""
    places = [answer_place(posting, number) for number, _ in enumerate(posting.matches, 1)]
    posted = posted_to(office, [each.entry_id for each in places])
    pairs = list(zip(posting.told.claims, posting.matches, places, strict=True))
    lost = [place.answer for _, match, place in pairs
            if match.claim is None and place.entry_id not in posted][:MOST_PROPOSED]  # fmt: skip
    claims = asked_claims(office) if lost else []
    alike = {
        place.answer: proposals(office, answer, claims)
        for answer, _, place in pairs
        if place.answer in lost
    }
    return RemittanceShown(
        number=posting.number, remittance=posting.place.remittance_id,
        told=posting.told, off=posting.off,
        answers=tuple(
            answer_shown((answer, match, place), posted, alike.get(place.answer, ()))
            for answer, match, place in pairs
        ),
    )  # fmt: skip


def answer_place(posting: Posting, number: int) -> Place:
    """Return where an answer of a payment stands."""
    place = posting.place
    return Place(digest=place.digest, remittance=place.remittance, answer=number)


def answer_shown(
    told: tuple[ClaimAnswer, Match, Place],
    posted: Mapping[str, AskedClaim],
    alike: tuple[AskedClaim, ...],
) -> AnswerShown:
    """Return an answer with what became of it."""
    answer, match, place = told
    found = posted.get(place.entry_id)
    if found is not None:
        by = match.by if match.claim == found else "a person"
        return AnswerShown(number=place.answer, told=answer, claim=found, by=by, is_posted=True)
    return AnswerShown(number=place.answer, told=answer, claim=match.claim, by=match.by,
                       is_posted=False, proposed=alike)  # fmt: skip


def posted_to(office: Office, ids: list[str]) -> dict[str, AskedClaim]:
    """Return the claims that answers were posted to, by the ids of their entries."""
    have = stored_ids(office, ids)
    bodies = {each.entry.id: getattr(each.entry.body, "claim", "")
              for each in stored_entries(office.book(), have)}  # fmt: skip
    by_id = {each.claim: each for each in asked_claims(office)} if bodies else {}
    return {name: by_id[claim] for name, claim in bodies.items() if claim in by_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Which answer of which payment of a file belongs to which claim."""

    file: str
    remittance: int
    answer: int
    claim: str


def place_answer(office: Office, placing: Placing) -> None:
    """Post an answer to the claim a person says it is about.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or there is no such file.
        InputError: no such answer or claim, it is posted already, or the payment does not add up.
    """
    held = held_named(office, placing.file)
    read = read_file(bytes(held.body))
    with office.db.atomic():
        locked_book(office.db, office.practice)
        plan = planned(office, read, bytes(held.digest))
        posting = next((p for p in plan.postings if p.number == placing.remittance), None)
        claim = next((c for c in asked_claims(office) if c.claim == placing.claim), None)
        if claim is None:
            raise refusal("claim", "no claim", "one of the practice's claims")
        if posting is None or not 1 <= placing.answer <= len(posting.told.claims):
            raise refusal("answer", "no such answer", "one that stands in the file")
        if posting.off:
            raise refusal("answer", "a payment that does not add up", "one that does")
        place = answer_place(posting, placing.answer)
        if stored_ids(office, [place.entry_id]):
            raise refusal("answer", "one that is posted", "one that belongs to no claim yet")
        told = posting.told
        whole = remittance_entry(office, place, told, posting.unmatched)
        entries = [
            answer_entry(office, place, (told.claims[placing.answer - 1], told.paid_on), claim)
        ]
        if not stored_ids(office, [whole.id]):
            entries.insert(0, whole)
        office.append(entries)


def refusal(field: str, found: str, expected: str) -> InputError:
    """Return why an answer was not posted."""
    return InputError([Problem(where="form", field=field, found=found, expected=expected)])


def may_import(office: Office) -> bool:
    """Tell whether the caller may bring answers in."""
    return office.caller.may(HANDLE_CLAIMS) and office.clinics(HANDLE_CLAIMS) is None
