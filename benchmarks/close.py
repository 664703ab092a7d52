"""How long does closing a month take, how much memory, and does a killed close lose anything?

A practice is filled with invented patients, and `caretally close` closes its last month in a
process of its own. Then copies of the practice are closed, each killed at a random point and closed
again: what is stored must be the same to the digest.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from threading import Timer
from typing import NamedTuple

from django.db import connections

from benchmarks import fresh_database  # noqa: F401 - tells Django of the store
from benchmarks.durable_cluster import durable_cluster
from caretally.clock import ServiceMonth
from caretally.project.database_url import database_settings
from caretally.store.database import Database, scoped
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.program import synthesize

MONTH, PRACTICE = ServiceMonth(2025, 3), "bench"
RECEIVED_AT = datetime(2025, 12, 1, tzinfo=UTC)
LIMIT_SECONDS, KILLS = 60, 20
AT_ONCE = 100
ALL_PASSES = ("--accept", "all", "--reason", "of the benchmark")


class Closed(NamedTuple):
    """What a close came to: its status and what it printed, seconds, CPU seconds and peak MiB."""

    status: int
    told: str
    seconds: float
    cpu: float
    peak_mib: int

    @property
    def roots(self) -> tuple[str, ...]:
        """The roots over facts and entries, and the counts before them."""
        return tuple(self.told.splitlines()[-3:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The close of a practice, and of its copies that were killed.

    entries: of the practice. different: copies whose digests came out others.
    """

    whole: Closed
    entries: int
    kills: int
    different: int


Copy = Callable[[], str]
"""Makes a copy of a filled database and returns its address."""


@contextmanager
def sqlite_copies(folder: Path) -> Iterator[tuple[str, Copy]]:
    """Yield the address of a new SQLite database, and what copies it."""
    pattern, count = folder / "pattern.sqlite3", iter(range(1_000_000))

    def copy() -> str:
        with Database("bench").connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target = folder / f"copy{next(count)}.sqlite3"
        shutil.copy(pattern, target)
        return f"sqlite:///{target}"

    yield f"sqlite:///{pattern}", copy


@contextmanager
def postgres_copies(folder: Path) -> Iterator[tuple[str, Copy]]:
    """Yield the address of a new PostgreSQL database, and what copies it."""
    with durable_cluster() as url:
        count = iter(range(1_000_000))
        server = url.rpartition("/")[0]

        def copy() -> str:
            connections["bench"].close()
            name = f"copy{next(count)}"
            sql = f"CREATE DATABASE {name} TEMPLATE bench"
            subprocess.run(["psql", "-qXc", sql, f"{server}/postgres"], check=True, cwd="/")
            return f"{server}/{name}"

        yield url, copy
        connections["bench"].close()


KINDS = {"sqlite": sqlite_copies, "postgres": postgres_copies}


def fill(url: str, patients: int, months: int) -> int:
    """Fill a database with a practice; returns how many entries it has."""
    connections.databases["bench"] = database_settings(url, Path())
    connections.configure_settings(connections.databases)
    db, count, first = Database("bench"), 0, MONTH
    for _ in range(months - 1):
        first = first.previous()
    journal = StoredJournal(db)
    entries = synthesize(patients, months, seed=11, first_month=first)
    with scoped(PRACTICE, "bench"):
        waiting = []
        for number, (_, own) in enumerate(groupby(entries, key=lambda entry: entry.patient)):
            waiting += own
            if number % AT_ONCE == AT_ONCE - 1:
                journal.append(PRACTICE, waiting, received_at=RECEIVED_AT)
                count, waiting = count + len(waiting), []
        journal.append(PRACTICE, waiting, received_at=RECEIVED_AT)
    return count + len(waiting)


def program(url: str, home: Path) -> tuple[list[str], dict[str, str]]:
    """Return the program on a database, and its environment."""
    others = {name: value for name, value in os.environ.items() if "CARETALLY" not in name}
    told = {"CARETALLY_HOME": str(home), "CARETALLY_DATABASE_URL": url, "PYTHONHASHSEED": "0"}
    return [sys.executable, "-m", "caretally"], {**others, **told}


def closed(url: str, home: Path, *, kill_after: float | None = None) -> Closed:
    """Close a month in a process of its own, killed after some seconds if it still runs then."""
    run, environment = program(url, home)
    command = [*run, "close", str(MONTH), "--practice", PRACTICE, *ALL_PASSES]
    with (home / "told").open("w+") as told, (home / "errors").open("w") as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=told, stderr=errors)
        killer = Timer(kill_after or 3_600, os.kill, (process.pid, signal.SIGKILL))
        killer.start()
        _, status, used = os.wait4(process.pid, 0)
        killer.cancel()
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        text = told.read()
    return Closed(
        process.returncode, text, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    )


def measure(kind: str, patients: int, *, kills: int, months: int = 1, seed: int = 1) -> Measured:
    """Fill, close, and close copies that are killed at random points."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="caretally-close-") as name:
        folder = Path(name)
        with KINDS[kind](folder) as (url, copy):
            run, environment = program(url, folder)
            subprocess.run([*run, "migrate"], env=environment, check=True, capture_output=True)
            entries = fill(url, patients, months)
            whole = closed(copy(), folder)
            if whole.status:
                raise RuntimeError((folder / "errors").read_text())
            different = 0
            for _ in range(kills):
                address = copy()
                closed(address, folder, kill_after=chance.uniform(0, whole.seconds))
                again = closed(address, folder)
                different += again.roots != whole.roots
            connections["bench"].close()
    return Measured(whole=whole, entries=entries, kills=kills, different=different)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=10_000)
    asked.add_argument("--months", type=int, default=1, help="months of activity on the charts")
    asked.add_argument("--database", choices=KINDS, default="sqlite")
    asked.add_argument("--kills", type=int, default=KILLS)
    options = asked.parse_args()
    found = measure(options.database, options.patients, kills=options.kills, months=options.months)
    whole = found.whole
    print(
        f"{options.patients:,} patients, {found.entries:,} entries, {options.database}: "
        f"{whole.seconds:.1f} s (asked: {LIMIT_SECONDS}), {whole.cpu:.1f} s of CPU, peak "
        f"{whole.peak_mib} MiB, {found.entries / whole.seconds:,.0f} entries a second"
    )
    print(f"killed at {found.kills} points and closed again: {found.different} with other digests")


if __name__ == "__main__":
    main()
