"""Signatures: a practitioner stands for decisions of a closed month, or returns them.

A signer may withhold a line and never add one. By the practice's policy nobody signs what only they
logged time for; a practitioner who is alone may, and it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from caretally.billability.close import STATEMENT, named, needs_other_eyes
from caretally.clock import ServiceMonth, midnight
from caretally.errors import ForbiddenError, InputError, Problem, UnknownError
from caretally.journal.drafts import Draft
from caretally.journal.entries import (
    DecisionReturned,
    DecisionSigned,
    Entry,
    EntryVoided,
    WithheldLine,
)
from caretally.journal.register import Register, covers
from caretally.practice.closing import changed_streams
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.roles import SIGN_DECISIONS
from caretally.practice.timing_people import PRACTITIONERS
from caretally.store.billing_tables import MADE, REPLACED, RETURNED, SIGNED, ClaimCard, DecisionCard
from caretally.store.decision_cards import decode_lines, decode_words
from caretally.store.models import Membership
from caretally.store.streams import OWN, PATIENT, locked_book, named_streams

SINGLE, BULK = "single", "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A signature to be given.

    entry_id: made by the page, so that the same form sent twice signs once.
    """

    decision: str
    withheld: tuple[WithheldLine, ...] = ()
    entry_id: str = ""


def signer(office: Office) -> str:
    """Return the staff id under which the caller signs.

    Raises:
        ForbiddenError: the caller may not sign, or is no practitioner on record today.
    """
    office.caller.require(SIGN_DECISIONS)
    staff = office.caller.staff
    if not staff or not is_practitioner(office.register(), staff, office.today()):
        raise ForbiddenError("only practitioners on record as staff of this practice may sign")
    return staff


def is_practitioner(register: Register, staff: str, day: date) -> bool:
    """Tell whether somebody is on record as a practitioner on a date."""
    return any(
        each.role in PRACTITIONERS and covers(day, each.from_on, each.to_on)
        for each in register.staff.get(staff, ())
    )


def other_signers(office: Office, staff: str) -> int:
    """Return how many other practitioners of the practice could sign today."""
    day, register = office.today(), office.register()
    members = Membership.objects.using(office.db.alias).filter(
        practice__name=office.practice, role="practitioner", from_on__lte=day
    )
    others = members.exclude(to_on__lt=day).exclude(staff__in=("", staff))
    found = set(others.values_list("staff", flat=True))
    return sum(is_practitioner(register, each, day) for each in found)


def streams_with_time_of(office: Office, staff: str, month: ServiceMonth) -> frozenset[int]:
    """Return the streams of the patients for whom somebody logged time in a month."""
    zone = office.home_zone()
    rows = office.db.rows(
        "SELECT DISTINCT stream_id FROM store_staffspan WHERE practice_id = %s AND person = %s "
        "AND begins < %s AND ends > %s",
        office.book().number, staff, midnight(month.next().first_day, zone),
        midnight(month.first_day, zone),
    )  # fmt: skip
    return frozenset(row[0] for row in rows)


