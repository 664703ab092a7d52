"""Who is invited to the portal: a patient, and caregivers who may speak for the patient.

An invitation is a link that works once, or a letter with codes; it expires and can be withdrawn.
Whoever is let in, and whose access ended, stands in the journal. An account that ended is closed at
once: its sessions, passkeys and codes are gone, and its address is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model

from caretally.enrollment.consents import consent_at
from caretally.enrollment.evidence import CAREGIVER
from caretally.enrollment.record import PatientRecord
from caretally.errors import CaretallyError, InputError, Problem, UnknownError
from caretally.exchange.mail import checked_address
from caretally.exchange.texting import checked_number
from caretally.journal.drafts import Draft
from caretally.journal.entries import Entry, PatientRegistered, PortalEnded, PortalInvited
from caretally.practice.enrolling_people import caregivers
from caretally.practice.notices import ways
from caretally.practice.office import Chart, Office
from caretally.practice.portal import live_accounts, standing_of
from caretally.practice.portal_mail import INVITATION, put_in_line
from caretally.practice.portal_marks import (
    bound,
    identity_of,
    link_digest,
    mark_of,
    new_letter_code,
    new_link,
    new_number,
)
from caretally.practice.portal_wording import LANGUAGES
from caretally.practice.roles import CHAT
from caretally.practice.sealing import Sealed, open_sealed, portal_bound_to, seal
from caretally.store.models import PortalAccount, PortalCode, PortalMail

EMAIL, SMS, LETTER = "email", "sms", "letter"
CHANNELS = {EMAIL: "mail", SMS: "text message", LETTER: "printed letter"}
PATIENT = "patient"
LINK_LASTS, LETTER_LASTS = timedelta(days=14), timedelta(days=90)
LETTER_CODES = 8
SENT, PRINTED = "sent", "letter"
"""Kinds of codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is to be invited, and how.

    who: patient or caregiver:ID. address: mail address or telephone number; empty for a letter.
    portal: address of the portal, such as https://rpm.example.org/portal/. entry_id: made by the
    page, so that the same form counts once.
    """

    who: str
    channel: str
    language: str
    address: str = ""
    portal: str = ""
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is printed: number and codes; they are shown once and kept nowhere."""

    language: str
    number: str
    codes: tuple[str, ...]
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who has, had, or may be given access to a chart.

    state: none, invited, expired, joined or ended. standing: what a look would come to now. to: the
    address, most of it hidden. way: how the latest message went, in words.
    """

    who: str
    relationship: str
    standing: str
    state: str
    number: int = 0
    channel: str = ""
    language: str = ""
    to: str = ""
    since: datetime | None = None
    until: datetime | None = None
    way: str = ""


def portal_people(office: Office, chart: Chart) -> tuple[Person, ...]:
    """Return the patient and everybody who may speak for the patient or has access."""
    office.caller.require(CHAT)
    known: dict[str, str] = {PATIENT: ""}
    known |= {CAREGIVER + name: what for name, what in caregivers(chart.record)}
    live = {row.who: row for row in live_rows(office, chart.patient)}
    return tuple(
        person_of(office, chart, (who, relationship), live.get(who))
        for who, relationship in (known | {who: known.get(who, "") for who in live}).items()
    )


def person_of(
    office: Office, chart: Chart, named: tuple[str, str], row: PortalAccount | None
) -> Person:
    """Return what is to be known of somebody's access."""
    who, relationship = named
    standing = standing_of(chart.record, who, office.now)
    if row is None:
        return Person(who=who, relationship=relationship, standing=standing, state="none")
    if row.joined_at is not None:
        state, since = "joined", row.joined_at
    else:
        is_over = row.code_until is None or row.code_until <= office.now or not row.code
        state, since = "expired" if is_over else "invited", row.invited_at
    return Person(
        who=who, relationship=relationship, standing=standing, state=state, number=row.pk,
        channel=row.channel, language=row.language, to=hidden(address_in(row)), since=since,
        until=row.code_until, way=way_of(office, row),
    )  # fmt: skip


def live_rows(office: Office, patient: str) -> Sequence[PortalAccount]:
    """Return the accounts of a patient that did not end."""
    return list(live_accounts(office.db, office.practice).filter(patient=patient).order_by("pk"))


def way_of(office: Office, row: PortalAccount) -> str:
    """Return how the latest message to somebody went, in words; empty where none was sent."""
    last = PortalMail.objects.using(office.db.alias).filter(account=row).order_by("-pk").first()
    if last is None:
        return ""
    return f"{last.kind} {last.state.replace('_', ' ')}{f': {last.answer}' if last.answer else ''}"


