"""Making claims of a month: from what was signed to claims that are ready to leave, or say why not.

Preparing twice stores nothing new. What was prepared and then changed on record is prepared anew;
what was submitted stays, and another claim of frequency 7 or 8 stands in for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from caretally.claims.building import (
    Ground,
    Signed,
    claims_of,
    in_place_of,
    once_more,
    taking_back,
)
from caretally.claims.content import claim_of, same_content, text_of
from caretally.claims.records import FIRST, REPLACEMENT, VOID, Claim
from caretally.clock import ServiceMonth
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.entries import ClaimLine, ClaimPrepared, Entry
from caretally.practice.claim_dates import is_asked, reached_in
from caretally.practice.closing import signed_decisions
from caretally.practice.office import Office
from caretally.practice.prices import ground
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.billing_tables import OUTDATED, PREPARED, REJECTED, VOIDED, ClaimCard
from caretally.store.charts import chart_entries
from caretally.store.streams import PATIENT, Stream, locked_book, named_streams

Told = Callable[[int, int], None]
"""How far something is: done and total."""
SENT_NEVER = (PREPARED, REJECTED)
GONE = (OUTDATED, VOIDED)
SELF_PAY = "self_pay"


def in_silence(done: int, total: int) -> None:
    """Tell nobody how far something is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What preparing came to: the claims made, and how many stood already."""

    claims: tuple[Claim, ...]
    standing: int

    @property
    def count(self) -> int:
        """How many claims were made."""
        return len(self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What claims of a month are made with; read once for all patients.

    cards: of the month, by patient, earliest first. streams: by patient.
    """

    office: Office
    month: ServiceMonth
    base: Ground
    cards: Mapping[str, Sequence[ClaimCard]]
    streams: Mapping[str, Stream]
    contents: dict[str, Claim] = field(default_factory=dict)

    def record(self, patient: str) -> PatientRecord:
        """Return the record of a patient."""
        book, shelf = self.office.book(), self.office.journal.desk.shelf
        return record_of(chart_entries(book, self.streams[patient], shelf), patient)

    def content(self, patient: str, claim: str) -> Claim:
        """Return a claim as it was prepared."""
        if claim not in self.contents:
            entries = self.office.journal.desk.shelf.entries(self.office.db, self.streams[patient])
            for entry in entries:
                if isinstance(entry.body, ClaimPrepared):
                    self.contents[entry.body.claim] = claim_of(entry.body.content)
        return self.contents[claim]


def bench(office: Office, month: ServiceMonth, patients: Iterable[str] = ()) -> Bench:
    """Return what claims of a month are made with.

    patients: further ones whose charts are read.
    """
    cards: dict[str, list[ClaimCard]] = {}
    for card in month_cards(office, month):
        cards.setdefault(card.patient, []).append(card)
    names = [PATIENT + patient for patient in {*patients, *cards}]
    streams = named_streams(office.book(), names)
    return Bench(
        office=office, month=month, base=ground(office), cards=cards,
        streams={each.patient or "": each for each in streams.values()},
    )  # fmt: skip


def month_cards(office: Office, month: ServiceMonth) -> list[ClaimCard]:
    """Return the claims of a month, in the order in which they were prepared."""
    cards = ClaimCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, month=str(month)
    )
    return list(cards.order_by("id"))


def require_all_clinics(office: Office) -> None:
    """Pass if the caller handles the claims of all clinics; files are of the whole practice.

    Raises:
        ForbiddenError: not so.
    """
    office.caller.require(HANDLE_CLAIMS)
    if office.clinics(HANDLE_CLAIMS) is not None:
        raise ForbiddenError("claims are made and sent by those who work in all clinics")


