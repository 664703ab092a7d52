"""A practice with connections to vendors made up, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest
from django.test import override_settings

from caretally.clock import microseconds_of
from caretally.devices.names import name_of
from caretally.exchange.consenting import Tokens
from caretally.journal.entries import DeviceRegistered, Entry, Identifier, PracticeRegistered
from caretally.practice.authorizing import set_key
from caretally.practice.caller import system_caller
from caretally.practice.connections import Wanted, connect
from caretally.practice.office import Office
from caretally.practice.pull_keys import OwnKey, purse_of
from caretally.practice.pulling import pull_due
from caretally.practice.unpacking import unpack_due
from caretally.store.database import ALL, Database, scoped
from caretally.store.inbox import Arrived, keep_batch
from caretally.store.models import Connection, Inbound, IntakeReading, PullMark
from caretally.store.pull_marks import add_marks
from caretally.store.stored_journal import StoredJournal
from tests.integration.databases import Site
from tests.integration.pulls.fake import Fake, listening

AT = datetime(2026, 11, 2, 14, tzinfo=UTC)
PRACTICE = "prac_pulls"
OWN = OwnKey(number="our-client", secret="client-secret")  # noqa: S106 - made up


@dataclass(frozen=True, kw_only=True)
class House:
    """A practice, and a vendor that it asks."""

    journal: StoredJournal
    fake: Fake

    @property
    def db(self) -> Database:
        """The database."""
        return self.journal.db

    def office(self, at: datetime = AT) -> Office:
        """Return the office of the system."""
        return Office(journal=self.journal, caller=system_caller(PRACTICE, "connecting"), now=at)

    def connect(self, vendor: str, own: OwnKey = OWN, **settings: str) -> Connection:
        """Connect a vendor that is asked from now on."""
        told = {"address": self.fake.address, **settings}
        made, _ = connect(self.office(), Wanted(vendor=vendor, settings=told))
        return set_key(self.office(), made.name, own)

    def agree(self, connection: Connection, name: str, access: str = "access-0") -> None:
        """Let a user have agreed, with tokens that the vendor knows."""
        tokens = Tokens(access=access, refresh="refresh-0", expires_at=self.fake.tokens_end)
        self.fake.tokens.add(access)
        self.fake.refreshes["refresh-0"] = name.partition(" ")[2]
        purse_of(self.db, self.again(connection)).keep_tokens(name, tokens, AT)
        add_marks(self.db, connection, [name], AT)

    def register(self, vendor: str, device: str, scheme: str, value: str) -> None:
        """Register a device."""
        body = DeviceRegistered(
            device=device, vendor=vendor, medical_device=True,
            identifiers=(Identifier(scheme=scheme, value=value),),
        )  # fmt: skip
        self.save(body, f"ent_{device}")

    def save(self, body: object, number: str) -> None:
        """Append an entry of the practice."""
        began = AT - timedelta(days=90)
        entry = Entry(id=number, at=began, recorded_at=began, actor="staff:nia", body=body)  # type: ignore[arg-type]
        self.journal.append(PRACTICE, [entry], received_at=AT)

    def pull(self, at: datetime = AT) -> int:
        """Fetch what is due."""
        return pull_due(self.journal, at)

    def deliver(self, connection: Connection, body: bytes) -> None:
        """Store what a vendor pushed."""
        row = self.again(connection)
        arrived = Arrived(
            PRACTICE, row.practice_id, row.pk, sha256(body).digest(), sha256(body).digest(), body,
            "{}", microseconds_of(AT),
        )  # fmt: skip
        keep_batch(self.db, [arrived])

    def unpack(self, at: datetime = AT) -> list[IntakeReading]:
        """Unpack what was stored; returns all readings."""
        unpack_due(self.journal, at)
        return list(IntakeReading.objects.using(self.db.alias).order_by("pk"))

    def again(self, connection: Connection) -> Connection:
        """Return a connection as it is now."""
        found: Connection = (
            Connection.objects.using(self.db.alias).select_related("practice").get(pk=connection.pk)
        )
        return found

    def mark(self, connection: Connection, name: str = "") -> PullMark:
        """Return the only mark of a connection, or one by name."""
        marks = PullMark.objects.using(self.db.alias).filter(connection=connection)
        found: PullMark = marks.get(name=name_of(*name.split(" "))) if name else marks.get()
        return found

    def pages(self) -> list[Inbound]:
        """Return all that was stored."""
        return list(Inbound.objects.using(self.db.alias).order_by("pk"))

    def headers(self) -> list[dict[str, str]]:
        """Return the headers of what was stored."""
        return [msgspec.json.decode(page.headers) for page in self.pages()]


@pytest.fixture
def house(site: Site) -> Iterator[House]:
    """Return a practice that may ask loopback, and a fake vendor."""
    with (
        listening() as fake,
        scoped(ALL, site.db.alias),
        override_settings(HOOK_NETWORKS="127.0.0.0/8"),
    ):
        made = House(journal=site.journal(), fake=fake)
        made.save(PracticeRegistered(practice=PRACTICE, name="Pulls", time_zone="UTC"), "ent_p")
        yield made
