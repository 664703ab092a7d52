"""Request lists that are worked through from a page: a few packets at a time, then one ZIP.

What is made waits in a folder of the home, for whoever asked and nobody else, and is gone after a
day. A step that is broken off is taken up again; the one packet it was at may be recorded twice.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import monotonic

import msgspec

from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem, UnknownError
from caretally.practice.office import Office
from caretally.practice.packet_runs import (
    Answered,
    Request,
    index_csv,
    index_pdf,
    requests_in,
    run,
)
from caretally.practice.packets import Draw, Packet, Press
from caretally.practice.roles import ISSUE_PACKETS
from caretally.settings import Settings

FOLDER = "packets"
TOLD = "run.json"
KEPT = timedelta(days=1)
SECONDS = 2.0
"""How long a step works on packets before it shows how far it is."""
NAME = re.compile(r"run_[0-9a-f]{32}")
LOCK, LOCK_SECONDS = "at-work", 120


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A request and, once it was answered, what came of it."""

    number: int
    patient: str
    month: str
    claim: str = ""
    is_done: bool = False
    file: str = ""
    digest: str = ""
    lines: str = ""
    decision: str = ""
    problem: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A run as its folder keeps it."""

    run: str
    practice: str
    actor: str
    to: str
    why: str
    begun_at: datetime
    rows: tuple[Row, ...]
    is_sealed: bool = False

    @property
    def done(self) -> int:
        """How many requests were answered."""
        return sum(row.is_done for row in self.rows)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The requests that gave no packet."""
        return tuple(row for row in self.rows if row.problem)

    @property
    def is_over(self) -> bool:
        """Whether all requests were answered."""
        return self.done == len(self.rows)


def home() -> Path:
    """Return the folder of all runs, made if need be."""
    folder = Settings.read(os.environ).home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def begin(office: Office, text: str, to: str, why: str) -> Told:
    """Take a request list up; nothing is made yet.

    Raises:
        ForbiddenError: the caller may not issue packets.
        InputError: the list or the purpose is wrong; all problems are listed.
    """
    office.caller.require(ISSUE_PACKETS)
    problems = [
        Problem(where="form", field=name, expected="something filled in")
        for name, value in (("to", to), ("why", why)) if not value
    ]  # fmt: skip
    requests: tuple[Request, ...] = ()
    try:
        requests = requests_in(text, office)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    told = Told(
        run=office.new_id("run"), practice=office.practice, actor=office.caller.actor, to=to,
        why=why, begun_at=office.now,
        rows=tuple(
            Row(number=each.number, patient=each.patient, month=str(each.month), claim=each.claim)
            for each in requests
        ),
    )  # fmt: skip
    folder = home() / told.run
    folder.mkdir(mode=0o700)
    keep(folder, told)
    return told


def found(office: Office, name: str) -> Told:
    """Return a run of the caller's.

    Raises:
        UnknownError: there is none of this name, or it is somebody else's.
    """
    office.caller.require(ISSUE_PACKETS)
    file = home() / name / TOLD
    if NAME.fullmatch(name) and file.is_file():
        told = msgspec.json.decode(file.read_bytes(), type=Told)
        if (told.practice, told.actor) == (office.practice, office.caller.actor):
            return told
    raise UnknownError("no request list of this name is open to you")


def mine(office: Office) -> tuple[Told, ...]:
    """Return the caller's runs that are still kept, the latest first."""
    files = (file for file in home().glob(f"*/{TOLD}"))
    read = [msgspec.json.decode(file.read_bytes(), type=Told) for file in files]
    own = [
        told
        for told in read
        if (told.practice, told.actor) == (office.practice, office.caller.actor)
    ]
    return tuple(sorted(own, key=lambda told: told.begun_at, reverse=True))


def keep(folder: Path, told: Told) -> None:
    """Write a run, whole or not at all."""
    part = folder / f"{TOLD}.part"
    part.write_bytes(msgspec.json.encode(told))
    part.replace(folder / TOLD)


def step(office: Office, name: str, draw: Draw) -> Told:
    """Make packets for a short while, and return how far it is; another step's work is not done.

    Raises:
        UnknownError: there is no such run of the caller's.
    """
    told = found(office, name)
    folder = home() / told.run
    with at_work(folder, office.now) as is_mine:
        if not is_mine or told.is_over:
            return told
        press = Press(office=office, draw=draw, is_run=told.is_sealed)
        until = monotonic() + SECONDS
        left = [request_of(row) for row in told.rows if not row.is_done]

        def put(packet: Packet, file: str) -> None:
            (folder / file).write_bytes(packet.body)

        for answered in run(press, left, (told.to, told.why), put):
            rows = tuple(
                row_of(answered) if row.number == answered.request.number else row
                for row in told.rows
            )
            told = msgspec.structs.replace(told, rows=rows, is_sealed=True)
            keep(folder, told)
            if monotonic() > until:
                break
    return told


@contextmanager
def at_work(folder: Path, at: datetime) -> Iterator[bool]:
    """Let one step work on a run at a time; a lock that was left behind is taken away."""
    lock = folder / LOCK
    if lock.exists() and lock.read_text() < (at - timedelta(seconds=LOCK_SECONDS)).isoformat():
        lock.unlink(missing_ok=True)
    try:
        number = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        yield False
        return
    try:
        os.write(number, at.isoformat().encode())
        os.close(number)
        yield True
    finally:
        lock.unlink(missing_ok=True)


def request_of(row: Row) -> Request:
    """Return the request of a row."""
    month = ServiceMonth.parse(row.month)
    return Request(number=row.number, patient=row.patient, month=month, claim=row.claim)


def row_of(answered: Answered) -> Row:
    """Return the row of what came of a request."""
    request = answered.request
    return Row(
        number=request.number, patient=request.patient, month=str(request.month),
        claim=request.claim, is_done=True, file=answered.file, digest=answered.digest,
        lines=answered.lines, decision=answered.decision, problem=answered.problem,
    )  # fmt: skip


def answered_of(row: Row) -> Answered:
    """Return what came of the request of a row."""
    return Answered(
        request=request_of(row), file=row.file, digest=row.digest, lines=row.lines,
        decision=row.decision, problem=row.problem,
    )  # fmt: skip


def packed(office: Office, name: str, draw: Draw) -> bytes:
    """Return the ZIP of a run that is over: the packets and the index, as CSV and PDF.

    Raises:
        UnknownError: there is no such run of the caller's, or it is not over.
    """
    told = found(office, name)
    if not told.is_over:
        raise UnknownError("the request list is still being worked through")
    answers = [answered_of(row) for row in told.rows]
    press = Press(office=office, draw=draw, is_run=True)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.csv", index_csv(answers))
        archive.writestr("index.pdf", index_pdf(press, answers, (told.to, told.why)))
        for row in told.rows:
            if row.file:
                archive.write(home() / told.run / row.file, row.file)
    return made.getvalue()


def remove(office: Office, name: str) -> None:
    """Take a run of the caller's away; what was recorded of its packets stays.

    Raises:
        UnknownError: there is no such run of the caller's.
    """
    shutil.rmtree(home() / found(office, name).run)


def forget_packets(at: datetime) -> int:
    """Take away runs that were begun more than a day ago; returns how many."""
    old = [
        file.parent
        for file in home().glob(f"*/{TOLD}")
        if msgspec.json.decode(file.read_bytes(), type=Told).begun_at < at - KEPT
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