def card_of(office: Office, decision: str) -> DecisionCard:
    """Return a decision that stands.

    Raises:
        UnknownError: there is none of this id, or another stands in for it.
    """
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, decision=decision
    )
    card: DecisionCard | None = cards.exclude(state=REPLACED).exclude(made_at="").first()
    if card is None:
        raise UnknownError("no decision of this id stands here")
    return card


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a signer's decisions of a month are held against.

    own: streams in which the signer logged time. changed: streams that later entries changed.
    at_risk_together: whether lines at risk may be signed among many, by the practice's policy.
    """

    staff: str
    own: Collection[int]
    changed: Collection[int]
    four_eyes: bool
    others: int
    at_risk_together: bool = False

    def needs_others(self, card: DecisionCard) -> bool:
        """Tell whether somebody else must sign a decision."""
        return needs_other_eyes(
            logged_own_time=card.stream_id in self.own,
            four_eyes=self.four_eyes,
            others=self.others,
        )


def bench_of(office: Office, staff: str, month: ServiceMonth) -> Bench:
    """Return what decisions of a month are held against when somebody signs them."""
    held = policies_on(office)
    return Bench(
        staff=staff,
        own=streams_with_time_of(office, staff, month),
        changed=changed_streams(office, month).keys(),
        four_eyes=held.holds("four_eyes"),
        others=other_signers(office, staff),
        at_risk_together=held.holds("sign_at_risk_together"),
    )


def sign(office: Office, signing: Signing) -> Entry | None:
    """Sign one decision; None where the same person signed it before.

    Raises:
        ForbiddenError: the caller may not sign, or four eyes are wanted.
        UnknownError: no such decision stands.
        InputError: later entries changed it, it is signed, or a withheld line is none of its.
    """
    staff = signer(office)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        card = card_of(office, signing.decision)
        office.card(card.patient, permission=SIGN_DECISIONS)
        if card.state == SIGNED and card.signed_by == staff:
            return None
        bench = bench_of(office, staff, ServiceMonth.parse(card.month))
        refuse_unsignable(bench, card)
        refuse_foreign(card, signing.withheld)
        entry = signature(office, bench, card, (signing.entry_id, SINGLE, signing.withheld))
        office.append([entry])
    return entry


def refuse_unsignable(bench: Bench, card: DecisionCard) -> None:
    """Pass if a decision may be signed by this person now.

    Raises:
        ForbiddenError: four eyes are wanted.
        InputError: it is signed, or later entries changed it.
    """
    if bench.needs_others(card):
        raise ForbiddenError(
            "you logged time of this month: by this practice's policy another practitioner signs"
        )
    if card.state == SIGNED:
        raise refusal("decision", "a decision that is signed", "one that waits for a signature")
    if card.stream_id in bench.changed:
        raise refusal("decision", "a decision that later entries changed",
                      "one that still says what the record makes")  # fmt: skip


def refuse_foreign(card: DecisionCard, withheld: Iterable[WithheldLine]) -> None:
    """Pass if only lines of a decision are withheld, each with a reason.

    Raises:
        InputError: not so.
    """
    lines = {(line.code, line.date_of_service) for line in decode_lines(card.lines)}
    for each in withheld:
        if (each.code, each.date_of_service) not in lines:
            raise refusal("withheld", f"{each.code} on {each.date_of_service}",
                          "a line of the decision; no line can be added")  # fmt: skip
        if not each.why.strip():
            raise refusal(f"why_{each.code}_{each.date_of_service}", "nothing",
                          "why the line is not to be billed")  # fmt: skip


def signature(
    office: Office,
    bench: Bench,
    card: DecisionCard,
    given: tuple[str, str, tuple[WithheldLine, ...]],
) -> Entry:
    """Return the entry of a signature.

    given: id of the entry, empty for a new one; the way; what is withheld.
    """
    entry_id, way, withheld = given
    body = DecisionSigned(
        decision=card.decision, month=card.month, signed_by=bench.staff, way=way,
        logged_own_time=card.stream_id in bench.own, withheld=withheld, statement=STATEMENT,
    )  # fmt: skip
    return Draft.of(office.filing(card.patient, entry_id=entry_id), body).filed()[0]


# --- many at once ---------------------------------------------------------------------------------


def is_clean(card: DecisionCard, bench: Bench) -> bool:
    """Tell whether nothing speaks against signing a decision among many.

    It has lines, waits for its first signature, hangs on no contested reading (unless the practice
    lets those be signed together), has no hold and no flag, nobody changed it since, and the signer
    logged none of its time.
    """
    lines = decode_lines(card.lines)
    return (
        card.state == MADE
        and bool(lines)
        and (bench.at_risk_together or not any(line.at_risk for line in lines))
        and not decode_words(card.holds)
        and not decode_words(card.flags)
        and not card.replaces
        and card.stream_id not in bench.changed
        and card.stream_id not in bench.own
    )


def which(cards: Iterable[DecisionCard]) -> str:
    """Return a word for exactly these decisions, by which a form says what it showed."""
    return named("all", sorted(card.decision for card in cards))


def sign_many(
    office: Office, month: ServiceMonth, cards: Sequence[DecisionCard], shown: tuple[str, str]
) -> int:
    """Sign many clean decisions; returns how many.

    shown: what the form showed, as `which` says it, and the form's id.

    Raises:
        ForbiddenError: the caller may not sign.
        InputError: the clean decisions are others by now, or there are none.
    """
    staff = signer(office)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        bench = bench_of(office, staff, month)
        fresh = (
            DecisionCard.objects.using(office.db.alias)
            .filter(pk__in=[card.pk for card in cards])
            .order_by("patient")
        )
        clean = [card for card in fresh if is_clean(card, bench)]
        if not clean or which(clean) != shown[0]:
            raise refusal("which", f"{len(clean)} decisions that may be signed together now",
                          "those that the page showed", "look at the list again")  # fmt: skip
        office.append([
            signature(office, bench, card, (named("sig", (shown[1], card.decision)), BULK, ()))
            for card in clean
        ])  # fmt: skip
    return len(clean)


# --- returned, and undone -------------------------------------------------------------------------


def send_back(office: Office, decision: str, why: str, entry_id: str = "") -> Entry:
    """Return a decision unsigned, with what must be cleared up.

    Raises:
        ForbiddenError: the caller may not sign.
        UnknownError: no such decision stands.
        InputError: no reason, or it is signed.
    """
    staff = signer(office)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        card = card_of(office, decision)
        office.card(card.patient, permission=SIGN_DECISIONS)
        if not why.strip():
            raise refusal("why", "nothing", "what must be cleared up")
        if card.state == SIGNED:
            raise refusal("decision", "a decision that is signed",
                          "one that waits for a signature")  # fmt: skip
        body = DecisionReturned(decision=card.decision, month=card.month, returned_by=staff,
                                why=why.strip())  # fmt: skip
        entry = Draft.of(office.filing(card.patient, entry_id=entry_id), body).filed()[0]
        office.append([entry])
    return entry


def take_back(office: Office, decision: str, reason: str) -> Entry:
    """Take one's own signature, or return, back; a claim that left can no longer be stopped so.

    Raises:
        ForbiddenError: the caller may not sign, or somebody else did.
        UnknownError: no such decision stands.
        InputError: no reason, nothing to take back, or a claim of it was prepared.
    """
    staff = signer(office)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        card = card_of(office, decision)
        if card.state not in (SIGNED, RETURNED):
            raise refusal("decision", "a decision nobody has signed or returned", "one that is")
        if card.signed_by != staff:
            raise ForbiddenError("only who signed or returned a decision may take that back")
        if not reason.strip():
            raise refusal("reason", "nothing", "why it is taken back")
        claims = ClaimCard.objects.using(office.db.alias).filter(
            practice__name=office.practice, patient=card.patient, month=card.month,
            decisions__contains=card.decision,
        )  # fmt: skip
        if claims.exclude(state__in=("voided", "rejected")).exists():
            raise refusal("decision", "a decision of which a claim was prepared",
                          "one without: void the claim first")  # fmt: skip
        stream = named_streams(book, [PATIENT + card.patient, OWN])[PATIENT + card.patient]
        entries = office.journal.desk.shelf.entries(office.db, stream)
        taken = {entry.body.entry for entry in entries if isinstance(entry.body, EntryVoided)}
        said = [
            entry.id
            for entry in entries
            if isinstance(entry.body, DecisionSigned | DecisionReturned)
            and entry.body.decision == card.decision
            and entry.id not in taken
        ]
        filing = office.filing(card.patient, reason=reason.strip())
        entry = Draft.of(filing, EntryVoided(entry=said[-1])).filed()[0]
        office.append([entry])
    return entry


def refusal(field: str, found: str, expected: str, hint: str = "") -> InputError:
    """Return the refusal of what was asked for."""
    return InputError([
        Problem(where="close", field=field, found=found, expected=expected, hint=hint)
    ])  # fmt: skip
