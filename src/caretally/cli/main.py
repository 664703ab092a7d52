"""The program: every command under one name, every refusal in words with its exit status.

Exit status: 0 done, 1 a check found something broken, 2 bad input, 3 an unusable rulebook.
A user's mistake never shows a traceback.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from caretally.cli.command_list import Commands
from caretally.cli.screen import tell
from caretally.errors import CaretallyError, InputError
from caretally.settings import Settings

app = typer.Typer(
    name="caretally",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    """Print the version and end, if it is asked for."""
    if wanted:
        typer.echo(f"caretally {installed_version()}")
        raise typer.Exit


def installed_version() -> str:
    """Return the version that is installed, or say that the program runs from its source."""
    try:
        return version("caretally")
    except PackageNotFoundError:
        return "(run from its source, not installed)"


@app.callback()
def caretally(
    *,
    _version: Annotated[
        bool | None,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
    ] = None,
) -> None:
    """From what happened to cited decisions on what remote patient monitoring may bill."""
    Settings.read(os.environ)


def main() -> None:
    """Run the program and end with its exit status."""
    try:
        app(prog_name="caretally")
    except CaretallyError as error:
        tell(refused(error))
        sys.exit(error.exit_status)


def refused(error: CaretallyError) -> str:
    """Return what a refusal says to a person, each problem on a line."""
    if isinstance(error, InputError) and len(error.problems) > 1:
        return f"{error}\n{len(error.problems)} problems; nothing was done."
    return str(error)
