"""Sends HL7 v2 over MLLP and waits for each answer before the next message."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caretally.devices.refusals import Misread
from caretally.devices.vendors.hl7v2.er7 import read_messages
from caretally.errors import ExchangeError
from caretally.exchange.mllp_frames import Framer, Trouble, framed

CHUNK = 65_536
MOST_ANSWER = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said to a message.

    code: MSA-1, such as AA; empty where the answer has none. control_id: of the message answered.
    says: the other side's words about an error.
    """

    code: str
    control_id: str
    says: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the message was taken."""
        return self.code in {"AA", "CA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where messages go. seconds: how long an answer is waited for."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    seconds: int = 30


def send(messages: Iterable[bytes], receiver: Receiver) -> Iterator[Answer]:
    """Send messages one after another, and yield the answer to each.

    Raises:
        ExchangeError: the other side is not there, ends the connection, or answers nothing.
    """
    place = f"{receiver.host}:{receiver.port}"
    try:
        with socket.create_connection((receiver.host, receiver.port), receiver.seconds) as plain:
            talk = plain
            if receiver.tls is not None:
                talk = receiver.tls.wrap_socket(plain, server_hostname=receiver.host)
            framer = Framer(MOST_ANSWER)
            for message in messages:
                talk.sendall(framed(message))
                yield answer_in(heard(talk, framer, place))
    except OSError as error:
        raise ExchangeError(f"{place}: {error.strerror or type(error).__name__}") from None


def heard(talk: socket.socket, framer: Framer, place: str) -> bytes:
    """Return the next block of the other side.

    Raises:
        ExchangeError: it ends the connection before, or sends something else.
    """
    while chunk := talk.recv(CHUNK):
        for block in framer.feed(chunk):
            if isinstance(block, Trouble):
                raise ExchangeError(f"{place}: the answer is no block of MLLP")
            return block
    raise ExchangeError(f"{place}: the connection was ended before the message was answered")


def answer_in(block: bytes) -> Answer:
    """Return what an answer says.

    Raises:
        ExchangeError: it is no answer.
    """
    try:
        message = next(read_messages(block))
    except (Misread, StopIteration):
        raise ExchangeError("the answer is no message of HL7 v2") from None
    code = control_id = says = ""
    for segment in message.segments:
        if segment.name == "MSA":
            code, control_id = segment.text(1), segment.text(2)
        elif segment.name == "ERR":
            says = segment.text(8) or segment.text(1)
    return Answer(code=code, control_id=control_id, says=says)


def client_context(ca: str = "", cert: str = "", key: str = "") -> ssl.SSLContext:
    """Return TLS that trusts an authority, and shows a certificate where there is one.

    Raises:
        OSError: a file cannot be read or is none.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert:
        context.load_cert_chain(cert, key or None)
    return context
