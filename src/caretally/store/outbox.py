"""Events on their way out: filed in the transaction that caused them, taken up by lease.

An event says that something changed and where to look: ids, a month, a version, nothing else. What
is committed is delivered at least once; a receiver knows an event again by its id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q

from caretally.journal.entries import AlertEscalated, AlertRaised, Entry
from caretally.store.database import Database, batches
from caretally.store.models import Delivery, Subscription
from caretally.store.streams import Book

ENTRIES_ACCEPTED, MONTH_CHANGED = "entries_accepted", "month_changed"
ALERT_RAISED, ALERT_ESCALATED = "alert_raised", "alert_escalated"
KINDS = (ENTRIES_ACCEPTED, MONTH_CHANGED, ALERT_RAISED, ALERT_ESCALATED)
WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
MOST_IN_EVENT = 500
"""Entries that one event names; many entries make several events."""
LEASE = timedelta(minutes=15)
"""How long a worker may take for a batch; afterwards another takes it up."""

ANY_LIVE = "SELECT 1 FROM store_subscription WHERE practice_id = %s AND ended_at IS NULL LIMIT 1"
"""Most practices have no subscription, and a save should not wait for this question."""
PatientMonth = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, as it is told.

    id: the same for the same happening, however often it is told. body: JSON.
    """

    id: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a save changed."""

    accepted: Sequence[Entry]
    months: Sequence[PatientMonth]
    at: datetime


def file_events(book: Book, change: Change) -> None:
    """File what a save changed for everybody who wants to know; inside its transaction."""
    if not book.db.rows(ANY_LIVE, book.number):
        return
    live = Subscription.objects.using(book.db.alias).filter(practice_id=book.number, ended_at=None)
    wanting = {each.pk: frozenset(each.events.split()) for each in live}
    kinds = frozenset[str]().union(*wanting.values())
    events = [event for event in events_of(book, change) if event.kind in kinds]
    Delivery.objects.using(book.db.alias).bulk_create(
        Delivery(
            subscription_id=number, event=event.id, kind=event.kind, body=event.body,
            due_at=change.at, made_at=change.at,
        )
        for number, wanted in wanting.items()
        for event in events
        if event.kind in wanted
    )  # fmt: skip


def events_of(book: Book, change: Change) -> Iterator[Event]:
    """Yield the events of a save."""
    for part in batches([entry.id for entry in change.accepted], MOST_IN_EVENT):
        yield event_of(ENTRIES_ACCEPTED, book, change.at, {"entries": list(part)})
    for entry in change.accepted:
        told = alert_told(entry)
        if told is not None:
            yield event_of(entry.kind, book, change.at, told)
    versions = versions_of(book, change.months)
    for patient, month in change.months:
        changed = {"patient": patient, "month": month, "version": versions[patient, month]}
        yield event_of(MONTH_CHANGED, book, change.at, changed)


def alert_told(entry: Entry) -> dict[str, object] | None:
    """Return what is told of an alert: ids and levels, and nothing about the patient."""
    body = entry.body
    if isinstance(body, AlertRaised):
        return {"alert": body.alert, "level": body.level}
    if isinstance(body, AlertEscalated):
        return {"alert": body.alert, "step": body.step, "staff": list(body.told)}
    return None


def event_of(kind: str, book: Book, at: datetime, told: dict[str, object]) -> Event:
    """Return an event; its id follows from what it tells."""
    content = {"kind": kind, "practice": book.practice, "at": at.isoformat(), **told}
    digest = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    name = f"evt_{digest[:32]}"
    body = json.dumps({"id": name, **content}, separators=(",", ":"))
    return Event(id=name, kind=kind, body=body)


def versions_of(book: Book, months: Iterable[PatientMonth]) -> dict[PatientMonth, int]:
    """Return the versions of patient-months."""
    rows = book.db.rows_in(
        "SELECT patient, month, version FROM store_patientmonth WHERE practice_id = %s "
        "AND patient IN ({})",
        sorted({patient for patient, _ in months}),
        book.number,
    )
    return {(patient, month): version for patient, month, version in rows}


def leased(
    db: Database, now: datetime, limit: int, *, without: Collection[int] = ()
) -> list[Delivery]:
    """Take up deliveries that are due, the longest due first; nobody else takes them meanwhile.

    without: numbers of subscriptions that are passed over.
    """
    due = (
        Delivery.objects.using(db.alias)
        .filter(Q(leased_until=None) | Q(leased_until__lte=now), state=WAITING, due_at__lte=now)
        .exclude(subscription_id__in=without)
        .order_by("due_at", "pk")
    )
    with db.atomic():
        chosen = due.select_for_update(skip_locked=True, of=("self",)) if db.is_postgres else due
        numbers = [each.pk for each in chosen[:limit]]
        held = Delivery.objects.using(db.alias).filter(pk__in=numbers)
        held.update(leased_until=now + LEASE)
        return list(held.select_related("subscription__practice").order_by("due_at", "pk"))


def put_back(delivery: Delivery) -> None:
    """Give a delivery back untried."""
    delivery.leased_until = None
    delivery.save(update_fields=["leased_until"])


def sent(delivery: Delivery, answer: str) -> None:
    """Keep that a delivery arrived."""
    settled(delivery, SENT, answer)


def given_up(delivery: Delivery, answer: str) -> None:
    """Keep that a delivery is not tried again, and why."""
    settled(delivery, GIVEN_UP, answer)


def settled(delivery: Delivery, state: str, answer: str) -> None:
    """Keep how an attempt ended a delivery."""
    delivery.state, delivery.answer, delivery.leased_until = state, answer, None
    delivery.attempts += 1
    delivery.save(update_fields=["state", "answer", "leased_until", "attempts"])


def delayed(delivery: Delivery, answer: str, due_at: datetime) -> None:
    """Keep why an attempt failed and when the next one is due."""
    delivery.due_at = due_at
    delivery.save(update_fields=["due_at"])
    settled(delivery, WAITING, answer)
