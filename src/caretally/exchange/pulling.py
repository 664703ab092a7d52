"""Asks vendors the questions of a plan, with the key as they want it shown.

What goes wrong is told in words of ours: no address, no key and nothing of an answer comes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from caretally.devices.pulls import BASIC, BEARER, CONTENT, HEADER, QUERY, Ask, Key
from caretally.errors import ExchangeError
from caretally.exchange.calling import LISTENS, options
from caretally.exchange.extras import httpx
from caretally.exchange.posting import Networks

LONGEST_WAIT = timedelta(hours=6)
OK, UNAUTHORIZED, FORBIDDEN, TOO_MANY, BROKEN, UNAVAILABLE = 200, 401, 403, 429, 500, 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where and how a vendor is asked. secret: the key or token; for Basic `user:password`."""

    address: str
    key: Key
    secret: str
    networks: Networks = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered.

    wait: how long the vendor wants us to wait. trouble: why there is no page, in words of ours.
    is_down: whether it is the vendor's trouble and would be the same for any question.
    """

    body: bytes = b""
    wait: timedelta | None = None
    is_unauthorized: bool = False
    is_down: bool = False
    trouble: str = ""


def asked(door: Door, ask: Ask, now: datetime) -> Answered:
    """Ask a question and return what was answered.

    Raises:
        ExchangeError: nothing was answered, or the address may not be called.
    """
    try:
        with httpx.Client(**options(door.networks)) as client:
            answer = client.send(request_of(client, door, ask))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ExchangeError(f"no answer ({type(error).__name__})") from None
    status = int(answer.status_code)
    if status == OK:
        return Answered(body=answer.content)
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return Answered(is_unauthorized=True, trouble=f"the key was refused ({status})")
    wait = waiting(answer.headers.get("Retry-After", ""), now)
    if status == TOO_MANY:
        pause = wait or timedelta(minutes=1)
        return Answered(wait=pause, is_down=True, trouble="asked too often (429)")
    return Answered(
        wait=wait if status == UNAVAILABLE else None, is_down=status >= BROKEN,
        trouble=f"the vendor answered {status}",
    )  # fmt: skip


def request_of(client: Any, door: Door, ask: Ask) -> Any:
    """Return the request of a question, with the key where the vendor wants it."""
    key, headers, query, content = door.key, dict[str, str](), list(ask.query), dict(ask.content)
    auth = None
    if key.place == BEARER:
        headers["Authorization"] = f"Bearer {door.secret}"
    elif key.place == HEADER:
        headers[key.name] = f"{key.before}{door.secret}"
    elif key.place == QUERY:
        query.append((key.name, door.secret))
    elif key.place == CONTENT:
        content[key.name] = door.secret
    elif key.place == BASIC:
        user, _, password = door.secret.partition(":")
        auth = httpx.BasicAuth(user, password)
    if ask.listens:
        headers["Accept"] = "text/event-stream"
    made = client.build_request(
        ask.method, door.address.rstrip("/") + ask.path, headers=headers,
        **({"params": query} if query else {}), **({"data": dict(ask.form)} if ask.form else {}),
        **({"json": content} if content else {}), extensions={LISTENS: ask.listens},
    )  # fmt: skip
    return next(auth.auth_flow(made)) if auth is not None else made


def waiting(told: str, now: datetime) -> timedelta | None:
    """Return how long `Retry-After` asks to wait; None where it says nothing that can be used."""
    text = told.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text), 10**6)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)
