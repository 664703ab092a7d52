"""A person at a SIP telephone made of aiosipua and aiortp, in a process of its own.

    python -m tests.audio.sip_person PORT ACTS.json FOLDER

Writes FOLDER/heard.pcm and FOLDER/done.json when the call ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from aiosipua import IncomingCall, SipUAS
from aiosipua.rtp_bridge import CallSession
from aiosipua.transport import UdpSipTransport

from tests.audio.people import FRAME, Act, Person

HOST = "127.0.0.1"
RINGS_SECONDS = 0.3


class Telephone:
    """Rings, picks up, and lets a person talk until the call is over."""

    def __init__(self, person: Person, sound_port: int) -> None:
        self.person, self._sound_port = person, sound_port
        self.is_over = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None
        self._read = bytearray()

    def rung(self, call: IncomingCall) -> None:
        self._talking = asyncio.ensure_future(self._talk(call))

    def hung_up(self, *_: Any) -> None:
        self.is_over.set()

    async def _talk(self, call: IncomingCall) -> None:
        assert call.sdp_offer is not None
        session = CallSession(local_ip=HOST, rtp_port=self._sound_port, offer=call.sdp_offer)
        call.ringing()
        await asyncio.sleep(RINGS_SECONDS)
        await session.start()
        session.on_audio = lambda pcm, _: self._heard(pcm)
        call.accept(session.sdp_answer)
        loop, stamp, due = asyncio.get_running_loop(), 0, asyncio.get_running_loop().time()
        while not self.is_over.is_set():
            pcm, key = self.person.act()
            session.send_audio_pcm(pcm, stamp)
            if key:
                session.rtp_session.send_dtmf(key, 100, timestamp=stamp)
            stamp, due = stamp + FRAME // 2, due + 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))
        await session.close()

    def _heard(self, pcm: bytes) -> None:
        self._read += pcm
        while len(self._read) >= FRAME:
            self.person.hear(bytes(self._read[:FRAME]))
            del self._read[:FRAME]


async def live(port: int, person: Person) -> None:
    """Wait for one call and talk through it."""
    telephone = Telephone(person, port + 2)
    transport = UdpSipTransport(local_addr=(HOST, port))
    uas = SipUAS(transport)
    uas.on_invite, uas.on_bye, uas.on_cancel = telephone.rung, telephone.hung_up, telephone.hung_up
    await uas.start()
    await telephone.is_over.wait()
    await asyncio.sleep(0.2)
    await uas.stop()


def main(port: str, acts: str, folder: str) -> None:
    """Talk through one call, and keep what was heard and done."""
    person = Person.of([Act(**each) for each in json.loads(Path(acts).read_text())])
    asyncio.run(live(int(port), person))
    Path(folder, "heard.pcm").write_bytes(person.heard)
    Path(folder, "done.json").write_text(json.dumps(person.done))


if __name__ == "__main__":
    main(*sys.argv[1:])
