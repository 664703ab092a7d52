"""Two legs that hear each other: frames cross, keys do not, and one end ends it."""

from __future__ import annotations

import asyncio

from caretally.errors import ExchangeError
from caretally.exchange.telephony.links import SILENT_FRAME, Frame, Key
from caretally.exchange.telephony.relaying import MOST_BEHIND_MS, relay


class Line:
    """A leg that says what it was given and keeps what it hears."""

    def __init__(self, *says: Frame | Key | ExchangeError | None, waiting_ms: int = 0) -> None:
        self.says, self.heard, self.waiting_ms, self.cleared = list(says), [], waiting_ms, 0
        self.heard: list[bytes] = []

    async def recv(self) -> Frame | Key | None:
        await asyncio.sleep(0)
        if not self.says:
            await asyncio.Event().wait()
        item = self.says.pop(0)
        if isinstance(item, ExchangeError):
            raise item
        return item

    async def send(self, pcm: bytes) -> None:
        self.heard.append(pcm)

    async def clear(self) -> None:
        self.cleared += 1

    def queued_ms(self) -> int:
        return self.waiting_ms


def frame(number: int) -> Frame:
    return Frame(at_ms=number * 20, pcm=number.to_bytes(2, "little") * 160)


def test_sound_crosses_until_one_hangs_up() -> None:
    patient = Line(frame(1), Key(at_ms=20, key="0"), frame(2), frame(3), None)
    nurse = Line(frame(7), frame(8))
    asyncio.run(asyncio.wait_for(relay(patient, nurse), 5))
    assert nurse.heard == [frame(number).pcm for number in (1, 2, 3)]
    assert patient.heard == [frame(7).pcm, frame(8).pcm]
    assert (patient.cleared, nurse.cleared) == (1, 1)


def test_lost_sound_ends_it_too() -> None:
    nurse = Line()
    asyncio.run(asyncio.wait_for(relay(Line(frame(1), ExchangeError("lost")), nurse), 5))
    assert nurse.heard == [frame(1).pcm]


def test_nobody_is_left_behind_by_what_waits() -> None:
    slow = Line(waiting_ms=MOST_BEHIND_MS + 20)
    asyncio.run(asyncio.wait_for(relay(Line(Frame(at_ms=0, pcm=SILENT_FRAME), None), slow), 5))
    assert slow.heard == []
