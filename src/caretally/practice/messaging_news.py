"""What is new in a conversation, for whoever has it open: messages, marks, who is there and types.

The same for pages without a live connection, which ask now and then, and for the live process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.practice.messaging import AUTOMATED, Desk
from caretally.store import conversations
from caretally.store.models import ChatMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as its reader sees it."""

    number: int
    message: str
    side: str
    name: str
    text: str
    at: datetime
    is_own: bool
    is_automated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Somebody else who has the conversation open."""

    name: str
    is_staff: bool
    is_typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a page shows.

    delivered, read: numbers of the last of one's own messages that arrived and were read.
    conversation: id of the latest. is_open: whether it is open.
    """

    messages: tuple[Shown, ...]
    delivered: int
    read: int
    here: tuple[Here, ...]
    conversation: str
    is_open: bool


def shown(desk: Desk, row: ChatMessage) -> Shown:
    """Return a message as the desk's person sees it."""
    own = row.author == desk.writer.author or (desk.writer.is_staff and row.side == "staff")
    return Shown(
        number=row.pk, message=row.message, side=row.side,
        name="" if row.author == AUTOMATED else desk.names.get(row.author, row.author),
        text=row.text, at=row.server_at, is_own=own and not row.automated,
        is_automated=row.automated,
    )  # fmt: skip


def news(desk: Desk, after: int = 0) -> News:
    """Return what is new after a message; the latest few where the number is 0."""
    place = desk.place
    latest = conversations.latest(place)
    name = latest.conversation if latest is not None else ""
    marks = conversations.marks(place, desk.writer)
    people = conversations.present(place, name, desk.office.now) if name else []
    return News(
        messages=tuple(shown(desk, each) for each in conversations.after(place, after)),
        delivered=marks.delivered, read=marks.read,
        here=tuple(
            Here(
                name=desk.names.get(each.author, each.author), is_staff=each.side == "staff",
                is_typing=each.is_typing,
            )
            for each in people
            if each.author != desk.writer.author
        ),
        conversation=name,
        is_open=latest is not None and latest.state == conversations.OPEN,
    )  # fmt: skip


def sign(desk: Desk, *, is_typing: bool = False) -> None:
    """Note that the desk's person has the conversation open; nothing where there is none."""
    latest = conversations.latest(desk.place)
    if latest is not None and latest.state == conversations.OPEN:
        conversations.seen(
            desk.place, latest.conversation, desk.writer, desk.office.now, is_typing=is_typing
        )


def got(desk: Desk, up_to: int, *, is_read: bool) -> int:
    """Note that messages of the other side arrived at the desk, or were read there."""
    return conversations.mark(desk.place, desk.writer, up_to, desk.office.now, is_read=is_read)
