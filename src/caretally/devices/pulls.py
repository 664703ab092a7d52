"""How a vendor's values are fetched: what to ask, how to read the answer, what to ask next.

Plans are pure. The engine asks, keeps secrets, counts requests and stores what is answered; a plan
never sees a key, and an answer is parsed by the same function as a push.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from caretally.devices.unpacked import Posted

ABOUT = "caretally-about"
"""Header of a stored page: about whom or which device it is, as `scheme value`."""
ASKED = "caretally-asked"
"""Header of a stored page: which question it answers."""
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
"""Bytes that stand for themselves in a path; a point does not, so that no path leads upward."""
Pairs: TypeAlias = tuple[tuple[str, str], ...]


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question to a vendor, without any secret, so that it can be kept until it is asked.

    name: which question it is. path: after the vendor's address. form: sent as a form. content:
    sent as JSON. listens: a stream of events is read for so many seconds; 0 for a whole answer.
    """

    name: str
    path: str
    method: str = "GET"
    query: Pairs = ()
    form: Pairs = ()
    content: dict[str, str | list[str]] = {}
    listens: int = 0


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about, and since when.

    values: names of accounts or devices; none where all of a connection is asked at once. since,
    until: the stretch in which the vendor received what is wanted. wanted: a stretch of measured
    time that the vendor told us to fetch. settings: of the connection.
    """

    values: tuple[str, ...]
    since: datetime
    until: datetime
    wanted: tuple[datetime, datetime] | None = None
    settings: Mapping[str, str] = {}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered to a question."""

    ask: Ask
    body: bytes
    subject: Subject


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer means.

    holds: whether it holds anything to be stored. then: what to ask before anything else.
    trouble: why it is no answer, in words of ours. is_unauthorized: whether the key was refused.
    """

    holds: bool = True
    then: tuple[Ask, ...] = ()
    trouble: str = ""
    is_unauthorized: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How a key is shown to a vendor.

    place: header, query, content (a field of the JSON), basic, or bearer. name: of the header or
    field. before: text before the key in a header.
    """

    place: str
    name: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How a person lets us fetch their values, by OAuth 2.0 with a code.

    asks_at: the page where the person agrees, or its place after the vendor's address. token_path:
    likewise. scope: what for. scheme: of the names of users. extra: further fields of a request for
    tokens. wrapped_in: field of the answer that holds the tokens, where they are wrapped. user_in:
    field that names the user, of the tokens, or of the answer to `identify` where they do not.
    """

    asks_at: str
    token_path: str
    scope: str
    scheme: str
    extra: Pairs = ()
    wrapped_in: str = ""
    user_in: str = ""
    identify: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast and how often a vendor may be asked.

    most, within: requests in a stretch of time. every: how often each subject is asked. overlap:
    how far behind the last answer the next question begins. reach: how far back the first begins.
    """

    most: int
    within: timedelta
    every: timedelta = timedelta(minutes=15)
    overlap: timedelta = timedelta(hours=1)
    reach: timedelta = timedelta(days=30)


First: TypeAlias = Callable[[Subject], tuple[Ask, ...]]
Read: TypeAlias = Callable[[Page], Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPlan:
    """How one vendor's values are fetched.

    address: of the vendor; the setting `address` of a connection takes its place, and `region` one
    of `regions`. subjects: `accounts` (who agreed), `devices` (that are on record) or `all` at
    once. schemes: of the names of subjects, the surest first. together: subjects that one question
    may name. first:
    the questions about subjects. read: what an answer means. settings: that must be set, with what
    they are.
    """

    address: str
    subjects: str
    schemes: tuple[str, ...]
    key: Key
    first: First
    read: Read
    pace: Pace
    together: int = 1
    consent: Consent | None = None
    regions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


ACCOUNTS, DEVICES, ALL = "accounts", "devices", "all"
BEARER, HEADER, QUERY, CONTENT, BASIC = "bearer", "header", "query", "content", "basic"


def about(posted: Posted, scheme: str) -> str:
    """Return the name of whom or what a fetched page is about; empty where nobody says.

    A header of this name is written by the engine alone and is never taken from a sender.
    """
    told, _, name = posted.headers.get(ABOUT, "").partition(" ")
    return name if told == scheme else ""


def in_path(text: str) -> str:
    """Return a name as a part of a path, whatever is in it.

    Example:
        >>> in_path("77aa-1/../é")
        '77aa-1%2F%2E%2E%2F%C3%A9'
    """
    return "".join(
        chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8", "replace")
    )


def words_of(instant: datetime) -> str:
    """Return an instant in UTC as most vendors want it, such as 2026-11-02T13:05:11Z."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
