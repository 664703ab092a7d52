"""The worker's streams: a failing one rests and holds no other up, and the thread ends on time."""

from __future__ import annotations

from datetime import datetime
from threading import Event

import pytest

from caretally.practice import streaming
from caretally.practice.streaming import Streams, drain, stream_on
from caretally.store.stored_journal import StoredJournal
from tests.integration.demonstrated import Demo

NEVER = Event()


def test_a_stream_that_fails_rests_and_the_others_go_on(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    seconds = [0.0]

    def breaks(_kept: StoredJournal, _at: datetime) -> int:
        tried.append("breaks")
        raise ValueError("Ada Lovelace")

    def works(_kept: StoredJournal, _at: datetime) -> int:
        tried.append("works")
        return 1

    monkeypatch.setattr(streaming, "STREAMS", {"breaks": breaks, "works": works})
    monkeypatch.setattr(streaming, "monotonic", lambda: seconds[0])
    streams = Streams(demo.journal)
    assert [streams.once(NEVER) for _ in range(3)] == [1, 1, 1]
    assert tried == ["breaks", "works", "works", "works"]
    seconds[0] = 2.0
    streams.once(NEVER)
    assert tried[-2:] == ["breaks", "works"]
    seconds[0] = 4.0
    streams.once(NEVER)
    assert tried[-2:] == ["works", "works"]


def test_what_costs_by_all_that_waits_is_not_looked_at_in_every_pass(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds, left, tried = [0.0], [1], []

    def escalates(_kept: StoredJournal, _at: datetime) -> int:
        tried.append(seconds[0])
        left[0] -= 1
        return max(0, left[0] + 1)

    monkeypatch.setattr(streaming, "STREAMS", {"escalation": escalates})
    monkeypatch.setattr(streaming, "monotonic", lambda: seconds[0])
    streams = Streams(demo.journal)
    for moment in (0.0, 0.1, 0.2, 0.9, 1.0, 1.1, 2.1):
        seconds[0] = moment
        streams.once(NEVER)
    assert tried == [0.0, 0.1, 1.1, 2.1]


def test_what_arrived_is_drained_and_the_loop_ends_when_told(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, stop = [3], Event()

    def works(_kept: StoredJournal, _at: datetime) -> int:
        left[0] -= 1
        if left[0] <= 0:
            stop.set()
        return max(left[0], 0)

    monkeypatch.setattr(streaming, "STREAMS", {"works": works})
    assert drain(demo.journal) == 3
    left[0] = 2
    stop.clear()
    stream_on(demo.journal, stop)
    assert left == [0]
