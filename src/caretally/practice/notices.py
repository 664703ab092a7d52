"""Notices on their way: taken up by lease, sent, tried again later, and given up in the end.

A notice says that an alert waits and where to look, and nothing about a patient. It is sent at
least once: a worker that is killed between the relay's answer and its own note sends it again,
under the same Message-ID. Nobody is told any more of an alert that somebody took on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from caretally.codes import ALERT_LEVELS
from caretally.errors import CaretallyError, ExchangeError
from caretally.exchange.mail import Mail, Relay, relay_of, send_mail
from caretally.exchange.posting import networks_of
from caretally.exchange.texting import Gateway, gateway_of, send_text
from caretally.practice.contact_points import TEST, address_of
from caretally.practice.drills import DRILL, level_of
from caretally.practice.escalating import AT_ONCE
from caretally.store.alert_tables import Notice
from caretally.store.database import Database
from caretally.store.stored_journal import StoredJournal
from caretally.triage.ladders import EMAIL, PAGE, SMS

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
BATCH = 20
LEASE = timedelta(minutes=2)
"""How long a worker may take for a notice; afterwards another takes it up."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
MOST_ATTEMPTS = 8
"""The last attempt comes about a quarter of an hour after the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How messages leave: relay and gateway, each None where none is set."""

    relay: Relay | None
    sender: str
    gateway: Gateway | None
    public_url: str


class NotSetUpError(CaretallyError):
    """A channel that the program was given no way for."""


class Words(NamedTuple):
    """What a message says: subject and text of a mail, and a text message."""

    subject: str
    text: str
    short: str


Send = Callable[[Ways, Notice, str, Words], str]


def ways() -> Ways:
    """Return how messages leave, as the program was set up."""
    told = settings.NOTICES
    return Ways(
        relay=relay_of(told["smtp_url"]), sender=told["mail_from"] or "caretally@localhost",
        gateway=gateway_of(told["sms_url"], told["sms_body"], told["sms_authorization"],
                           networks_of(settings.HOOK_NETWORKS)),
        public_url=settings.PUBLIC_URL,
    )  # fmt: skip


def tell_due(journal: StoredJournal, at: datetime, limit: int = BATCH) -> int:
    """Send the notices that are due; returns how many were settled. at: the time outside."""
    found = leased(journal.db, at, limit)
    for notice in found:
        attempt(journal.db, notice, at)
    return len(found)


def leased(db: Database, at: datetime, limit: int) -> list[Notice]:
    """Take up notices that are due, the longest due first; nobody else takes them meanwhile."""
    due = (
        Notice.objects.using(db.alias)
        .filter(Q(leased_until=None) | Q(leased_until__lte=at), state=WAITING, due_at__lte=at)
        .order_by("due_at", "pk")
    )
    with db.atomic():
        chosen = due.select_for_update(skip_locked=True, of=("self",)) if db.is_postgres else due
        numbers = [each.pk for each in chosen[:limit]]
        held = Notice.objects.using(db.alias).filter(pk__in=numbers)
        held.update(leased_until=at + LEASE)
        return list(held.select_related("practice").order_by("due_at", "pk"))


def attempt(db: Database, notice: Notice, at: datetime) -> None:
    """Try a notice once and keep what came of it."""
    level = level_told(db, notice)
    if level is None:
        settle(notice, GIVEN_UP, "no longer needed: somebody took the alert on")
        return
    if notice.channel == PAGE:
        settle(notice, SENT, AT_ONCE[PAGE])
        return
    try:
        address = address_of(db, notice.practice.name, notice.staff, notice.channel)
    except CaretallyError:
        settle(notice, GIVEN_UP, "the address does not open")
        return
    if address is None or notice.channel not in SENDERS:
        settle(notice, GIVEN_UP, f"no {CHANNEL_WORDS.get(notice.channel, 'address')} is kept")
        return
    try:
        how = ways()
        answer = SENDERS[notice.channel](how, notice, address, words_of(notice, level, how))
    except ExchangeError as error:
        put_off(notice, str(error), at)
    except NotSetUpError as error:
        settle(notice, GIVEN_UP, str(error))
    except CaretallyError:
        settle(notice, GIVEN_UP, "the channel is not set up as it must be")
    else:
        settle(notice, SENT, answer)


