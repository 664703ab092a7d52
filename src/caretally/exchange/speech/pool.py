"""Recognition in processes of its own, so that the sound of a call is never late for it.

A worker that dies or hangs fails the utterance it had, which goes to a person; the next one finds
new workers.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Protocol, TypeAlias

from caretally.errors import ExchangeError
from caretally.exchange.speech.ports import Hint, Hypothesis

PATIENCE_SECONDS = 20
"""After which a worker that still listens to one utterance is ended."""
NICENESS = 5
"""Workers yield to the process that keeps the pace of the calls."""


class Listener(Protocol):
    """A recognizer in one process; it takes as long as it takes."""

    def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what one utterance says."""
        ...


Opening: TypeAlias = Callable[[], Mapping[str, Listener]]
"""Loads listeners, by name; called in every worker, so it is a function of a module."""

_LISTENERS: dict[str, Listener] = {}
"""The listeners of this worker; empty in every other process."""


class Pool:
    """Workers that hold the same listeners each."""

    def __init__(
        self,
        opening: Opening,
        *,
        workers: int = 0,
        patience: int = PATIENCE_SECONDS,
        niceness: int = NICENESS,
    ) -> None:
        """Remember how to start; 0 workers: two, or as many as the machine has processors."""
        self._opening = opening
        self._niceness = niceness
        self._patience = patience
        self._workers = workers or max(2, os.cpu_count() or 1)
        self._running: ProcessPoolExecutor | None = None

    def recognizer(self, name: str) -> PooledRecognizer:
        """Return one of the listeners as a recognizer."""
        return PooledRecognizer(name=name, pool=self)

    async def hear(self, name: str, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what a listener hears.

        Raises:
            ExchangeError: its worker died, hung or failed.
        """
        running = self._started()
        try:
            asked = asyncio.wrap_future(running.submit(_hear, name, pcm, hint, self._patience))
            asked.add_done_callback(_looked_at)
            # Who stops waiting cancels nothing: an executor that finds a task cancelled when its
            # processes die forgets to fail the others.
            return await asyncio.shield(asked)
        except BrokenProcessPool as broken:
            self._forget(running)
            message = f"speech: the process of {name} ended; it is started anew"
            raise ExchangeError(message) from broken

    async def warm(self, names: tuple[str, ...]) -> None:
        """Load the listeners in every worker before the first call.

        Raises:
            ExchangeError: they could not be loaded.
        """
        quiet, hint = bytes(8_000), Hint(kind="yes_no", language="en")
        await asyncio.gather(
            *(self.hear(name, quiet, hint) for name in names for _ in range(self._workers))
        )

    def close(self) -> None:
        """End the workers."""
        if self._running:
            self._running.shutdown(wait=True, cancel_futures=True)
            self._running = None

    def _started(self) -> ProcessPoolExecutor:
        if self._running is None:
            # Afresh rather than forked: the process has threads, and recognizers have their own.
            self._running = ProcessPoolExecutor(
                self._workers,
                get_context("spawn"),
                initializer=_open,
                initargs=(self._opening, self._niceness),
            )
        return self._running

    def _forget(self, broken: ProcessPoolExecutor) -> None:
        broken.shutdown(wait=False, cancel_futures=True)
        if self._running is broken:
            self._running = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRecognizer:
    """A listener of a pool, as calls know it."""

    name: str
    pool: Pool

    async def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        """Return what one utterance says."""
        return await self.pool.hear(self.name, pcm, hint)


def _looked_at(asked: asyncio.Future[Hypothesis]) -> None:
    """Take the failure of what nobody waits for any more, so that it is not told again."""
    if not asked.cancelled():
        asked.exception()


def _open(opening: Opening, niceness: int) -> None:
    os.nice(niceness)
    # Whoever stops the program tells the whole group; calls that run go on, and need their ears.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    _LISTENERS.update(opening())


def _end_with(parent: BaseProcess | None) -> None:
    """End this process when the one that started it is gone, however it went."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _hear(name: str, pcm: bytes, hint: Hint, patience: int) -> Hypothesis:
    # Ends this process from outside of the interpreter: a recognizer that hangs holds its lock.
    faulthandler.dump_traceback_later(patience, exit=True)
    try:
        return _LISTENERS[name].hear(pcm, hint)
    finally:
        faulthandler.cancel_dump_traceback_later()
