"""Rows of written conversations: posted, read, marked; who has one open.

Messages of one conversation are inserted one after the other, under a lock of its row, so that
their numbers grow as they become visible: whoever asks for all after a number misses none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import IntegrityError
from django.db.models import Count, Max, Q, QuerySet

from caretally.errors import ConflictError, Problem
from caretally.store.database import Database
from caretally.store.models import ChatMessage, ChatPresence, Conversation
from caretally.store.portal_tables import STAFF_SIDE

OPEN, CLOSED = "open", "closed"
STAYS = timedelta(seconds=40)
"""Somebody who gave no sign for longer has gone; pages give one every fifteen seconds."""
TYPES = timedelta(seconds=6)
"""So long after a key somebody is shown as typing."""
FEW = 200
"""Messages shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose conversation: a patient of a practice, by the practice's number."""

    db: Database
    practice: int
    patient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes or reads. author: patient, caregiver:ID or a staff id."""

    side: str
    author: str

    @property
    def is_staff(self) -> bool:
        """Whether it is the practice's side."""
        return self.side == STAFF_SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it is stored.

    message: id that the client made. composing_at: when typing was seen to begin.
    """

    message: str
    text: str
    client_at: datetime
    composing_at: datetime | None = None
    is_automated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How far the other side got: numbers of the last messages that arrived and were read."""

    delivered: int
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody who has the conversation open now."""

    side: str
    author: str
    is_typing: bool


def rows_of(place: Place) -> QuerySet[Conversation]:
    """Return the conversations of a patient."""
    return Conversation.objects.using(place.db.alias).filter(
        practice_id=place.practice, patient=place.patient
    )


def messages_of(place: Place) -> QuerySet[ChatMessage]:
    """Return the messages of a patient, of all conversations."""
    names = rows_of(place).values("conversation")
    return ChatMessage.objects.using(place.db.alias).filter(
        practice_id=place.practice, conversation__in=names
    )


def latest(place: Place) -> Conversation | None:
    """Return the patient's latest conversation."""
    found: Conversation | None = rows_of(place).order_by("begun_at", "id").last()
    return found


def conversation_named(place: Place, name: str) -> Conversation | None:
    """Return a conversation of a patient by its id."""
    found: Conversation | None = rows_of(place).filter(conversation=name).first()
    return found


def locked(place: Place, name: str) -> Conversation:
    """Return a conversation whose other writers wait until this transaction ends."""
    found: Conversation = rows_of(place).select_for_update().get(conversation=name)
    return found


def open_conversation(place: Place, program: str, at: datetime) -> Conversation:
    """Return the patient's open conversation, locked; begun where none is.

    Two who begin one at the same instant make the same, since its id follows from how many there
    were.
    """
    while True:
        last = latest(place)
        if last is not None:
            held = locked(place, last.conversation)
            if held.state == OPEN:
                return held
        name = next_name(place)
        Conversation.objects.using(place.db.alias).get_or_create(
            practice_id=place.practice, conversation=name,
            defaults={"patient": place.patient, "program": program, "begun_at": at},
        )  # fmt: skip


def next_name(place: Place) -> str:
    """Return the id of the patient's next conversation."""
    counted = f"{place.patient}\0{rows_of(place).count()}"
    return f"con_{blake2b(counted.encode(), digest_size=16).hexdigest()}"


def stored(place: Place, message: str, writer: Writer) -> ChatMessage | None:
    """Return a message that is stored already.

    Raises:
        ConflictError: the id is that of somebody else's message.
    """
    known = ChatMessage.objects.using(place.db.alias).filter(
        practice_id=place.practice, message=message
    )
    found: ChatMessage | None = known.first()
    if found is not None and (found.patient, found.author) != (place.patient, writer.author):
        raise ConflictError([
            Problem(where="the message", field="message", found="the id of another message",
                    expected="one of its own")
        ])  # fmt: skip
    return found


def insert(
    place: Place, held: Conversation, writer: Writer, draft: Draft, at: datetime
) -> ChatMessage:
    """Store a message in a conversation that is locked; its instant is never before the last."""
    last = in_conversation(place, held.conversation).aggregate(at=Max("server_at"))["at"]
    server_at = max(at, last) if last is not None else at
    try:
        with place.db.atomic():
            made: ChatMessage = ChatMessage.objects.using(place.db.alias).create(
                practice_id=place.practice, conversation=held.conversation, patient=place.patient,
                message=draft.message, side=writer.side, author=writer.author, text=draft.text,
                automated=draft.is_automated, server_at=server_at, client_at=draft.client_at,
                composing_at=draft.composing_at,
            )  # fmt: skip
            return made
    except IntegrityError:
        found = stored(place, draft.message, writer)
        if found is None:
            raise
        return found


def posted_since(place: Place, author: str, since: datetime) -> int:
    """Return how many messages somebody sent lately."""
    return int(messages_of(place).filter(author=author, server_at__gt=since).count())


def after(place: Place, number: int) -> list[ChatMessage]:
    """Return the messages after a number, in order; the latest few where the number is 0."""
    if number:
        return list(messages_of(place).filter(id__gt=number).order_by("id")[:FEW])
    return list(messages_of(place).order_by("-id")[:FEW])[::-1]


def in_conversation(place: Place, name: str) -> QuerySet[ChatMessage]:
    """Return the messages of a conversation."""
    return ChatMessage.objects.using(place.db.alias).filter(
        practice_id=place.practice, conversation=name
    )


