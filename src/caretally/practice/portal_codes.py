"""How somebody from outside comes in: an invitation taken, or a code typed, each once.

Nothing here tells a stranger whether somebody is known. A code is short-lived, held against a keyed
digest in constant time, void after a few wrong ones, and sent no more often than a person needs.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from secrets import token_hex

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet

from caretally.enrollment.record import PatientRecord
from caretally.journal.drafts import Draft
from caretally.journal.entries import Entry, PortalJoined
from caretally.practice.portal import (
    ACCOUNT,
    Visitor,
    live_accounts,
    visitor_in,
    visitor_office,
)
from caretally.practice.portal_accounts import PRINTED, SENT, birth_date_of
from caretally.practice.portal_mail import CODE, put_in_line
from caretally.practice.portal_marks import (
    bound,
    identity_of,
    is_code,
    link_digest,
    mark_of,
    marks_of,
    new_sent_code,
    typed_code,
)
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.access import Told, record_told
from caretally.store.database import ALL, Database, scoped
from caretally.store.models import PortalAccount, PortalCode
from caretally.store.stored_journal import StoredJournal

SENT_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
"""Wrong codes after which a code that was sent is void, and wrong dates after which a link is."""
MOST_LETTER_TRIES = 20
"""Wrong codes of a letter after which the letter is void."""
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
MOST_FROM_ONE, MOST_FROM_PLACE, MOST_A_DAY = 5, 30, 20
"""Codes an hour for one person from one place, and from one place; codes a day for one person."""
RIGHT, WRONG, VOID = "right", "wrong", "void"

Door = tuple[str, int]
"""Practice and number of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody who said who it is and has not proved it; kept in the session.

    doors: accounts the person may be of. code: number of the code that was sent; 0 for none.
    """

    doors: tuple[Door, ...] = ()
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attempt came to. word: right, wrong or void. doors: where the person may go in."""

    word: str
    doors: tuple[Door, ...] = field(default=())


def asked(journal: StoredJournal, typed: str, place: str, at: datetime) -> Pending:
    """Take note that somebody wants to come in, and send a code where there is an address.

    typed: mail address, telephone number or portal number. place: from where it is asked.
    """
    identity, db = identity_of(typed), journal.db
    with scoped(ALL, db.alias):
        rows = list(known_as(db, identity))
        first = next((row for row in rows if row.channel != "letter" and row.address), None)
        from_place = mark_of(f"place\n{place}")
        if first is None or is_too_often(db, first, from_place, at):
            return Pending(doors=doors_of(rows))
    with scoped(first.practice.name, db.alias), db.atomic():
        code = new_sent_code()
        made = PortalCode.objects.using(db.alias).create(
            practice_id=first.practice_id, account=first, kind=SENT, asked_from=from_place,
            digest=mark_of(bound(first.pk, code)), made_at=at, until_at=at + SENT_LASTS,
        )  # fmt: skip
        put_in_line(visitor_office(journal, visitor_in(first), at), first, CODE, code)
    return Pending(doors=doors_of(rows), code=made.pk)


def known_as(db: Database, identity: str) -> QuerySet[PortalAccount]:
    """Return the accounts that go by an address or a number; all practices must be in scope.

    Who was invited by a link comes in by the link first; a letter opens by itself.
    """
    if not identity:
        return PortalAccount.objects.using(db.alias).none()
    rows = PortalAccount.objects.using(db.alias).filter(ended_at=None).select_related("practice")
    by_address = Q(mark__in=marks_of(identity), user__isnull=False)
    return rows.filter(by_address | Q(number=identity)).order_by("pk")


def doors_of(rows: Iterable[PortalAccount]) -> tuple[Door, ...]:
    """Return the accounts as they are kept in a session."""
    return tuple((row.practice.name, row.pk) for row in rows)


def is_too_often(db: Database, row: PortalAccount, place: bytes, at: datetime) -> bool:
    """Tell whether enough codes were sent."""
    codes = PortalCode.objects.using(db.alias).filter(kind=SENT)
    here = codes.filter(asked_from=place, made_at__gt=at - AN_HOUR)
    of_one = codes.filter(account=row, made_at__gt=at - A_DAY)
    return bool(
        here.filter(account=row).count() >= MOST_FROM_ONE
        or here.count() >= MOST_FROM_PLACE
        or of_one.count() >= MOST_A_DAY
    )


def tried(journal: StoredJournal, pending: Pending, typed: str, at: datetime) -> Outcome:
    """Hold what was typed against the code that was sent, else against those of a letter.

    Every attempt is counted before it is judged, so that many at once are no way around the limit.
    """
    code, db = typed_code(typed), journal.db
    for door in pending.doors:
        with scoped(door[0], db.alias), db.atomic():
            if pending.code and is_sent_code(db, (door[1], pending.code), code, at):
                return Outcome(word=RIGHT, doors=pending.doors)
            if is_letter_code(db, door, code, at):
                return Outcome(word=RIGHT, doors=(door,))
    return Outcome(word=WRONG)


def is_sent_code(db: Database, named: tuple[int, int], code: str, at: datetime) -> bool:
    """Tell whether a code is the one that was sent, and take it out of use if so.

    named: numbers of the account and of the code.
    """
    codes = PortalCode.objects.using(db.alias).filter(
        account_id=named[0], pk=named[1], kind=SENT, used_at=None, until_at__gt=at,
        account__ended_at=None,
    )  # fmt: skip
    mine = PortalCode.objects.using(db.alias).filter(pk=named[1], account_id=named[0])
    if not mine.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        return False
    found = codes.first()
    if found is None or not is_code(bytes(found.digest), named[0], code):
        return False
    return bool(mine.filter(used_at=None).update(used_at=at) == 1)


