"""A table of readings is shown, stored once, and read by the worker; on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from caretally import clock
from caretally.cli.main import app
from caretally.devices.vendors.csv.guessing import answered, guess
from caretally.devices.vendors.csv.mapping import write_mapping
from caretally.errors import ForbiddenError, InputError, UnknownError
from caretally.practice.connections import Wanted, connect, pause
from caretally.practice.csv_import import import_readings, save_mapping
from caretally.practice.office import Office
from caretally.practice.unpacking import unpack_due
from caretally.store.database import ALL, scoped
from tests.integration.demonstrated import Demo
from tests.integration.invented_vendor import emptied

TABLE = (
    b"Serial,Taken,Systolic,Diastolic,Pulse,Entry\n"
    b"AC-1,2026-03-20 08:00,132,81,70,auto\n"
    b"AC-1,2026-03-21 08:00,13O,81,70,auto\n"
    b"AC-1,2026-03-22 08:00,128,79,,auto\n"
)
MAPPING = answered(guess(TABLE).mapping, {})


@pytest.fixture(params=["demo", "demo_postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    """Return the office of an administrator on either database."""
    made: Demo = request.getfixturevalue(request.param)
    emptied()
    return made.office("amir")


def connected(office: Office, settings: dict[str, str], vendor: str = "csv") -> str:
    """Return the name of a new connection."""
    made, _ = connect(office, Wanted(vendor=vendor, settings=settings))
    return str(made.name)


def rows(office: Office, sql: str) -> list[Any]:
    """Return rows of all practices."""
    with scoped(ALL, office.db.alias):
        return list(office.db.rows(sql))


def test_a_table_is_shown_then_stored_once_and_read(office: Office) -> None:
    name = connected(office, {})
    with pytest.raises(InputError):
        import_readings(office, name, TABLE, dry_run=True)
    save_mapping(office, name, MAPPING)
    told = import_readings(office, name, TABLE, dry_run=True)
    assert (told.number, told.shown.total_readings, told.shown.total_faults) == (0, 2, 1)
    assert rows(office, "SELECT id FROM store_inbound") == []
    first = import_readings(office, name, TABLE, dry_run=False)
    again = import_readings(office, name, TABLE, dry_run=False)
    assert (first.is_known, again.is_known) == (False, True)
    assert first.number == again.number
    with scoped(ALL, office.db.alias):
        assert unpack_due(office.journal, clock.now(), 100) > 0
    found = rows(office, "SELECT name, content FROM store_intakereading ORDER BY element")
    assert [row[0] for row in found] == ["serial AC-1", "serial AC-1"]
    assert '"wall":"2026-03-20T08:00:00"' in found[0][1]
    assert rows(office, "SELECT path, code FROM store_intakefault") == [
        ("line 3, column Systolic", "not_a_number")
    ]


def test_a_longer_table_adds_the_new_rows_only(office: Office) -> None:
    name = connected(office, {"mapping": write_mapping(MAPPING)})
    for body in (TABLE, TABLE + b"AC-1,2026-03-23 08:00,127,78,66,auto\n"):
        import_readings(office, name, body, dry_run=False)
    with scoped(ALL, office.db.alias):
        unpack_due(office.journal, clock.now(), 100)
    assert rows(office, "SELECT COUNT(*) FROM store_intakereading") == [(3,)]


def test_what_is_refused(office: Office) -> None:
    name = connected(office, {"mapping": write_mapping(MAPPING)})
    for body in (b"", b"\xff\xfe\xff", b"Other,Columns\n1,2\n", b"x" * (10 * 1024 * 1024 + 1)):
        with pytest.raises(InputError):
            import_readings(office, name, body, dry_run=False)
    with pytest.raises(InputError):
        import_readings(office, connected(office, {}, "fhir"), TABLE, dry_run=False)
    with pytest.raises(UnknownError):
        import_readings(office, "con_nobody", TABLE, dry_run=False)
    pause(office, name)
    with pytest.raises(InputError):
        import_readings(office, name, TABLE, dry_run=False)
    assert rows(office, "SELECT id FROM store_inbound") == []


def test_only_who_looks_after_connections_may(demo: Demo) -> None:
    name = connected(demo.office("amir"), {"mapping": write_mapping(MAPPING)})
    with pytest.raises(ForbiddenError):
        import_readings(demo.office("rosa"), name, TABLE, dry_run=True)
    with pytest.raises(ForbiddenError):
        save_mapping(demo.office("rosa"), name, MAPPING)


def test_the_command_shows_and_stores(demo: Demo, tmp_path: Path) -> None:
    name = connected(demo.office("amir"), {"mapping": write_mapping(MAPPING)})
    file = tmp_path / "march.csv"
    file.write_bytes(TABLE)
    runner = CliRunner()
    words = ["readings", "import", str(file), "--connection", name]
    shown = runner.invoke(app, [*words, "--dry-run"], catch_exceptions=False)
    assert "line 3, column Systolic\tnot_a_number" in shown.output
    assert "3 rows: 2 readings, 1 that cannot be read" in shown.output
    stored = runner.invoke(app, words, catch_exceptions=False)
    assert "stored as delivery" in stored.output
    missing = runner.invoke(app, ["readings", "import", "none.csv", "--connection", name])
    assert isinstance(missing.exception, InputError)
