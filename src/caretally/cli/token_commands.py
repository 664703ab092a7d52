"""`caretally token`: make, list and end the tokens of the API."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored
from caretally.clock import now

commands = typer.Typer(no_args_is_help=True, help="Make, list and end tokens of the API.")
TOKENS = "caretally.practice.tokens"

User = Annotated[str, typer.Option(metavar="LOGIN", help="The person the token acts for.")]


@commands.command(
    epilog="Example: caretally token create --user rosa --scopes see_patients,record_care"
)
def create(
    *,
    user: User,
    scopes: Annotated[
        str, typer.Option(metavar="NAMES", help="Permissions, separated by commas or spaces.")
    ],
    practice: Annotated[
        str, typer.Option(metavar="ID", help="Needed where the person works in several.")
    ] = "",
    days: Annotated[int, typer.Option(metavar="N", help="After so many days it ends.")] = 90,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the token is for.")] = "",
) -> None:
    """Print a new token, once: only its digest is kept."""
    journal, room = stored(), loaded(TOKENS)
    wanted = room.Wanted(
        login=user, scopes=tuple(filter(None, re.split(r"[,\s]+", scopes))), practice=practice,
        days=days, name=name,
    )  # fmt: skip
    made = room.make_token(journal.db, wanted, now())
    screen.tell(
        f"Token {made.number} for {user} at {made.practice} until {made.expires_at:%Y-%m-%d}: "
        f"{', '.join(made.scopes)}. It is shown this once."
    )
    screen.write_text(f"{made.secret}\n")


@commands.command("list", epilog="Example: caretally token list --user rosa")
def list_(*, user: User = "") -> None:
    """List tokens, without their secrets."""
    journal, room = stored(), loaded(TOKENS)
    for each in room.tokens(journal.db, user):
        used = f"used {each.used_at:%Y-%m-%d}" if each.used_at else "never used"
        screen.write_text(
            f"{each.pk}\t{each.user.get_username()}\t{each.practice.name}\t"
            f"{room.state_of(each, now())}\tuntil {each.expires_at:%Y-%m-%d}\t{used}\t"
            f"{each.scopes}\t{each.name}\n"
        )


@commands.command(epilog="Example: caretally token revoke 3")
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `token list` prints it.")],
) -> None:
    """End a token at once."""
    loaded(TOKENS).revoke_token(stored().db, number, now())
    screen.tell(f"token {number} is ended")
