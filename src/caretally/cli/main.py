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

from caretally.cli import (
    call_commands,
    claims_commands,
    closing_commands,
    converting,
    deciding,
    entries_commands,
    founding_commands,
    mllp_commands,
    packet_commands,
    pull_commands,
    readings_commands,
    remit_commands,
    replaying,
    report_commands,
    rulebook_commands,
    secrets_commands,
    self_audit_commands,
    serving,
    simulate_commands,
    store_commands,
    synthesizing,
    token_commands,
)  # fmt: skip
from caretally.cli.screen import tell
from caretally.errors import CaretallyError, InputError
from caretally.settings import Settings

app = typer.Typer(
    name="caretally",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(deciding.commands)
app.add_typer(replaying.commands)
app.add_typer(rulebook_commands.commands, name="rulebook")
app.add_typer(entries_commands.commands, name="entries")
app.add_typer(converting.commands)
app.add_typer(synthesizing.commands)
app.add_typer(store_commands.commands)
app.add_typer(serving.commands)
app.add_typer(self_audit_commands.commands)
app.add_typer(closing_commands.commands)
app.add_typer(founding_commands.commands)
app.add_typer(readings_commands.commands, name="readings")
app.add_typer(remit_commands.commands, name="remit")
app.add_typer(mllp_commands.commands, name="mllp")
app.add_typer(packet_commands.commands)
app.add_typer(token_commands.commands, name="token")
app.add_typer(pull_commands.commands, name="connection")
app.add_typer(secrets_commands.commands, name="secrets")
app.add_typer(simulate_commands.commands, name="simulate")
app.add_typer(report_commands.commands)
app.add_typer(claims_commands.commands, name="claims")
app.add_typer(call_commands.commands, name="call")


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
