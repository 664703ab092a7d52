"""Opens a line and makes calls on it: behind `caretally call work` and `caretally call place`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from caretally.cli import screen
from caretally.clock import now
from caretally.exchange.speech.opening import RECOGNIZERS, open_speech
from caretally.exchange.telephony.carriers import carrier_of
from caretally.exchange.telephony.mouth import KeptVoice
from caretally.practice.call_planning import Wanted, plan
from caretally.practice.call_queue import take
from caretally.practice.call_working import Line, Maker, Shift
from caretally.settings import Settings
from caretally.store.stored_journal import StoredJournal


@asynccontextmanager
async def open_line() -> AsyncIterator[Line]:
    """Open the carrier and all that hears and speaks, as the settings name them.

    Raises:
        InputError: no carrier, or no model that hears, is named; nobody is dialed.
    """
    settings = Settings.read(os.environ)
    carrier, speech = carrier_of(settings), open_speech(settings)
    try:
        async with carrier as control:
            await speech.pool.warm(RECOGNIZERS)
            yield Line(
                control=control, recognizers=speech.recognizers, voice=KeptVoice(speech.voice),
                ear=speech.ear, models=(speech.label, speech.voice.name),
                callback=settings.call_callback,
            )  # fmt: skip
    finally:
        speech.close()


def work(journal: StoredJournal, *, once: bool) -> None:
    """Make calls as they fall due until told to stop; those that run go on to their end.

    Raises:
        InputError: no carrier, or no model that hears, is named.
    """
    asyncio.run(_work(journal, once=once))


async def _work(journal: StoredJournal, *, once: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_line() as line:
        screen.tell(f"calls go out by {line.control.name} until Ctrl+C")
        await Shift(journal=journal, line=line, tell=screen.tell).work(stop, once=once)


def place(journal: StoredJournal, practice: str, wanted: tuple[str, str, str, str]) -> str:
    """Call a patient now; returns how it ended. wanted: patient, program, protocol, language.

    Raises:
        InputError: no carrier or model is named, or something the call needs is not on file.
    """
    return asyncio.run(_place(journal, practice, wanted))


async def _place(journal: StoredJournal, practice: str, wanted: tuple[str, str, str, str]) -> str:
    patient, program, protocol, language = wanted
    async with open_line() as line:
        at = now()
        asked = Wanted(
            patient=patient, program=program, protocol=protocol, language=language, due_at=at,
            asked_by="command line",
        )  # fmt: skip
        # Calls by hand come first; one that waited longer is made before this one.
        name = (await asyncio.to_thread(plan, journal, practice, asked, at)).call
        while (call := await asyncio.to_thread(take, journal, practice, now())) is not None:
            ended = await Maker(journal=journal, practice=practice, line=line).make(call)
            screen.tell(f"{call.call}: {ended}")
            if call.call == name:
                return ended
    return "not taken: another call to this patient is under way"
