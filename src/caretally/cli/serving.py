"""`caretally serve`: the program as a server, with the demonstration where it is asked for."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored
from caretally.clock import now
from caretally.errors import InputError, Problem
from caretally.settings import Settings

commands = typer.Typer()


@commands.command(epilog="Example: caretally serve --demo")
def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with the cast's practices.")
    ] = False,
) -> None:
    """Serve pages and API until stopped."""
    settings = Settings.read(os.environ)
    stored()
    if demo:
        start_demonstration(settings)
    engine = import_module("granian")
    server = engine.Granian(
        "caretally.project.wsgi:application", address=settings.host, port=settings.port,
        interface="wsgi", workers=1, blocking_threads=8, log_access=False,
    )  # fmt: skip
    screen.tell(f"Caretally serves on http://{settings.host}:{settings.port}/ until Ctrl+C")
    server.serve()


def start_demonstration(settings: Settings) -> None:
    """Fill an empty database, set the clock of the demonstration, and print who may sign in."""
    demonstration = loaded("caretally.practice.demonstration")
    clock = loaded("caretally.practice.demo_clock")
    journal = stored()
    if clock.kept_in(settings.home) is None:
        if journal.db.rows("SELECT 1 FROM store_practice LIMIT 1"):
            raise InputError([
                Problem(where="--demo", found="a database with a practice in it",
                        expected="an empty one", hint="set CARETALLY_HOME to a new folder")
            ])  # fmt: skip
        screen.tell("Filling the demonstration with the cast (some seconds, once)")
        demonstration.set_up(journal, settings.home, now())
    loaded("caretally.project.opening").set_clock()
    kept = clock.kept_in(settings.home)
    screen.tell(f"Sign in with the password {kept.password} as one of:")
    for login in demonstration.LOGINS:
        roles = ", ".join(f"{role} at {practice}" for practice, role in login.roles)
        screen.tell(f"  {login.name:6} {login.full_name:14} {roles}")
