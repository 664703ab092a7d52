"""What later entries change in a closed month, and the decision that stands in for the first.

The first decision stays as it was, and so does a claim that was made of it: the new one proposes
what to do about it, and waits for a signature of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from caretally.billability.close import LineChange, line_changes, named, plain, proposal
from caretally.clock import ServiceMonth
from caretally.journal.entries import DecisionMade, DecisionSuperseded, Entry
from caretally.practice.closing import changed_streams, closed_months
from caretally.practice.office import Office
from caretally.practice.roles import CLOSE_MONTH, SEE_PATIENTS
from caretally.store.billing_tables import REPLACED, ClaimCard, DecisionCard
from caretally.store.database import batches
from caretally.store.deciding_many import Decided, Deciding, entries_of_decision, evidence
from caretally.store.decision_cards import Line, decode_lines, decode_words
from caretally.store.gathering import stored_entries
from caretally.store.streams import PATIENT, Book, locked_book, named_streams

MOST_NAMED = 100
"""Entries that are named as the reason of another decision."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A closed patient-month that the record makes another of by now.

    card: the decision that stands; None where nothing had happened when the month was closed.
    because: the entries that were not known then, as they were written. proposes: what the new
    decision would ask of a claim.
    """

    patient: str
    card: DecisionCard | None
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    holds: tuple[str, ...]
    changes: tuple[LineChange, ...]
    because: tuple[Entry, ...]
    proposes: str

    @property
    def holds_before(self) -> tuple[str, ...]:
        """What held lines back when it was decided."""
        return tuple(decode_words(self.card.holds)) if self.card is not None else ()


def changed_patients(office: Office, month: ServiceMonth) -> list[str]:
    """Return the patients of whom the record makes another month than was decided, by id."""
    return sorted(changed_streams(office, month).values())


def differences(
    office: Office, month: ServiceMonth, most: int | None = None
) -> tuple[Difference, ...]:
    """Return what later entries changed in a closed month, by patient; empty while it is open.

    most: how many to return; all by default.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    if str(month) not in closed_months(office):
        return ()
    found: list[Difference] = []
    for part in batches(changed_patients(office, month)[:most], AT_ONCE):
        with office.db.snapshot():
            found += compared(office, month, [str(name) for name in part])
    return tuple(found)


def difference_of(office: Office, patient: str, month: ServiceMonth) -> Difference | None:
    """Return what later entries changed in one closed patient-month; None where nothing did."""
    if str(month) not in closed_months(office) or patient not in changed_patients(office, month):
        return None
    with office.db.snapshot():
        return next(iter(compared(office, month, [patient])), None)


def compared(office: Office, month: ServiceMonth, patients: Sequence[str]) -> list[Difference]:
    """Return how decisions of now differ from those that stand; inside a snapshot."""
    book = office.book()
    cards = standing(office, month, patients)
    return [
        difference(office, (book, month), decided, cards.get(decided.decision.patient))
        for decided in decided_now(office, book, month, patients)
    ]


def standing(
    office: Office, month: ServiceMonth, patients: Iterable[str]
) -> dict[str, DecisionCard]:
    """Return the decisions that stand, by patient."""
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, month=str(month), patient__in=list(patients)
    )
    found = cards.exclude(state=REPLACED).exclude(made_at="").order_by("made_at", "pk")
    return {card.patient: card for card in found}


def decided_now(
    office: Office, book: Book, month: ServiceMonth, patients: Iterable[str]
) -> list[Decided]:
    """Return the decisions that the record makes now, by patient."""
    streams = named_streams(book, [PATIENT + name for name in patients])
    deciding = Deciding(book=book, desk=office.journal.desk, month=month, known_until=office.now)
    deciding.begin()
    found = deciding.decide(list(streams.values()))
    return sorted(found, key=lambda each: each.decision.patient)


def difference(
    office: Office,
    where: tuple[Book, ServiceMonth],
    decided: Decided,
    card: DecisionCard | None,
) -> Difference:
    """Return how a decision of now differs from the one that stands."""
    before = tuple(decode_lines(card.lines)) if card is not None else ()
    after = decided.body.lines
    return Difference(
        patient=decided.decision.patient, card=card, before=before, after=after,
        holds=decided.body.holds, changes=line_changes(before, after),
        because=unknown_then(office, where, decided, card),
        proposes=proposal(before, after, was_submitted=was_submitted(office, card)),
    )  # fmt: skip


