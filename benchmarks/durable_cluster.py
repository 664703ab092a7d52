"""A PostgreSQL of one's own that keeps what it acknowledged, for benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def as_somebody(command: list[str]) -> list[str]:
    """Return a command for an unprivileged user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def durable_cluster() -> Iterator[str]:
    """Yield the address of a fresh database in a cluster with all usual guarantees."""
    binaries, port = BINARIES[-1], free_port()
    with tempfile.TemporaryDirectory(prefix="caretally-bench-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        made = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "caretally",
                "--auth=trust", "--encoding=UTF8", "--locale=C"]  # fmt: skip
        subprocess.run(as_somebody(made), check=True, capture_output=True, cwd="/")
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port),
                   "-k", str(folder), "-c", "listen_addresses=127.0.0.1"]  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(as_somebody(command), stdout=log, stderr=log, cwd="/")
        try:
            address = ["-h", "127.0.0.1", "-p", str(port), "-U", "caretally"]
            ready = [str(binaries / "pg_isready"), "-q", *address]
            for _ in range(200):
                if subprocess.run(ready, check=False).returncode == 0:
                    break
                time.sleep(0.1)
            subprocess.run([str(binaries / "createdb"), *address, "bench"], check=True)
            yield f"postgresql://caretally@127.0.0.1:{port}/bench"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