def address_in(row: PortalAccount) -> str:
    """Return the address of an account; empty where there is none, or it does not open."""
    if not row.address:
        return ""
    try:
        sealed = Sealed(row.key, bytes(row.address))
        return open_sealed(sealed, portal_bound_to(row.practice.name, row.pk)).decode()
    except CaretallyError:
        return ""


def hidden(address: str) -> str:
    """Return an address with most of it hidden.

    Example:
        >>> hidden("ada@example.org"), hidden("+15550100199"), hidden("")
        ('a…@example.org', '…0199', '')
    """
    if not address:
        return ""
    local, at, host = address.partition("@")
    return f"{local[:1]}…@{host}" if at else f"…{address[-4:]}"


def invite(office: Office, patient: str, asked: Invitation) -> Letter | None:
    """Invite somebody; returns the letter to print where one was asked for.

    Whoever was invited before and did not come gets another link; the earlier one is void.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: what was filled in cannot be; nothing is stored.
    """
    filing = office.filing(patient, entry_id=asked.entry_id)
    body = PortalInvited(who=asked.who, channel=asked.channel, language=asked.language or "en")
    made: list[Letter | None] = [None]

    def command(record: PatientRecord) -> Sequence[Entry]:
        if any(entry.id == filing.id for entry in record.entries(PortalInvited)):
            return ()
        draft = Draft.of(filing, body)
        check(office, record, asked, draft)
        entries = draft.filed()
        made[0] = keep(office, patient, asked)
        return entries

    with office.db.atomic():
        office.act(patient, command, permission=CHAT)
    return made[0]


def check(office: Office, record: PatientRecord, asked: Invitation, draft: Draft) -> None:
    """Add to a draft what speaks against an invitation."""
    if not record.is_alive_at(office.now):
        draft.refuse("who", found="a patient who died", expected="a living patient")
    if birth_date_of(record) is None:
        draft.refuse("who", found="a chart without a date of birth", expected="one with it",
                     hint="whoever is invited is asked for it: correct the chart")  # fmt: skip
    caregiver = asked.who.removeprefix(CAREGIVER) if asked.who != PATIENT else ""
    if caregiver and not record.register.has_authority(
        record.patient, caregiver, record.day_of(office.now)
    ):
        draft.refuse("who", found="a caregiver without authority today",
                     expected="the patient, or a caregiver authorized today")  # fmt: skip
    rows = live_accounts(office.db, office.practice).filter(patient=record.patient)
    if rows.filter(who=asked.who).exclude(joined_at=None).exists():
        draft.refuse("who", found="somebody who signs in already", expected="somebody else",
                     hint="print a letter, or end the access first")  # fmt: skip
    if asked.language not in LANGUAGES:
        draft.refuse("language", found="another word", expected=" or ".join(LANGUAGES))
    if asked.channel == SMS and not caregiver and consent_at(record, "sms", office.now) is None:
        draft.refuse("channel", found="a patient without consent to text messages",
                     expected="mail, a letter, or consent first")  # fmt: skip
    draft.problems.extend(address_problems(asked))


def address_problems(asked: Invitation) -> list[Problem]:
    """Return what is wrong with the way an invitation is to go."""
    if asked.channel == LETTER:
        return []
    if asked.channel not in CHANNELS:
        return [Problem(where="form", field="channel", found="another word",
                        expected=" or ".join(CHANNELS))]  # fmt: skip
    found = []
    if asked.channel not in open_channels():
        found.append(Problem(where="form", field="channel",
                             found=f"{CHANNELS[asked.channel]}, for which nothing is set up",
                             expected="a printed letter"))  # fmt: skip
    try:
        checked(asked)
    except InputError as error:
        found += error.problems
    return found


def checked(asked: Invitation) -> str:
    """Return an address in the one form in which it is kept.

    Raises:
        InputError: it is none.
    """
    if asked.channel == SMS:
        return checked_number(identity_of(asked.address))
    return checked_address(asked.address).lower()


def open_channels() -> tuple[str, ...]:
    """Return by which ways messages can leave; a letter can always be printed."""
    try:
        how = ways()
    except CaretallyError:
        return (LETTER,)
    found = (EMAIL, how.relay is not None), (SMS, how.gateway is not None)
    return (*(name for name, is_open in found if is_open), LETTER)


def birth_date_of(record: PatientRecord) -> object:
    """Return the patient's date of birth; None where nobody wrote it down."""
    found = record.all_of(PatientRegistered)
    return found[-1].body.birth_date if found else None


