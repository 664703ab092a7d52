"""The listener on real sockets: split and joined packets, silence, size, TLS, many senders."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from caretally.devices.vendors.hl7v2.er7 import Message
from caretally.errors import ExchangeError
from caretally.exchange.mllp import Limits, Listener, server_context
from caretally.exchange.mllp_answers import LATER, TAKEN, Reply
from caretally.exchange.mllp_client import Receiver, answer_in, client_context, send
from caretally.exchange.mllp_frames import Framer, framed

HEADER = r"MSH|^~\&|Gateway|Home|Caretally|Practice|20260304150005+0000||ORU^R01^ORU_R01|m-%d|P|2.6"
PATIENCE = 20


def message(number: int, filler: str = "") -> bytes:
    """Return a message."""
    return f"{HEADER % number}\rNTE|1||{filler}\r".encode()


class Shelf:
    """Keeps messages, as a practice does; `hold` keeps the next one waiting."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kept: list[str] = []
        self.reply: Reply | Exception = TAKEN
        self.entered, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def store(self, body: bytes, message: Message) -> Reply:
        """Keep a message."""
        assert body.startswith(b"MSH")
        self.entered.set()
        assert self.gate.wait(PATIENCE)
        if isinstance(self.reply, Exception):
            raise self.reply
        self.kept.append(message.header.text(10))
        return self.reply


class Running:
    """A listener in a thread of its own."""

    def __init__(self, shelf: Shelf, limits: Limits, tls: ssl.SSLContext | None) -> None:
        """Start it, and wait until it listens."""
        self.shelf = shelf
        self.port = 0
        ready = threading.Event()

        def started(port: int) -> None:
            self.port = port
            ready.set()

        async def run() -> None:
            self.loop = asyncio.get_running_loop()
            self.listener = Listener(shelf.store, limits)
            await self.listener.listen(("127.0.0.1", 0), tls, started)

        self.thread = threading.Thread(target=lambda: asyncio.run(run()))
        self.thread.start()
        assert ready.wait(PATIENCE)

    def talk(self) -> socket.socket:
        """Connect."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def stop(self) -> None:
        """Ask it to end."""
        self.loop.call_soon_threadsafe(self.listener.stopping.set)

    def end(self) -> None:
        """Ask it to end, and wait."""
        if self.thread.is_alive():
            self.stop()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a listener."""
    made: list[Running] = []

    def begin(limits: Limits | None = None, tls: ssl.SSLContext | None = None) -> Running:
        made.append(Running(Shelf(), limits or Limits(), tls))
        return made[-1]

    yield begin
    for each in made:
        each.shelf.gate.set()
        each.end()


def answers(talk: socket.socket, count: int) -> list[tuple[str, str]]:
    """Return code and control id of so many answers."""
    framer, found = Framer(10_000), []
    while len(found) < count and (chunk := talk.recv(1_000)):
        found += [answer_in(block) for block in framer.feed(chunk) if isinstance(block, bytes)]
    return [(each.code, each.control_id) for each in found]


def test_packets_cut_anywhere(start: Start) -> None:
    running = start()
    with running.talk() as talk:
        talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = framed(message(1)) + framed(message(2))
        for place in range(0, len(stream), 7):
            talk.sendall(stream[place : place + 7])
        assert answers(talk, 2) == [("AA", "m-1"), ("AA", "m-2")]
    assert running.shelf.kept == ["m-1", "m-2"]


def test_two_messages_in_one_packet(start: Start) -> None:
    running = start()
    with running.talk() as talk:
        talk.sendall(framed(message(1)) + framed(message(2)))
        assert answers(talk, 2) == [("AA", "m-1"), ("AA", "m-2")]


def test_no_answer_before_it_is_stored(start: Start) -> None:
    running = start()
    running.shelf.gate.clear()
    with running.talk() as talk:
        talk.sendall(framed(message(1)))
        assert running.shelf.entered.wait(PATIENCE)
        talk.settimeout(0.2)
        with pytest.raises(TimeoutError):
            talk.recv(1)
        running.shelf.gate.set()
        talk.settimeout(PATIENCE)
        assert answers(talk, 1) == [("AA", "m-1")]