def prepare(office: Office, month: ServiceMonth, told: Told = in_silence) -> Prepared:
    """Make claims of everything that was signed for a month, as far as none stands yet.

    Raises:
        ForbiddenError: the caller may not handle claims, or not of all clinics.
    """
    require_all_clinics(office)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        signed = signed_decisions(office, month)
        desk = bench(office, month, [each.card.patient for each in signed])
        made: list[Claim] = []
        drafts = 0
        for done, each in enumerate(signed, 1):
            found = drafted(desk, Signed(decision=each.card.decision, patient=each.card.patient,
                                         month=month, lines=each.lines))  # fmt: skip
            drafts += len(found)
            made += next_claims(desk, each.card.patient, each.card.decision, found)
            told(done, len(signed))
        office.append([prepared_entry(office, claim) for claim in made])
    return Prepared(claims=tuple(made), standing=drafts - len(made))


def drafted(desk: Bench, signed: Signed) -> tuple[Claim, ...]:
    """Return the claims a signed decision comes to by itself; none to patients who pay themselves.

    Lines that nobody covers make a claim too, so that a check can say what is missing.
    """
    record = desk.record(signed.patient)
    if is_asked(desk.base.profiles):
        stream = desk.streams[signed.patient]
        found = reached_in(desk.office, stream, record, desk.month, signed.lines)
        signed = Signed(decision=signed.decision, patient=signed.patient, month=signed.month,
                        lines=signed.lines, reached=found)  # fmt: skip
    made = claims_of(signed, record, desk.base)
    return tuple(each for each in made if each.coverage.payer != SELF_PAY)


def next_claims(
    desk: Bench, patient: str, decision: str, drafts: Sequence[Claim]
) -> Iterable[Claim]:
    """Yield the claims to prepare beside those that stand."""
    cards = desk.cards.get(patient, ())
    for draft in drafts:
        found = next_claim(desk, draft, [c for c in cards if c.payer == draft.coverage.payer])
        if found is not None:
            yield found
    asked = {draft.coverage.payer for draft in drafts}
    for card in cards:
        is_asked_again = card.payer in asked or decision in json.loads(card.decisions)
        is_alive = stands(card) and card.state not in SENT_NEVER
        if is_alive and not is_asked_again and not is_taken_back(desk, cards, card):
            again = next((each.claim for each in reversed(in_place(cards, card, VOID))), "")
            yield taking_back(desk.content(patient, card.claim), (decision,), card.number, again)


def stands(card: ClaimCard) -> bool:
    """Tell whether a claim still asks for something."""
    return card.state not in GONE and card.frequency != VOID


def in_place(cards: Sequence[ClaimCard], card: ClaimCard, frequency: str) -> list[ClaimCard]:
    """Return the claims of a frequency that were made to stand in for one, earliest first."""
    return [each for each in cards if (each.replaces, each.frequency) == (card.claim, frequency)]


def is_taken_back(desk: Bench, cards: Sequence[ClaimCard], card: ClaimCard) -> bool:
    """Tell whether a claim that takes one back is there, and can leave or has left."""
    return any(
        other.state not in (REJECTED, OUTDATED) and not lacks_number(desk, other, card.number)
        for other in in_place(cards, card, VOID)
    )


def lacks_number(desk: Bench, card: ClaimCard, number: str) -> bool:
    """Tell whether a claim waits for the payer's number of another one, which is known by now."""
    if card.state != PREPARED or not number:
        return False
    return desk.content(card.patient, card.claim).payer_claim_number != number


def next_claim(desk: Bench, draft: Claim, cards: Sequence[ClaimCard]) -> Claim | None:
    """Return the claim to prepare for a draft; None where what stands asks for it."""
    standing = [card for card in cards if stands(card)]
    if not standing:
        return once_more(desk.content(draft.patient_id, cards[-1].claim), draft) if cards else draft
    last = standing[-1]
    old = desk.content(draft.patient_id, last.claim)
    is_same, is_signed = same_content(old, draft), old.decisions == draft.decisions
    if last.state not in SENT_NEVER:
        return None if is_same or is_signed else in_place_of(old, draft, last.number)
    if old.frequency == FIRST:
        return None if is_same and is_signed else once_more(old, draft)
    number = next((card.number for card in cards if card.claim == old.replaces), "")
    if is_same and is_signed and number in ("", old.payer_claim_number):
        return None
    first = desk.content(draft.patient_id, old.replaces)
    return in_place_of(first, draft, number, again=last.claim)


