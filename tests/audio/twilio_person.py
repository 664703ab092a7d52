"""What Twilio is to a program: a REST server that places calls, and people behind media streams.

    python -m tests.audio.twilio_person PORT PEOPLE.json FOLDER

PEOPLE.json: by number, what somebody does, or the word of a call that does not come about. Written
from Twilio's notes alone; shares no code with the carrier it tests.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
import xml.etree.ElementTree as ET
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import websockets
from aiortp import PayloadType
from aiortp.codecs import get_codec

from tests.audio.people import SILENCE, Act, Person

HOST, SID, TOKEN = "127.0.0.1", "AC00000000000000000000000000000001", "not-a-secret-of-anybody"
RINGS_SECONDS = 0.5
CODEC = get_codec(PayloadType.PCMU)


@dataclass
class Ringing:
    """One call: who it is for, and how it stands."""

    sid: str
    number: str
    form: dict[str, str]
    status: str = "queued"
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Exchange:
    """The telephone exchange."""

    def __init__(self, people: dict[str, Any], folder: Path) -> None:
        self.people, self.folder = people, folder
        self.calls: dict[str, Ringing] = {}
        self._numbers, self._tasks = count(1), set()

    async def asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of HTTP."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.split("\r\n")
        headers = {k.lower(): v for k, _, v in (each.partition(": ") for each in rest)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if headers.get("authorization") != wanted:
            status, said = "401 Unauthorized", {"code": 20003, "message": "Authenticate"}
        else:
            status, said = self._answer(*line.split()[:2], form)
        text = json.dumps(said).encode()
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode()
            + text
        )
        await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, form: dict[str, str]) -> tuple[str, dict[str, Any]]:
        base = f"/2010-04-01/Accounts/{SID}/Calls"
        if method == "POST" and path == f"{base}.json":
            if form["To"] not in self.people:
                return "400 Bad Request", {"code": 21211, "message": "Invalid 'To'"}
            call = Ringing(f"CA{next(self._numbers):032d}", form["To"], form)
            self.calls[call.sid] = call
            ringing = asyncio.ensure_future(self._ring(call))
            self._tasks.add(ringing)
            return "201 Created", {"sid": call.sid, "status": call.status}
        call = self.calls[path.removeprefix(f"{base}/").removesuffix(".json")]
        if form.get("Status") == "completed":
            call.status = "completed"
            call.over.set()
        return "200 OK", {"sid": call.sid, "status": call.status}

    async def _ring(self, call: Ringing) -> None:
        call.status = "ringing"
        await asyncio.sleep(RINGS_SECONDS)
        does = self.people[call.number]
        if isinstance(does, str):
            call.status = does
            return
        call.status = "in-progress"
        stream = ET.fromstring(call.form["Twiml"]).find("./Connect/Stream")  # noqa: S314
        assert stream is not None
        url = stream.attrib["url"]
        parameters = {each.attrib["name"]: each.attrib["value"] for each in stream}
        digest = hmac.new(TOKEN.encode(), url.encode(), hashlib.sha1).digest()
        signed = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
        person = Person.of([Act(**each) for each in does])
        async with websockets.connect(url, additional_headers=signed, compression=None) as line:
            await Stream(line, call, person, parameters).carry()
        call.status = "completed"
        name = call.number.strip("+")
        (self.folder / f"{name}.pcm").write_bytes(person.heard)
        (self.folder / f"{name}.json").write_text(json.dumps(person.done))


class Stream:
    """The sound of one call, as messages."""

    def __init__(
        self, line: Any, call: Ringing, person: Person, parameters: dict[str, str]
    ) -> None:
        self.line, self.call, self.person, self.parameters = line, call, person, parameters
        self.sid = "MZ" + call.sid[2:]
        self.sequence = count(1)
        self.to_play: deque[bytes] = deque()

    async def carry(self) -> None:
        """Carry sound until one side puts the phone down."""
        await self.line.send(
            json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        )
        await self._tell("start", start={
            "accountSid": SID, "streamSid": self.sid, "callSid": self.call.sid,
            "tracks": ["inbound"], "customParameters": self.parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        })  # fmt: skip
        listening = asyncio.ensure_future(self._listen())
        due, began = asyncio.get_running_loop().time(), time.monotonic()
        self.person.done.append(("picked up", began))
        chunk = 0
        while not (self.call.over.is_set() or listening.done() or self.person.has_hung_up):
            self.person.hear(self.to_play.popleft() if self.to_play else SILENCE)
            pcm, key = self.person.act()
            chunk += 1
            payload = base64.b64encode(CODEC.encode(pcm)).decode()
            await self._tell("media", media={
                "track": "inbound", "chunk": str(chunk), "timestamp": str(chunk * 20),
                "payload": payload,
            })  # fmt: skip
            if key:
                await self._tell("dtmf", dtmf={"track": "inbound_track", "digit": key})
            due += 0.02
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        if not listening.done():
            await self._tell("stop", stop={"accountSid": SID, "callSid": self.call.sid})
        listening.cancel()

    async def _listen(self) -> None:
        async for text in self.line:
            said = json.loads(text)
            assert said["streamSid"] == self.sid
            if said["event"] == "media":
                ulaw = base64.b64decode(said["media"]["payload"])
                assert len(ulaw) == 160
                self.to_play.append(CODEC.decode(ulaw))
            elif said["event"] == "clear":
                self.person.done.append(("clear", time.monotonic()))
                self.to_play.clear()

    async def _tell(self, event: str, **content: Any) -> None:
        said = {"event": event, "streamSid": self.sid, "sequenceNumber": str(next(self.sequence))}
        try:
            await self.line.send(json.dumps({**said, **content}))
        except websockets.ConnectionClosed:
            self.call.over.set()


async def exchange(port: int, people: dict[str, Any], folder: Path) -> None:
    """Serve until this process is ended."""
    served = await asyncio.start_server(Exchange(people, folder).asked, HOST, port)
    await served.serve_forever()


def main(port: str, people: str, folder: str) -> None:
    """Serve."""
    asyncio.run(exchange(int(port), json.loads(Path(people).read_text()), Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