def keep(office: Office, patient: str, asked: Invitation) -> Letter | None:
    """Keep an invitation in its row, and put it in line or make its letter."""
    rows = live_accounts(office.db, office.practice)
    row = rows.filter(patient=patient, who=asked.who).first() or PortalAccount(
        practice_id=office.book().number, patient=patient, who=asked.who
    )
    lasts = LETTER_LASTS if asked.channel == LETTER else LINK_LASTS
    row.channel, row.language, row.tries = asked.channel, asked.language, 0
    row.invited_by, row.invited_at = office.caller.actor, office.now
    row.code_until, row.number = office.now + lasts, row.number or new_number()
    row.key, row.address, row.mark = "", b"", b""
    secret = new_link()
    row.code = link_digest(secret)
    row.save(using=office.db.alias)
    forget_codes(office, row)
    if asked.channel == LETTER:
        return letter_for(office, row)
    keep_address(office, row, checked(asked))
    put_in_line(office, row, INVITATION, f"{asked.portal}i/{office.practice}/{secret}")
    return None


def keep_address(office: Office, row: PortalAccount, address: str) -> None:
    """Keep to where codes go, sealed, and by what it is found."""
    row.key, row.address = seal(address.encode(), portal_bound_to(office.practice, row.pk))
    row.mark = mark_of(identity_of(address))
    row.save(using=office.db.alias, update_fields=["key", "address", "mark"])


def forget_codes(office: Office, row: PortalAccount) -> None:
    """Forget all codes of an account, and what of it is on its way."""
    PortalCode.objects.using(office.db.alias).filter(account=row).delete()
    waiting = PortalMail.objects.using(office.db.alias).filter(account=row, state="waiting")
    waiting.update(state="given_up", sealed=b"", answer="another took its place")


def letter_for(office: Office, row: PortalAccount) -> Letter:
    """Return a new letter for an account; the codes of the one before are void."""
    PortalCode.objects.using(office.db.alias).filter(account=row, kind=PRINTED).delete()
    codes = tuple(new_letter_code() for _ in range(LETTER_CODES))
    until = office.now + LETTER_LASTS
    PortalCode.objects.using(office.db.alias).bulk_create(
        PortalCode(
            practice_id=row.practice_id, account=row, kind=PRINTED,
            digest=mark_of(bound(row.pk, code)), made_at=office.now, until_at=until,
        )
        for code in codes
    )  # fmt: skip
    row.tries = 0
    row.save(using=office.db.alias, update_fields=["tries"])
    return Letter(language=row.language, number=row.number, codes=codes, until_at=until)


def row_named(office: Office, patient: str, number: int) -> PortalAccount:
    """Return an account of a patient whom the caller may see.

    Raises:
        UnknownError: there is none of this number.
    """
    office.card(patient, permission=CHAT)
    rows = live_accounts(office.db, office.practice).filter(patient=patient)
    row: PortalAccount | None = rows.filter(pk=number).first()
    if row is None:
        raise UnknownError("no access of this number")
    return row


def print_letter(office: Office, patient: str, number: int) -> Letter:
    """Return a new letter for somebody who was invited or signs in already.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is no such access.
    """
    row = row_named(office, patient, number)
    with office.db.atomic():
        if row.joined_at is None:
            row.code_until, row.code = office.now + LETTER_LASTS, link_digest(new_link())
            row.save(using=office.db.alias, update_fields=["code_until", "code"])
        return letter_for(office, row)


def end(office: Office, patient: str, number: int, told: tuple[str, str]) -> None:
    """Withdraw an invitation, or end somebody's access, at once.

    told: the reason, and the entry's id as the page made it.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is no such access.
        InputError: no reason is given.
    """
    reason, entry_id = told
    row = row_named(office, patient, number)
    filing = office.filing(patient, entry_id=entry_id)

    def command(_: PatientRecord) -> Sequence[Entry]:
        draft = Draft.of(filing, PortalEnded(who=row.who, reason=reason.strip() or "-"))
        if not reason.strip():
            draft.refuse("reason", found="nothing", expected="why it ends")
        return draft.filed()

    with office.db.atomic():
        office.act(patient, command, permission=CHAT)
        close(office, row)


def close(office: Office, row: PortalAccount) -> None:
    """Close an account: nobody signs in with it again, and whoever is in is out."""
    forget_codes(office, row)
    row.ended_at, row.code, row.mark, row.address, row.key = office.now, b"", b"", b"", ""
    row.save(using=office.db.alias)
    if row.user_id is None:
        return
    users = get_user_model().objects.using(office.db.alias).filter(pk=row.user_id)
    users.update(is_active=False)
    Authenticator.objects.using(office.db.alias).filter(user_id=row.user_id).delete()
    for session in UserSession.objects.using(office.db.alias).filter(user_id=row.user_id):
        session.end()
