"""How long `make run` takes until its page is healthy: on a fresh clone, and once it is set up.

The clone is of the committed state; packages come from this machine's cache where it has them.
Run it with: python -m benchmarks.start
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600
FRESH, AGAIN = 90, 3
"""Seconds asked."""


class Started(NamedTuple):
    """Seconds until the page was healthy."""

    fresh: float
    again: float


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(port: int) -> bool:
    """Tell whether the page answers that all is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until_healthy(clone: Path, environment: Mapping[str, str]) -> float:
    """Start the program with `make run`, wait until it is healthy, and end it."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run"], cwd=clone, env={**environment, "CARETALLY_PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        while not is_healthy(port):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise SystemExit("make run ended, or never was healthy")
            time.sleep(0.02)
        return time.perf_counter() - begun
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def measure() -> Started:
    """Clone, start, end and start again."""
    hidden = ("CARETALLY_", "PYTHONPATH", "VIRTUAL_ENV", "DJANGO_", "MAKE")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    with tempfile.TemporaryDirectory() as held:
        clone = Path(held) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        fresh = until_healthy(clone, environment)
        return Started(fresh=fresh, again=until_healthy(clone, environment))


def main() -> None:
    """Print what was asked and measured."""
    found = measure()
    print(f"fresh clone, set up and filled: {found.fresh:.1f} s (asked {FRESH})")
    print(f"once set up: {found.again:.1f} s (asked {AGAIN})")


if __name__ == "__main__":
    main()