def is_letter_code(db: Database, door: Door, code: str, at: datetime) -> bool:
    """Tell whether a code stands in somebody's letter, and take it out of use if so."""
    letter = letter_codes(db, door, at)
    rows = PortalAccount.objects.using(db.alias).filter(pk=door[1])
    if not letter or not rows.filter(tries__lt=MOST_LETTER_TRIES).update(tries=F("tries") + 1):
        return False
    right = [each.pk for each in letter if is_code(bytes(each.digest), door[1], code)]
    codes = PortalCode.objects.using(db.alias).filter(pk__in=right, used_at=None)
    if right and codes.update(used_at=at) == 1:
        rows.update(tries=0)
        return True
    tell_void(db, door, at)
    return False


def letter_codes(db: Database, door: Door, at: datetime) -> Sequence[PortalCode]:
    """Return the codes of a letter that may still be used."""
    codes = PortalCode.objects.using(db.alias).filter(kind=PRINTED, used_at=None, until_at__gt=at)
    return list(codes.filter(account_id=door[1], account__ended_at=None))


def tell_void(db: Database, door: Door, at: datetime) -> None:
    """Tell the practice when a letter is void after too many wrong codes."""
    row = PortalAccount.objects.using(db.alias).select_related("practice").get(pk=door[1])
    if row.tries == MOST_LETTER_TRIES:
        tell(db, row, "locked_out", at)


def tell(db: Database, row: PortalAccount, kind: str, at: datetime) -> None:
    """Tell something about a sign-in in the patient's access chain."""
    told = Told(practice=row.practice.name, kind=kind, actor=f"portal:{row.who}",
                patient=row.patient, said={"way": row.channel})  # fmt: skip
    record_told(db, told, at)


def door_of_link(db: Database, practice: str, secret: str, at: datetime) -> Door | None:
    """Return the account that a link opens; None where it was used, withdrawn or is too old."""
    with scoped(practice, db.alias):
        rows = live_accounts(db, practice).filter(code=link_digest(secret), joined_at=None)
        row = rows.filter(code_until__gt=at).first()
    return (practice, row.pk) if row is not None else None


def account_at(db: Database, door: Door) -> PortalAccount | None:
    """Return the account of a door; None where it ended."""
    with scoped(door[0], db.alias):
        found: PortalAccount | None = live_accounts(db, door[0]).filter(pk=door[1]).first()
    return found


def entered(journal: StoredJournal, door: Door, way: str, at: datetime) -> Visitor | None:
    """Let somebody in who proved it and came before; None where the account ended since."""
    with scoped(door[0], journal.db.alias), journal.db.atomic():
        row = live_accounts(journal.db, door[0]).filter(pk=door[1]).first()
        if row is None or row.user_id is None:
            return None
        row.tries = 0
        row.save(using=journal.db.alias, update_fields=["tries"])
        told = Told(practice=door[0], kind="signed_in", actor=f"portal:{row.who}",
                    patient=row.patient, said={"way": way})  # fmt: skip
        record_told(journal.db, told, at)
        return visitor_in(row)


def joined(
    journal: StoredJournal, door: Door, born_on: date | None, at: datetime
) -> tuple[str, Visitor | None]:
    """Let somebody in for the first time, who knows the patient's date of birth.

    Returns right with the visitor, wrong, or void where the invitation holds no more.
    """
    db = journal.db
    with scoped(door[0], db.alias), db.atomic():
        rows = PortalAccount.objects.using(db.alias).filter(
            pk=door[1], joined_at=None, ended_at=None, code_until__gt=at, tries__lt=MOST_TRIES
        )
        if not rows.exclude(code=b"").update(tries=F("tries") + 1):
            return VOID, None
        row = live_accounts(db, door[0]).get(pk=door[1])
        office = visitor_office(journal, visitor_in(row), at)
        record = office.chart(office.card(row.patient)).record
        known = birth_date_of(record)
        if not hmac.compare_digest(str(known).encode(), str(born_on or "").encode()):
            return wrong_date(db, row, at), None
        return RIGHT, let_in(journal, row, at)


def wrong_date(db: Database, row: PortalAccount, at: datetime) -> str:
    """Say what a wrong date of birth comes to; after some the invitation is void, which is told."""
    if row.tries < MOST_TRIES:
        return WRONG
    row.code = b""
    row.save(using=db.alias, update_fields=["code"])
    tell(db, row, "locked_out", at)
    return VOID


def let_in(journal: StoredJournal, row: PortalAccount, at: datetime) -> Visitor:
    """Make the account of somebody who was invited; the invitation is used up."""
    users = get_user_model().objects.db_manager(journal.db.alias)
    user = users.create_user(f"{ACCOUNT}{token_hex(12)}")
    row.user, row.joined_at, row.code, row.tries = user, at, b"", 0
    row.save(using=journal.db.alias)
    visitor = visitor_in(row)
    office = visitor_office(journal, visitor, at)

    def command(_: PatientRecord) -> Sequence[Entry]:
        body = PortalJoined(who=row.who, way="code")
        return Draft.of(office.filing(row.patient), body).filed()

    office.act(row.patient, command, permission=SEE_PATIENTS)
    tell(journal.db, row, "signed_in", at)
    return visitor
