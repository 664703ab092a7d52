"""How much does an audit packet cost, and is every one of them sound?

A practice is filled with invented patients and packets are made for a request list, as `caretally
packet --list` makes them. CPU of the process is taken, the seal of the run included; some packets
are verified afterwards, which is timed apart.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import fresh_database  # noqa: F401 - tells Django of the store
from benchmarks.close import MONTH, PRACTICE, RECEIVED_AT, fill, program
from caretally.audit.verifying import verify
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.packet_runs import Request, run
from caretally.practice.packets import Packet, Press
from caretally.store.database import Database, scope_all
from caretally.store.stored_journal import StoredJournal
from caretally.web.charts.printed import printed

LIMIT_MS = 60
MONTHS = 3
VERIFIED = 50
"""Packets that are verified, spread over all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What packets cost. seconds: CPU of all. each: milliseconds of CPU, by packet."""

    packets: int
    seconds: float
    each: tuple[float, ...]
    verified_ms: float
    unsound: int
    failed: int
    bytes_each: int

    @property
    def mean_ms(self) -> float:
        """Milliseconds of CPU a packet, the seal shared among them."""
        return 1_000 * self.seconds / self.packets


def measure(count: int, folder: Path) -> Measured:
    """Fill a practice, make its packets, and verify some."""
    scope_all()
    url = f"sqlite:///{folder}/bench.sqlite3"
    command, environment = program(url, folder / "home")
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True)
    fill(url, count, MONTHS)
    journal = StoredJournal(Database("bench"))
    caller = system_caller(PRACTICE, "benchmark")
    office = Office(journal=journal, caller=caller, now=RECEIVED_AT)
    rows = journal.db.rows("SELECT patient FROM store_patientcard ORDER BY patient")
    wanted = [
        Request(number=number, patient=row[0], month=MONTH)
        for number, row in enumerate(rows[:count], 1)
    ]
    kept: list[bytes] = []
    every = max(1, count // VERIFIED)
    sizes: list[int] = []

    def keep(packet: Packet, name: str) -> None:
        sizes.append(len(packet.body))
        if len(sizes) % every == 0:
            kept.append(packet.body)

    begin = before = time.process_time()
    each, failed = [], 0
    for answered in run(
        Press(office=office, draw=printed), wanted, ("nobody", "a benchmark"), keep
    ):
        failed += bool(answered.problem)
        each.append(1_000 * (time.process_time() - before))
        before = time.process_time()
    seconds = time.process_time() - begin
    begin = time.process_time()
    unsound = sum(not verify(body).is_sound for body in kept)
    verified = 1_000 * (time.process_time() - begin) / max(1, len(kept))
    return Measured(
        packets=len(wanted), seconds=seconds, each=tuple(each[1:] or each), verified_ms=verified,
        unsound=unsound, failed=failed, bytes_each=sum(sizes) // max(1, len(sizes)),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=1_000, help="packets, one a patient")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.count, Path(folder))
    middle = statistics.median(found.each)
    print(f"{found.packets:,} packets: {found.mean_ms:.1f} ms CPU each, median {middle:.1f}")
    print(f"verified: {found.verified_ms:.1f} ms each; unsound {found.unsound}")
    print(f"failed: {found.failed}; {found.bytes_each:,} bytes each")


if __name__ == "__main__":
    main()
