"""Server and worker are killed while a vendor delivers: each delivery becomes one reading."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from select import select
from urllib.error import HTTPError

import pytest

from caretally.devices.unpacked import Posted
from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Sample
from caretally.project.database_url import database_settings
from caretally.store.database import Database
from tests.integration.databases import KINDS, Cluster, configured, forgotten, free_port
from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import PATIENCE, Server

DELIVERIES = int(os.environ.get("SERVED_DELIVERIES", "30"))
"""Deliveries in all; a full proof takes 1,000."""
KILLS = int(os.environ.get("SERVED_KILLS", "2"))
BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)
VENDOR = "tenovi"


def deliveries(secret: bytes) -> tuple[Posted, ...]:
    """Return genuine deliveries that all differ."""
    return registry.SLICES[VENDOR].samples(
        tuple(
            Sample(
                device=f"device-{number % 7}", metric="85354-9", number=number,
                values={"8480-6": Decimal(100 + number % 60), "8462-4": Decimal(80)},
                measured_at=BEGIN + timedelta(seconds=number), received_at=BEGIN,
            )
            for number in range(DELIVERIES)
        ),
        secret,
    )  # fmt: skip


def sent(address: str, posted: Posted) -> bool:
    """Deliver; tell whether it was acknowledged. Nobody answers while the server is down."""
    asked = urllib.request.Request(
        address, data=posted.body, headers=dict(posted.headers), method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return bool(answer.status == 202)
    except HTTPError as refused:
        raise AssertionError(refused.read().decode()) from refused
    except OSError:
        return False


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings of a program on either database."""
    if request.param == "sqlite":
        return {}
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"killedintake{free_port()}"
    cluster.sql(f"CREATE DATABASE {name}")
    return {"database_url": cluster.url(name)}


@pytest.fixture
def stored(tmp_path: Path, settings: dict[str, str]) -> Iterator[Database]:
    """Return the database of the program, seen from beside it."""
    home = tmp_path / "home"
    home.mkdir()
    wanted = database_settings(settings.get("database_url", ""), home)
    yield configured("beside", wanted)
    forgotten("beside")


def count(db: Database, sql: str) -> int:
    """Return a count."""
    return int(db.rows(f"SELECT COUNT(*) FROM {sql}")[0][0])


@pytest.mark.slow
def test_every_acknowledged_delivery_becomes_one_reading(
    tmp_path: Path, settings: dict[str, str], stored: Database
) -> None:
    server = Server(tmp_path / "home", **settings)
    try:
        assert server.run("practice", "open", LAKESIDE, "--name", "Lakeside").returncode == 0
        made = server.run("connection", "create", "--vendor", VENDOR, "--practice", LAKESIDE)
        told = dict(line.split("\t") for line in made.stdout.splitlines())
        path = told["URL"].removeprefix(server.address("")).partition("/api")[2]
        waiting, kills = list(deliveries(told["secret"].encode())), 0
        for number, posted in enumerate(waiting):
            if number and number % (DELIVERIES // (KILLS + 1)) == 0 and kills < KILLS:
                kills += 1
                # begun and never heard of: it may be stored or not, and the vendor sends it again
                subprocess.Popen(
                    ["sh", "-c", f"sleep 0.0{number % 7}; kill -9 -{server.process.pid}"]
                )
                while sent(server.address(f"/api{path}"), posted):
                    if server.process.poll() is not None:
                        break
                server.process.wait(timeout=PATIENCE)
                server.start()
            assert sent(server.address(f"/api{path}"), posted)
        for _ in range(PATIENCE * 4):
            if count(stored, "store_inbound WHERE state = 0") == 0:
                break
            select([], [], [], 0.25)
        assert kills == KILLS
        assert count(stored, "store_inbound WHERE state = 1") == DELIVERIES
        assert count(stored, "store_intakereading") == DELIVERIES
        assert count(stored, "store_intakesource") == 0
        assert count(stored, "store_intakefault") == 0
        assert count(stored, "store_inbound WHERE readings = 1 AND repeats = 0") == DELIVERIES
    finally:
        server.kill()
