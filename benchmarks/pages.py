"""How long do pages take in a practice of 10,000 patients?

The practice is made by the seeded generator and stored as the program stores entries; the filled
home is kept under bench-out for the next time. Each page is asked many times, once inside this
process and once over the wire from the server, one request after the other. Printed: median and
95th percentile beside what was asked, and what working out one item of the worklist costs.
"""

from __future__ import annotations

import argparse
import http.client
import logging
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from caretally.clock import ServiceMonth, now, outside
from caretally.journal.entries import Entry
from caretally.practice.demo_clock import BEGINS_AT, keep_in
from caretally.store.database import batches
from caretally.synthetic.plan import Plan, practice_sizes
from caretally.synthetic.program import practice_charts

PRACTICE, LOGIN = "prac_bench", "nurse"
PATIENTS, TURNS = 10_000, 60
CHARTS_AT_ONCE = 25
MONTH = ServiceMonth(2026, 3)
OUT = Path("bench-out")
UP_SECONDS = 60


class Page(NamedTuple):
    """A page: its name, its address, the headers, and the milliseconds asked at the 95th."""

    name: str
    path: str
    headers: dict[str, str]
    asked: int | None


class Took(NamedTuple):
    """Milliseconds that a page took by the clock, and of this process's processor; its answer."""

    middle: float
    worst_of_20: float
    processor: float
    status: int


def opened(home: Path) -> Any:
    """Open the program on a home and return its journal; this process lives in its March."""
    os.environ["CARETALLY_HOME"] = str(home)
    home.mkdir(parents=True, exist_ok=True)
    keep_in(home, outside(), "unused")
    logging.disable(logging.INFO)
    from caretally.cli.store_commands import stored  # noqa: PLC0415 - Django opens on the home

    return stored()


def known_charts(plan: Plan) -> Iterator[list[Entry]]:
    """Yield the registrations of all clinics, then the charts, as far as known on the day.

    Registrations come first: a clinic that is registered later is held against all charts anew.
    """
    clinics = [practice_charts(plan, number) for number in range(len(practice_sizes(plan)))]
    yield [entry for clinic in clinics for entry in next(clinic)]
    for clinic in clinics:
        for chart in clinic:
            yield [entry for entry in chart if entry.recorded_at <= BEGINS_AT]


def fill(journal: Any, patients: int) -> None:
    """Store a practice of a size, and make its nurse."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after Django was opened

    from caretally.store.models import Membership, Practice  # noqa: PLC0415
    from caretally.store.worklist import refresh_all  # noqa: PLC0415

    plan = Plan(patients=patients, months=1, seed=7, first_month=MONTH)
    for some in batches(known_charts(plan), CHARTS_AT_ONCE):
        entries = [entry for chart in some for entry in chart]
        journal.append(PRACTICE, entries, received_at=BEGINS_AT)
    user = get_user_model().objects.create_user(LOGIN)
    Membership.objects.create(
        user=user, practice=Practice.objects.get(name=PRACTICE), role=LOGIN,
        from_on=date(2020, 1, 1), granted_by="system:benchmark", granted_at=BEGINS_AT,
    )  # fmt: skip
    refresh_all(journal, BEGINS_AT, patients)


def filled_home(patients: int) -> Path:
    """Return a home with a practice of a size, filled once and kept."""
    home = OUT / f"pages-{patients}"
    if not (home / "filled").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.pages", "--fill", str(patients)], check=True
        )
    return home


def pages_of(journal: Any) -> list[Page]:
    """Return the pages asked for, of a patient in the middle of the list."""
    from caretally.practice.caller import system_caller  # noqa: PLC0415
    from caretally.practice.office import Office  # noqa: PLC0415
    from caretally.practice.worklist import version  # noqa: PLC0415

    office = Office(journal=journal, caller=system_caller(PRACTICE, "benchmark"), now=now())
    sql = "SELECT patient FROM store_workitem WHERE is_listed ORDER BY patient LIMIT 1 OFFSET 50"
    patient = journal.db.rows(sql)[0][0]
    have = {"If-None-Match": f'"{version(office)}"'}
    base = f"/p/{PRACTICE}"
    return [
        Page("worklist", f"{base}/worklist/", {}, 150),
        Page("worklist, page 20", f"{base}/worklist/?page=20", {}, 150),
        Page("worklist, by reason", f"{base}/worklist/?reason=value_outside", {}, 150),
        Page("worklist, unchanged", f"{base}/worklist/version", have, None),
        Page("patient", f"{base}/patients/{patient}/", {}, 100),
        Page("patients, searched", f"{base}/patients/?q=an", {}, 100),
        Page("month", f"{base}/month/", {}, None),
    ]


def timed(ask: Callable[[Page], int], page: Page, turns: int) -> Took:
    """Ask a page many times."""
    status = ask(page)
    took, worked = [], []
    for _ in range(turns):
        begin, processor = time.perf_counter(), time.process_time()
        status = ask(page)
        took.append((time.perf_counter() - begin) * 1e3)
        worked.append((time.process_time() - processor) * 1e3)
    return took_of(took, worked, status)


def took_of(took: Sequence[float], worked: Sequence[float], status: int) -> Took:
    """Return what many turns took."""
    return Took(
        statistics.median(took), statistics.quantiles(took, n=20)[18], statistics.median(worked),
        status,
    )  # fmt: skip


def signed_in() -> Any:
    """Return a client of Django's that is signed in as the nurse."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client(headers={"host": "127.0.0.1"})
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(get_user_model().objects.get(username=LOGIN), backend=backend)
    return client


