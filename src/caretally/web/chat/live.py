"""The live connection to a conversation: what a browser may say over it, and what it is told.

Everything that comes in is authorized anew, bounded in size and number, and stored by the same
functions as forms are. What is told rests on the tables alone.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from caretally.clock import outside
from caretally.errors import CaretallyError
from caretally.practice.messaging import Desk, post
from caretally.practice.messaging_news import got, news, sign
from caretally.practice.portal_wording import wording
from caretally.store.conversations import Draft
from caretally.web.chat.answering import refusal, whole
from caretally.web.chat.guests import Knock, desk_here, knock_of
from caretally.web.chat.hub import Hub, Key, in_thread
from caretally.web.chat.telling import instant, news_json

MOST_BYTES = 16_384
MOST_FRAMES, WITHIN = 80, timedelta(seconds=20)
ENDED, TOO_MUCH, TOO_BIG = 4401, 4408, 1009
"""Why a connection is closed: nobody may use it any more, too much came, too much at once."""
TYPING_RESTS = timedelta(seconds=15)
"""Somebody who typed nothing for longer begins anew."""
USES = frozenset({"send", "types"})
HUB = Hub()
Told = Mapping[str, Any]


class Live(AsyncWebsocketConsumer):
    """One browser with one conversation open."""

    async def connect(self) -> None:
        """Let somebody in who may have the conversation open, and tell what was missed."""
        self.knock: Knock = knock_of(self.scope)
        self.after = whole({"after": self.asked("after")}, "after")
        self.last: dict[str, object] = {}
        self.telling = asyncio.Lock()
        self.typing: tuple[datetime, datetime] | None = None
        self.frames: deque[datetime] = deque(maxlen=MOST_FRAMES)
        self.key: Key | None = await in_thread(key_of, self.knock)
        if self.key is None:
            await self.close()
            return
        await self.accept()
        HUB.enter(self.key, self)
        await self.tell()

    def asked(self, name: str) -> str:
        """Return a value of the address's query."""
        query: str = self.scope["query_string"].decode("latin-1")
        return parse_qs(query).get(name, [""])[0]

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - the name is channels'
        """Let go."""
        if self.key is not None:
            HUB.leave(self.key, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take what a browser says."""
        if bytes_data is not None or len(text_data or "") > MOST_BYTES:
            await self.close(TOO_BIG)
            return
        if self.is_flood():
            await self.close(TOO_MUCH)
            return
        told = said(text_data or "")
        self.note_typing(told)
        answer = await in_thread(taken, self.knock, told, self.typing)
        if answer is None:
            await self.close(ENDED)
            return
        if told.get("kind") == "send":
            self.typing = None
        if answer:
            await self.send(json.dumps(answer))
        HUB.now()

    def is_flood(self) -> bool:
        """Tell whether more comes than any page sends."""
        at = outside()
        is_full = len(self.frames) == MOST_FRAMES and at - self.frames[0] < WITHIN
        self.frames.append(at)
        return is_full

    def note_typing(self, told: Told) -> None:
        """Remember since when somebody types, by the clock of this machine."""
        if told.get("kind") != "types":
            return
        at = outside()
        begun = self.typing[0] if self.typing and at - self.typing[1] < TYPING_RESTS else at
        self.typing = begun, at

    async def tell(self) -> None:
        """Send what is new since the last time, one after the other: nothing comes twice."""
        async with self.telling:
            await self.tell_now()

    async def tell_now(self) -> None:
        """Send what is new since the last time."""
        found = await in_thread(told_to, self.knock, self.after)
        if found is None:
            await self.close(ENDED)
            return
        told = {name: value for name, value in found.items() if name != "messages"}
        news_here = found["messages"]
        if not news_here and told == self.last:
            return
        self.last = told
        if isinstance(news_here, list) and news_here:
            self.after = max(self.after, *(each["number"] for each in news_here))
        await self.send(json.dumps(found))


def said(text: str) -> Told:
    """Return what a browser says; nothing where it is no JSON object."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def key_of(knock: Knock) -> Key | None:
    """Return which conversation somebody may have open; None where none."""
    with desk_here(knock) as desk:
        if desk is None:
            return None
        place = desk.place
        return Key(desk.office.practice, place.practice, place.patient)


def told_to(knock: Knock, after: int) -> dict[str, object] | None:
    """Return what somebody is told; None where nobody may be told anything."""
    with desk_here(knock) as desk:
        return news_json(news(desk, after)) if desk is not None else None


def taken(
    knock: Knock, told: Told, typing: tuple[datetime, datetime] | None
) -> dict[str, object] | None:
    """Do what a browser says; returns what to answer, None where it may say nothing any more."""
    kind = told.get("kind")
    with desk_here(knock, is_use=kind in USES) as desk:
        if desk is None:
            return None
        if kind == "send":
            return sent(desk, told, typing)
        if kind in ("ping", "types"):
            sign(desk, is_typing=kind == "types")
        elif kind in ("got", "read"):
            up_to = told.get("up_to")
            if isinstance(up_to, int) and 0 < up_to < 1 << 62:
                got(desk, up_to, is_read=kind == "read")
        return {}


def sent(desk: Desk, told: Told, typing: tuple[datetime, datetime] | None) -> dict[str, object]:
    """Store a message; returns why it was refused, nothing where it was not."""
    at = desk.office.now
    # The demonstration's clock is another than the machine's: what counts is how long ago it was.
    composing_at = at - (outside() - typing[0]) if typing else None
    message, text = str(told.get("message", "")), str(told.get("text", ""))
    draft = Draft(
        message=message, text=text, composing_at=composing_at,
        client_at=instant(str(told.get("client_at", "")), at),
    )  # fmt: skip
    try:
        post(desk, draft)
    except CaretallyError as error:
        says = refusal(error, wording(desk.language))
        return {"kind": "refused", "message": message[:100], "says": says}
    return {}