def prepared_entry(office: Office, claim: Claim) -> Entry:
    """Return the entry of a claim that was prepared; its id is the claim's."""
    body = ClaimPrepared(
        claim=claim.claim, control_number=claim.control_number, month=claim.month,
        frequency=claim.frequency, replaces=claim.replaces or None, payer=claim.coverage.payer,
        decisions=claim.decisions, total=f"{claim.total:.2f}",
        lines=tuple(
            ClaimLine(
                line=line.line, code=line.code, modifiers=line.modifiers, units=line.units,
                date_of_service=line.date_of_service, charge=f"{line.charge:.2f}",
                expected=None if line.expected is None else f"{line.expected:.2f}",
            )
            for line in claim.lines
        ),
        content=text_of(claim),
    )  # fmt: skip
    return office.filing(claim.patient_id, entry_id=claim.claim).entry(body)


def correct(office: Office, card: ClaimCard, *, void: bool) -> Claim:
    """Prepare a claim in place of one that was submitted, or one that takes it back.

    For what was wrong on record and is right now; the decision stays. It is not submitted yet.

    Raises:
        ForbiddenError: the caller may not handle claims.
        InputError: nothing is signed any more, or nothing would be different.
    """
    office.caller.require(HANDLE_CLAIMS)
    month = ServiceMonth.parse(card.month)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        desk = bench(office, month, [card.patient])
        cards = desk.cards.get(card.patient, ())
        earlier = in_place(cards, card, VOID if void else REPLACEMENT)
        new = corrected(desk, card, void=void, again="")
        last = earlier[-1] if earlier else None
        if last is not None and last.state not in (REJECTED, OUTDATED):
            held = desk.content(card.patient, last.claim)
            if same_content(held, new) and not lacks_number(desk, last, card.number):
                return held
        if new.claim in {each.claim for each in cards}:
            new = corrected(desk, card, void=void, again=last.claim if last else "")
        office.append([prepared_entry(office, new)])
    return new


def corrected(desk: Bench, card: ClaimCard, *, void: bool, again: str) -> Claim:
    """Return the claim in place of one that was submitted, or the one that takes it back.

    Raises:
        InputError: as `draft_of`.
    """
    old = desk.content(card.patient, card.claim)
    if void:
        return taking_back(old, (), card.number, again)
    return in_place_of(old, draft_of(desk, card), card.number, again)


def draft_of(desk: Bench, card: ClaimCard) -> Claim:
    """Return what a submitted claim would ask for, made anew from the same signed decision.

    Raises:
        InputError: the decision is not signed any more.
    """
    signed = [
        e for e in signed_decisions(desk.office, desk.month) if e.card.patient == card.patient
    ]
    for each in signed:
        found = drafted(desk, Signed(decision=each.card.decision, patient=card.patient,
                                     month=desk.month, lines=each.lines))  # fmt: skip
        for draft in found:
            if draft.coverage.payer == card.payer:
                return draft
    raise InputError([nothing_signed(card)])


def nothing_signed(card: ClaimCard) -> Problem:
    """Return the problem of a month of which nothing is signed for a payer."""
    return Problem(
        where=f"claim {card.claim}", field="decisions", found="no signed line for this payer",
        hint="sign the month's decision; to take the claim back, void it",
    )  # fmt: skip


def total_of(cards: Iterable[ClaimCard]) -> Decimal:
    """Return the sum of the charges of claims."""
    return Decimal(sum(card.total for card in cards)) / 100
