"""Listens for HL7 v2 over MLLP: each message is stored before it is answered.

The answer says that a message is committed, so a sender that got none sends it again, and nothing
is lost however the listener ends. What becomes of a message is decided by the function it is given.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from caretally.clock import now
from caretally.devices.vendors.hl7v2.er7 import Message
from caretally.exchange.mllp_answers import (
    LATER,
    NO_MESSAGE,
    TAKEN,
    TOO_LARGE,
    Reply,
    answer,
    opened,
)
from caretally.exchange.mllp_frames import Framer, Trouble, framed

LOG = logging.getLogger("caretally.mllp")
Store = Callable[[bytes, Message], Reply]
"""Stores a message durably and says what became of it; called in threads."""
CHUNK = 65_536
THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one sender may cost.

    most_bytes: of a block. idle_seconds: without a byte, and for one block from begin to end.
    most_connections: at once; whoever comes then is turned away.
    """

    most_bytes: int = 2 * 1024 * 1024
    idle_seconds: int = 60
    most_connections: int = 200


class Listener:
    """A listener, from its start to the last answer."""

    def __init__(self, store: Store, limits: Limits) -> None:
        """Name what stores messages, and what senders may cost."""
        self.store = store
        self.limits = limits
        self.stopping = asyncio.Event()
        self.talks: set[asyncio.Task[None]] = set()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mllp")

    async def listen(
        self, address: tuple[str, int], tls: ssl.SSLContext | None, started: Callable[[int], None]
    ) -> None:
        """Listen until told to stop; what is being stored then is stored and answered first.

        started: is told the port, once connections are taken.
        """
        host, port = address
        server = await asyncio.start_server(self.welcome, host, port, ssl=tls, limit=CHUNK)
        started(int(server.sockets[0].getsockname()[1]))
        try:
            await self.stopping.wait()
        finally:
            server.close()
            if self.talks:
                await asyncio.wait(self.talks)
            self.threads.shutdown()

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one sender."""
        own = asyncio.current_task()
        assert own is not None
        if len(self.talks) >= self.limits.most_connections or self.stopping.is_set():
            LOG.warning("a sender was turned away: %d are connected", len(self.talks))
            writer.close()
            return
        self.talks.add(own)
        try:
            await self.talk(reader, writer)
        except (OSError, TimeoutError) as error:
            LOG.info("a sender went away: %s", type(error).__name__)
        finally:
            self.talks.discard(own)
            writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take blocks and answer each, in order, until the sender or the listener ends."""
        framer = Framer(self.limits.most_bytes)
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        while chunk := await self.heard(reader, begun_at):
            was_inside = framer.is_inside
            blocks = framer.feed(chunk)
            if blocks or not framer.is_inside or not was_inside:
                begun_at = loop.time()
            for block in blocks:
                told = await self.answered(block)
                if told:
                    writer.write(framed(told))
                    await asyncio.wait_for(writer.drain(), self.limits.idle_seconds)
                if isinstance(block, Trouble):
                    # Where one block ends and the next begins is lost: begin anew.
                    return
                begun_at = loop.time()

    async def heard(self, reader: asyncio.StreamReader, begun_at: float) -> bytes:
        """Return the next bytes; none when the sender ended, is silent too long, or we stop."""
        left = begun_at + self.limits.idle_seconds - asyncio.get_running_loop().time()
        hearing = asyncio.ensure_future(reader.read(CHUNK))
        stopping = asyncio.ensure_future(self.stopping.wait())
        done, _ = await asyncio.wait(
            {hearing, stopping}, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED
        )
        stopping.cancel()
        if hearing in done:
            return hearing.result()
        hearing.cancel()
        if not self.stopping.is_set():
            LOG.info("a sender was silent too long, or sent a block without its end")
        return b""

    async def answered(self, block: bytes | Trouble) -> bytes:
        """Store a block and return the answer to it."""
        if isinstance(block, Trouble):
            reply = TOO_LARGE if block.kind == "too_large" else NO_MESSAGE
            LOG.warning("a sender was cut off: %s", block.kind)
            return answer(b"", reply, now())
        found = opened(block)
        reply = found if isinstance(found, Reply) else await self.stored(block, found)
        if reply is not TAKEN:
            LOG.warning("a message of %d bytes was not taken: %s", len(block), reply.says)
        return answer(block, reply, now())

    async def stored(self, block: bytes, message: Message) -> Reply:
        """Store a message in a thread; whatever goes wrong, the sender shall send it again."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.threads, self.store, block, message)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing was stored
            # The text of an error may hold what was sent; its kind does not.
            LOG.error("a message was not stored: %s", type(error).__name__)
            return LATER


def serve(
    store: Store,
    address: tuple[str, int],
    limits: Limits,
    *,
    tls: ssl.SSLContext | None = None,
    started: Callable[[int], None] = lambda _: None,
) -> None:
    """Listen until SIGTERM or SIGINT."""

    async def run() -> None:
        listener = Listener(store, limits)
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, listener.stopping.set)
        await listener.listen(address, tls, started)

    asyncio.run(run())


def server_context(cert: str, key: str, client_ca: str = "") -> ssl.SSLContext:
    """Return TLS with a certificate; with a client authority, only its senders are let in.

    Raises:
        OSError: a file cannot be read or is none.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key or None)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
