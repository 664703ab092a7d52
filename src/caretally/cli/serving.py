"""`caretally serve`, and what works beside it: `caretally worker` and `caretally live`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from threading import Event, Thread
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored
from caretally.clock import now, outside
from caretally.errors import InputError, Problem
from caretally.settings import Settings

commands = typer.Typer()

THREADS = 32
"""Requests answered at once by a process. Deliveries that wait for the disk are stored together:
the slower the machine, the more of them in one commit, if there are threads to wait in."""
RESTART_SECONDS = 5


@commands.command(epilog="Example: caretally serve --demo")
def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with the cast's practices.")
    ] = False,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run a worker beside the server.")
    ] = True,
    threads: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="Requests answered at once.")
    ] = THREADS,
) -> None:
    """Serve pages and API until Ctrl+C or SIGTERM."""
    settings = Settings.read(os.environ)
    journal = stored()
    if demo:
        start_demonstration(settings, journal)
    refuse_taken(settings.host, settings.port)
    engine = import_module("granian")
    levels = import_module("granian.log")
    server = engine.Granian(
        "caretally.project.wsgi:application", address=settings.host, port=settings.port,
        interface="wsgi", workers=1, blocking_threads=threads, log_access=False,
        log_level=levels.LogLevels.error, websockets=False,
    )  # fmt: skip
    shown = settings.public_url or f"http://{settings.host}:{settings.port}/"
    screen.tell(f"Caretally serves {shown} until Ctrl+C")
    with ExitStack() as others:
        if with_worker:
            others.enter_context(beside("worker"))
        if settings.live_port:
            begin_live(settings, others)
        server.serve()


def begin_live(settings: Settings, others: ExitStack) -> None:
    """Keep the process of live conversations beside the server; without it pages ask."""
    try:
        refuse_taken(settings.host, settings.live_port, name="LIVE_PORT")
    except InputError:
        screen.tell(
            f"Live messages are off: port {settings.live_port} cannot be served on, so pages ask "
            "every few seconds. CARETALLY_LIVE_PORT names another."
        )
    else:
        others.enter_context(beside("live", "--beside"))


@commands.command(epilog="Example: caretally live")
def live(
    *,
    is_beside: Annotated[
        bool, typer.Option("--beside", help="End with the process that began it, however it ends.")
    ] = False,
) -> None:
    """Keep open conversations up to date over WebSockets; `serve` does so by itself."""
    settings = Settings.read(os.environ)
    if is_beside:
        Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    stored()
    refuse_taken(settings.host, settings.live_port, name="LIVE_PORT")
    engine = import_module("granian")
    levels = import_module("granian.log")
    engine.Granian(
        "caretally.project.asgi:application", address=settings.host, port=settings.live_port,
        interface="asginl", workers=1, log_access=False, log_level=levels.LogLevels.error,
        websockets=True,
    ).serve()  # fmt: skip


def end_with(parent: int) -> None:
    """End this process when its parent is gone: a port that stays taken would keep the next out."""
    while os.getppid() == parent:
        Event().wait(RESTART_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def refuse_taken(host: str, port: int, *, name: str = "PORT") -> None:
    """Refuse a port somebody else listens on.

    Raises:
        InputError: it is taken, or the address is not this machine's.
    """
    sockets = import_module("socket")
    with sockets.socket() as probe:
        probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError([
                Problem(
                    where=f"CARETALLY_HOST and CARETALLY_{name}: {host}:{port}",
                    found=f"an address that cannot be served on ({error.strerror})",
                    expected="a free port of this machine",
                    hint=f"set CARETALLY_{name} to another, such as 8005",
                )
            ]) from error  # fmt: skip


@contextmanager
def beside(*command: str) -> Iterator[None]:
    """Keep a command running in a process of its own, begun anew where it ends by itself."""
    words = [sys.executable, "-m", "caretally", *command]
    stop = Event()
    # Begun before the thread is: the server forks once it serves, and a fork amidst the making of
    # a process keeps its pipe open, on which the thread would wait for as long as the server runs.
    running = [subprocess.Popen(words)]  # noqa: S603 - our own commands

    def keep() -> None:
        while not stop.is_set():
            running[0].wait()
            if not stop.wait(RESTART_SECONDS):
                running[:] = [subprocess.Popen(words)]  # noqa: S603 - our own commands
        running[0].terminate()

    keeper = Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        running[0].terminate()
        keeper.join(timeout=20)


@commands.command(epilog="Example: caretally worker")
def worker(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due and end, such as from cron.")
    ] = False,
) -> None:
    """Do what must happen without anybody asking: deliveries, sweeps, lists, seals."""
    stored()
    work = loaded("caretally.practice.worker")
    if once:
        loaded("caretally.practice.streaming").drain(loaded("caretally.practice.opened").journal())
        done = work.work_once(work.new_worker(), outside())
        screen.tell(f"done: {', '.join(done) or 'nothing was due'}")
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work.work_on(stop, outside)


def start_demonstration(settings: Settings, journal: Any) -> None:
    """Fill an empty database, set the clock of the demonstration, and print who may sign in.

    Raises:
        InputError: the database holds something that is no demonstration.
    """
    demonstration = loaded("caretally.practice.demonstration")
    clock = loaded("caretally.practice.demo_clock")
    if clock.kept_in(settings.home) is None:
        if journal.db.rows("SELECT 1 FROM store_practice LIMIT 1"):
            raise InputError([
                Problem(
                    where="--demo", found="a database with a practice in it",
                    expected="an empty one", hint="set CARETALLY_HOME to a new folder",
                )
            ])  # fmt: skip
        screen.tell("Filling the demonstration with the cast (some seconds, once)")
        demonstration.set_up(journal, settings.home, now())
    loaded("caretally.project.opening").set_clock()
    kept = clock.kept_in(settings.home)
    screen.tell(f"Sign in with the password {kept.password} as one of:")
    for login in demonstration.LOGINS:
        roles = ", ".join(f"{role} at {practice}" for practice, role in login.roles)
        screen.tell(f"  {login.name:6} {login.full_name:14} {roles}")
    tell_guests(settings, loaded("caretally.practice.demonstration_portal").invited(journal, now()))


def tell_guests(settings: Settings, guests: Any) -> None:
    """Print how people from outside sign in; each code works once, each start prints new ones."""
    shown = settings.public_url or f"http://{settings.host}:{settings.port}"
    screen.tell(f"Patients sign in at {shown.rstrip('/')}/portal/ with a number and a code:")
    for each in guests:
        codes = " ".join(each.letter.codes[:3])
        screen.tell(f"  {each.letter.number} {codes} {each.name} (patient born {each.born_on})")
