"""Facts from the journal to the gate, and its answer into the journal before anybody is dialed.

What is asked stands in `contacts.wellness_calls.gate`; here it is gathered, in one transaction with
the entry that says what was answered, so that nothing can come in between: a consent taken back, a
campaign stopped, another call begun.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from caretally.clock import local_date
from caretally.contacts.wellness_calls.campaigning import agreed_time
from caretally.contacts.wellness_calls.disclosures import lacking
from caretally.contacts.wellness_calls.gate import (
    PATIENT,
    Followed,
    GateFacts,
    Line,
    Person,
    VoiceConsent,
    answers,
    earliest,
    keeps_sound,
    may_wait,
)
from caretally.contacts.wellness_calls.laws import laws
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import LANGUAGES
from caretally.enrollment.consents import SHARING, consent_at, consents
from caretally.enrollment.episodes import episode_at
from caretally.enrollment.record import PatientRecord, record_in_force
from caretally.errors import UnknownError
from caretally.ids import RANDOM_BYTES, new_id
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    CallChecked,
    CaregiverAuthorized,
    Consented,
    ConsentRevoked,
    Died,
    Disenrolled,
    Enrolled,
    Entry,
    PatientRegistered,
    PracticeRegistered,
    StaffRegistered,
    StayRecorded,
    TelephoneGiven,
)
from caretally.practice.calling_house import Standing, standing_of, vendors_now
from caretally.practice.campaign_terms import terms_of
from caretally.practice.telephones import CAREGIVER, hint_of, line_at
from caretally.store.call_tables import (
    DENIED,
    DIALING,
    PLANNED,
    RUNNING,
    STOPPED,
    TALKING,
    Call,
    Campaign,
)
from caretally.store.charts import chart_entries
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT as STREAM_OF
from caretally.store.streams import Book, book_of, locked_book, named_streams

ACTOR = "system:calls"
CONSENTS_LOOKED_AT = "ai_voice"
KINDS = (
    PatientRegistered, PracticeRegistered, StaffRegistered, CaregiverAuthorized, Enrolled,
    Disenrolled, Consented, ConsentRevoked, TelephoneGiven, StayRecorded, Died,
)  # fmt: skip
"""Kinds that the gate looks at; a chart is mostly readings, which it does not."""
BUSY = (DIALING, TALKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that is thought of. call: its id; empty before it is planned."""

    patient: str
    program: str
    protocol: str
    call: str = ""
    is_emergency: bool = False


def checked(
    journal: StoredJournal, practice: str, call: Call, at: datetime, *, is_emergency: bool = False
) -> CallChecked:
    """Ask the gate about a call and store its answer; to be done right before dialing.

    A call that was denied may not be dialed: one of a campaign is put off where time mends it, any
    other is denied for good.

    Raises:
        UnknownError: there is no such call.
    """
    with scoped(practice, journal.db.alias), journal.db.atomic():
        book = locked_book(journal.db, practice)
        row = Call.objects.using(journal.db.alias).filter(practice_id=book.number, pk=call.pk)
        fresh = row.first()
        if fresh is None:
            raise UnknownError("no call of this id is planned")
        asked = Asked(patient=fresh.patient, program=fresh.program, protocol=fresh.protocol,
                      call=fresh.call, is_emergency=is_emergency)  # fmt: skip
        facts = facts_of(journal, book, asked, at)
        body = answered(facts, asked)
        journal.append(practice, [entry_of(asked.patient, body, at)], received_at=at)
        if not body.allowed:
            deny(fresh, facts, body)
    return body


def answered(facts: GateFacts, asked: Asked) -> CallChecked:
    """Return the gate's answer to facts."""
    found = answers(facts, laws())
    return CallChecked(
        call=asked.call, program=asked.program, protocol=asked.protocol,
        allowed=all(each.met for each in found), checks=found, rules=facts.house.rules.version,
    )  # fmt: skip


