"""Invented deliveries over HTTP into a program that runs: taken, read, filed, held back."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select

import pytest

from tests.integration.served import Server

PATIENCE = 1800


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, demo_home: Callable[[Path], Path]
) -> Iterator[Server]:
    """Return a demonstration that is served, with its worker."""
    made = Server(demo_home(tmp_path_factory.mktemp("simulating") / "home"), "--demo")
    yield made
    made.kill()


def count(server: Server, sql: str) -> int:
    """Return a number from the program's database."""
    with sqlite3.connect(server.home / "caretally.sqlite3", timeout=30) as held:
        return int(held.execute(sql).fetchone()[0])


def wait_for(server: Server, sql: str, least: int) -> int:
    """Wait until a number of the database is large enough."""
    found = 0
    for _ in range(PATIENCE):
        found = count(server, sql)
        if found >= least:
            break
        select([], [], [], 0.05)
    return found


def answered(printed: str) -> dict[str, int]:
    """Return how often each word stands in the table that is printed at the end."""
    rows = re.findall(r"^(\w+) +([\d,]+)$", printed, re.MULTILINE)
    return {word: int(number.replace(",", "")) for word, number in rows}


def test_readings_of_the_practice_are_filed_and_the_rest_is_held(server: Server) -> None:
    kept = "SELECT count(*) FROM store_intakereading WHERE state IN (1, 2, 4)"
    broken = "SELECT count(DISTINCT inbound_id) FROM store_intakefault"
    before, faulty = count(server, kept), count(server, broken)
    run = server.run(
        "simulate", "devices", "--vendor", "tenovi", "--practice", "prac_lakeside", "--patients",
        "20", "--days", "2", "--speed", "max", "--broken", "5", "--duplicates", "20",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = answered(run.stdout)
    readings = found["valid"] + found["late"]
    assert found["202"] == readings + found["duplicate"] + found["broken"]
    assert "their readings will wait in quarantine" in run.stderr
    assert wait_for(server, kept, before + readings) == before + readings
    assert count(server, "SELECT count(*) FROM store_intakereading WHERE state = 1") > 0
    held = count(server, "SELECT count(*) FROM store_intakereading WHERE rule = 'unknown_device'")
    assert held > 0
    assert count(server, broken) - faulty == found["broken"] > 0


def test_a_wrong_secret_is_told_and_ends_with_one(server: Server, tmp_path: Path) -> None:
    made = server.run("connection", "create", "--vendor", "bodytrace", "--practice", "prac_harbor")
    url = re.search(r"^URL\t(.*)$", made.stdout, re.MULTILINE)
    secret = re.search(r"^secret\t(.*)$", made.stdout, re.MULTILINE)
    assert url is not None
    assert secret is not None
    base, _, connection = url[1].partition("/api/v1/webhooks/bodytrace/")
    words = ("simulate", "devices", "--vendor", "bodytrace", "--url", base, "--connection",
             connection, "--patients", "3", "--speed", "max", "--end", "2026-03-26T14:00:00Z",
             "--secret-file")  # fmt: skip
    kept = tmp_path / "secret"
    kept.write_text(f"{secret[1]}\n", encoding="utf-8")
    good = server.run(*words, kept)
    assert (good.returncode, set(answered(good.stdout)) & {"202", "401"}) == (0, {"202"})
    kept.write_text("another secret\n", encoding="utf-8")
    bad = server.run(*words, kept)
    assert (bad.returncode, set(answered(bad.stdout)) & {"202", "401"}) == (1, {"401"})


def test_it_stops_when_it_is_told_to(server: Server) -> None:
    words = ("simulate", "devices", "--vendor", "smartmeter", "--practice", "prac_lakeside",
             "--days", "3", "--patients", "20", "--speed", "2000x")  # fmt: skip
    running = subprocess.Popen(
        [sys.executable, "-m", "caretally", *words], env=server.surroundings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell that starts the tests in the background lets them ignore Ctrl+C, and so this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
    )  # fmt: skip
    sent = (
        "SELECT count(*) FROM store_inbound i JOIN store_connection c ON c.id = i.connection_id "
        "WHERE c.vendor = 'smartmeter'"
    )
    assert wait_for(server, sent, 2) >= 2
    running.send_signal(signal.SIGINT)
    out, told = running.communicate(timeout=60)
    assert "Stopped" in told
    assert "Traceback" not in told
    assert answered(out)["202"] >= 1
