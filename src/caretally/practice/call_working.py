"""Makes the calls that are due: gate, dial, talk, record; one after the other or several at once.

Whatever is stored is stored from one thread a call, so that nothing of it waits on the sound. A
call whose process is gone is ended by the next process that looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections

from caretally.clock import now
from caretally.contacts.wellness_calls.actions import RaiseAlert
from caretally.contacts.wellness_calls.log_lines import Fact, fact_line
from caretally.contacts.wellness_calls.packs import RECORDING
from caretally.contacts.wellness_calls.slots import YES
from caretally.errors import CaretallyError, InputError, Problem
from caretally.exchange.speech.ports import Ear, Recognizer, Voice
from caretally.exchange.telephony.conductor import Conduct, conduct
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.keeping import KeptLink
from caretally.exchange.telephony.links import CallControl, Leg
from caretally.practice.call_desk import LEASE, StoredDesk, call_named, desk_of
from caretally.practice.call_planning import Ready, chart_of, invented, ready
from caretally.practice.call_queue import take
from caretally.practice.call_recording import record_call, settle_cut_off
from caretally.practice.call_sounds import keep_sound
from caretally.practice.calling_gate import checked, may_keep_sound
from caretally.practice.campaigns import settle
from caretally.practice.telephones import line_at
from caretally.store.call_tables import DENIED, Call
from caretally.store.models import Practice
from caretally.store.stored_journal import StoredJournal

RING_SECONDS, PAUSE_SECONDS, LOOK_SECONDS, BEAT_SECONDS = 30, 1.0, 30.0, 30.0
ANSWERED = "answered"
MOST_AT_ONCE = 4
"""Calls of one process at a time; each campaign has a capacity of its own besides."""
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What calls are made with.

    ear: makes a new one for each call. models: what hears and speaks, for the record.
    """

    control: CallControl
    recognizers: tuple[Recognizer, ...]
    voice: Voice
    ear: Callable[[], Ear]
    models: tuple[str, ...]
    callback: str = ""


@dataclass(slots=True)
class OnThread:
    """The desk of a call, worked from a thread of its own; the call waits for what is stored."""

    desk: StoredDesk
    thread: ThreadPoolExecutor

    def note(self, line: str) -> None:
        """Store a line of the event log."""
        self._done(self.desk.note, line)

    def raise_alert(self, alert: RaiseAlert, at_ms: int) -> str:
        """Store an alert and return its id."""
        return self._done(self.desk.raise_alert, alert, at_ms)

    def page(self, rung: int, severity: str, at_ms: int) -> Rung | None:
        """Page who stands on a rung."""
        return self._done(self.desk.page, rung, severity, at_ms)

    def acknowledged(self) -> str | None:
        """Return who took an alert on."""
        return self._done(self.desk.acknowledged)

    def recorded(self, what: str, of: str, at_ms: int) -> None:
        """Act on what the engine recorded."""
        self._done(self.desk.recorded, what, of, at_ms)

    def _done(self, work: Callable[..., Of], *values: Any) -> Of:
        made: Future[Of] = self.thread.submit(work, *values)
        return made.result()


