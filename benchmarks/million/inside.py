"""The part of `million_readings` that works inside the program, on the database of its settings.

It sets practices up, brings deliveries in as webhooks do, kills the worker again and again, waits
until nothing is left to do, and prints as JSON what was told, what was done and what was counted.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import OperationalError

from benchmarks.million.reconciling import (
    Tally,
    digest_on_record,
    forget_counting,
    reconciled,
)
from benchmarks.million.telling import BEGINS, DAY, VENDORS, ZONES, Device, Telling, Told
from benchmarks.opened_home import JOURNAL
from caretally.clock import now
from caretally.devices.unpacked import Posted
from caretally.journal.entries import (
    Consented,
    DeviceAssigned,
    DeviceRegistered,
    Enrolled,
    Entry,
    Identifier,
    PracticeRegistered,
    ReadingRecorded,
)
from caretally.practice.caller import system_caller
from caretally.practice.connections import Wanted, connect
from caretally.practice.founding import open_practice
from caretally.practice.office import Office
from caretally.practice.receiving import Door, arrived, door, is_genuine
from caretally.store.database import batches
from caretally.store.inbox import Arrived, keep_batch

DB = JOURNAL.db
AT_ONCE = 200
"""Deliveries that are committed together, as requests that come at once are."""
AHEAD = 20_000
"""Readings that may wait before whoever sends waits too; the tail of a queue is no test."""
SECRET = "bench:of the benchmark"  # noqa: S105 - nobody's
HEADERS = {"bodytrace": f"Basic {b64encode(SECRET.encode()).decode()}"}
SETTLED_BY, PAUSE = 30, 0.2


@dataclass(slots=True)
class Worker:
    """A real worker process, which is killed and begun anew.

    at_work: how many of the kills met one that had something to do.
    """

    process: subprocess.Popen[bytes] | None = None
    kills: int = 0
    at_work: int = 0
    failures: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Begin a worker."""
        command = [sys.executable, "-m", "caretally", "worker"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet)

    def kill(self) -> None:
        """Kill it as a machine that loses its power would, and begin another."""
        assert self.process is not None
        if self.process.poll() is not None:
            self.failures.append(f"ended by itself: {self.process.returncode}")
        self.at_work += waiting() > 0
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.start()

    def end(self) -> None:
        """Ask it to end."""
        assert self.process is not None
        self.process.terminate()
        if self.process.wait(timeout=120) != 0:
            self.failures.append(f"did not end well: {self.process.returncode}")


def waiting() -> int:
    """Return how many deliveries and readings wait."""
    rows = DB.rows(
        "SELECT (SELECT COUNT(*) FROM store_inbound WHERE state = 0) + "
        "(SELECT COUNT(*) FROM store_intakereading WHERE state = 0)"
    )
    return int(rows[0][0])


# --- setting up -----------------------------------------------------------------------------------


def open_practices(telling: Telling) -> dict[tuple[str, str], Door]:
    """Open the practices, enroll everybody, hand the devices out, and connect the vendors."""
    doors = {}
    for practice, zone in ZONES.items():
        body = PracticeRegistered(practice=practice, name=practice, time_zone=zone)
        open_practice(JOURNAL, body, now())
        devices = [each for each in telling.devices if each.practice == practice]
        for some in batches(devices, 100):  # type: ignore[arg-type, type-var]
            entries = [entry for each in some for entry in set_up(each, zone)]  # type: ignore[arg-type]
            JOURNAL.append(practice, entries, received_at=now())
        office = Office(journal=JOURNAL, caller=system_caller(practice, "bench"), now=now())
        for vendor in VENDORS:
            made, _ = connect(office, Wanted(vendor=vendor, secret=SECRET))
            found = door(DB, vendor, made.name)
            assert found is not None
            doors[practice, vendor] = found
    return doors


def set_up(device: Device, zone: str) -> Iterator[Entry]:
    """Yield what is on record of a device and of those who hold it."""
    began, count = BEGINS - 30 * DAY, 0
    schemes = {"tenovi": "tenovi:device", "bodytrace": "imei", "smartmeter": "smartmeter:device"}
    names = [(schemes[device.vendor], device.name), ("validic:user", f"u{device.number}")]

    def entry(body: Any, at: Any, patient: str | None = None) -> Entry:
        nonlocal count
        count += 1
        return Entry(
            id=f"ent_{device.number}_{count}", patient=patient, at=at, recorded_at=at,
            actor="system:bench", body=body,
        )  # fmt: skip

    identifiers = tuple(Identifier(scheme=scheme, value=value) for scheme, value in names)
    name = f"dev_{device.number}"
    yield entry(DeviceRegistered(device=name, medical_device=True, identifiers=identifiers), began)
    for patient in dict.fromkeys((device.holder, device.next_holder)):
        yield entry(Enrolled(program="rpm", diagnoses=("I10",), time_zone=zone), began, patient)
        yield entry(Consented(scope="rpm"), began, patient)
    assigned = DeviceAssigned(device=name, medical_device=True)
    yield entry(assigned, BEGINS - DAY, device.holder)
    if device.next_holder != device.holder:
        yield entry(assigned, device.handed_at, device.next_holder)


