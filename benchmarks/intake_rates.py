"""What do deliveries cost beside the database's own inserts, and how soon are vendors answered?

On SQLite and PostgreSQL, both durable, in one run each: genuine payloads to stored deliveries, and
stored deliveries to readings without duplicates, in batches, against bare inserts of the same rows
into the same tables (executemany; COPY and ON CONFLICT). Each delivery holds one reading. Then
deliveries at a steady rate to the real server with a worker beside it; the time of an answer counts
from when its request was due to be sent, whether or not the sender was ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.durable_cluster import durable_cluster, free_port

RATE, SECONDS = 300, 20
SENDERS = 24
ASKED_RATIO, ASKED_MILLISECONDS = 0.5, 200
SIGNING, SINGLE = "terra", "tenovi"
"""Vendors: whose deliveries are signed by HMAC over time and body; whose hold one reading each."""
KINDS = ("sqlite", "postgres")
ROOT = Path(__file__).resolve().parent.parent


class Rates(NamedTuple):
    """Rows a second, medians, and the median of the ratios of the rounds."""

    bare: float
    ours: float
    ratio: float


class Answers(NamedTuple):
    """Milliseconds to an answer, and how many of how many were not 202."""

    middle: float
    worst_of_100: float
    worst: float
    refused: int
    sent: int


class Found(NamedTuple):
    """What was measured on one database."""

    delivery: Rates
    reading: Rates
    answers: Answers


@contextmanager
def surroundings(kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a program with a database of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    with tempfile.TemporaryDirectory(prefix="caretally-bench-") as folder:
        made = {
            **kept, "CARETALLY_HOME": folder, "CARETALLY_PORT": str(free_port()),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }  # fmt: skip
        if kind == "sqlite":
            yield made
        else:
            with durable_cluster() as url:
                yield {**made, "CARETALLY_DATABASE_URL": url}


def inside(environment: Mapping[str, str], *words: str) -> object:
    """Run a part inside the program; returns what it printed as JSON."""
    command = [sys.executable, "-m", "benchmarks.intake_inside", *words]
    ran = subprocess.run(
        command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(ran.stderr)
    told: object = json.loads(ran.stdout)
    return told


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[None]:
    """Run the server and its worker until the end."""
    log = Path(environment["CARETALLY_HOME"]) / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "caretally", "serve"], env=dict(environment), stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{environment['CARETALLY_PORT']}/healthz"
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


async def sent(port: int, requests: list[bytes], rate: int) -> list[tuple[float, int]]:
    """Send requests at a steady rate; returns milliseconds from due to answered, and statuses."""
    begin = time.perf_counter() + 0.2
    told: list[tuple[float, int]] = []
    due = iter(enumerate(requests))

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in due:
            at = begin + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )  # fmt: skip
            await reader.readexactly(length)
            told.append(((time.perf_counter() - at) * 1e3, int(head.split(b" ", 2)[1])))
        writer.close()

    await asyncio.gather(*(send() for _ in range(SENDERS)))
    return told


def answers(environment: Mapping[str, str], path: str, file: Path, seconds: int) -> Answers:
    """Return how soon the real server answers deliveries, worker and all."""
    port = int(environment["CARETALLY_PORT"])
    requests = [
        request_of(path, each["headers"], each["body"].encode())
        for each in json.loads(file.read_text())
    ]
    with served(environment):
        asyncio.run(sent(port, requests[: RATE * 2], RATE))  # a server that just began is no server
        found = asyncio.run(sent(port, requests[RATE * 2 : RATE * (seconds + 2)], RATE))
    times = [taken for taken, _ in found]
    refused = sum(status != 202 for _, status in found)
    worst = statistics.quantiles(times, n=100)[98]
    return Answers(statistics.median(times), worst, max(times), refused, len(found))


def request_of(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    query = f"?{headers[':query']}" if ":query" in headers else ""
    told = {name: value for name, value in headers.items() if not name.startswith(":")}
    lines = [f"POST {path}{query} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in told.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(kind: str, *, seconds: int = SECONDS) -> Found:
    """Return what was measured on a database."""
    with surroundings(kind) as environment:
        name, _, secret = inside(environment, "connect", SINGLE)  # type: ignore[misc]
        told = inside(environment, "rates", SINGLE, secret, name)
        _, path, secret = inside(environment, "connect", SIGNING)  # type: ignore[misc]
        file = Path(environment["CARETALLY_HOME"]) / "payloads.json"
        inside(environment, "write", SIGNING, secret, str(RATE * (seconds + 2)), str(file))
        answered = answers(environment, path, file, seconds)
    rates: dict[str, dict[str, float]] = told  # type: ignore[assignment]
    return Found(Rates(**rates["delivery"]), Rates(**rates["reading"]), answered)


def main() -> None:
    """Measure and print asked beside measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kind", choices=KINDS, action="append")
    asked.add_argument("--seconds", type=int, default=SECONDS)
    options = asked.parse_args()
    for kind in options.kind or KINDS:
        found = measure(kind, seconds=options.seconds)
        for what, rates in (("payload → delivery", found.delivery),
                            ("delivery → reading", found.reading)):  # fmt: skip
            print(
                f"{kind:9} {what:20} bare {rates.bare:9,.0f}/s   ours {rates.ours:9,.0f}/s   "
                f"ratio {rates.ratio:.2f}   asked ≥ {ASKED_RATIO}"
            )
        told = found.answers
        print(
            f"{kind:9} answers at {RATE}/s     p50 {told.middle:.1f} ms   p99 "
            f"{told.worst_of_100:.1f} ms   worst {told.worst:.0f} ms   refused {told.refused} of "
            f"{told.sent:,}   asked p99 ≤ {ASKED_MILLISECONDS} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
