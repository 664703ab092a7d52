"""Delivers one body after another to one address over a connection that stays open.

For programs that play a vendor: the operator names the address, which is looked up once. Without
TLS only machines of this house are called; no redirect is followed and no proxy is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from caretally.errors import ExchangeError
from caretally.exchange.extras import httpx
from caretally.exchange.posting import (
    CONNECT_SECONDS,
    SECONDS,
    checked_url,
    networks_of,
    number_of,
)

HOUSE = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"


class Line:
    """An open connection to one address."""

    def __init__(self, client: Any, url: str, host: str) -> None:
        """Keep where to post."""
        self._client, self._url, self._host = client, url, host

    def post(self, body: bytes, headers: Mapping[str, str], query: str = "") -> int:
        """Post and return the status that was answered.

        Raises:
            ExchangeError: nothing was answered.
        """
        url = f"{self._url}?{query}" if query else self._url
        try:
            answer = self._client.post(url, content=body, headers={**headers, "host": self._host})
            return int(answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise ExchangeError(f"no answer ({type(error).__name__})") from None


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    """Open a connection to an address, and close it at the end.

    Raises:
        InputError: it is no address of a web server.
        ExchangeError: the machine is not known, or is called without TLS outside of the house.
    """
    networks = networks_of(HOUSE)
    parts = checked_url(url, networks)
    number = number_of(parts, networks)
    host = f"[{number}]" if ":" in number else number
    called = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    extensions = {"sni_hostname": parts.hostname}
    transport = httpx.HTTPTransport(retries=2)
    with httpx.Client(timeout=timeout, trust_env=False, transport=transport) as client:
        client.event_hooks["request"] = [lambda request: request.extensions.update(extensions)]
        yield Line(client, called, parts.netloc)
