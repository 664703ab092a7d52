"""Vendors made up: real HTTP on loopback, tokens that end, and answers that go wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as the vendor got it."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    headers: dict[str, str]

    @property
    def bearer(self) -> str:
        """The token it shows."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer. chunks: sent one by one; cut: closes before all that was promised is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: tuple[bytes, ...] = ()
    cut: bool = False


Answer = Callable[[Asked], Told]


def told(value: Any, status: int = 200) -> Told:
    """Return an answer in JSON."""
    return Told(status=status, body=json.dumps(value).encode())


class Fake:
    """A vendor: answers by path, and what it was asked."""

    def __init__(self) -> None:
        """Begin without answers."""
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.tokens: set[str] = set()
        self.refreshes: dict[str, str] = {}
        self.made = 0
        self.tokens_end = 2_000_000_000

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Return the paths asked, in order."""
        return [each.path for each in self.asked]

    def answer(self, asked: Asked) -> Told:
        """Return what is answered."""
        self.asked.append(asked)
        return self.answers.get(asked.path, lambda _: told({"error": "no such path"}, 404))(asked)

    def renewed(self, user: str) -> dict[str, Any]:
        """Return fresh tokens; those before end, as vendors have it."""
        self.made += 1
        access, refresh = f"access-{self.made}", f"refresh-{self.made}"
        self.tokens, self.refreshes = {access}, {refresh: user}
        return {"access_token": access, "refresh_token": refresh, "expires_at": self.tokens_end,
                "token_type": "Bearer"}  # fmt: skip

    def grant(self, asked: Asked) -> dict[str, Any] | None:
        """Return tokens for a code or a refresh token; None where it is not taken."""
        form = asked.form
        if form.get("client_secret") != "client-secret":
            return None
        if form.get("grant_type") == "authorization_code" and form.get("code") == "the-code":
            return self.renewed("363")
        if form.get("refresh_token") in self.refreshes:
            return self.renewed(self.refreshes[form["refresh_token"]])
        return None

    def token(self, asked: Asked) -> Told:
        """Answer at a token endpoint as the standard has it."""
        given = self.grant(asked)
        return told(given) if given else told({"error": "invalid_grant"}, 400)

    def withings_token(self, asked: Asked) -> Told:
        """Answer at a token endpoint as Withings has it: wrapped, and 200 whatever happened."""
        given = self.grant(asked) if asked.form.get("action") == "requesttoken" else None
        if given is None:
            return told({"status": 503, "body": {}, "error": "Invalid Params"})
        return told({"status": 0, "body": {**given, "userid": 363}})


class Handler(BaseHTTPRequestHandler):
    """Takes requests to the fake of its server."""

    fake: ClassVar[Fake]
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer."""
        self.reply()

    def do_POST(self) -> None:
        """Answer."""
        self.reply()

    def reply(self) -> None:
        """Answer as the fake says."""
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_form = "form" in self.headers.get("Content-Type", "")
        found = self.fake.answer(
            Asked(
                method=self.command, path=parts.path, query=dict(parse_qsl(parts.query)),
                form=dict(parse_qsl(body.decode())) if is_form else {}, body=body,
                headers={name.lower(): value for name, value in self.headers.items()},
            )
        )  # fmt: skip
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        if found.cut:
            self.send_header("Content-Length", str(len(found.body) + 100))
        self.end_headers()
        with suppress(OSError):
            for chunk in found.chunks or (found.body,):
                self.wfile.write(chunk)
                self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Fake]:
    """Run a fake vendor."""
    fake = Fake()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
