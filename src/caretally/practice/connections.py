"""Connections: by which ways vendors' deliveries come into a practice, and with which secrets.

A secret is told once, when it is made. During a rotation the one before counts as well, until a
stated instant, so that nothing is refused while somebody enters the new one at the vendor's.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from django.conf import settings

from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Slice
from caretally.errors import ConflictError, InputError, Problem, UnknownError
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.practice.sealing import (
    Sealed,
    about,
    forget_secret,
    forget_secrets_below,
    keep_secret,
    kept_secret,
    open_sealed,
)
from caretally.store.access import Told, record_told
from caretally.store.models import Connection

LIVE, PAUSED, ENDED = "live", "paused", "ended"
OVERLAP = timedelta(days=7)
"""How long the secret before counts after a rotation, unless said otherwise."""
LONGEST_OVERLAP = timedelta(days=90)
SECRET_BYTES, LEAST_SECRET = 32, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A connection to make.

    clinic: the practice id of a clinic; empty for all. secret: what the vendor gave; empty to have
    one made.
    """

    vendor: str
    title: str = ""
    clinic: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets of a connection, as they are sealed: all in one, so that they change at once."""

    newest: str
    older: tuple[tuple[str, datetime], ...] = ()

    def valid(self, at: datetime) -> tuple[bytes, ...]:
        """Return the secrets that count at an instant, the newest first."""
        return (self.newest.encode(), *(old.encode() for old, until in self.older if at < until))

    def texts(self) -> tuple[str, ...]:
        """Return all secrets, also those that count no more."""
        return (self.newest, *(old for old, _ in self.older))


def purpose_of(name: str) -> str:
    """Return for which purpose the secrets of a connection are kept."""
    return f"connection/{name}"


def path_of(connection: Connection) -> str:
    """Return the address of a connection, below that of the program."""
    return f"/api/v1/webhooks/{connection.vendor}/{connection.name}"


def slice_of(vendor: str) -> Slice:
    """Return the slice of a vendor.

    Raises:
        InputError: none is known; all that are, are named.
    """
    found = registry.SLICES.get(vendor)
    if found is None:
        known = ", ".join(sorted(registry.SLICES))
        raise InputError([
            Problem(where="vendor", found=repr(vendor[:40]), expected=f"one of {known}")
        ])  # fmt: skip
    return found


def connect(office: Office, wanted: Wanted) -> tuple[Connection, str]:
    """Make a connection; returns it with its secret, which is told this once.

    Raises:
        ForbiddenError: the caller may not.
        InputError: vendor, clinic, settings or secret do not fit; all is named.
    """
    office.caller.require(MANAGE_PRACTICE)
    chosen = slice_of(wanted.vendor)
    check(office, wanted, chosen)
    secret = wanted.secret or secrets.token_urlsafe(SECRET_BYTES)
    with office.db.atomic():
        made: Connection = Connection.objects.using(office.db.alias).create(
            practice_id=office.book().number, name=office.new_id("con"), vendor=chosen.name,
            title=wanted.title or chosen.title, clinic=wanted.clinic,
            settings=msgspec.json.encode(wanted.settings, order="sorted").decode(),
            made_at=office.now, made_by=office.caller.actor,
        )  # fmt: skip
        keep(office, made, Kept(newest=secret))
        tell(office, made, "connection_made")
    return made, secret


def check(office: Office, wanted: Wanted, chosen: Slice) -> None:
    """Refuse what cannot be connected.

    Raises:
        InputError: with all that does not fit.
    """
    known = ", ".join(sorted(chosen.settings)) or "none: this vendor takes no settings"
    problems = [
        Problem(where="settings", field=name[:60], found="a setting nobody reads", expected=known)
        for name in wanted.settings
        if name not in chosen.settings
    ]
    if wanted.clinic and wanted.clinic not in office.register().practices:
        problems.append(
            Problem(where="clinic", found=repr(wanted.clinic[:60]), expected="a clinic on record")
        )
    if wanted.secret and len(wanted.secret.encode()) < LEAST_SECRET:
        problems.append(
            Problem(where="secret", found="a secret that can be guessed",
                    expected=f"at least {LEAST_SECRET} characters")
        )  # fmt: skip
    if problems:
        raise InputError(problems)


def connections(office: Office) -> list[Connection]:
    """Return the connections of the practice, the newest first, ended ones too.

    Raises:
        ForbiddenError: the caller may not.
    """
    office.caller.require(MANAGE_PRACTICE)
    own = Connection.objects.using(office.db.alias).filter(practice__name=office.practice)
    return list(own.order_by("-pk"))


def connection_named(office: Office, name: str) -> Connection:
    """Return a connection of the practice.

    Raises:
        ForbiddenError: the caller may not.
        UnknownError: there is none of this name.
    """
    office.caller.require(MANAGE_PRACTICE)
    own = Connection.objects.using(office.db.alias).filter(practice__name=office.practice)
    found: Connection | None = own.filter(name=name).first()
    if found is None:
        raise UnknownError("no connection of this id is open to you")
    return found


def rotate(
    office: Office, name: str, *, overlap: timedelta = OVERLAP, secret: str = ""
) -> tuple[Connection, str]:
    """Change the secret of a connection; returns the new one, which is told this once.

    overlap: how long the one before counts as well; nothing ends it at once, and all older ones.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        InputError: the secret can be guessed, or the overlap is too long.
        ConflictError: the connection has ended.
    """
    found = standing(office, name)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InputError([
            Problem(where="overlap", found=f"{overlap.days} days",
                    expected=f"0 to {LONGEST_OVERLAP.days} days")
        ])  # fmt: skip
    check(office, Wanted(vendor=found.vendor, secret=secret), slice_of(found.vendor))
    fresh = secret or secrets.token_urlsafe(SECRET_BYTES)
    with office.db.atomic():
        held = opened(kept_secret(office.db, (office.practice, purpose_of(name))))
        before = ((held.newest, office.now + overlap), *held.older)
        older = tuple(each for each in before if overlap and each[1] > office.now)
        keep(office, found, Kept(newest=fresh, older=older))
        tell(office, found, "connection_rotated")
    return found, fresh


def pause(office: Office, name: str) -> Connection:
    """Let deliveries of a connection be refused for now; a vendor sends them again later.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        ConflictError: it has ended.
    """
    return turned(office, standing(office, name), PAUSED)


def resume(office: Office, name: str) -> Connection:
    """Take deliveries of a connection again.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        ConflictError: it has ended.
    """
    return turned(office, standing(office, name), LIVE)


def end(office: Office, name: str) -> Connection:
    """End a connection: nothing more is taken, and its secrets are forgotten.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
    """
    with office.db.atomic():
        found = turned(office, connection_named(office, name), ENDED)
        forget_secret(office.db, (office.practice, purpose_of(name)))
        # Keys with which the vendor was asked, and tokens of those who agreed.
        forget_secrets_below(office.db, (office.practice, purpose_of(name)))
    return found


def standing(office: Office, name: str) -> Connection:
    """Return a connection that has not ended.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        ConflictError: it has ended.
    """
    found = connection_named(office, name)
    if found.state == ENDED:
        raise ConflictError([
            Problem(where=name, found="a connection that has ended",
                    expected="one that is live or paused", hint="make a new one")
        ])  # fmt: skip
    return found


_changes = itertools.count(1)
_latest = [0]


def change_count() -> int:
    """Return a number that is another after every change of a connection by this process."""
    return _latest[0]


def turned(office: Office, connection: Connection, state: str) -> Connection:
    """Bring a connection into a state, and tell so."""
    if connection.state != state:
        with office.db.atomic():
            connection.state = state
            connection.save(using=office.db.alias, update_fields=["state"])
            tell(office, connection, "connection_turned")
        _latest[0] = next(_changes)
    return connection


def keep(office: Office, connection: Connection, held: Kept) -> None:
    """Seal the secrets of a connection."""
    place = (office.practice, purpose_of(connection.name))
    keep_secret(office.db, place, msgspec.json.encode(held), office.now)
    _latest[0] = next(_changes)


def tell(office: Office, connection: Connection, kind: str) -> None:
    """Tell in the practice's access chain what the caller did with a connection."""
    said = {
        "connection": connection.name, "vendor": connection.vendor, "state": connection.state,
    }  # fmt: skip
    told = Told(practice=office.practice, kind=kind, actor=office.caller.actor, said=said)
    record_told(office.db, told, office.now)


def opened(held: bytes) -> Kept:
    """Return secrets as they were before they were sealed."""
    return msgspec.json.decode(held, type=Kept)


def secrets_in(sealed: Sealed, place: tuple[str, str]) -> Kept:
    """Return sealed secrets; opened once in a process, however many deliveries ask.

    Raises:
        IntegrityError: they do not open.
    """
    return _opened_once(sealed, place, tuple(settings.SEALING_KEYS))


@lru_cache(maxsize=512)
def _opened_once(sealed: Sealed, place: tuple[str, str], keys: tuple[str, ...]) -> Kept:
    assert keys
    return opened(open_sealed(sealed, about(*place)))
