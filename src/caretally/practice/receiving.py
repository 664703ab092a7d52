"""What happens when a vendor delivers: the sender is checked, the body stored, and nothing else.

What is in a delivery is read later, by the worker, so that a parser that fails loses nothing and a
vendor is answered at once. Nothing of the body is logged or told.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from time import monotonic

import msgspec

from caretally.clock import microseconds_of
from caretally.devices.unpacked import Posted
from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Slice
from caretally.practice.connections import Kept as Secrets
from caretally.practice.connections import change_count, purpose_of, secrets_in
from caretally.practice.sealing import Sealed
from caretally.store.database import ALL, Database, scoped
from caretally.store.inbox import Arrived, Kept, entrance, keep_batch
from caretally.store.together import Together

LOG = logging.getLogger("caretally.webhooks")
KEPT_HEADERS = ("content-type", "user-agent", "content-encoding")
KEPT_ENDS = (
    "-id", "-type", "-event", "-topic", "-timestamp", "-signature", "-delivery",
)  # fmt: skip
NEVER_KEPT = ("secret", "token", "key", "auth", "cookie", ":query", "forwarded")
MOST_HEADER, MOST_HEADERS = 1_000, 20
QUERY, ADDRESS_OF_CALLER = ":query", ":address"
"""Under these names of headers, a check of the sender finds the query of the address, and from
where it was called: the proxy's address, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A connection with all that is needed to take a delivery."""

    name: str
    number: int
    practice: str
    practice_number: int
    state: str
    slice: Slice
    settings: Mapping[str, str]
    secrets: Secrets | None


REMEMBERED_SECONDS = 2.0
"""How long a process goes on with what it knows of a connection; its own changes count at once."""
MOST_REMEMBERED = 1_000
_remembered: dict[tuple[str, str, str], tuple[float, int, Door]] = {}


def door(db: Database, vendor: str, name: str) -> Door | None:
    """Return the connection of an address, or None where there is none.

    Vendors deliver often and connections change seldom, so that what was read a moment ago serves.

    Raises:
        IntegrityError: its secrets do not open.
    """
    place, changes = (db.alias, vendor, name), change_count()
    known = _remembered.get(place)
    if known is not None and known[1] == changes and monotonic() < known[0]:
        return known[2]
    found = read_door(db, vendor, name)
    if found is not None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[place] = monotonic() + REMEMBERED_SECONDS, changes, found
    return found


def read_door(db: Database, vendor: str, name: str) -> Door | None:
    """Return the connection of an address as it is stored, or None where there is none.

    Raises:
        IntegrityError: its secrets do not open.
    """
    with scoped(ALL, db.alias):
        found = entrance(db, name, purpose_of(name))
    if found is None or found.vendor != vendor or vendor not in registry.SLICES:
        return None
    place = (found.practice, purpose_of(name))
    held = secrets_in(Sealed(found.key, found.sealed), place) if found.sealed else None
    return Door(
        name=name, number=found.number, practice=found.practice,
        practice_number=found.practice_number, state=found.state, slice=registry.SLICES[vendor],
        settings=msgspec.json.decode(found.settings, type=dict[str, str]), secrets=held,
    )  # fmt: skip


def is_genuine(door: Door, posted: Posted) -> bool:
    """Tell whether a delivery is from whom it says; why not is told to the operator alone."""
    valid = door.secrets.valid(posted.received_at) if door.secrets is not None else ()
    verdict = door.slice.verify(posted, valid)
    if not verdict.is_genuine:
        LOG.warning("delivery to %s refused: %s", door.name, verdict.says or "not genuine")
    return verdict.is_genuine


def arrived(door: Door, posted: Posted) -> Arrived:
    """Return a genuine delivery as it is stored.

    What came before under the same connection, byte for byte, is the same delivery again; where a
    vendor's notifications look alike, each is a new one.
    """
    digest = sha256(posted.body).digest()
    key = secrets.token_bytes(16) if door.slice.repeats else digest
    return Arrived(
        door.practice, door.practice_number, door.number, key, digest, posted.body,
        kept_headers(posted.headers, door.secrets), microseconds_of(posted.received_at),
    )  # fmt: skip


def kept_headers(headers: Mapping[str, str], held: Secrets | None) -> str:
    """Return what is kept of headers, as JSON: those that matter, never one that holds a secret.

    Where a vendor is told to send the secret under any name, its value gives it away.
    """
    known = held.texts() if held is not None else ()
    found = {
        name: headers[name][:MOST_HEADER]
        for name in sorted(headers)
        if is_kept(name) and not any(secret in headers[name] for secret in known)
    }
    if len(found) > MOST_HEADERS:
        found = dict(list(found.items())[:MOST_HEADERS])
    return msgspec.json.encode(found).decode()


@lru_cache(maxsize=1_024)
def is_kept(name: str) -> bool:
    """Tell whether a header of this name matters to a parser, or to somebody who looks later."""
    is_told = name in KEPT_HEADERS or name.endswith(KEPT_ENDS)
    return is_told and not any(word in name for word in NEVER_KEPT)


@cache
def inbox(alias: str) -> Together[Arrived, Kept]:
    """Return the inbox of this process: deliveries that come at once are committed together."""
    db = Database(alias)
    return Together(lambda batch: keep_batch(db, batch))


def receive(db: Database, door: Door, posted: Posted) -> Kept:
    """Store a genuine delivery durably, and return how it is stored.

    Raises:
        DatabaseError: it could not be stored; whoever sent it should send it again.
    """
    return inbox(db.alias).put(arrived(door, posted))
