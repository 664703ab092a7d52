"""Row-level security and the two roles of PostgreSQL, asked by the role of the program."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.db.utils import Error

from caretally.practice.demo_clock import BEGINS_AT
from caretally.practice.demonstration import harbor_entries, lakeside_entries
from caretally.project.database_url import database_settings
from caretally.store.database import ALL, Database, scoped
from caretally.store.guards import BY_PARENT, BY_PRACTICE, READ_BY_ALL
from caretally.store.inbox import Arrived, keep_batch
from caretally.store.models import Connection, Practice
from caretally.store.stored_journal import StoredJournal
from caretally.store.tending import OWNER, migrate
from tests.integration.databases import Cluster, bound, configured, free_port, unbound
from tests.integration.demonstrated import HARBOR, LAKESIDE

FEW = 40
"""Entries of each practice: enough for some of everything."""


@pytest.fixture(scope="module")
def guarded(cluster: Cluster) -> Iterator[Database]:
    """Return a database that an owner made, seen by the role of the program."""
    name = f"guarded{free_port()}"
    for role in ("keeper", "program"):
        cluster.sql(f"DROP ROLE IF EXISTS {role}")
        cluster.sql(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
    cluster.sql(f"CREATE DATABASE {name} OWNER keeper")
    url = cluster.url(name)
    bound(database_settings(url.replace("caretally@", "program@"), Path()))
    configured(OWNER, database_settings(url.replace("caretally@", "keeper@"), Path()))
    migrate(Database())
    journal = StoredJournal()
    with scoped(ALL):
        journal.append(LAKESIDE, lakeside_entries()[:400], received_at=BEGINS_AT)
        journal.append(HARBOR, harbor_entries()[:FEW], received_at=BEGINS_AT)
    yield journal.db
    unbound()
    connections[OWNER].close()
    del connections[OWNER]
    del connections.databases[OWNER]
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


def count(db: Database, table: str) -> int:
    """Return how many rows of a table are seen."""
    return int(db.rows(f"SELECT count(*) FROM {table}")[0][0])


def test_without_a_scope_nothing_is_seen(guarded: Database) -> None:
    for table in {*BY_PRACTICE, *BY_PARENT} - set(READ_BY_ALL):
        assert count(guarded, table) == 0, table


def test_a_practice_sees_its_own_and_nothing_else(guarded: Database) -> None:
    with scoped(ALL):
        everything = count(guarded, "store_entry")
    seen = {}
    for practice in (LAKESIDE, HARBOR):
        number = Practice.objects.get(name=practice).pk
        with scoped(practice):
            rows = guarded.rows("SELECT DISTINCT practice_id FROM store_entry")
            seen[practice] = count(guarded, "store_entry")
            assert [row[0] for row in rows] == [number]
    assert sum(seen.values()) == everything
    assert all(seen.values())


def test_a_practice_cannot_write_into_another(guarded: Database) -> None:
    with scoped(ALL):
        other = Practice.objects.get(name=HARBOR).pk
    with scoped(LAKESIDE), pytest.raises(Error, match="row-level security"):
        guarded.run(
            "INSERT INTO store_stream (practice_id, name, length, head, ties) "
            "VALUES (%s, 'patient/stolen', 0, %s, 0)",
            other,
            b"",
        )


def test_a_scope_ends_with_its_block(guarded: Database) -> None:
    with scoped(LAKESIDE):
        assert count(guarded, "store_entry")
        with scoped(HARBOR):
            assert count(guarded, "store_entry") == len(harbor_entries()[:FEW])
        assert count(guarded, "store_entry") > FEW
    assert count(guarded, "store_entry") == 0


def test_who_works_when_is_seen_across_practices(guarded: Database) -> None:
    with scoped(ALL):
        everything = count(guarded, "store_staffspan")
    with scoped(HARBOR):
        assert count(guarded, "store_staffspan") == everything > 0


@pytest.mark.parametrize("words", ["UPDATE store_entry SET line = ''", "DELETE FROM store_entry"])
def test_the_program_may_not_change_the_journal(guarded: Database, words: str) -> None:
    with scoped(ALL), pytest.raises(Error, match="permission denied"):
        guarded.run(words)


def test_the_program_makes_no_tables(guarded: Database) -> None:
    with scoped(ALL), pytest.raises(Error, match="must be owner"):
        guarded.run("ALTER TABLE store_entry DISABLE ROW LEVEL SECURITY")


def test_deliveries_are_stored_in_the_scope_of_their_practice_alone(guarded: Database) -> None:
    with scoped(ALL):
        own, other = (Practice.objects.get(name=name).pk for name in (LAKESIDE, HARBOR))
        connection = Connection.objects.create(
            practice_id=own, name="con_guarded", vendor="tenovi", title="", made_at=BEGINS_AT,
            made_by="system:test",
        )  # fmt: skip
    arrived = Arrived(LAKESIDE, own, connection.pk, b"key", b"digest", b"[]", "{}", 1)
    assert [kept.seen for kept in keep_batch(guarded, [arrived, arrived])] == [2, 2]
    with pytest.raises(Error, match="row-level security"):
        keep_batch(guarded, [arrived._replace(practice_number=other, key=b"another")])
    assert count(guarded, "store_inbound") == 0  # no scope is left behind
    with scoped(HARBOR):
        assert count(guarded, "store_inbound") == 0
    with scoped(LAKESIDE):
        assert count(guarded, "store_inbound") == 1


@pytest.fixture
def arrived(guarded: Database) -> Arrived:
    """Return a delivery to a connection of its own."""
    with scoped(ALL):
        own = Practice.objects.get(name=LAKESIDE).pk
        connection = Connection.objects.create(
            practice_id=own, name=f"con_{free_port()}", vendor="tenovi", title="",
            made_at=BEGINS_AT, made_by="system:test",
        )  # fmt: skip
    return Arrived(LAKESIDE, own, connection.pk, b"key", b"digest", b"[]", "{}", 1)


def stored(db: Database, arrived: Arrived) -> int:
    """Return how many deliveries are stored of a connection."""
    sql = "SELECT count(*) FROM store_inbound WHERE connection_id = %s"
    with scoped(LAKESIDE):
        return int(db.rows(sql, arrived.connection)[0][0])


def test_one_delivery_that_cannot_be_stored_spoils_its_batch(
    guarded: Database, arrived: Arrived
) -> None:
    for wrong in (
        arrived._replace(connection=10**9, key=b"other"),  # the commit alone finds it out
        arrived._replace(headers="\0", key=b"other"),
    ):
        with pytest.raises(Error):
            keep_batch(guarded, [arrived, wrong])
        assert stored(guarded, arrived) == 0
    assert [kept.seen for kept in keep_batch(guarded, [arrived])] == [1]


def test_a_connection_that_died_costs_no_delivery(guarded: Database, arrived: Arrived) -> None:
    keep_batch(guarded, [arrived])
    mine = guarded.rows("SELECT pg_backend_pid()")[0][0]
    params = guarded.connection.get_connection_params()
    told = {name: params[name] for name in ("dbname", "user", "host", "port")}
    with psycopg.connect(**told, autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine]).fetchone() == (True,)
    (kept,) = keep_batch(guarded, [arrived._replace(key=b"another")])
    assert kept.seen == 1
    assert stored(guarded, arrived) == 2


def test_a_delivery_waits_for_one_journey_to_the_database(
    guarded: Database, arrived: Arrived, tmp_path: Path
) -> None:
    keep_batch(guarded, [arrived])
    raw = guarded.connection.connection.pgconn
    with (tmp_path / "wire").open("w+b") as wire:
        raw.trace(wire.fileno())
        keep_batch(guarded, [arrived._replace(key=bytes([n])) for n in range(40)])
        raw.untrace()
        wire.seek(0)
        senders = [line.split(b"\t")[1] for line in wire.read().splitlines()]
    turns = [sender for sender, _ in groupby(senders)]
    assert turns == [b"F", b"B"]
    assert stored(guarded, arrived) == 41