@contextmanager
def served(home: Path, cookies: str) -> Iterator[Callable[[Page], int]]:
    """Run the server on a home; yields what asks it for a page over one connection."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CARETALLY_HOME": str(home), "CARETALLY_PORT": str(port)}
    command = [sys.executable, "-m", "caretally", "serve", "--no-worker"]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=UP_SECONDS)

    def ask(page: Page) -> int:
        wire.request("GET", page.path, headers={**page.headers, "Cookie": cookies})
        answer = wire.getresponse()
        answer.read()
        return answer.status

    try:
        wait_for(port)
        yield ask
    finally:
        wire.close()
        server.terminate()
        server.wait(timeout=20)


def wait_for(port: int) -> None:
    """Wait until somebody listens.

    Raises:
        TimeoutError: nobody does.
    """
    until = time.monotonic() + UP_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def item_cost(journal: Any, count: int = 200) -> Took:
    """Time working out items of the worklist, one by one."""
    from caretally.store.streams import book_of, patient_streams  # noqa: PLC0415
    from caretally.store.worklist import day_at, round_of, worked_out  # noqa: PLC0415

    book = book_of(journal.db, PRACTICE)
    found = round_of(book, journal.desk, day_at(book, journal.desk, now()))
    took, worked = [], []
    for stream in patient_streams(book)[:count]:
        journal.desk.shelf.entries(journal.db, stream)
        begin, processor = time.perf_counter(), time.process_time()
        worked_out(book, journal.desk, stream, found)
        took.append((time.perf_counter() - begin) * 1e3)
        worked.append((time.process_time() - processor) * 1e3)
    return took_of(took, worked, 0)


def measure(patients: int, turns: int = TURNS) -> dict[str, list[tuple[Page, Took]]]:
    """Return what pages took, inside the process and over the wire; and one item of the list."""
    home = filled_home(patients)
    journal = opened(home)
    client, pages = signed_in(), pages_of(journal)

    def inside(page: Page) -> int:
        return int(client.get(page.path, headers=page.headers).status_code)

    found = {
        "item": [(Page("worklist, one item", "", {}, None), item_cost(journal))],
        "inside": [(page, timed(inside, page, turns)) for page in pages],
    }
    cookies = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
    with served(home, cookies) as ask:
        found["served"] = [(page, timed(ask, page, turns)) for page in pages]
    return found


def told(found: Sequence[tuple[Page, Took]], where: str) -> Iterator[str]:
    """Yield the figures in words."""
    for page, took in found:
        asked = f"p95 ≤ {page.asked} ms" if page.asked else "reported"
        fits = "" if page.asked is None else "holds" if took.worst_of_20 <= page.asked else "FALLS"
        yield (
            f"  {where:<7} {page.name:<22} {took.status or '':<4} p50 {took.middle:7.1f} ms, "
            f"p95 {took.worst_of_20:7.1f} ms, processor {took.processor:6.1f} ms   "
            f"{asked:<14} {fits}"
        )


def main() -> None:
    """Fill what is not filled yet, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=PATIENTS)
    asked.add_argument("--turns", type=int, default=TURNS)
    asked.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.fill:
        home = OUT / f"pages-{options.fill}"
        begin = time.perf_counter()
        fill(opened(home), options.fill)
        (home / "filled").touch()
        print(
            f"filled {options.fill:,} patients in {time.perf_counter() - begin:.0f} s", flush=True
        )
        return
    print(f"{options.patients:,} patients, {options.turns} times each")
    for where, found in measure(options.patients, options.turns).items():
        print("\n".join(told(found, where)), flush=True)


if __name__ == "__main__":
    main()
