"""Who is at the other end of the line: programs and packages that share no code with ours."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parent / "sipp"
HOST = "127.0.0.1"


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip a test where a program or a package that it stands on is missing, and say which."""
    missing = [name for name in names if shutil.which(name) is None and find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}: make test-audio")


def free_port() -> int:
    """Return a UDP port that was free a moment ago, even, with a free one above it."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind((HOST, 0))
            port = int(first.getsockname()[1])
            if port % 2:
                continue
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
                    second.bind((HOST, port + 1))
            except OSError:
                continue
            return port


@contextmanager
def sipp(scenario: str, folder: Path, *, status: str = "") -> Iterator[str]:
    """Run SIPp as the far end of one call and yield its address; it judges the call as well."""
    text = (SCENARIOS / f"{scenario}.xml").read_text().replace("STATUS LINE", status)
    written = folder / f"{scenario}.xml"
    written.write_text(text)
    port = free_port()
    asked = ["sipp", "-sf", str(written), "-i", HOST, "-p", str(port), "-mp", str(free_port())]
    asked += ["-m", "1", "-timeout", "30", "-trace_err", "-nostdin"]
    with subprocess.Popen(
        asked, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            wait_for_port(port)
            yield f"sip:anybody@{HOST}:{port}"
            assert running.wait(timeout=15) == 0, errors_of(folder)
        finally:
            running.kill()


def wait_for_port(port: int) -> None:
    """Return when somebody listens on a UDP port of this machine."""
    wanted = f"0100007F:{port:04X}"
    for _ in range(400):
        if wanted in Path("/proc/net/udp").read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")


def errors_of(folder: Path) -> str:
    """Return what SIPp complained of."""
    return "".join(each.read_text() for each in folder.glob("*_errors.log")) or "SIPp failed"
