"""A SIP leg's sound on time that jumps: frames count, silence is filled in, words are not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from caretally.errors import ExchangeError
from caretally.exchange.telephony import virtual_time
from caretally.exchange.telephony.links import FRAME_BYTES, SILENT_FRAME, Frame, Key
from caretally.exchange.telephony.sip_link import LATE_MS, LEAD_BYTES, SipLink

LOUD = b"\x10\x27" * 160


def talks(now_ms: int) -> bool:
    """Say that sound comes all the time."""
    return True


@dataclass
class Stack:
    """What baresip is to a leg: sound comes and goes by itself, fifty frames a second.

    sends: whether the far end sends sound at a time.
    """

    sends: Callable[[int], bool] = talks
    written: bytearray = field(default_factory=bytearray)
    played: int = 0
    given: int = 0

    def _frame(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000) // 20

    def read(self, most: int) -> bytes:
        due = self._frame()
        came = [LOUD for each in range(self.given, due) if self.sends(each * 20)]
        self.given = due
        return b"".join(came)[:most]

    def write(self, pcm: bytes) -> int:
        self.written += pcm
        return len(pcm)

    def info(self) -> SimpleNamespace:
        self.played = min(len(self.written), self._frame() * FRAME_BYTES)
        return SimpleNamespace(tx_buffered=len(self.written) - self.played)

    def flush_tx(self) -> None:
        del self.written[self.played + FRAME_BYTES :]


def on_the_line(
    stack: Stack, seconds: float, act: Callable[[SipLink], None] | None = None
) -> SipLink:
    """Let a leg go on for so long."""

    async def live() -> SipLink:
        link = SipLink(stack)
        carrying = asyncio.create_task(link.keep_going())
        await asyncio.sleep(seconds / 2)
        if act is not None:
            act(link)
        await asyncio.sleep(seconds / 2)
        carrying.cancel()
        return link

    return virtual_time.run(live())


def came(link: SipLink) -> list[Frame | Key]:
    """Return what waits to be read."""
    found = []
    while not link._came.empty():
        item = link._came.get_nowait()
        assert isinstance(item, Frame | Key)
        found.append(item)
    return found


def test_frames_count_the_time() -> None:
    frames = came(on_the_line(Stack(), 2.0))
    assert [each.at_ms for each in frames] == list(range(0, len(frames) * 20, 20))
    assert 97 <= len(frames) <= 100
    assert {each.pcm for each in frames if isinstance(each, Frame)} == {LOUD}


def test_a_telephone_that_saves_silence_lets_time_go_on() -> None:
    link = on_the_line(Stack(sends=lambda now_ms: now_ms < 1000), 5.0)
    frames = [each for each in came(link) if isinstance(each, Frame)]
    assert 4800 <= link.at_ms <= 5000
    loud = [each.at_ms for each in frames if each.pcm == LOUD]
    assert max(loud) < 1000
    assert {each.pcm for each in frames[60:]} == {SILENT_FRAME}


def test_a_short_hitch_puts_nothing_between_two_words() -> None:
    link = on_the_line(Stack(sends=lambda now_ms: not 1000 <= now_ms < 1000 + LATE_MS - 40), 3.0)
    frames = [each for each in came(link) if isinstance(each, Frame)]
    assert SILENT_FRAME not in {each.pcm for each in frames}


def test_what_is_said_goes_out_in_order_and_a_little_ahead() -> None:
    words = b"".join(bytes([number]) * FRAME_BYTES for number in range(1, 101))

    async def speak() -> tuple[int, int]:
        fresh = Stack()
        leg = SipLink(fresh)
        carrying = asyncio.create_task(leg.keep_going())
        await leg.send(words)
        ahead = len(fresh.written)
        queued = leg.queued_ms()
        await asyncio.sleep(2.5)
        carrying.cancel()
        assert bytes(fresh.written) == words
        assert leg.queued_ms() == 0
        return ahead, queued

    ahead, queued = virtual_time.run(speak())
    assert ahead == LEAD_BYTES
    assert queued == 2000


def test_an_interruption_leaves_one_frame_at_most() -> None:
    async def interrupt() -> int:
        stack = Stack()
        link = SipLink(stack)
        carrying = asyncio.create_task(link.keep_going())
        await link.send(LOUD * 100)
        await asyncio.sleep(0.5)
        heard = stack.info().tx_buffered and stack.played
        await link.clear()
        await asyncio.sleep(1.0)
        carrying.cancel()
        return len(stack.written) - heard

    assert virtual_time.run(interrupt()) <= FRAME_BYTES


def test_keys_come_with_the_time_and_letters_do_not() -> None:
    def press(link: SipLink) -> None:
        for key in "0A#":
            link.press(key)

    keys = [each for each in came(on_the_line(Stack(), 2.0, press)) if isinstance(each, Key)]
    assert [each.key for each in keys] == ["0", "#"]
    assert 900 <= keys[0].at_ms <= 1000


@pytest.mark.parametrize("fault", ["", "no sound for 20 seconds"])
def test_the_end_is_told_again_and_again(fault: str) -> None:
    async def end() -> list[str]:
        link = SipLink(Stack())
        link.end(fault)
        told = []
        for _ in range(2):
            try:
                told.append(str(await link.recv()))
            except ExchangeError as error:
                told.append(str(error))
        return told

    assert virtual_time.run(end()) == [fault or "None"] * 2
