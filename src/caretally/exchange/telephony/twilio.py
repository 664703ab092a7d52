"""Calls over Twilio: dialed by REST, their sound on a WebSocket that Twilio opens to us.

A stream is let in only with a signature of the account over our address, and only for a call we
placed: it names itself with a token made for this one call and used once, and the id of the call
must be the one Twilio told when it was placed.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from caretally.errors import ExchangeError
from caretally.exchange import extras
from caretally.exchange.telephony import relaying, twilio_messages
from caretally.exchange.telephony.links import Leg, NoLink, Outcome
from caretally.exchange.telephony.sip_account import NUMBER, URI
from caretally.exchange.telephony.twilio_link import TwilioLink
from caretally.exchange.telephony.twilio_rest import TwilioAccount, TwilioRest
from caretally.exchange.telephony.twilio_signature import is_signed

OUTCOMES: dict[str, Outcome] = {
    "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "failed",
    "completed": "failed",
}  # fmt: skip
"""What Twilio's words mean for a call whose sound never came; it has none for a call refused."""
ASKS_EVERY, GREETS_WITHIN, DIALS_WITHIN = 1.0, 10, 15
"""Seconds: between two questions after a call; for a stream to name itself; before it rings."""
REFUSED = 1008
NONE = Leg(link=NoLink(), outcome="failed", carrier_id="")


@dataclass(slots=True)
class Stream:
    """A stream that named itself, and the call it says it belongs to."""

    link: TwilioLink
    call: str


@dataclass(slots=True)
class TwilioCarrier:
    """A carrier over Twilio; use it as an async context.

    host, port: where streams arrive, usually behind a proxy that ends TLS.
    """

    account: TwilioAccount
    host: str = "127.0.0.1"
    port: int = 8020
    name: str = field(default="twilio", init=False)
    _server: Any = None
    _awaited: dict[str, asyncio.Future[Stream]] = field(default_factory=dict)
    _connections: dict[str, Any] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        """Listen for streams.

        Raises:
            ExchangeError: the address is taken or not ours.
        """
        try:
            self._server = await extras.websockets_server.serve(
                self._served, self.host, self.port, process_request=self._checked,
                max_size=twilio_messages.MOST_BYTES, compression=None,
            )  # fmt: skip
        except OSError:
            raise ExchangeError(f"{self.host}:{self.port} cannot be listened on") from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Close every stream."""
        self._server.close()
        await self._server.wait_closed()

    @property
    def listens_on(self) -> int:
        """The port in use, where 0 was asked for."""
        return int(self._server.sockets[0].getsockname()[1])

    async def dial(self, address: str, *, ring_seconds: int) -> Leg:
        """Ring somebody; whatever hinders it is an outcome."""
        called = re.sub(r"[\s().-]", "", address) if not address.startswith("sip") else address
        if not (NUMBER.fullmatch(called) or URI.fullmatch(called)):
            return NONE
        token = secrets.token_urlsafe(24)
        self._awaited[token] = asyncio.get_running_loop().create_future()
        rest, call = TwilioRest(self.account), ""
        try:
            call = await asyncio.to_thread(rest.place, called, token, ring_seconds)
            leg = await self._settled(call, self._awaited[token], ring_seconds)
        except ExchangeError:
            leg = Leg(link=NoLink(), outcome="failed", carrier_id=call)
        except asyncio.CancelledError:
            await self._end(call)
            raise
        finally:
            self._awaited.pop(token, None)
        if not leg.is_answered:
            await self._end(call)
        return leg

    async def _settled(self, call: str, stream: asyncio.Future[Stream], ring_seconds: int) -> Leg:
        """Wait for the sound of a call, or for a word why there is none."""
        rest, until = TwilioRest(self.account), ring_seconds + DIALS_WITHIN
        clock = asyncio.get_running_loop().time
        began = clock()
        while clock() - began < until:
            with contextlib.suppress(TimeoutError):
                came = await asyncio.wait_for(asyncio.shield(stream), ASKS_EVERY)
                if came.call != call:
                    came.link.end("a stream named another call")
                    return Leg(link=NoLink(), outcome="failed", carrier_id=call)
                return Leg(link=came.link, outcome="answered", carrier_id=call)
            outcome = OUTCOMES.get(await asyncio.to_thread(rest.status, call))
            if outcome is not None and not stream.done():
                return Leg(link=NoLink(), outcome=outcome, carrier_id=call)
        return Leg(link=NoLink(), outcome="no_answer", carrier_id=call)

    async def hangup(self, leg: Leg) -> None:
        """End a leg; one that is over stays so."""
        connection = self._connections.pop(leg.carrier_id, None)
        if connection is not None:
            await self._end(leg.carrier_id)
            await connection.close()

    async def hold(self, leg: Leg) -> None:
        """Keep a leg: it hears silence, for nothing is sent to it."""

    async def bridge(self, first: Leg, second: Leg) -> None:
        """Let both hear each other, in this process; returns when one of them hung up."""
        await relaying.relay(first.link, second.link)

    async def _end(self, call: str) -> None:
        """End a call at the carrier; one that is over is refused there, and that is well."""
        if call:
            with contextlib.suppress(ExchangeError):
                await asyncio.to_thread(TwilioRest(self.account).end, call)

    def _checked(self, connection: Any, request: Any) -> Any:
        """Refuse who has no signature of the account over our address."""
        path = urlsplit(self.account.stream_url).path or "/"
        found = request.headers.get("X-Twilio-Signature", "")
        if request.path.rstrip("/") != path.rstrip("/"):
            return connection.respond(HTTPStatus.NOT_FOUND, "nothing is here\n")
        if not is_signed(found, self.account.token, self.account.stream_url):
            return connection.respond(HTTPStatus.FORBIDDEN, "not signed by the account\n")
        return None

    async def _served(self, connection: Any) -> None:
        """Let a stream in whose token is awaited, and carry its sound until it is over."""
        started = await _greeted(connection)
        awaited = self._awaited.pop(started.token, None) if started else None
        if started is None or awaited is None or awaited.done():
            await connection.close(REFUSED, "no call of ours")
            return
        link = TwilioLink(connection, started.stream)
        self._connections[started.call] = connection
        awaited.set_result(Stream(link, started.call))
        try:
            await link.keep_going()
        finally:
            self._connections.pop(started.call, None)


async def _greeted(connection: Any) -> twilio_messages.Started | None:
    """Return how a stream names itself; None where it does not do so in time."""
    with contextlib.suppress(TimeoutError, ExchangeError, extras.websockets.ConnectionClosed):
        async with asyncio.timeout(GREETS_WITHIN):
            while True:
                message = twilio_messages.read(await connection.recv())
                if isinstance(message, twilio_messages.Started):
                    return message
    return None
