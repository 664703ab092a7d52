"""Keys with which vendors are asked: sealed, renewed, and never told.

One key a connection, such as an API key, or a client of ours at the vendor and tokens of every
person who agreed. Renewed tokens are stored before they are used: some vendors take the old ones
no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.conf import settings

from caretally.clock import seconds_of
from caretally.devices.pulls import ACCOUNTS, PullPlan
from caretally.devices.vendors import registry
from caretally.errors import ConflictError, Problem, UnknownError
from caretally.exchange.consenting import Client, ConsentRefusedError, Tokens, renewed
from caretally.exchange.posting import networks_of
from caretally.exchange.pulling import Door
from caretally.practice.connections import purpose_of
from caretally.practice.sealing import keep_secret, kept_secret
from caretally.store.database import Database
from caretally.store.models import Connection

EARLY_SECONDS = 120
"""So long before they end, tokens are renewed."""
ADDRESS, REGION = "address", "region"


class OwnKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor gave us: a key, or number and secret of a client."""

    number: str = ""
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The keys of a connection."""

    db: Database
    connection: Connection
    plan: PullPlan

    def place(self, what: str) -> tuple[str, str]:
        """Return where a key is kept."""
        return self.connection.practice.name, f"{purpose_of(self.connection.name)}/{what}"

    def keep_own(self, own: OwnKey, at: datetime) -> None:
        """Keep what the vendor gave us."""
        keep_secret(self.db, self.place("own"), msgspec.json.encode(own), at)

    def own(self) -> OwnKey:
        """Return what the vendor gave us.

        Raises:
            UnknownError: nothing is kept.
        """
        return msgspec.json.decode(kept_secret(self.db, self.place("own")), type=OwnKey)

    def keep_tokens(self, name: str, tokens: Tokens, at: datetime) -> None:
        """Keep the tokens of an account."""
        keep_secret(self.db, self.place(f"account/{name}"), msgspec.json.encode(tokens), at)

    def tokens(self, name: str) -> Tokens:
        """Return the tokens of an account.

        Raises:
            UnknownError: none are kept.
        """
        return msgspec.json.decode(kept_secret(self.db, self.place(f"account/{name}")), type=Tokens)

    def settings(self) -> Mapping[str, str]:
        """Return the settings of the connection."""
        return msgspec.json.decode(self.connection.settings, type=dict[str, str])

    def address(self) -> str:
        """Return the vendor's address, as the connection has it."""
        told = self.settings()
        return told.get(ADDRESS) or self.plan.regions.get(told.get(REGION, ""), self.plan.address)

    def client(self) -> Client:
        """Return us, as the vendor knows us.

        Raises:
            UnknownError: nothing is kept.
        """
        own = self.own()
        return Client(
            number=own.number, secret=own.secret, address=self.address(),
            networks=networks_of(settings.HOOK_NETWORKS),
        )  # fmt: skip

    def door(self, name: str, at: datetime, *, is_fresh: bool = False) -> Door:
        """Return where and how to ask about an account, or about all; is_fresh: with new tokens.

        Raises:
            UnknownError: no key is kept.
            ConsentRefusedError: the person must agree again.
            ExchangeError: tokens could not be renewed now.
        """
        if self.plan.subjects == ACCOUNTS:
            secret = self.current(name, at, is_fresh=is_fresh).access
        else:
            secret = self.own().secret
        return self.door_with(secret)

    def door_with(self, secret: str) -> Door:
        """Return where and how to ask with a key or token."""
        return Door(
            address=self.address(), key=self.plan.key, secret=secret,
            networks=networks_of(settings.HOOK_NETWORKS),
        )  # fmt: skip

    def current(self, name: str, at: datetime, *, is_fresh: bool) -> Tokens:
        """Return tokens that hold for a while, renewed and stored if need be.

        Raises:
            UnknownError, ConsentRefusedError, ExchangeError: as `door`.
        """
        try:
            held = self.tokens(name)
        except UnknownError:
            raise ConsentRefusedError("no tokens are kept; the person must agree") from None
        ends = held.expires_at
        if not is_fresh and (not ends or seconds_of(at) < ends - EARLY_SECONDS):
            return held
        assert self.plan.consent is not None
        fresh = renewed(self.client(), self.plan.consent, held)
        with self.db.atomic():
            self.keep_tokens(name, fresh, at)
        return fresh


def purse_of(db: Database, connection: Connection) -> Purse:
    """Return the keys of a connection.

    Raises:
        ConflictError: its vendor is not asked for anything.
    """
    chosen = registry.SLICES.get(connection.vendor)
    if chosen is None or chosen.pull is None:
        raise ConflictError([
            Problem(where=connection.name, found=f"a connection to {connection.vendor}",
                    expected="one to a vendor that is asked", hint="this vendor only pushes")
        ])  # fmt: skip
    return Purse(db=db, connection=connection, plan=chosen.pull)
