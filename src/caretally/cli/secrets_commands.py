"""`caretally secrets`: look after the secrets of other parties that are kept sealed."""

from __future__ import annotations

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored

commands = typer.Typer(
    no_args_is_help=True, help="Look after sealed secrets, such as those that sign webhooks."
)


@commands.callback()
def room() -> None:
    """Keep the commands of this room under its name, be it one."""


@commands.command(epilog="Example: caretally secrets rotate")
def rotate() -> None:
    """Seal all secrets under the newest of CARETALLY_SEALING_KEYS; older keys may go then."""
    count = loaded("caretally.practice.sealing").seal_anew(stored().db)
    screen.tell(f"{count:,} secrets sealed anew; all are under the newest key")