def of_conversation(place: Place, name: str) -> list[ChatMessage]:
    """Return all messages of a conversation, in the order they arrived."""
    return list(in_conversation(place, name).order_by("id"))


def others(writer: Writer) -> Q:
    """Return what picks the messages of the other side."""
    return ~Q(side=STAFF_SIDE) if writer.is_staff else Q(side=STAFF_SIDE)


def mark(place: Place, reader: Writer, up_to: int, at: datetime, *, is_read: bool) -> int:
    """Note that messages of the other side arrived, or were read, up to a number."""
    rows = messages_of(place).filter(others(reader), id__lte=up_to)
    done: int = rows.filter(delivered_at=None).update(delivered_at=at)
    return done + (rows.filter(read_at=None).update(read_at=at) if is_read else 0)


def marks(place: Place, writer: Writer) -> Marks:
    """Return how far the other side got with one's own messages."""
    own = messages_of(place).exclude(others(writer))
    found = own.aggregate(
        delivered=Max("id", filter=~Q(delivered_at=None)), read=Max("id", filter=~Q(read_at=None))
    )
    return Marks(delivered=found["delivered"] or 0, read=found["read"] or 0)


def unread(place: Place, reader: Writer) -> int:
    """Return how many messages of the other side nobody of one's own read."""
    return int(messages_of(place).filter(others(reader), read_at=None, automated=False).count())


def seen(place: Place, name: str, who: Writer, at: datetime, *, is_typing: bool = False) -> None:
    """Note a sign of somebody who has a conversation open."""
    rows = signs_of(place, name, who, at)
    if not rows.exists():
        ChatPresence.objects.using(place.db.alias).create(
            practice_id=place.practice, conversation=name, side=who.side, author=who.author,
            from_at=at, to_at=at, typing_at=at if is_typing else None,
        )  # fmt: skip
        return
    rows.filter(to_at__lt=at).update(to_at=at)
    if is_typing:
        rows.update(typing_at=at)


def sent(place: Place, name: str, who: Writer, at: datetime) -> None:
    """Note that somebody sent what was being typed; who was there is there still.

    A message alone makes no presence: whoever writes without a live page is never seen, and is not
    held to it.
    """
    rows = signs_of(place, name, who, at)
    rows.update(typing_at=None)
    rows.filter(to_at__lt=at).update(to_at=at)


def signs_of(place: Place, name: str, who: Writer, at: datetime) -> QuerySet[ChatPresence]:
    """Return the stretch of somebody that a sign at an instant continues, if there is one."""
    return ChatPresence.objects.using(place.db.alias).filter(
        practice_id=place.practice, conversation=name, author=who.author,
        from_at__lte=at, to_at__gte=at - STAYS,
    )  # fmt: skip


def present(place: Place, name: str, at: datetime) -> list[Present]:
    """Return who has a conversation open now."""
    rows = ChatPresence.objects.using(place.db.alias).filter(
        practice_id=place.practice, conversation=name, to_at__gte=at - STAYS
    )
    found = {
        (row.side, row.author): row.typing_at is not None and row.typing_at >= at - TYPES
        for row in rows.order_by("id")
    }
    return [
        Present(side=side, author=author, is_typing=is_typing)
        for (side, author), is_typing in sorted(found.items())
    ]


def presences_of(place: Place, name: str) -> list[ChatPresence]:
    """Return when who had a conversation open, in order."""
    rows = ChatPresence.objects.using(place.db.alias).filter(
        practice_id=place.practice, conversation=name
    )
    return list(rows.order_by("from_at", "id"))


def waiting(db: Database, practice: str) -> int:
    """Return how many open conversations of a practice hold a message that nobody has read."""
    begun = Conversation.objects.using(db.alias).filter(practice__name=practice, state=OPEN)
    rows = ChatMessage.objects.using(db.alias).filter(
        practice__name=practice, conversation__in=begun.values("conversation"), read_at=None
    )
    found = rows.exclude(side=STAFF_SIDE).values("conversation").distinct()
    return int(found.count())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A conversation in a list: how much of it nobody of the practice has read."""

    row: Conversation
    unread: int
    messages: int
    last_at: datetime | None


def listed(db: Database, practice: int, states: Sequence[str], most: int) -> list[Listed]:
    """Return conversations of a practice, those with unread messages first, then the latest."""
    rows = Conversation.objects.using(db.alias).filter(practice_id=practice, state__in=states)
    chosen = list(rows.order_by("-begun_at", "-id")[:most])
    counted = {
        row["conversation"]: row
        for row in ChatMessage.objects.using(db.alias)
        .filter(practice_id=practice, conversation__in=[each.conversation for each in chosen])
        .values("conversation")
        .annotate(
            messages=Count("id"), last_at=Max("server_at"),
            unread=Count("id", filter=~Q(side=STAFF_SIDE) & Q(read_at=None)),
        )
    }  # fmt: skip
    nothing = {"unread": 0, "messages": 0, "last_at": None}
    found = [
        Listed(
            row=each,
            unread=counted.get(each.conversation, nothing)["unread"],
            messages=counted.get(each.conversation, nothing)["messages"],
            last_at=counted.get(each.conversation, nothing)["last_at"],
        )
        for each in chosen
    ]
    found.sort(key=lambda each: each.last_at or each.row.begun_at, reverse=True)
    return sorted(found, key=lambda each: not each.unread)
