"""Time that jumps: an event loop which, when all wait, goes at once to what is due next.

A call of minutes is led in a moment, and always in the same way. Sockets and threads do not work on
it; a program in which everybody waits for somebody else is told so.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
MICROSECONDS = 1_000_000


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: what would be waited is added to the time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Jump ahead.

        Raises:
            RuntimeError: everybody waits and nothing is due.
        """
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing is due")
        # At least one microsecond: what is due sooner than that would be waited for without end.
        if timeout > 0:
            self.now += max(round(timeout * MICROSECONDS), 1)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on time that jumps; it begins at 0."""

    def __init__(self) -> None:
        """Begin."""
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the seconds since the loop was made."""
        return self._jumping.now / MICROSECONDS


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns, run on time that jumps.

    Example:
        >>> run(asyncio.sleep(3_600, "an hour later"))
        'an hour later'
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