# --- bringing in ----------------------------------------------------------------------------------


def bring_in(
    telling: Telling, doors: dict[tuple[str, str], Door], worker: Worker, kills: int
) -> None:
    """Bring everything in that is told, and kill the worker evenly spread over it."""
    dice = random.Random(telling.seed)
    every = max(1, telling.readings // (kills + 1))
    for some in batches(telling.deliveries(), AT_ONCE):  # type: ignore[arg-type, type-var]
        until_kept([arrived(*genuine(each, doors)) for each in some])
        if worker.kills < kills and telling.truth.valid >= (worker.kills + 1) * every:
            time.sleep(dice.random() / 2)
            worker.kill()
        while waiting() > AHEAD:
            time.sleep(PAUSE)
    while worker.kills < kills:
        worker.kill()
        time.sleep(dice.random() + 1)


def until_kept(deliveries: list[Arrived]) -> None:
    """Store deliveries; told again where the database was busy, as a vendor does who reads 503."""
    while True:
        try:
            keep_batch(DB, deliveries)
        except OperationalError:
            time.sleep(PAUSE)
        else:
            return


def genuine(told: Told, doors: dict[tuple[str, str], Door]) -> tuple[Door, Posted]:
    """Return a delivery at the door it comes to, its sender checked."""
    at = doors[told.practice, told.vendor]
    posted = Posted(
        body=told.body, received_at=told.received_at,
        headers={"authorization": HEADERS.get(told.vendor, SECRET),
                 "content-type": "application/json"},
    )  # fmt: skip
    assert is_genuine(at, posted), told.vendor
    return at, posted


def wait_until_done(patience: timedelta) -> bool:
    """Wait until nothing waits any more; tells whether that came to be."""
    left, before = patience.total_seconds(), -1
    while (now_waiting := waiting()) > 0:
        left = patience.total_seconds() if now_waiting != before else left - PAUSE
        before = now_waiting
        if left < 0:
            return False
        time.sleep(PAUSE)
    return True


def faulted(device: Device) -> list[Tally]:
    """Return the second count with a reading on record that nobody told, on a day of its own."""
    at = BEGINS - DAY / 2
    body = ReadingRecorded(
        device=f"dev_{device.number}", metric="29463-7", value=Decimal(80), unit="g",
        measured_at=at, origin="device",
    )  # fmt: skip
    entry = Entry(id="ent_nobody_told", patient=device.holder, at=at, recorded_at=at,
                  actor="system:bench", body=body)  # fmt: skip
    JOURNAL.append(device.practice, [entry], received_at=now())
    forget_counting(DB)
    return reconciled(DB)


def measure(readings: int, kills: int, seed: int) -> dict[str, Any]:
    """Tell readings, kill the worker, and count; returns everything that came out."""
    telling, worker = Telling(readings=readings, seed=seed), Worker()
    begin = time.perf_counter()
    doors = open_practices(telling)
    ready = time.perf_counter()
    worker.start()
    try:
        bring_in(telling, doors, worker, kills)
        is_done = wait_until_done(timedelta(seconds=SETTLED_BY * 4))
    finally:
        worker.end()
    done = time.perf_counter()
    tallies = reconciled(DB)
    count, digest = digest_on_record(DB)
    truth = telling.truth
    return {
        "truth": asdict(truth), "broken": sum(truth.broken.values()), "kills": worker.kills,
        "at_work": worker.at_work, "failures": worker.failures, "is_done": is_done,
        "tallies": [*tallies, ("readings on record, by whoever told them", truth.valid, count),
                    ("the same ones under the same patients", truth.digest, digest),
                    ("broken elements in quarantine", sum(truth.broken.values()), quarantined())],
        "seconds": {"set up": ready - begin, "told and filed": done - ready,
                    "counted": time.perf_counter() - done},
        "devices": len(telling.devices), "peak_mib": peak_mib(),
    }  # fmt: skip


def quarantined() -> int:
    """Return how much stands in quarantine."""
    rows = DB.rows(
        "SELECT (SELECT COUNT(*) FROM store_intakefault) + "
        "(SELECT COUNT(*) FROM store_intakereading WHERE state = 2)"
    )
    return int(rows[0][0])


def peak_mib() -> int:
    """Return the most memory that a worker took, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--readings", type=int, default=20_000)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seed", type=int, default=4)
    asked.add_argument("--seed-fault", action="store_true", help="count once more, with a fault")
    options = asked.parse_args()
    found = measure(options.readings, options.kills, options.seed)
    if options.seed_fault:
        telling = Telling(readings=options.readings, seed=options.seed)
        found["faulted"] = faulted(telling.devices[0])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
