"""From the tables an earlier release wrote to those of this one, with everything in them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from caretally.project.database_url import database_settings, sqlite_settings
from caretally.store.database import Database
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal
from caretally.store.tending import migrate, pending
from caretally.store.verification import verify
from tests.integration.databases import KINDS, Cluster, bound, free_port, unbound

RELEASE = Path(__file__).with_name("release_2026_11_21.json.gz")
LAST_THEN = "0002_append_only"


def fill(db: Database) -> dict[str, int]:
    """Write what the earlier release had written; returns the rows by table."""
    told = json.loads(gzip.decompress(RELEASE.read_bytes()))
    for table, content in told.items():
        rows = [
            [bytes.fromhex(value["hex"]) if isinstance(value, dict) else value for value in row]
            for row in content["rows"]
        ]
        db.insert(table, content["columns"], rows)
    return {table: len(content["rows"]) for table, content in told.items()}


@pytest.fixture(params=KINDS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database as the earlier release left it, bound to `default`."""
    if request.param == "sqlite":
        bound(sqlite_settings(tmp_path / "old.sqlite3"))
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        name = f"old{free_port()}"
        cluster.sql(f"CREATE DATABASE {name}")
        bound(database_settings(cluster.url(name), Path()))
    call_command("migrate", "store", LAST_THEN, verbosity=0, interactive=False)
    db = Database()
    fill(db)
    yield db
    unbound()


def months(db: Database) -> list[tuple[object, ...]]:
    """Return what is kept of the patient-months, but for numbers that only count versions."""
    rows = db.rows(
        "SELECT patient, month, management_seconds, live_seconds, data_days, lines, holds "
        "FROM store_patientmonth ORDER BY patient, month"
    )
    return [tuple(row) for row in rows]


def test_an_earlier_release_is_brought_up_to_date(old: Database, tmp_path: Path) -> None:
    before = months(old)
    lines = [row[0] for row in old.rows("SELECT line FROM store_entry ORDER BY id")]
    assert pending(old)
    migrate(old)
    assert not pending(old)
    devices = old.rows("SELECT device, patient, names FROM store_devicecard ORDER BY device")
    assert [row[1] for row in devices] == ["pat_ada", "pat_edie"]
    assert all(row[2].endswith(f"device {row[0]}") for row in devices)
    journal = StoredJournal()
    rebuild(journal.db, journal.desk)
    assert [row[0] for row in old.rows("SELECT line FROM store_entry ORDER BY id")] == lines
    assert months(old) == before
    cards = old.rows("SELECT patient, programs FROM store_patientcard ORDER BY patient")
    assert [tuple(card) for card in cards] == [("pat_ada", "rpm"), ("pat_edie", "rpm")]
    assert not verify(old, tmp_path).problems


def test_the_tables_tell_when_they_are_behind(old: Database) -> None:
    assert connections["default"].introspection.table_names()
    assert any("0003" in name for name in pending(old))
