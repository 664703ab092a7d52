"""Asks a time-stamp authority to confirm when a root existed (RFC 3161).

Only the digest of the root leaves the house. What comes back is kept as it is; whether it is to be
believed is for whoever holds the authority's certificate: `openssl ts -verify` tells.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from importlib import import_module
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from caretally.errors import ExchangeError, MissingExtraError

SECONDS = 30
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
GRANTED = (0, 1)
"""Statuses of RFC 3161, section 2.4.2: granted, and granted with modifications."""


def stamping(url: str) -> Callable[[bytes], bytes]:
    """Return what asks an authority for the token of some bytes.

    Raises:
        ExchangeError: the address is none of a web server.
        MissingExtraError: the package for time stamps is not installed.
    """
    if not url.startswith(("http://", "https://")):
        raise ExchangeError(f"CARETALLY_TSA_URL: found {url!r}; expected http:// or https://…")
    try:
        client = import_module("rfc3161_client")
    except ModuleNotFoundError as missing:
        raise MissingExtraError("server", "rfc3161-client") from missing

    def stamp(content: bytes) -> bytes:
        return token_for(client, url, content)

    return stamp


def token_for(client: Any, url: str, content: bytes) -> bytes:
    """Return the reply of an authority to the digest of some bytes, checked against what was asked.

    Raises:
        ExchangeError: it did not answer, refused, or answered something else.
    """
    asked = client.TimestampRequestBuilder().data(content).build()
    request = Request(url, data=asked.as_bytes(), headers={"Content-Type": QUERY})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answered:  # noqa: S310 - checked by `stamping`
            reply: bytes = answered.read()
        told = client.decode_timestamp_response(reply)
        status, imprint = told.status, told.tst_info.message_imprint.message
        nonce = told.tst_info.nonce
    except (URLError, HTTPException, OSError, ValueError, AttributeError) as error:
        raise ExchangeError(
            f"{url}: found no usable answer ({type(error).__name__}); "
            f"expected a time stamp of the type {REPLY}; nothing was sealed"
        ) from error
    if status not in GRANTED or imprint != asked.message_imprint.message or nonce != asked.nonce:
        raise ExchangeError(
            f"{url}: found a time stamp of something else or a refusal (status {status}); "
            "expected one of what was asked; nothing was sealed"
        )
    return reply
