"""A clock that stands still until a test lets time pass, so that seconds come out exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from caretally import clock


class Stopped:
    """`datetime` whose present does not move; everything else is as ever."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self, *parts: Any, **more: Any) -> datetime:
        return datetime(*parts, **more)  # noqa: DTZ001 - what is passed on decides

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)

    def now(self, tz: tzinfo) -> datetime:
        return self.at.astimezone(tz)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock a little after the demonstration's morning began."""
    monkeypatch.setattr(clock, "datetime", Stopped(datetime.now(UTC) + timedelta(seconds=60)))


def pass_time(**by: float) -> None:
    """Let the program live so much later."""
    clock.set_ahead(clock.ahead() + timedelta(**by))