@pytest.mark.parametrize("trouble", [LATER, ValueError("Ada Lovelace")])
def test_what_was_not_stored_is_to_be_sent_again(
    start: Start, trouble: Reply | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    running = start()
    running.shelf.reply = trouble
    with running.talk() as talk:
        talk.sendall(framed(message(1)))
        assert answers(talk, 1) == [("AE", "m-1")]
        running.shelf.reply = TAKEN
        talk.sendall(framed(message(1)))
        assert answers(talk, 1) == [("AA", "m-1")]
    assert "Lovelace" not in caplog.text


def test_garbage_in_a_block_is_answered_and_the_next_block_taken(start: Start) -> None:
    with start().talk() as talk:
        talk.sendall(framed(b"hello") + framed(message(2)))
        assert answers(talk, 2) == [("AR", ""), ("AA", "m-2")]


@pytest.mark.parametrize("stream", [b"GET / HTTP/1.1\r\n\r\n", b"\x0b" + b"x" * 3_000])
def test_what_is_no_block_is_answered_and_ends_the_talk(start: Start, stream: bytes) -> None:
    running = start(Limits(most_bytes=2_000))
    with running.talk() as talk:
        talk.sendall(stream)
        assert answers(talk, 2) == [("AR", "")]
    assert running.shelf.kept == []


@pytest.mark.parametrize("stream", [b"", b"\x0b" + message(1)])
def test_silence_and_a_block_without_end_are_hung_up_on(start: Start, stream: bytes) -> None:
    running = start(Limits(idle_seconds=1))
    with running.talk() as talk:
        talk.sendall(stream)
        assert talk.recv(1) == b""
    assert running.shelf.kept == []


def test_a_block_that_drips_has_no_more_time_than_one_that_hangs(start: Start) -> None:
    running = start(Limits(idle_seconds=1))
    dripped = threading.Event()
    with running.talk() as talk:
        talk.sendall(b"\x0b")

        def drip() -> None:
            while not dripped.wait(0.1):
                try:
                    talk.sendall(b"M")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        with suppress(ConnectionResetError):
            assert talk.recv(1) == b""
        dripped.set()
        thread.join()


def test_more_senders_than_wanted_are_turned_away(start: Start) -> None:
    running = start(Limits(most_connections=2))
    with running.talk() as one, running.talk() as two:
        for talk in (one, two):
            talk.sendall(framed(message(1)))
            assert answers(talk, 1) == [("AA", "m-1")]
        with running.talk() as three:
            assert three.recv(1) == b""
    with running.talk() as four:
        four.sendall(framed(message(4)))
        four.settimeout(PATIENCE)
        assert answers(four, 1) in ([("AA", "m-4")], [])


def test_many_senders_at_once(start: Start) -> None:
    running = start()

    def work(number: int) -> None:
        receiver = Receiver(host="127.0.0.1", port=running.port)
        told = list(send([message(number * 100 + each) for each in range(5)], receiver))
        assert all(each.is_accepted for each in told)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    expected = {f"m-{number * 100 + each}" for number in range(20) for each in range(5)}
    assert len(running.shelf.kept) == 100
    assert set(running.shelf.kept) == expected


def test_what_is_in_flight_is_stored_and_answered_before_the_end(start: Start) -> None:
    running = start()
    running.shelf.gate.clear()
    with running.talk() as busy, running.talk() as idle:
        busy.sendall(framed(message(1)))
        assert running.shelf.entered.wait(PATIENCE)
        running.stop()
        assert idle.recv(1) == b""
        running.shelf.gate.set()
        assert answers(busy, 1) == [("AA", "m-1")]
        assert busy.recv(1) == b""
    running.end()


def test_a_sender_without_listener_is_told(start: Start) -> None:
    running = start()
    running.end()
    with pytest.raises(ExchangeError, match="refused"):
        list(send([message(1)], Receiver(host="127.0.0.1", port=running.port)))


def test_a_sender_that_is_hung_up_on_is_told(start: Start) -> None:
    running = start(Limits(most_connections=1))
    with running.talk() as first:
        first.sendall(framed(message(1)))
        answers(first, 1)
        with pytest.raises(ExchangeError):
            list(send([message(2)], Receiver(host="127.0.0.1", port=running.port)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority, and certificates of a listener and a sender by it."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words: str) -> None:
        try:
            subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
        except FileNotFoundError:
            pytest.skip("openssl is not installed: make system installs it")

    fresh = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req", "-x509", *fresh, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
        "-subj", "/CN=Example authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("listener", "sender"):
        openssl("req", "-new", *fresh, "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/CN={name}")  # fmt: skip
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", f"{name}.pem", "-days", "3650", "-extfile", "names",
        )  # fmt: skip
    return folder


def test_only_senders_with_a_certificate_are_let_in(start: Start, authority: Path) -> None:
    ca, cert, key = (str(authority / each) for each in ("ca.pem", "sender.pem", "sender.key"))
    tls = server_context(str(authority / "listener.pem"), str(authority / "listener.key"), ca)
    running = start(tls=tls)
    trusted = Receiver(host="127.0.0.1", port=running.port, tls=client_context(ca, cert, key))
    assert [each.code for each in send([message(1)], trusted)] == ["AA"]
    unknown = Receiver(host="127.0.0.1", port=running.port, tls=client_context(ca))
    with pytest.raises(ExchangeError):
        list(send([message(2)], unknown))
    plain = Receiver(host="127.0.0.1", port=running.port, seconds=3)
    with pytest.raises(ExchangeError):
        list(send([message(3)], plain))
    assert running.shelf.kept == ["m-1"]
