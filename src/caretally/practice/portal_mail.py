"""Invitations and codes on their way, by the mail relay and the gateway for text messages.

What a message says is sealed while it waits, and gone when it was sent or given up. It names no
patient and nothing of anybody's health. It is sent at least once, as notices are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from caretally.clock import ahead
from caretally.errors import CaretallyError, ExchangeError
from caretally.exchange.mail import Mail, send_mail
from caretally.exchange.texting import MOST_TEXT, send_text
from caretally.practice.notices import Ways, ways
from caretally.practice.office import Office
from caretally.practice.portal_wording import wording
from caretally.practice.sealing import Sealed, open_sealed, portal_bound_to, seal
from caretally.store.database import Database
from caretally.store.models import PortalAccount, PortalMail
from caretally.store.stored_journal import StoredJournal

INVITATION, CODE = "invitation", "code"
WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
BATCH = 20
LEASE, PAUSE = timedelta(minutes=2), timedelta(seconds=15)
LASTS = {INVITATION: timedelta(hours=12), CODE: timedelta(minutes=8)}
"""How long it is tried; a code that comes too late helps nobody."""


def put_in_line(office: Office, row: PortalAccount, kind: str, secret: str) -> None:
    """Put a message to somebody in line. secret: the link or the code."""
    at = office.now - ahead()
    key, sealed = seal(secret.encode(), bound_to(office.practice, row.pk, kind))
    PortalMail.objects.using(office.db.alias).create(
        practice_id=row.practice_id, account=row, kind=kind, key=key, sealed=sealed, due_at=at,
        until_at=at + LASTS[kind], made_at=at,
    )  # fmt: skip


def bound_to(practice: str, account: int, kind: str) -> str:
    """Return what the secret of a message is bound to."""
    return f"{practice}\nportal mail/{account}/{kind}"


def send_due(journal: StoredJournal, at: datetime, limit: int = BATCH) -> int:
    """Send the messages that are due; returns how many were tried. at: the time outside."""
    found = leased(journal.db, at, limit)
    for each in found:
        attempt(each, at)
    return len(found)


def leased(db: Database, at: datetime, limit: int) -> list[PortalMail]:
    """Take up messages that are due; nobody else takes them meanwhile."""
    rows = PortalMail.objects.using(db.alias)
    due = rows.filter(
        Q(leased_until=None) | Q(leased_until__lte=at), state=WAITING, due_at__lte=at
    ).order_by("due_at", "pk")
    with db.atomic():
        chosen = due.select_for_update(skip_locked=True, of=("self",)) if db.is_postgres else due
        numbers = [each.pk for each in chosen[:limit]]
        held = rows.filter(pk__in=numbers)
        held.update(leased_until=at + LEASE)
        return list(held.select_related("practice", "account", "account__practice"))


def attempt(message: PortalMail, at: datetime) -> None:
    """Try a message once and keep what came of it."""
    if at >= message.until_at:
        settle(message, GIVEN_UP, message.answer or "too late")
        return
    try:
        answer = handed_over(message, ways())
    except ExchangeError as error:
        message.due_at = at + PAUSE * (1 << min(message.attempts, 6))
        settle(message, WAITING, str(error))
    except CaretallyError as error:
        settle(message, GIVEN_UP, str(error))
    else:
        settle(message, SENT, answer)


def handed_over(message: PortalMail, how: Ways) -> str:
    """Hand a message over and return what was answered.

    Raises:
        ExchangeError: it was not taken.
        CaretallyError: there is no way for it.
    """
    row = message.account
    practice = message.practice.name
    sealed = Sealed(message.key, bytes(message.sealed))
    secret = open_sealed(sealed, bound_to(practice, row.pk, message.kind)).decode()
    kept = Sealed(row.key, bytes(row.address))
    to = open_sealed(kept, portal_bound_to(practice, row.pk)).decode()
    say = wording(row.language).say
    key = f"portal-{practice}-{message.pk}"
    if row.channel == "sms" and how.gateway is not None:
        return send_text(how.gateway, to, short(say(f"text_{message.kind}", secret=secret)), key)
    if row.channel == "email" and how.relay is not None:
        return send_mail(how.relay, Mail(
            id=key, sender=how.sender, to=to, subject=say(f"mail_{message.kind}_subject"),
            text=say(f"mail_{message.kind}", secret=secret), at=message.due_at,
        ))  # fmt: skip
    raise CaretallyError("this way of sending is not set up")


def short(text: str) -> str:
    """Return a text message that nobody cuts: a link that lost its end helps nobody.

    Raises:
        CaretallyError: it is too long.
    """
    if len(text) > MOST_TEXT:
        raise CaretallyError("the address of the portal is too long for a text message")
    return text


def settle(message: PortalMail, state: str, answer: str) -> None:
    """Keep how a message went; what it said is gone once it waits no more."""
    message.state, message.answer, message.leased_until = state, answer, None
    message.attempts += 1
    if state != WAITING:
        message.sealed, message.key = b"", ""
    message.save(update_fields=["state", "answer", "leased_until", "attempts", "due_at",
                                "sealed", "key"])  # fmt: skip
