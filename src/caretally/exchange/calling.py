"""Calls addresses that an operator chose, and never our own house; answers are bounded.

Every request looks the name up once, checks every number it stands for and calls that very number.
No redirect is followed, no proxy of the surroundings is asked, and nothing is read beyond a size
and a time, however slowly it drips.
"""

from __future__ import annotations

import logging
import ssl
from functools import cache
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from caretally.errors import ExchangeError, InputError
from caretally.exchange.extras import httpx
from caretally.exchange.posting import Networks, checked_url, number_of

MOST_BYTES = 16 * 1024 * 1024
LONGEST_SECONDS = 20
CONNECT_SECONDS, READ_SECONDS = 5, 10
LISTENS = "caretally_listens"
"""Extension of a request: a stream of events is read for so many seconds, whole or not."""
# Its notes name whole addresses, and some vendors want their key in the address.
logging.getLogger("httpx").setLevel(logging.WARNING)


@cache
def trust() -> ssl.SSLContext:
    """Return whom we trust, read once: that takes longer than a question."""
    made: ssl.SSLContext = httpx.create_ssl_context(trust_env=False)
    return made


class Caller:
    """Carries requests of an httpx client to where they may go, and bounds what comes back."""

    def __init__(self, networks: Networks) -> None:
        """Remember which networks of one's own may be called."""
        self._networks = networks
        self._inner = httpx.HTTPTransport(trust_env=False, retries=0, verify=trust())

    def handle_request(self, request: Any) -> Any:
        """Send a request and return its whole answer.

        Raises:
            ExchangeError: the address may not be called, or the answer is too large or too slow.
        """
        host = request.url.host
        try:
            parts = checked_url(str(request.url), self._networks)
        except InputError as error:
            raise ExchangeError(f"{error.problems[0].found} is not called") from None
        request.url = request.url.copy_with(host=number_of(parts, self._networks))
        request.extensions = {**request.extensions, "sni_hostname": host}
        answer = self._inner.handle_request(request)
        try:
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise ExchangeError("the answer is packed, which was not asked for")
            body = taken(answer, request.extensions.get(LISTENS, 0))
        finally:
            answer.close()
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=body, request=request
        )

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()

    def __enter__(self) -> Self:
        """Serve a client."""
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Close all connections."""
        self._inner.__exit__(kind, error, trace)


def taken(answer: Any, listens: int) -> bytes:
    """Return the body of an answer; of a stream what came in so many seconds.

    Raises:
        ExchangeError: it is too large, or takes too long.
    """
    body, until = bytearray(), monotonic() + (listens or LONGEST_SECONDS)
    try:
        for part in answer.stream:
            body += part
            if len(body) > MOST_BYTES:
                raise ExchangeError(f"the answer is larger than {MOST_BYTES:,} bytes")
            if monotonic() > until:
                break
        else:
            return bytes(body)
    except httpx.TimeoutException:
        if not listens:
            raise
    if not listens:
        raise ExchangeError(f"the answer took longer than {LONGEST_SECONDS} seconds")
    return bytes(body)


def options(networks: Networks) -> dict[str, Any]:
    """Return what every client of ours is made with."""
    return {
        "transport": Caller(networks),
        "timeout": httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        "follow_redirects": False,
        "trust_env": False,
        "headers": {"Accept-Encoding": "identity", "User-Agent": "Caretally"},
    }


def host_of(address: str) -> str:
    """Return the machine of an address, which may be shown; the rest may hold a key."""
    return urlsplit(address).hostname or ""