def entry_of(patient: str, body: CallChecked, at: datetime) -> Entry:
    """Return the entry of an answer."""
    return Entry(
        id=new_id("ent", at, secrets.token_bytes(RANDOM_BYTES)), patient=patient, at=at,
        recorded_at=at, actor=ACTOR, body=body,
    )  # fmt: skip


def deny(call: Call, facts: GateFacts, body: CallChecked) -> None:
    """Put a call off where time mends it and it is a campaign's; else deny it."""
    reasons = [each.check for each in body.checks if not each.met]
    then = put_off(call, facts) if call.campaign and may_wait(body.checks) else None
    if call.state == STOPPED:
        return
    call.leased_until = None
    if then is not None and then > facts.at:
        call.state, call.due_at = PLANNED, then
    else:
        call.state, call.ended_at = DENIED, facts.at
        call.outcome = reasons[0]
    call.save(update_fields=["state", "due_at", "ended_at", "outcome", "leased_until"])


def put_off(call: Call, facts: GateFacts) -> datetime | None:
    """Return when a campaign may make a call later; None where it never may."""
    rows = Campaign.objects.using(call._state.db or "default")
    row = rows.filter(practice_id=call.practice_id, campaign=call.campaign).first()
    if row is None:
        return None
    return agreed_time(
        terms_of(row), facts.zone, facts.at, lambda at: earliest(replace(facts, at=at), laws())
    )


def asked_now(journal: StoredJournal, practice: str, asked: Asked, at: datetime) -> CallChecked:
    """Return what the gate would say at an instant; nothing is stored.

    Raises:
        UnknownError: there is no such practice.
    """
    book = book_of(journal.db, practice)
    if book is None:
        raise UnknownError("no practice of this name is open to you")
    return answered(facts_of(journal, book, asked, at), asked)


def may_keep_sound(journal: StoredJournal, practice: str, call: Call, at: datetime) -> bool:
    """Tell whether the sound of a call may be kept once the patient says yes in it."""
    book = book_of(journal.db, practice)
    asked = Asked(patient=call.patient, program=call.program, protocol=call.protocol)
    return book is not None and keeps_sound(facts_of(journal, book, asked, at))


def facts_of(journal: StoredJournal, book: Book, asked: Asked, at: datetime) -> GateFacts:
    """Return all that the gate looks at."""
    standing = standing_of(journal, book)
    record = record_for(journal, book, asked.patient)
    home = standing.register.home_zone(None)
    return GateFacts(
        at=at, program=asked.program, person=person_of(record, asked.program, at),
        protocol=followed(asked.protocol, standing, record, at),
        house=standing.house(local_date(at, home), vendors_now()),
        earlier=dialed(book, asked.patient), running=running(book, asked),
        stopped=stopped(book, asked.call), is_emergency=asked.is_emergency,
    )  # fmt: skip


def record_for(journal: StoredJournal, book: Book, patient: str) -> PatientRecord:
    """Return a patient's record without what the gate does not look at."""
    name = STREAM_OF + patient
    stream = named_streams(book, [name]).get(name)
    in_force = resolve(chart_entries(book, stream, journal.desk.shelf)).in_force
    return record_in_force((each for each in in_force if isinstance(each.body, KINDS)), patient)


def person_of(record: PatientRecord, program: str, at: datetime) -> Person:
    """Return what is on file about a patient at an instant."""
    registered = record.all_of(PatientRegistered)
    body = registered[-1].body if registered else None
    enrolled = record.register.zone_of(record.patient, at, program=program)
    zones = dict.fromkeys((enrolled, (body.time_zone if body else None) or enrolled))
    given = line_at(record, at)
    whose = given.body.whose if given else PATIENT
    return Person(
        zones=tuple(zones), state=((body.state if body else None) or "").strip().upper(),
        is_alive=record.is_alive_at(at),
        is_enrolled=episode_at(record, program, at) is not None,
        stay=stay_at(record, at), line=line_of(given.body) if given else None,
        consents=voice_consents(record, at), may_hear=may_hear(record, whose, at),
        recording=recording_word(record, at),
    )  # fmt: skip


