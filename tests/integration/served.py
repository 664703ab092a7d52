"""The program as a real process on a real port, with its demonstration in a home of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from select import select
from urllib.error import HTTPError

from tests.architecture.modules import ROOT
from tests.integration.databases import free_port

PATIENCE = 60


class Server:
    """A running `caretally serve`."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        """Start it on a free port, with further settings by name, and wait until it answers."""
        self.port = free_port()
        self.home = home
        self.words = words
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
        self.surroundings = {
            **kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home),
            "CARETALLY_PORT": str(self.port), "CARETALLY_LIVE_PORT": "0",
            **{f"CARETALLY_{name.upper()}": value for name, value in settings.items()},
        }  # fmt: skip
        home.parent.mkdir(parents=True, exist_ok=True)
        self.log = home.with_suffix(f".{self.port}.log")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "caretally", "serve", *self.words],
                env=self.surroundings,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.hear(b"until Ctrl+C")
        self.ask("/accounts/login/")

    def later(self, **how_much: int) -> None:
        """Kill it, let time pass in the demonstration, and start it again at the same address."""
        self.kill()
        file = self.home / "demonstration.json"
        kept = json.loads(file.read_text(encoding="utf-8"))
        began_at = datetime.fromisoformat(kept["began_at"]) - timedelta(**how_much)
        file.write_text(json.dumps({**kept, "began_at": began_at.isoformat()}), encoding="utf-8")
        self.start()

    @property
    def said(self) -> bytes:
        """What it has said so far."""
        return self.log.read_bytes()

    def hear(self, words: bytes) -> None:
        """Wait until it has said some words."""
        for _ in range(PATIENCE * 20):
            if words in self.said:
                return
            assert self.process.poll() is None, self.said.decode()
            select([], [], [], 0.05)
        raise AssertionError(self.said.decode())

    def ask(self, path: str) -> tuple[int, bytes]:
        """Return status and body of an address, once the server listens."""
        for _ in range(2_000):
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE
                ) as answer:
                    return answer.status, answer.read()
            except HTTPError as refused:
                return refused.code, refused.read()
            except OSError:
                with socket.socket() as probe:
                    probe.settimeout(0.05)
                    probe.connect_ex(("127.0.0.1", self.port))
                select([], [], [], 0.05)
        raise AssertionError("the server does not listen")

    def stop(self) -> int:
        """End it as a supervisor would; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in the same surroundings."""
        return subprocess.run(
            [sys.executable, "-m", "caretally", *words], env=self.surroundings,
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def kill(self) -> None:
        """End it and all it started, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    @property
    def password(self) -> str:
        """The password of the demonstration's accounts."""
        kept = json.loads((self.home / "demonstration.json").read_text(encoding="utf-8"))
        return str(kept["password"])

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"
