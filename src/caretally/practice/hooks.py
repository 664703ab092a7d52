"""Outgoing webhooks: who wants to be told of events, and the worker that tells them.

Deliveries are drained in batches. What fails is tried again, later each time, and given up in the
end; a subscription that does not answer holds nobody else up. Receivers check the signature:
`Caretally-Signature: t=SECONDS,v1=HMAC`, the HMAC-SHA256 of `t.body` under their secret.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings

from caretally.clock import seconds_of
from caretally.errors import CaretallyError, ExchangeError, UnknownError
from caretally.exchange.posting import Letter, checked_url, networks_of, post
from caretally.practice.disclosures import Disclosure, record_disclosure
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.practice.sealing import forget_secret, keep_secret, kept_secret
from caretally.store.database import Database
from caretally.store.models import Delivery, Subscription
from caretally.store.outbox import (
    GIVEN_UP,
    WAITING,
    delayed,
    given_up,
    leased,
    put_back,
    sent,
)

Post = Callable[[Letter], int]
BATCH, MOST_BATCHES = 50, 20
MOST_ATTEMPTS = 14
"""The last attempt comes about a day after the first."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=4)
PREFIX = "whsec_"


def place_of(subscription: Subscription) -> tuple[str, str]:
    """Return where the secret of a subscription is kept."""
    return subscription.practice.name, f"subscription/{subscription.name}"


def subscribe(office: Office, url: str, events: Iterable[str]) -> tuple[Subscription, str]:
    """Make a subscription; returns it with its secret, which is told this once.

    Raises:
        ForbiddenError: the caller may not.
        InputError: the address cannot be posted to.
    """
    office.caller.require(MANAGE_PRACTICE)
    checked_url(url, networks_of(settings.HOOK_NETWORKS))
    secret = PREFIX + secrets.token_urlsafe(32)
    with office.db.atomic():
        made: Subscription = Subscription.objects.using(office.db.alias).create(
            practice_id=office.book().number, name=office.new_id("sub"), url=url,
            events=" ".join(sorted(set(events))), made_at=office.now,
        )  # fmt: skip
        keep_secret(office.db, place_of(made), secret.encode(), office.now)
    return made, secret


def subscriptions(office: Office) -> list[Subscription]:
    """Return the subscriptions of the practice, the newest first.

    Raises:
        ForbiddenError: the caller may not.
    """
    office.caller.require(MANAGE_PRACTICE)
    own = Subscription.objects.using(office.db.alias).filter(practice__name=office.practice)
    return list(own.select_related("practice").order_by("-pk"))


def subscription(office: Office, name: str) -> Subscription:
    """Return a subscription of the practice.

    Raises:
        ForbiddenError: the caller may not.
        UnknownError: there is none of this name.
    """
    for each in subscriptions(office):
        if each.name == name:
            return each
    raise UnknownError("no subscription of this id is open to you")


def end_subscription(office: Office, name: str) -> None:
    """End a subscription: nothing more is told, and its secret is forgotten.

    Raises:
        ForbiddenError, UnknownError: as `subscription`.
    """
    with office.db.atomic():
        ended = subscription(office, name)
        if ended.ended_at is None:
            ended.ended_at = office.now
            ended.save(using=office.db.alias, update_fields=["ended_at"])
        forget_secret(office.db, place_of(ended))
        waiting = Delivery.objects.using(office.db.alias).filter(subscription=ended, state=WAITING)
        waiting.update(state=GIVEN_UP, answer="the subscription was ended", leased_until=None)


def deliveries(office: Office, name: str, *, before: int, limit: int) -> list[Delivery]:
    """Return deliveries of a subscription whose number is below one, the newest first; 0 for all.

    Raises:
        ForbiddenError, UnknownError: as `subscription`.
    """
    held = Delivery.objects.using(office.db.alias).filter(subscription=subscription(office, name))
    if before:
        held = held.filter(pk__lt=before)
    return list(held.order_by("-pk")[:limit])


def resend(office: Office, name: str, event: str) -> Delivery:
    """Put a delivery in once more, from the first attempt; one that waits is due at once.

    Raises:
        ForbiddenError, UnknownError: as `subscription`, or the subscription has ended.
    """
    of = subscription(office, name)
    held = Delivery.objects.using(office.db.alias).filter(subscription=of, event=event)
    found: Delivery | None = held.first() if of.ended_at is None else None
    if found is None:
        raise UnknownError("no delivery of this event is open to you")
    found.state, found.attempts, found.due_at, found.leased_until = WAITING, 0, office.now, None
    found.save(update_fields=["state", "attempts", "due_at", "leased_until"])
    return found


def signature(secret: bytes, body: bytes, at: datetime) -> str:
    """Return the header that proves who sent a body and when."""
    moment = seconds_of(at)
    mac = hmac.new(secret, f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={mac}"


def pause_after(attempts: int, event: str) -> timedelta:
    """Return how long to wait after so many failed attempts; up to a quarter more, by the event.

    Without that, all that failed together would come back together.
    """
    pause = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)
    spread = sha256(f"{event}/{attempts}".encode()).digest()[0]
    return pause + pause * spread / 1_024


def post_out(letter: Letter) -> int:
    """Post to where the program's settings allow."""
    return post(letter, networks_of(settings.HOOK_NETWORKS))


def deliver_due(db: Database, now: datetime, limit: int = BATCH, send: Post = post_out) -> int:
    """Deliver what is due, batch after batch; returns how many arrived."""
    arrived, silent = 0, set[int]()
    for _ in range(MOST_BATCHES):
        batch = leased(db, now, limit, without=silent)
        for delivery in batch:
            if delivery.subscription_id in silent:
                put_back(delivery)
            elif attempted(db, delivery, now, send):
                arrived += 1
            else:
                silent.add(delivery.subscription_id)
        if len(batch) < limit:
            break
    return arrived


def attempted(db: Database, delivery: Delivery, now: datetime, send: Post) -> bool:
    """Try a delivery once and keep what came of it; tell whether it arrived."""
    try:
        if delivery.attempts == 0:
            tell_disclosure(db, delivery, now)
        status = send(letter_of(db, delivery, now))
    except CaretallyError as error:
        answer = str(error) if isinstance(error, ExchangeError) else "the secret does not open"
    else:
        answer = str(status)
        if 200 <= status < 300:
            sent(delivery, answer)
            return True
    attempts = delivery.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        given_up(delivery, answer)
    else:
        delayed(delivery, answer, now + pause_after(attempts, delivery.event))
    return False


def tell_disclosure(db: Database, delivery: Delivery, now: datetime) -> None:
    """Tell in the accounting of disclosures that something about a patient goes out."""
    patient = json.loads(delivery.body).get("patient")
    if patient is None:
        return
    listening = delivery.subscription
    disclosure = Disclosure(
        practice=listening.practice.name, patient=patient, actor="system:webhooks",
        to=urlsplit(listening.url).hostname or listening.name,
        what=f"webhook {delivery.kind} {delivery.event}", why=f"subscription {listening.name}",
    )  # fmt: skip
    record_disclosure(db, disclosure, now)


def letter_of(db: Database, delivery: Delivery, now: datetime) -> Letter:
    """Return what is posted for a delivery.

    Raises:
        CaretallyError: the secret of the subscription is not kept or does not open.
    """
    body = delivery.body.encode()
    secret = kept_secret(db, place_of(delivery.subscription))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Caretally",
        "Caretally-Event": delivery.event,
        "Caretally-Signature": signature(secret, body, now),
    }
    return Letter(url=delivery.subscription.url, body=body, headers=headers)
