"""Conversations as lists and records for the staff: what waits, and what a closed one came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caretally.contacts.chat.content import (
    NO_LIVE_RUN,
    NO_RELATION,
    NO_TOPIC,
    NOT_REGISTERED,
    TOO_FEW,
)
from caretally.contacts.chat.parameters import parameters_of
from caretally.contacts.chat.record import message_of
from caretally.contacts.chat.runs import kept
from caretally.errors import UnknownError
from caretally.journal.corrections import resolve
from caretally.journal.entries import ChatMeasured, Entry
from caretally.practice.messaging import Desk
from caretally.practice.office import Office
from caretally.practice.roles import CHAT
from caretally.store import conversations
from caretally.store.cards import Card, card_named
from caretally.store.conversations import CLOSED, OPEN
from caretally.store.models import Conversation

MOST = 200
"""Conversations looked through for a list."""
TOPIC_WORDS: Mapping[str, str] = {
    "device_data": "Readings", "symptoms": "Symptoms", "medication": "Medication",
    "care_plan": "Care plan", "general": "Nothing clinical",
}  # fmt: skip
REASON_WORDS: Mapping[str, str] = {
    NO_LIVE_RUN: "There was no stretch in which both sides answered each other in time.",
    TOO_FEW: "The patient's side wrote fewer than two messages that say more than thanks.",
    NO_TOPIC: "It was about nothing clinical.",
    NO_RELATION: "A caregiver wrote who had no authority on file on that day.",
    NOT_REGISTERED: "Somebody of the staff wrote who was not registered on that day.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation in a list."""

    card: Card
    conversation: str
    is_open: bool
    unread: int
    messages: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a closed conversation came to.

    people: messages that count for the algorithm; dropped: duplicates, automated, offline.
    """

    row: Conversation
    entry: Entry
    body: ChatMeasured
    people: int
    dropped: int


def talks(office: Office, *, with_closed: bool) -> list[Talk]:
    """Return the conversations a caller may see, those with unread messages first."""
    office.caller.require(CHAT)
    book = office.book()
    states = (OPEN, CLOSED) if with_closed else (OPEN,)
    found = []
    for each in conversations.listed(office.db, book.number, states, MOST):
        card = card_named(book, each.row.patient)
        if card is not None and office.reaches(card, CHAT):
            found.append(
                Talk(
                    card=card, conversation=each.row.conversation,
                    is_open=each.row.state == OPEN, unread=each.unread, messages=each.messages,
                    last_at=each.last_at,
                )
            )  # fmt: skip
    return found


def waiting_here(office: Office) -> int:
    """Return how many conversations wait for the caller; of one held to clinics none is told."""
    if not office.caller.may(CHAT) or office.caller.clinics_for(CHAT) is not None:
        return 0
    return conversations.waiting(office.db, office.practice)


def past(desk: Desk) -> list[Told]:
    """Return the measured conversations of a patient, the latest first."""
    rows = conversations.rows_of(desk.place).exclude(measured="").order_by("-begun_at", "-id")
    in_force = measurements(desk)
    return [told(row, in_force[row.measured]) for row in rows[:20] if row.measured in in_force]


def measured_of(desk: Desk, name: str) -> Told:
    """Return what a conversation came to.

    Raises:
        UnknownError: there is none of this id, or it was not measured.
    """
    row = conversations.conversation_named(desk.place, name)
    entry = measurements(desk).get(row.measured) if row is not None else None
    if row is None or entry is None:
        raise UnknownError("no measured conversation of this id is on this chart")
    return told(row, entry)


def measurements(desk: Desk) -> dict[str, Entry]:
    """Return the measurements of a patient that count, by id of the entry."""
    in_force = resolve(desk.office.chart(desk.chart.card).stored).in_force
    return {each.id: each for each in in_force if isinstance(each.body, ChatMeasured)}


def told(row: Conversation, entry: Entry) -> Told:
    """Return a row with its measurement."""
    body = entry.body
    assert isinstance(body, ChatMeasured)
    people = len(kept([message_of(each) for each in body.turns], parameters_of(body.parameters)))
    return Told(row=row, entry=entry, body=body, people=people, dropped=len(body.turns) - people)
