"""Time that jumps: in order, and never stuck in silence."""

from __future__ import annotations

import asyncio

import pytest

from caretally.exchange.telephony import virtual_time


async def sleepers() -> list[tuple[str, float]]:
    done: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        done.append((name, asyncio.get_running_loop().time()))

    await asyncio.gather(sleeper("late", 7_200), sleeper("soon", 0.02), sleeper("then", 30))
    return done


def test_what_is_due_first_happens_first() -> None:
    done = virtual_time.run(sleepers())
    assert [name for name, _ in done] == ["soon", "then", "late"]
    assert [at for _, at in done] == pytest.approx([0.02, 30, 7_200])


async def too_slow() -> str:
    try:
        async with asyncio.timeout(5):
            await asyncio.sleep(6)
    except TimeoutError:
        return "given up"
    return "waited"


def test_timeouts_are_of_that_time() -> None:
    assert virtual_time.run(too_slow()) == "given up"


async def nobody_comes() -> None:
    await asyncio.get_running_loop().create_future()


def test_who_waits_for_nobody_is_told() -> None:
    with pytest.raises(RuntimeError, match="everybody waits"):
        virtual_time.run(nobody_comes())
