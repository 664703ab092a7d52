"""The program as people start and stop it: a real process on a real port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT
from tests.integration.served import PATIENCE, Server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Return a home; whatever was started in it is gone afterwards."""
    yield tmp_path / "home"
    subprocess.run(["pkill", "-9", "-f", str(tmp_path)], check=False)


def test_the_demonstration_serves_prints_its_logins_and_ends(home: Path) -> None:
    server = Server(home, "--demo", "--no-worker")
    status, page = server.ask("/accounts/login/")
    assert (status, b"Sign in" in page) == (200, True)
    password = json.loads((home / "demonstration.json").read_text())["password"]
    assert password.encode() in server.said
    assert b"rosa" in server.said
    assert (home / "demonstration.json").stat().st_mode & 0o077 == 0
    assert server.stop() == 0
    again = Server(home, "--demo", "--no-worker")
    assert b"Filling" not in again.said
    assert again.stop() == 0


def test_a_taken_port_is_refused_in_words(
    home: Path, migrated_home: Callable[[Path], Path]
) -> None:
    migrated_home(home)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home),
            "CARETALLY_PORT": str(taken.getsockname()[1]),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "caretally", "serve"],
            env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert done.returncode == 2
    assert "CARETALLY_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demonstration_is_not_put_into_a_practice_at_work(
    home: Path, migrated_home: Callable[[Path], Path]
) -> None:
    migrated_home(home)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home)}
    file = home.parent / "one.ndjson"
    file.write_text(
        '{"id":"e1","kind":"practice_registered","patient":null,"at":"2026-01-01T00:00:00Z",'
        '"actor":"system:x","body":{"practice":"north","name":"North"}}\n'
    )
    command = [sys.executable, "-m", "caretally"]
    subprocess.run(
        [*command, "import", file, "--practice", "north"], env=environment, check=True,
        capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    done = subprocess.run(
        [*command, "serve", "--demo"], env=environment, capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--demo" in done.stderr
