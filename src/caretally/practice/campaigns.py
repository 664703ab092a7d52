"""From campaigns to calls: one call in line for every patient who may be called, and none twice.

Whoever may not be called for a reason that needs a person is not put in line; the reason stands on
the campaign's page. What is planned may be planned again at will: a patient with a call in line or
on the line is passed over, and ids are made from what they are for. The gate is asked once more
right before dialing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from weakref import WeakKeyDictionary

from django.db.models import Max

from caretally.clock import local_date
from caretally.contacts.wellness_calls.campaigning import (
    WRONG_NUMBER,
    Terms,
    Tried,
    agreed_time,
    next_call,
)
from caretally.contacts.wellness_calls.gate import OF_TIME, GateFacts, answers, denials, earliest
from caretally.contacts.wellness_calls.laws import laws
from caretally.practice.calling_gate import Asked, facts_of, record_for
from caretally.practice.calling_house import standing_of
from caretally.practice.campaign_terms import terms_of
from caretally.practice.telephones import line_at
from caretally.store.call_tables import (
    DENIED,
    DIALING,
    ENDED,
    PLANNED,
    RECORDED,
    RUNNING,
    STOPPED,
    TALKING,
    Call,
    Campaign,
)
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import Book, book_of, locked_book
from caretally.triage.raising import digest

AT_ONCE = 20
"""Patients planned in one transaction, so that saves never wait long."""
MOST_A_RUN = 400
LOOK_AGAIN = timedelta(hours=1)
"""So long a patient who may not be called is passed over, unless something new is on file."""
IN_LINE = (PLANNED, DIALING, TALKING)
A_DAY = timedelta(days=1)
NOT_READY = "not_ready"
"""Outcome of a call that could not begin, such as without a number to call back."""
NO_NUMBER, OVER, NO_TIME = "number_was_wrong", "campaign_is_over", "no_time_in_common"
"""Reasons of a campaign, besides those of the gate."""
PATIENTS = (
    "SELECT card.patient, stream.length FROM store_patientcard AS card "
    "JOIN store_stream AS stream ON stream.id = card.stream_id "
    "WHERE card.practice_id = %s AND card.stage = 'open' "
    "AND ' ' || card.programs || ' ' LIKE %s ORDER BY card.patient"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a campaign comes to for a patient.

    due_at: of the next call; None where there is none, and then why. language: of the call.
    """

    patient: str
    due_at: datetime | None = None
    attempt: int = 1
    language: str = "en"
    why: str = ""


@dataclass(slots=True)
class Looked:
    """Patients who could not be called when they were looked at, with what was on file then."""

    until: dict[tuple[str, str], tuple[int, int, datetime]] = field(default_factory=dict)


_looked: WeakKeyDictionary[StoredJournal, Looked] = WeakKeyDictionary()


def plan_due(journal: StoredJournal, at: datetime) -> int:
    """Plan the calls of all running campaigns; returns how many."""
    count = 0
    for (practice,) in journal.db.rows("SELECT name FROM store_practice ORDER BY id"):
        with scoped(practice, journal.db.alias):
            rows = Campaign.objects.using(journal.db.alias).filter(
                practice__name=practice, state=RUNNING
            )
            for name in list(rows.order_by("pk").values_list("campaign", flat=True)):
                count += plan_campaign(journal, practice, name, at)
    return count


def plan_campaign(journal: StoredJournal, practice: str, name: str, at: datetime) -> int:
    """Plan the calls of one campaign, so many at most in one go; returns how many."""
    book = book_of(journal.db, practice)
    if book is None or ended(journal, book, name, at):
        return 0
    waiting = list(islice(patients_waiting(journal, book, name, at), MOST_A_RUN))
    count = 0
    while waiting:
        part, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        with journal.db.atomic():
            locked = locked_book(journal.db, practice)
            row = running_campaign(locked, name)
            if row is None:
                break
            count += sum(put_in_line(journal, locked, row, patient, at) for patient in part)
    return count


def ended(journal: StoredJournal, book: Book, name: str, at: datetime) -> bool:
    """End a campaign whose last day is over; tell whether it is not running."""
    row = running_campaign(book, name)
    if row is None:
        return True
    home = standing_of(journal, book).register.home_zone(None)
    if local_date(at, home) <= date.fromisoformat(row.ends_on):
        return False
    with journal.db.atomic():
        locked_book(journal.db, book.practice)
        row.state = ENDED
        row.save(update_fields=["state"])
        take_out(book, name, at)
    return True


def take_out(book: Book, name: str, at: datetime) -> int:
    """Stop the calls of a campaign that nobody dialed yet; returns how many."""
    calls = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=name, state=PLANNED
    )
    count: int = calls.update(state=STOPPED, ended_at=at, outcome=STOPPED, leased_until=None)
    return count


def running_campaign(book: Book, name: str) -> Campaign | None:
    """Return a campaign that is running."""
    rows = Campaign.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=name, state=RUNNING
    )
    found: Campaign | None = rows.first()
    return found


