"""What notices are handed to, on loopback ports: a mail relay and a gateway for text messages."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any


class Relay(socketserver.ThreadingTCPServer):
    """A mail relay that keeps what it takes.

    refuses: an answer to RCPT in place of the usual; hangs: never answers after a message, but says
    that one was heard.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.taken: list[tuple[str, Message]] = []
        self.refuses = b""
        self.hangs = False
        self.heard, self.goes_on = Event(), Event()

    @property
    def url(self) -> str:
        """Its address, as settings name it."""
        return f"smtp+plain://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    """One conversation of the simple mail transfer protocol (RFC 5321), without extensions."""

    server: Relay

    def handle(self) -> None:
        self.say(b"220 relay.example")
        to = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.say(self.server.refuses or b"250 ok")
            elif word == b"DATA":
                self.say(b"354 go on")
                self.take(to)
            elif word == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

    def take(self, to: str) -> None:
        lines = []
        while (line := self.rfile.readline()).rstrip(b"\r\n") != b".":
            lines.append(line)
        self.server.taken.append((to, message_from_bytes(b"".join(lines))))
        self.server.heard.set()
        if self.server.hangs:
            self.server.goes_on.wait(60)
        self.say(b"250 taken")


class Gateway(HTTPServer):
    """A gateway that keeps what is posted: headers and body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 202

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/messages"


class Post(BaseHTTPRequestHandler):
    """One text message."""

    server: Gateway

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.taken.append((dict(self.headers), self.rfile.read(length)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running(peer: Any) -> Iterator[Any]:
    """Let a peer listen while a test runs."""
    thread = Thread(target=peer.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        if isinstance(peer, Relay):
            peer.goes_on.set()
        peer.shutdown()
        peer.server_close()
        thread.join(timeout=10)
