"""Writes of several requests at once, committed together and answered each by itself.

A commit waits for the disk, and on SQLite for every other writer. Whoever comes first writes for
all who came meanwhile; nobody waits longer than without, and nobody is answered before the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 256
"""Items of one commit."""


class Waiting(Generic[Item, Result]):
    """An item on its way, and what came of it."""

    __slots__ = ("error", "item", "results")

    def __init__(self, item: Item) -> None:
        """Keep the item; nothing came of it yet."""
        self.item = item
        self.results: list[Result] = []
        self.error: Exception | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it is known what came of it."""
        return bool(self.results) or self.error is not None


class Together(Generic[Item, Result]):
    """Gathers items of several threads while one of them writes."""

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """Name the function that writes items durably, all or none, and returns a result each."""
        self.write = write
        self._changed = Condition()
        self._queue: list[Waiting[Item, Result]] = []
        self._is_writing = False

    def put(self, item: Item) -> Result:
        """Write an item, together with whatever others put in meanwhile; returns its result.

        Raises:
            Exception: what writing raised; of this item alone where several were written.
        """
        own = Waiting[Item, Result](item)
        with self._changed:
            self._queue.append(own)
        while not own.is_settled:
            batch = self._turn(own)
            if batch:
                self._settle(batch)
        if own.error is not None:
            raise own.error
        return own.results[0]

    def _turn(self, own: Waiting[Item, Result]) -> list[Waiting[Item, Result]]:
        """Wait until this thread shall write, and return what; nothing where another wrote it."""
        with self._changed:
            while self._is_writing and not own.is_settled:
                self._changed.wait()
            if own.is_settled:
                return []
            self._is_writing = True
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
            return batch

    def _settle(self, batch: list[Waiting[Item, Result]]) -> None:
        """Write a batch; where that fails, each item by itself, so that one spoils no other."""
        try:
            if not self._written(batch) and len(batch) > 1:
                for each in batch:
                    each.error = None
                    self._written([each])
        finally:
            for each in batch:
                if not each.is_settled:
                    each.error = RuntimeError("the write was broken off")
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()

    def _written(self, batch: list[Waiting[Item, Result]]) -> bool:
        try:
            results = self.write([each.item for each in batch])
        except Exception as error:  # noqa: BLE001 - handed to whoever put the item in
            for each in batch:
                each.error = error
            return False
        for each, result in zip(batch, results, strict=True):
            each.results.append(result)
        return True