def patients_waiting(journal: StoredJournal, book: Book, name: str, at: datetime) -> Iterable[str]:
    """Yield the patients to be planned, those first who were called longest ago or never."""
    row = running_campaign(book, name)
    if row is None:
        return
    calls = Call.objects.using(book.db.alias).filter(practice_id=book.number)
    in_line = set(calls.filter(campaign=name, state__in=IN_LINE).values_list("patient", flat=True))
    latest = dict(calls.values_list("patient").annotate(Max("dialed_at")))
    never = datetime.min.replace(tzinfo=UTC)
    everybody = sorted(
        patients_of(book, row.program), key=lambda each: (latest.get(each[0]) or never, each[0])
    )
    seen = _looked.setdefault(journal, Looked()).until
    own = standing_of(journal, book).length
    for patient, length in everybody:
        known = seen.get((name, patient))
        is_same = known is not None and known[:2] == (length, own) and at < known[2]
        if patient not in in_line and not is_same:
            seen[name, patient] = (length, own, at + LOOK_AGAIN)
            yield patient


def patients_of(book: Book, program: str) -> list[tuple[str, int]]:
    """Return the patients of a program's open enrollments, with how long their streams are."""
    return [(row[0], row[1]) for row in book.db.rows(PATIENTS, book.number, f"% {program} %")]


def put_in_line(
    journal: StoredJournal, book: Book, row: Campaign, patient: str, at: datetime
) -> bool:
    """Put a patient's next call in line, inside a transaction; tell whether there is one."""
    calls = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=row.campaign, patient=patient
    )
    if calls.filter(state__in=IN_LINE).exists():
        return False
    found = prospect_of(journal, book, row, patient, at)
    if found.due_at is None:
        return False
    Call.objects.using(book.db.alias).create(
        practice_id=book.number, call=f"call_{digest((row.campaign, patient, str(calls.count())))}",
        patient=patient, campaign=row.campaign, program=row.program, protocol=row.protocol,
        language=found.language, attempt=found.attempt, due_at=found.due_at, made_at=at,
        asked_by=row.made_by,
    )  # fmt: skip
    _looked.setdefault(journal, Looked()).until.pop((row.campaign, patient), None)
    return True


def prospect_of(
    journal: StoredJournal, book: Book, row: Campaign, patient: str, at: datetime
) -> Prospect:
    """Return what a campaign comes to for a patient; nothing is stored."""
    asked = Asked(patient=patient, program=row.program, protocol=row.protocol)
    facts = facts_of(journal, book, asked, at)
    lasting = [each.check for each in denials(answers(facts, laws())) if each.check not in OF_TIME]
    before = tried(book, row.campaign, patient)
    if lasting:
        return Prospect(patient=patient, why=lasting[0])
    if before and before[-1].outcome in WRONG_NUMBER:
        given = line_at(record_for(journal, book, patient), at)
        if given is None or given.at <= before[-1].begun_at:
            return Prospect(patient=patient, why=NO_NUMBER)
    found = prospect(facts, terms_of(row), before, patient)
    rests = rests_until(book, row.campaign, patient)
    if found.due_at is None or rests is None or found.due_at >= rests:
        return found
    # Something on file was missing to begin the call: not again and again on one day.
    return prospect(replace(facts, at=max(facts.at, rests)), terms_of(row), before, patient)


def prospect(facts: GateFacts, terms: Terms, before: list[Tried], patient: str) -> Prospect:
    """Return when a patient is called next, by the campaign and by the gate's clock."""
    found = next_call(terms, facts.zone, before, facts.at)
    if found is None:
        return Prospect(patient=patient, why=OVER)
    due = agreed_time(
        terms, facts.zone, found.due_at, lambda at: earliest(replace(facts, at=at), laws())
    )
    language = facts.person.line.language if facts.person.line else "en"
    return Prospect(patient=patient, due_at=due, attempt=found.attempt, language=language,
                    why="" if due else NO_TIME)  # fmt: skip


def rests_until(book: Book, name: str, patient: str) -> datetime | None:
    """Return until when a patient is left alone after a call that could not be made ready."""
    calls = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=name, patient=patient
    )
    last: Call | None = calls.order_by("-due_at", "-pk").first() if name else None
    if last is None or (last.state, last.outcome) != (DENIED, NOT_READY):
        return None
    due_at: datetime = last.due_at
    return due_at + A_DAY


def tried(book: Book, name: str, patient: str) -> list[Tried]:
    """Return the calls of a campaign to a patient that were dialed, the last one last."""
    if not name:
        return []
    rows = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=name, patient=patient, state=RECORDED
    )
    return [
        Tried(attempt=each.attempt, outcome=each.outcome,
              begun_at=each.dialed_at or each.due_at,
              ended_at=each.ended_at or each.dialed_at or each.due_at)
        for each in rows.order_by("due_at", "pk")
    ]  # fmt: skip


def settle(journal: StoredJournal, practice: str, call: Call, at: datetime) -> bool:
    """Plan what follows a call that was recorded or denied; tell whether another is in line.

    May be repeated at will; a call that belongs to no campaign leads to nothing.
    """
    if not call.campaign:
        return False
    with scoped(practice, journal.db.alias), journal.db.atomic():
        book = locked_book(journal.db, practice)
        row = running_campaign(book, call.campaign)
        return row is not None and put_in_line(journal, book, row, call.patient, at)
