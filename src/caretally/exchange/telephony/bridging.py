"""Bringing a person onto the line: rung, told what is the matter, and joined with the patient.

Nothing of anybody's health is said before a key was pressed: a telephone may be picked up by a
machine, or by somebody in the family. 1 takes the call, 2 declines it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from caretally.errors import ExchangeError
from caretally.exchange.speech.ports import Voice
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.links import CallControl, Key, Leg, MediaLink
from caretally.exchange.telephony.mouth import Mouth

RING_SECONDS, DECIDE_SECONDS = 25, 20
"""How long a person is rung, and how long they have to press a key."""
TAKES, DECLINES = "1", "2"
LANGUAGE = "en"
"""Of what staff hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What a person hears: before the key nothing of health, after it all, as it is then."""

    announced: Callable[[], str]
    told: Callable[[], str]


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One person who is rung.

    has_accepted: pressed the key, and is being told. leg: theirs, once they were told.
    """

    rung: Rung
    has_accepted: bool = False
    leg: Leg | None = None
    task: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether they came, or will not come."""
        return self.task is not None and self.task.done()


@dataclass(slots=True, kw_only=True)
class Ladder:
    """Everybody who is rung for one call; who comes first is joined, the others are let go.

    note: told what happened and to whom.
    """

    control: CallControl
    voice: Voice
    briefing: Briefing
    note: Callable[[str, str], None]
    attempts: list[Attempt] = field(default_factory=list)

    def ring(self, rung: Rung) -> None:
        """Ring one more person."""
        if any(each.rung == rung and not each.is_over for each in self.attempts):
            return
        attempt = Attempt(rung=rung)
        attempt.task = asyncio.create_task(self._bring(attempt))
        self.attempts.append(attempt)

    @property
    def is_ringing(self) -> bool:
        """Whether somebody may still come."""
        return any(not each.is_over for each in self.attempts)

    @property
    def is_taken(self) -> bool:
        """Whether somebody accepted and is being told."""
        return any(each.has_accepted and not each.is_over for each in self.attempts)

    @property
    def came(self) -> Attempt | None:
        """Who came first, if anybody."""
        return next((each for each in self.attempts if each.leg is not None), None)

    async def let_go(self, *, but: Attempt | None = None) -> None:
        """Ring nobody any more."""
        for each in self.attempts:
            if each is not but and each.task is not None:
                each.task.cancel()
                await asyncio.gather(each.task, return_exceptions=True)
                if each.leg is not None:
                    await self.control.hangup(each.leg)
        self.attempts = [each for each in self.attempts if each is but]

    async def finish(self) -> None:
        """Let who is rung still be told, when the patient is gone."""
        tasks = [each.task for each in self.attempts if each.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=RING_SECONDS + 2 * DECIDE_SECONDS)
        await self.let_go()

    async def _bring(self, attempt: Attempt) -> None:
        staff = attempt.rung.staff
        self.note("leg_ringing", staff)
        leg = await self.control.dial(attempt.rung.address, ring_seconds=RING_SECONDS)
        self.note(f"leg_{leg.outcome}", staff)
        if not leg.is_answered:
            return
        is_there = False
        try:
            is_there = await self._brief(attempt, leg)
        except ExchangeError:
            self.note("leg_lost", staff)
        finally:
            if is_there:
                attempt.leg = leg
            else:
                self.note("leg_ended", staff)
                await self.control.hangup(leg)

    async def _brief(self, attempt: Attempt, leg: Leg) -> bool:
        """Announce, wait for the key, tell; return whether they are there to be joined."""
        mouth = Mouth(leg.link, self.voice, LANGUAGE)
        mouth.say(self.briefing.announced())
        try:
            async with asyncio.timeout(DECIDE_SECONDS):
                pressed = await _key(leg.link)
        except TimeoutError:
            pressed = None
        await mouth.stop()
        if pressed != TAKES:
            return False
        attempt.has_accepted = True
        self.note("leg_accepted", attempt.rung.staff)
        mouth.say(self.briefing.told())
        return await _until_told(leg.link, mouth)


async def _key(link: MediaLink) -> str | None:
    """Return the key that decides; None where they hung up."""
    while (item := await link.recv()) is not None:
        if isinstance(item, Key) and item.key in {TAKES, DECLINES}:
            return item.key
    return None


async def _until_told(link: MediaLink, mouth: Mouth) -> bool:
    """Wait until everything was said, or the key was pressed again; tell whether they are there."""
    while mouth.is_speaking:
        item = await link.recv()
        if item is None:
            return False
        if isinstance(item, Key) and item.key == TAKES:
            await mouth.stop()
    return True
