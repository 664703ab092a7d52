"""A carrier without a telephone: people by address, led in any time, also in one that jumps.

For tests, drills and measurements; the same conductor leads these calls and real ones.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from caretally.exchange.telephony.links import (
    FRAME_BYTES,
    FRAME_MS,
    SILENT_FRAME,
    Frame,
    Key,
    Leg,
    NoLink,
    Outcome,
)
from caretally.exchange.telephony.relaying import relay
from caretally.exchange.telephony.scripted_people import Said


def _unheeded(address: str, pcm: bytes) -> None:
    """Tell nobody what was sent."""


class Person(Protocol):
    """Somebody on the far end."""

    def tick(self, at_ms: int, heard: bytes) -> Said | None:
        """Hear one frame and return one; None is hanging up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """What happens when an address is rung.

    person: who picks up; made anew for each call.
    """

    person: Callable[[], Person] | None = None
    ring_ms: int = 3_000
    outcome: Outcome = "answered"


class MemoryLink:
    """One leg: a frame each way every 20 milliseconds of the event loop's time."""

    def __init__(self, person: Person, on_send: Callable[[bytes], None]) -> None:
        """Begin when it was picked up."""
        self._person, self._on_send = person, on_send
        self._out: deque[bytes] = deque()
        self._in: deque[Frame | Key] = deque()
        self._is_over = False
        self._next = 0
        self._began = asyncio.get_running_loop().time()

    async def recv(self) -> Frame | Key | None:
        """Return what came next."""
        while not self._in:
            if self._is_over:
                return None
            await self._tick()
        return self._in.popleft()

    async def send(self, pcm: bytes) -> None:
        """Queue sound."""
        self._on_send(pcm)
        if not self._is_over:
            self._out.extend(
                pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
                for at in range(0, len(pcm), FRAME_BYTES)
            )

    async def clear(self) -> None:
        """Forget what is queued."""
        self._out.clear()

    def queued_ms(self) -> int:
        """Return how much is queued."""
        return len(self._out) * FRAME_MS

    def close(self) -> None:
        """End the leg."""
        self._is_over = True
        self._out.clear()

    async def _tick(self) -> None:
        at_ms = self._next * FRAME_MS
        due = self._began + (at_ms + FRAME_MS) / 1000
        await asyncio.sleep(max(due - asyncio.get_running_loop().time(), 0))
        self._next += 1
        said = self._person.tick(at_ms, self._out.popleft() if self._out else SILENT_FRAME)
        if said is None:
            self.close()
            return
        if said.key:
            self._in.append(Key(at_ms=at_ms, key=said.key))
        if said.pcm:
            self._in.append(Frame(at_ms=at_ms, pcm=said.pcm))


class MemoryCarrier:
    """Rings people by address."""

    name = "memory"

    def __init__(
        self,
        households: Mapping[str, Household],
        on_send: Callable[[str, bytes], None] | None = None,
    ) -> None:
        """Know who lives where.

        on_send: told of all sound that is queued, with the address it goes to.
        """
        self.rung: list[str] = []
        self._households = households
        self._on_send = on_send or _unheeded
        self._numbers = count(1)

    async def dial(self, address: str, *, ring_seconds: int) -> Leg:
        """Ring an address; one that nobody has fails."""
        self.rung.append(address)
        number = f"memory-{next(self._numbers)}"
        household = self._households.get(address, Household(ring_ms=100, outcome="failed"))
        if household.ring_ms > ring_seconds * 1000:
            await asyncio.sleep(ring_seconds)
            return Leg(link=NoLink(), outcome="no_answer", carrier_id=number)
        await asyncio.sleep(household.ring_ms / 1000)
        if household.outcome != "answered" or household.person is None:
            return Leg(link=NoLink(), outcome=household.outcome, carrier_id=number)
        link = MemoryLink(household.person(), lambda pcm: self._on_send(address, pcm))
        return Leg(link=link, outcome="answered", carrier_id=number)

    async def hangup(self, leg: Leg) -> None:
        """End a leg."""
        if isinstance(leg.link, MemoryLink):
            leg.link.close()

    async def hold(self, leg: Leg) -> None:
        """Play nothing to a leg."""
        await leg.link.clear()

    async def bridge(self, first: Leg, second: Leg) -> None:
        """Let both hear each other until one hangs up."""
        await relay(first.link, second.link)
