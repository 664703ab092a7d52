"""Databases for tests of store, pages and API: SQLite always, PostgreSQL where it is installed.

Each test gets a fresh database, copied from one that was migrated once. PostgreSQL runs as a
cluster of its own on a free loopback port, one a worker, and is gone afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

import tests.django_here  # noqa: F401 - configures Django before its parts are imported
from caretally.project.database_url import SQLITE_FILE, database_settings, sqlite_settings
from caretally.store.database import Database
from caretally.store.stored_journal import StoredJournal
from tests.integration.made_once import made_once

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
KINDS = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running PostgreSQL."""

    port: int

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://caretally@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str) -> None:
        """Run a statement outside any database of the tests."""
        psql = BINARIES[-1] / "psql"
        address = self.url("postgres")
        subprocess.run([psql, "-qXc", statement, address], check=True, capture_output=True)


def configured(alias: str, wanted: dict[str, Any]) -> Database:
    """Make a database known to Django under an alias."""
    connections.databases[alias] = wanted
    connections.configure_settings(connections.databases)
    return Database(alias)


def forgotten(alias: str) -> None:
    """Close a database and make it unknown again."""
    connections[alias].close()
    del connections[alias]
    del connections.databases[alias]


IN_MEMORY = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def bound(wanted: dict[str, Any]) -> None:
    """Bind a database to the alias `default`."""
    connections["default"].close()
    del connections["default"]
    configured("default", wanted)


def unbound() -> None:
    """Close what `default` is bound to."""
    bound(dict(IN_MEMORY))


def migrated(wanted: dict[str, Any]) -> None:
    """Create the tables; migrations of some packages ask `default` whatever they are told."""
    bound(wanted)
    call_command("migrate", verbosity=0, interactive=False)
    if connections["default"].vendor == "sqlite":
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unbound()


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_somebody(command: list[str | Path]) -> list[str | Path]:
    """Return a command for an unprivileged user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]


def reason_without_postgres() -> str:
    """Return why PostgreSQL cannot run here, empty where it can."""
    if not BINARIES:
        return "PostgreSQL is not installed: make system installs it"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "root may not run PostgreSQL, and setpriv is not installed"
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return "root may not run PostgreSQL, and there is no user postgres"
    return ""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Run PostgreSQL for this worker, with the template database of the tests."""
    reason = reason_without_postgres()
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="caretally-postgres-") as name:
        folder, port = Path(name), free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        initdb: list[str | Path] = [
            BINARIES[-1] / "initdb", "-D", folder / "data", "-U", "caretally", "--auth=trust",
            "--no-sync", "--encoding=UTF8", "--locale=C",
        ]  # fmt: skip
        subprocess.run(as_somebody(initdb), check=True, capture_output=True, cwd="/")
        command: list[str | Path] = [
            BINARIES[-1] / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=32MB",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(as_somebody(command), stdout=log, stderr=log, cwd="/")
        try:
            yield started(Cluster(port=port))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def started(cluster: Cluster) -> Cluster:
    """Wait until a cluster answers, and create the template database."""
    for _ in range(100):
        ready = [BINARIES[-1] / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(cluster.port)]
        if subprocess.run(ready, check=False).returncode == 0:
            break
        time.sleep(0.1)
    cluster.sql("CREATE DATABASE pattern")
    migrated(database_settings(cluster.url("pattern"), Path()))
    return cluster


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy."""

    def make(folder: Path) -> None:
        migrated(sqlite_settings(folder / "pattern.sqlite3"))

    return made_once(tmp_path_factory, "pattern", make) / "pattern.sqlite3"


@pytest.fixture(scope="session")
def migrated_home(pattern: Path) -> Callable[[Path], Path]:
    """Return a function that makes a home of the program whose tables are there already.

    A program makes them by itself, which takes it longer than most of what a test asks of it.
    """

    def make(home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        shutil.copy(pattern, home / SQLITE_FILE)
        return home

    return make


NUMBERS = iter(range(1_000_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A fresh database and how other programs reach it."""

    db: Database
    kind: str
    url: str

    def journal(self) -> StoredJournal:
        """Return the journal in it."""
        return StoredJournal(self.db)


@pytest.fixture
def make_site(request: pytest.FixtureRequest, tmp_path: Path, pattern: Path) -> Iterator[Any]:
    """Return a function from a kind to a fresh migrated database."""
    made: list[tuple[str, Any]] = []

    def make(kind: str) -> Site:
        alias = f"site{next(NUMBERS)}"
        if kind == "sqlite":
            file = tmp_path / f"{alias}.sqlite3"
            shutil.copy(pattern, file)
            made.append((alias, None))
            wanted = sqlite_settings(file)
            hasty = wanted["OPTIONS"]["init_command"].replace("=FULL", "=OFF")
            wanted["OPTIONS"] = {**wanted["OPTIONS"], "init_command": hasty}
            return Site(db=configured(alias, wanted), kind=kind, url=f"sqlite:///{file}")
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.sql(f"CREATE DATABASE {alias} TEMPLATE pattern")
        made.append((alias, cluster))
        url = cluster.url(alias)
        return Site(db=configured(alias, database_settings(url, Path())), kind=kind, url=url)

    yield make
    for alias, cluster in made:
        forgotten(alias)
        if cluster is not None:
            cluster.sql(f"DROP DATABASE {alias} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, make_site: Any) -> Site:
    """Return a fresh database of each kind in turn."""
    made: Site = make_site(request.param)
    return made
