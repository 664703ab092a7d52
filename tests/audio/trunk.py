"""A SIP trunk that asks for a password: digest authentication as RFC 2617 has it, by hashlib."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

REALM, NONCE = "trunk.example.org", "1f0c3a"


def md5(text: str) -> str:
    """Return the digest that the scheme is made of."""
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the standard has no other here


@dataclass
class Trunk(asyncio.DatagramProtocol):
    """Answers 401 until the password is right; then a registration 200, and a call 486.

    seen: method and whether its password was right, in order.
    """

    user: str
    password: str
    seen: list[tuple[str, bool]] = field(default_factory=list)

    def connection_made(self, transport: Any) -> None:
        self._line = transport

    def datagram_received(self, packet: bytes, sender: tuple[str, int]) -> None:
        text = packet.decode()
        method = text.split(" ", 1)[0]
        if method not in {"REGISTER", "INVITE"}:
            return
        said = re.search(r"^Authorization: Digest (.*)\r$", text, re.MULTILINE)
        is_right = said is not None and self._is_right(method, said[1])
        self.seen.append((method, is_right))
        asks = f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5\r\n'
        if is_right:
            status, more = ("200 OK", "") if method == "REGISTER" else ("486 Busy Here", "")
            contact = re.search(r"^Contact: .*$", text, re.MULTILINE)
            more = f"{contact[0].strip()};expires=60\r\n" if contact and status[0] == "2" else more
        else:
            status, more = ("403 Forbidden", "") if said else ("401 Unauthorized", asks)
        kept = re.findall(r"^(?:Via|From|Call-ID|CSeq): .*\r\n", text, re.MULTILINE)
        to = re.search(r"^To: .*$", text, re.MULTILINE)
        assert to is not None
        answer = f"SIP/2.0 {status}\r\n{''.join(kept)}{to[0].strip()};tag=t\r\n{more}"
        self._line.sendto(f"{answer}Content-Length: 0\r\n\r\n".encode(), sender)

    def _is_right(self, method: str, said: str) -> bool:
        part = dict(re.findall(r'(\w+)="?([^",]+)"?', said))
        first = md5(f"{self.user}:{REALM}:{self.password}")
        second = md5(f"{method}:{part['uri']}")
        wanted = md5(f"{first}:{NONCE}:{second}")
        return part["username"] == self.user and part["response"] == wanted