def level_told(db: Database, notice: Notice) -> str | None:
    """Return the level of what a notice is about; None where nobody is waited for any more."""
    if notice.alert.startswith(TEST):
        return "test"
    if notice.alert.startswith(DRILL):
        return level_of(notice.alert)
    rows = db.rows(
        "SELECT level FROM store_alert WHERE practice_id = %s AND alert = %s AND state = 'open'",
        notice.practice_id, notice.alert,
    )  # fmt: skip
    return ALERT_LEVELS[rows[0][0]] if rows else None


def words_of(notice: Notice, level: str, how: Ways) -> Words:
    """Return what a message says; it holds the id of the alert and nothing about a patient."""
    if notice.alert.startswith(TEST):
        says = "This is the test message you asked for. No alert waits."
        return Words("Caretally: test message", f"{says}\n", f"Caretally: {says}")
    place = f"{how.public_url}/p/{notice.practice.name}"
    if notice.alert.startswith(DRILL):
        link = f"{place}/oncall/" if how.public_url else ""
        says = f"DRILL: this is how an alert of level {level} reaches you. No patient is concerned."
        return Words(
            f"Caretally: DRILL, {level} alert",
            f"{says}\n\nAnswer the drill on the page of calls. {link}\n",
            f"Caretally {says} {link}".strip(),
        )
    link = f"{place}/alerts/{notice.alert}" if how.public_url else ""
    return Words(
        f"Caretally: {level} alert",
        f"An alert of level {level} waits for somebody to take it on.\n\n"
        f"Alert {notice.alert}, step {notice.step + 1} of its ladder.\n"
        f"{link or 'Sign in to Caretally to see it.'}\n\n"
        "This message names no patient. Do not answer it: nobody reads this mailbox.\n",
        f"Caretally: {level} alert waits. {link or notice.alert}",
    )


def mail(how: Ways, notice: Notice, address: str, words: Words) -> str:
    """Send a notice by mail.

    Raises:
        ExchangeError: the relay did not take it, or none is set.
    """
    if how.relay is None:
        raise NotSetUpError("no mail relay is set up")
    return send_mail(how.relay, Mail(
        id=f"notice-{notice.practice.name}-{notice.pk}", sender=how.sender, to=address,
        subject=words.subject, text=words.text, at=notice.due_at,
    ))  # fmt: skip


def text(how: Ways, notice: Notice, address: str, words: Words) -> str:
    """Send a notice as a text message.

    Raises:
        ExchangeError: the gateway did not take it, or none is set.
    """
    if how.gateway is None:
        raise NotSetUpError("no gateway for text messages is set up")
    key = f"notice-{notice.practice.name}-{notice.pk}"
    return send_text(how.gateway, address, words.short, key)


SENDERS: dict[str, Send] = {EMAIL: mail, SMS: text}
CHANNEL_WORDS = {EMAIL: "mail address", SMS: "telephone number"}


def settle(notice: Notice, state: str, answer: str) -> None:
    """Keep how a notice ended."""
    before = notice.answer
    notice.state, notice.leased_until = state, None
    notice.answer = f"{answer}; {before}" if before and not notice.attempts else answer
    notice.attempts += 1
    notice.save(update_fields=["state", "answer", "leased_until", "attempts"])


def put_off(notice: Notice, answer: str, at: datetime) -> None:
    """Keep why an attempt failed, and try again later; give up in the end."""
    if notice.attempts + 1 >= MOST_ATTEMPTS:
        settle(notice, GIVEN_UP, f"given up: {answer}")
        return
    pause = min(FIRST_PAUSE * (1 << notice.attempts), LONGEST_PAUSE)
    notice.due_at = at + pause
    notice.save(update_fields=["due_at"])
    settle(notice, WAITING, answer)