def unknown_then(
    office: Office,
    where: tuple[Book, ServiceMonth],
    decided: Decided,
    card: DecisionCard | None,
) -> tuple[Entry, ...]:
    """Return the entries a decision of now rests on and the first did not, as they were written."""
    book, month = where
    desk, name = office.journal.desk, PATIENT + decided.decision.patient
    stream = named_streams(book, [name])[name]
    deciding = Deciding(book=book, desk=desk, month=month, known_until=office.now)
    now = evidence(deciding.chart(stream), month)
    then: set[str] = set()
    if card is not None:
        made = made_of(book, card)
        known = entries_of_decision(book, stream, desk, month=month, known_until=made.known_until)
        then = {entry.id for entry in known}
    later = [entry for entry in now if entry.id not in then]
    return tuple(sorted(later, key=lambda entry: (entry.recorded_at, entry.id)))


def made_of(book: Book, card: DecisionCard) -> DecisionMade:
    """Return the body of a decision's entry."""
    found = stored_entries(book, [card.entry_id])[0].entry.body
    assert isinstance(found, DecisionMade)
    return found


def was_submitted(office: Office, card: DecisionCard | None) -> bool:
    """Tell whether a claim of the patient-month left and was neither rejected nor voided."""
    if card is None:
        return False
    claims = ClaimCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, patient=card.patient, month=card.month
    )
    left = claims.exclude(submitted_on="").exclude(state__in=("voided", "rejected", "outdated"))
    return bool(left.exists())


def redecide(
    office: Office, month: ServiceMonth, patients: Sequence[str]
) -> tuple[DecisionMade, ...]:
    """Make other decisions of closed patient-months that later entries changed.

    Where nothing changed, nothing is stored; the decisions they stand in for are not altered.

    Raises:
        ForbiddenError: the caller may not close months.
    """
    office.caller.require(CLOSE_MONTH)
    made: list[DecisionMade] = []
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if str(month) not in closed_months(office):
            return ()
        changed = set(changed_patients(office, month)) & set(patients)
        for part in batches(sorted(changed), AT_ONCE):
            names = [str(name) for name in part]
            cards = standing(office, month, names)
            entries: list[Entry] = []
            for decided in decided_now(office, book, month, names):
                card = cards.get(decided.decision.patient)
                if card is None or bytes(card.digest) != plain(decided.body.facts):
                    pair = entries_for(office, (book, month), decided, card)
                    made += [each.body for each in pair if isinstance(each.body, DecisionMade)]
                    entries += pair
            if entries:
                office.append(entries)
    return tuple(made)


def entries_for(
    office: Office,
    where: tuple[Book, ServiceMonth],
    decided: Decided,
    card: DecisionCard | None,
) -> list[Entry]:
    """Return the entry of another decision, and the one that says what it stands in for."""
    patient = decided.decision.patient
    if card is None:
        return [entry_at(office.now, patient, office.caller.actor, decided.body)]
    body = replace(decided.body, replaces=card.decision)
    found = difference(office, where, decided, card)
    superseded = DecisionSuperseded(
        decision=card.decision, by=body.decision, month=card.month, proposes=found.proposes,
        because=tuple(entry.id for entry in found.because[:MOST_NAMED]),
    )  # fmt: skip
    return [
        entry_at(office.now, patient, office.caller.actor, body),
        entry_at(office.now, patient, office.caller.actor, superseded),
    ]


def entry_at(
    at: datetime, patient: str, actor: str, body: DecisionMade | DecisionSuperseded
) -> Entry:
    """Return an entry of which the id follows from what it says."""
    name = (
        body.decision if isinstance(body, DecisionMade) else named("sup", (body.decision, body.by))
    )
    return Entry(id=name, patient=patient, at=at, recorded_at=at, actor=actor, supersedes=None,
                 reason=None, body=body)  # fmt: skip


def words_of(change: LineChange) -> str:
    """Return in words how a line changed.

    Example:
        >>> from datetime import date
        >>> day = date(2026, 3, 31)
        >>> words_of(LineChange(code="99457", date_of_service=day, before=None, after=1))
        '99457 on 2026-03-31: not there before, 1 now'
    """
    before, after = (
        "not there" if units is None else str(units) for units in (change.before, change.after)
    )
    return f"{change.code} on {change.date_of_service}: {before} before, {after} now"