@dataclass(slots=True)
class Maker:
    """Makes one call.

    to: whom to ring in a drill, instead of a patient. thread: where all of it is stored. waits: the
    event loop itself waits for what is stored, as it must on time that jumps.
    """

    journal: StoredJournal
    practice: str
    line: Line
    to: str = ""
    waits: bool = False
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "call"))

    async def make(self, call: Call) -> str:
        """Make a call that was taken; returns how it ended, `denied` where it may not be made."""
        try:
            return await self._made(call)
        finally:
            await self._do(connections.close_all)
            self.thread.shutdown(wait=True)

    async def _made(self, call: Call) -> str:
        if not call.drill:
            answer = await self._do(checked, self.journal, self.practice, call, now())
            if not answer.allowed:
                await self._do(settle, self.journal, self.practice, call, now())
                return DENIED
        try:
            made, address, desk = await self._do(self._ready, call)
        except CaretallyError:
            # Nothing was dialed; without this it would be taken up again and again.
            await self._do(self._keep, call, state=DENIED, outcome="not_ready", leased_until=None)
            raise
        leg = await self.line.control.dial(address, ring_seconds=RING_SECONDS)
        fields = {"carrier_id": leg.carrier_id, "outcome": leg.outcome}
        await self._do(self._keep, call, **fields)
        if leg.outcome == ANSWERED:
            await self._talk(desk, made, leg)
        else:
            await self._do(desk.note, fact_line(Fact(what="not_answered", of=leg.outcome)))
        return await self._do(self._over, call)

    def _ready(self, call: Call) -> tuple[Ready, str, StoredDesk]:
        """Lay out what a call needs, and begin its log."""
        at, how = now(), (self.line.control.name, self.line.models)
        call = call_named(self.journal, self.practice, call.call)
        if call.drill:
            made, address = invented(self.journal, call, at, how=how), self.to
        else:
            made = ready(self.journal, call, at, callback=self.line.callback, how=how)
            address = number_of(self.journal, self.practice, call.patient, at)
        desk = desk_of(self.journal, call, made.begun.agent)
        desk.begin(made.begun)
        self._keep(call, dialed_at=at, carrier=self.line.control.name)
        return made, address, desk

    async def _talk(self, desk: StoredDesk, made: Ready, leg: Leg) -> None:
        """Lead a call that was picked up to its end."""
        await self._do(desk.picked_up, now())
        beat = asyncio.create_task(self._beat(desk))
        kept = KeptLink(leg.link) if await self._do(self._may_keep, desk.call) else None
        leg = leg if kept is None else replace(leg, link=kept)
        try:
            done = await conduct(Conduct(
                leg=leg, control=self.line.control, desk=OnThread(desk, self.thread),
                pack=made.pack, callee=made.begun.callee, recognizers=self.line.recognizers,
                voice=self.line.voice, ear=self.line.ear(),
            ))  # fmt: skip
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat
        if kept is not None and done.state.values.get(RECORDING) == YES:
            await self._do(keep_sound, self.journal, desk.call, kept.wav(), now())
        if done.failure is not None:
            raise done.failure

    def _may_keep(self, call: Call) -> bool:
        """Tell whether the sound may be kept, should the patient agree to it in the call."""
        if call.drill:
            return False
        return may_keep_sound(self.journal, self.practice, call, now())

    async def _beat(self, desk: StoredDesk) -> None:
        """Say now and then that this process still holds the call."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self._do(self._keep, desk.call, leased_until=now() + LEASE)

    def _over(self, call: Call) -> str:
        """Record a call that is over, and plan what follows."""
        record_call(self.journal, self.practice, call.call, now())
        row = call_named(self.journal, self.practice, call.call)
        settle(self.journal, self.practice, row, now())
        return str(row.outcome)

    def _keep(self, call: Call, **fields: object) -> None:
        """Keep columns of the row of a call."""
        Call.objects.using(self.journal.db.alias).filter(pk=call.pk).update(**fields)

    async def _do(self, work: Callable[..., Of], *values: Any, **named: Any) -> Of:
        """Do something in the thread of the call."""
        if self.waits:
            return self.thread.submit(lambda: work(*values, **named)).result()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: work(*values, **named))


def number_of(journal: StoredJournal, practice: str, patient: str, at: datetime) -> str:
    """Return the number under which a patient is called.

    Raises:
        InputError: none is on file.
    """
    line = line_at(chart_of(journal, practice, patient), at)
    number = line.body.number if line is not None else ""
    if not number:
        raise InputError([Problem(where=f"patient {patient}", field="number", found="none",
                                  expected="one on the patient's page")])  # fmt: skip
    return number


@dataclass(slots=True)
class Shift:
    """A process at work on calls. tell: says to the operator what became of each."""

    journal: StoredJournal
    line: Line
    tell: Callable[[str], None]
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def work(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Make what is due until told to stop; calls that run go on to their end."""
        looked = 0.0
        clock = asyncio.get_running_loop().time
        while not stop.is_set():
            if clock() - looked >= LOOK_SECONDS or not looked:
                looked = clock()
                await asyncio.to_thread(self._settle_cut_off)
            while len(self.running) < MOST_AT_ONCE and (due := await asyncio.to_thread(self._take)):
                task = asyncio.create_task(self._make(*due))
                self.running.add(task)
                task.add_done_callback(self.running.discard)
            if once and not self.running:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
        await asyncio.gather(*self.running)

    async def _make(self, practice: str, call: Call) -> None:
        """Make a call; what goes wrong with it ends no other."""
        maker = Maker(journal=self.journal, practice=practice, line=self.line)
        try:
            outcome = await maker.make(call)
        except Exception as error:  # noqa: BLE001 - the call is settled by its log, others go on
            words = str(error) if isinstance(error, CaretallyError) else type(error).__name__
            self.tell(f"{call.call}: failed: {words}")
        else:
            self.tell(f"{call.call}: {outcome}")

    def _take(self) -> tuple[str, Call] | None:
        """Take the next call of any practice that is due."""
        for name in Practice.objects.using(self.journal.db.alias).values_list("name", flat=True):
            call = take(self.journal, name, now())
            if call is not None:
                return name, call
        return None

    def _settle_cut_off(self) -> None:
        """End what other processes left, and plan what follows."""
        for practice, name in settle_cut_off(self.journal, now()):
            call = call_named(self.journal, practice, name)
            settle(self.journal, practice, call, now())
            self.tell(f"{name}: was cut off; {call.outcome}")
