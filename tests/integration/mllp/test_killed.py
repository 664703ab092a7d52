"""`caretally mllp listen` is killed before it commits: no answer, nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from select import select

import psycopg
import pytest
from django.db import connections

from caretally.exchange.mllp_client import answer_in
from caretally.exchange.mllp_frames import Framer, framed
from caretally.practice.connections import ENDED, LIVE, PAUSED
from caretally.store.database import scope_all
from tests.architecture.modules import ROOT
from tests.integration.databases import KINDS, Site

PATIENCE = 60
MESSAGE = (
    rb"MSH|^~\&|Gateway|Home|Caretally|Practice|20260304150005+0000||ORU^R01^ORU_R01|m-1|P|2.6"
    b"\rOBR|1||ord-7\r"
    b"OBX|1|NM|29463-7^^LN||72.50|kg^^UCUM|||||F|||20260304100000-0500||||scale-3\r"
)


class Program:
    """The program in a home of its own, on a database of the tests."""

    def __init__(self, home: Path, site: Site) -> None:
        """Open a practice and make a connection."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
        self.surroundings = {
            **kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home),
            "CARETALLY_DATABASE_URL": site.url,
        }  # fmt: skip
        self.log = home.with_suffix(".log")
        self.run("practice", "open", "prac_e", "--name", "Example")
        told = self.run("connection", "create", "--vendor", "hl7v2", "--practice", "prac_e")
        self.connection = told.split()[1].rpartition("/")[2]

    def run(self, *words: str) -> str:
        """Run a command; returns what it wrote."""
        done = subprocess.run(
            [sys.executable, "-m", "caretally", *words], env=self.surroundings, text=True,
            capture_output=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def listen(self) -> int:
        """Start the listener; returns its port."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "caretally", "mllp", "listen", "--port", "0",
                 "--connection", self.connection],
                env=self.surroundings, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        for _ in range(PATIENCE * 20):
            said = self.log.read_text()
            if "listening on" in said:
                return int(said.partition("127.0.0.1:")[2].split()[0])
            assert self.process.poll() is None, said
            select([], [], [], 0.05)
        raise AssertionError(self.log.read_text())

    def end(self, how: signal.Signals) -> int:
        """End the listener; returns its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest) -> Site:
    """Return a database of either kind."""
    made: Site = request.getfixturevalue("make_site")(request.param)
    return made


@pytest.fixture
def program(site: Site, tmp_path: Path) -> Iterator[Program]:
    """Return the program; what it started is gone afterwards."""
    made = Program(tmp_path / "home", site)
    yield made
    if hasattr(made, "process") and made.process.poll() is None:
        made.end(signal.SIGKILL)


class Lock:
    """Keeps others from writing deliveries, so that a commit waits."""

    def __init__(self, site: Site) -> None:
        """Take the lock."""
        if site.kind == "postgres":
            self.held = psycopg.connect(site.url)
            self.held.execute("LOCK TABLE store_inbound IN EXCLUSIVE MODE")
        else:
            self.held = connections[site.db.alias].copy()
            self.held.cursor().execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        """Let others write again."""
        self.held.close()


def hear(talk: socket.socket) -> str:
    """Return the code of the next answer; empty where the other side hung up."""
    framer = Framer(10_000)
    try:
        while chunk := talk.recv(1_000):
            for block in framer.feed(chunk):
                assert isinstance(block, bytes)
                return answer_in(block).code
    except ConnectionResetError:
        pass
    return ""


def stored(site: Site) -> list[tuple[str, int]]:
    """Return the headers of stored deliveries, and how often each came."""
    scope_all()
    return [tuple(row) for row in site.db.rows("SELECT headers, seen FROM store_inbound")]


STORED_UNANSWERED = {"sqlite": 0, "postgres": 1}
"""PostgreSQL has the whole transaction when its sender dies, and ends it although nobody waits."""


def others_are_gone(site: Site) -> None:
    """Wait until the database is done with what it was sent by others."""
    if site.kind != "postgres":
        return
    sql = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    for _ in range(PATIENCE * 20):
        if site.db.rows(sql)[0][0] == 0:
            return
        select([], [], [], 0.05)
    raise AssertionError("somebody else is still at work on the database")


def is_waiting(site: Site, talk: socket.socket) -> bool:
    """Tell whether a message was sent and no answer came for a while."""
    return not select([talk], [], [], 1.0)[0]


def test_what_is_answered_is_stored_once(program: Program, site: Site) -> None:
    killed_before_the_commit(program, site)
    asked_to_end_while_a_commit_waits(program, site)
    paused_and_ended_connections_take_nothing(program, site)


def killed_before_the_commit(program: Program, site: Site) -> None:
    """Kill it while a commit waits: nothing is answered, and sending again stores once."""
    port = program.listen()
    lock = Lock(site)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as talk:
        talk.sendall(framed(MESSAGE))
        assert is_waiting(site, talk)
        program.end(signal.SIGKILL)
        assert hear(talk) == ""
    lock.release()
    others_are_gone(site)
    unanswered = STORED_UNANSWERED[site.kind]
    assert [seen for _, seen in stored(site)] == [1] * unanswered
    port = program.listen()
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as talk:
        for _ in range(2):
            talk.sendall(framed(MESSAGE))
            assert hear(talk) == "AA"
    ((headers, seen),) = stored(site)
    assert '"message-control-id":"m-1"' in headers
    assert seen == unanswered + 2
    program.end(signal.SIGKILL)


def asked_to_end_while_a_commit_waits(program: Program, site: Site) -> None:
    """Ask it to end while a commit waits: that message is stored and answered first."""
    port = program.listen()
    lock = Lock(site)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as talk:
        talk.sendall(framed(MESSAGE))
        assert is_waiting(site, talk)
        program.process.send_signal(signal.SIGTERM)
        assert is_waiting(site, talk)
        lock.release()
        assert hear(talk) == "AA"
    assert program.process.wait(PATIENCE) == 0
    assert [seen for _, seen in stored(site)] == [STORED_UNANSWERED[site.kind] + 3]


def paused_and_ended_connections_take_nothing(program: Program, site: Site) -> None:
    """Pause, resume and end the connection under it: each counts for the next message."""
    port = program.listen()
    told = []
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as talk:
        for state in (PAUSED, LIVE, ENDED):
            site.db.run("UPDATE store_connection SET state = %s", state)
            talk.sendall(framed(MESSAGE))
            told.append(hear(talk))
    assert told == ["AE", "AA", "AR"]
    assert [seen for _, seen in stored(site)] == [STORED_UNANSWERED[site.kind] + 4]