def line_of(body: TelephoneGiven) -> Line:
    """Return a number on file with what it says by itself."""
    hint = hint_of(body.number)
    return Line(
        number=body.number, whose=body.whose, from_time=body.from_time or "",
        to_time=body.to_time or "", language=body.language or LANGUAGES[0], country=hint.country,
        states=hint.states,
    )  # fmt: skip


def stay_at(record: PatientRecord, at: datetime) -> str:
    """Return in which sort of facility the patient is; empty where in none."""
    for each in record.all_of(StayRecorded):
        if each.body.from_at <= at and (each.body.to_at is None or at < each.body.to_at):
            return each.body.setting
    return ""


def voice_consents(record: PatientRecord, at: datetime) -> tuple[VoiceConsent, ...]:
    """Return the consents to calls by an automated voice, each with the number of its time."""
    found = []
    for consent in consents(record, CONSENTS_LOOKED_AT):
        for entry in consent.stretch.opened_by:
            assert isinstance(entry.body, Consented)
            given_by, line = entry.body.given_by or "", line_at(record, entry.at)
            caregiver = given_by.removeprefix(CAREGIVER) if given_by.startswith(CAREGIVER) else ""
            day = record.day_of(entry.at)
            found.append(VoiceConsent(
                given_at=entry.at, revoked_at=consent.stretch.ends,
                method=entry.body.method or "", given_by=given_by,
                had_authority=bool(caregiver)
                and record.register.has_authority(record.patient, caregiver, day),
                number=line.body.number if line else "",
            ))  # fmt: skip
    return tuple(found)


def may_hear(record: PatientRecord, whose: str, at: datetime) -> bool:
    """Tell whether who answers may hear of the patient's health."""
    if whose == PATIENT:
        return True
    caregiver = whose.removeprefix(CAREGIVER)
    has_authority = record.register.has_authority(record.patient, caregiver, record.day_of(at))
    return has_authority and consent_at(record, SHARING, at, caregiver=caregiver) is not None


def recording_word(record: PatientRecord, at: datetime) -> str:
    """Return yes or no as the patient said about recording; empty where nobody asked."""
    if consent_at(record, "recording", at) is not None:
        return "yes"
    said_no = any(
        each.body.scope == "recording" and each.at <= at for each in record.all_of(ConsentRevoked)
    )
    return "no" if said_no else ""


def followed(protocol: str, standing: Standing, record: PatientRecord, at: datetime) -> Followed:
    """Return a protocol as it is installed, with the latest signature."""
    pack = installed(protocol)
    line = line_at(record, at)
    language = (line.body.language if line else None) or LANGUAGES[0]
    return Followed(
        name=pack.name, digest=pack.digest, languages=LANGUAGES,
        lacks=lacking(pack, language) if language in LANGUAGES else (),
        signature=standing.signature(pack.name),
    )  # fmt: skip


def dialed(book: Book, patient: str) -> tuple[datetime, ...]:
    """Return when a patient was dialed before; exercises are not counted."""
    rows = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, patient=patient, dialed_at__isnull=False, drill=False
    )
    return tuple(rows.order_by("dialed_at").values_list("dialed_at", flat=True))


def running(book: Book, asked: Asked) -> str:
    """Return the id of another call to the patient that is running; empty where none is."""
    rows = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, patient=asked.patient, state__in=BUSY
    )
    found = rows.exclude(call=asked.call).values_list("call", flat=True).first()
    return found or ""


def stopped(book: Book, call: str) -> str:
    """Return who took a call back, in words; empty where nobody did."""
    row = Call.objects.using(book.db.alias).filter(practice_id=book.number, call=call).first()
    if not call or row is None:
        return ""
    if row.state == STOPPED:
        return "the call was stopped"
    if not row.campaign:
        return ""
    held = Campaign.objects.using(book.db.alias).filter(
        practice_id=book.number, campaign=row.campaign
    )
    campaign = held.first()
    if campaign is None or campaign.state == RUNNING:
        return ""
    return f"the campaign is {campaign.state}"
