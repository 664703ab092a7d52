"""Who of this process has which conversation open, and a look at the tables a few times a second.

Messages are on record before anybody is told of them. Every process looks for itself, so that it
does not matter which one took a message: a form, this process, or another on another machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from django.db import DatabaseError, close_old_connections
from django.db.models import Count, Max

from caretally.clock import now
from caretally.store import conversations
from caretally.store.conversations import Place
from caretally.store.database import scoped
from caretally.web.frame.asking import journal

LOOK = timedelta(milliseconds=400)
"""Between two looks; what this process takes itself is told at once."""
THREADS = 4
Result = TypeVar("Result")
Pulse = tuple[object, ...]
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="live")


async def in_thread(work: Callable[..., Result], *values: object) -> Result:
    """Do work with the database in a thread of its own, since it waits."""
    return await asyncio.get_running_loop().run_in_executor(POOL, lambda: work(*values))


class Listener(Protocol):
    """A connection that wants to know of changes."""

    def tell(self) -> Awaitable[None]:
        """Send what is new."""


@dataclass(frozen=True, slots=True)
class Key:
    """Whose conversation is open: practice id and number, patient."""

    practice: str
    number: int
    patient: str


@dataclass(slots=True)
class Room:
    """The connections to one conversation, and how it looked last."""

    listeners: set[Listener] = field(default_factory=set)
    pulse: Pulse = ()


class Hub:
    """The open conversations of a process."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rooms: dict[Key, Room] = {}
        self.wake = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def enter(self, key: Key, listener: Listener) -> None:
        """Let a connection be told of changes."""
        self.rooms.setdefault(key, Room()).listeners.add(listener)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self.look())

    def leave(self, key: Key, listener: Listener) -> None:
        """Tell a connection no more."""
        room = self.rooms.get(key)
        if room is not None:
            room.listeners.discard(listener)
            if not room.listeners:
                del self.rooms[key]

    def now(self) -> None:
        """Look at once: something was just taken here."""
        self.wake.set()

    async def look(self) -> None:
        """Look for changes while any conversation is open."""
        while self.rooms:
            try:
                pulses = await in_thread(pulses_of, tuple(self.rooms))
            except (
                DatabaseError
            ):  # busy, or away for a moment: the next look finds what this missed
                pulses = {}
            for key, pulse in pulses.items():
                room = self.rooms.get(key)
                if room is not None and room.pulse != pulse:
                    room.pulse = pulse
                    told = (each.tell() for each in tuple(room.listeners))
                    await asyncio.gather(*told, return_exceptions=True)
            await self.pause()

    async def pause(self) -> None:
        """Wait until the next look, or until something was taken here."""
        try:
            await asyncio.wait_for(self.wake.wait(), LOOK.total_seconds())
        except TimeoutError:
            return
        self.wake.clear()


def pulses_of(keys: tuple[Key, ...]) -> dict[Key, Pulse]:
    """Return how conversations look now; two that look alike have the same pulse."""
    close_old_connections()
    found: dict[Key, Pulse] = {}
    for key in keys:
        with scoped(key.practice):
            found[key] = pulse_of(Place(db=journal().db, practice=key.number, patient=key.patient))
    return found


def pulse_of(place: Place) -> Pulse:
    """Return how a conversation looks now."""
    latest = conversations.latest(place)
    if latest is None:
        return ()
    told = conversations.in_conversation(place, latest.conversation).aggregate(
        last=Max("id"), delivered=Count("delivered_at"), read=Count("read_at")
    )
    people = conversations.present(place, latest.conversation, now())
    here = tuple((each.author, each.is_typing) for each in people)
    return latest.conversation, latest.state, *told.values(), here
