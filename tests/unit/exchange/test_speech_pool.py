"""Recognition in other processes: what comes back, and what a worker that dies or hangs costs."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Mapping

import pytest

from caretally.errors import ExchangeError
from caretally.exchange.speech.pool import Listener, Pool
from caretally.exchange.speech.ports import Hint, Hypothesis

HINT = Hint(kind="yes_no", language="en")


class Echo:
    """Hears how many bytes there were, in which process; dies of an empty sound."""

    def hear(self, pcm: bytes, hint: Hint) -> Hypothesis:
        if not pcm:
            os._exit(9)
        while pcm == b"for ever":
            time.sleep(0.01)
        return Hypothesis(text=f"{hint.kind} {len(pcm)}", confidence=1.0, engine=str(os.getpid()))


def echoes() -> Mapping[str, Listener]:
    return {"echo": Echo()}


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(echoes, workers=1, patience=1)
    yield made
    made.close()


def test_another_process_hears(pool: Pool) -> None:
    found = asyncio.run(pool.recognizer("echo").hear(bytes(320), HINT))
    assert found.text == "yes_no 320"
    assert int(found.engine) != os.getpid()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_hears_on_when_the_program_is_told_to_stop(
    pool: Pool, number: signal.Signals
) -> None:
    ear = pool.recognizer("echo")
    worker = int(asyncio.run(ear.hear(bytes(2), HINT)).engine)
    os.kill(worker, number)
    assert int(asyncio.run(ear.hear(bytes(2), HINT)).engine) == worker


@pytest.mark.parametrize("fatal", [b"", b"for ever"], ids=["died", "hung"])
def test_a_lost_worker_fails_one_utterance_and_the_next_is_heard(pool: Pool, fatal: bytes) -> None:
    ear = pool.recognizer("echo")
    with pytest.raises(ExchangeError, match="the process of echo ended"):
        asyncio.run(ear.hear(fatal, HINT))
    assert asyncio.run(ear.hear(bytes(2), HINT)).text == "yes_no 2"


def test_who_stops_waiting_leaves_the_others_their_answers(pool: Pool) -> None:
    ear = pool.recognizer("echo")

    async def two() -> Hypothesis:
        left, kept = (asyncio.create_task(ear.hear(bytes(size), HINT)) for size in (2, 4))
        await asyncio.sleep(0)
        left.cancel()
        return await kept

    assert asyncio.run(two()).text == "yes_no 4"
