"""`caretally connection …`: the commands by which vendors are asked for what they do not push."""

from __future__ import annotations

from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.connection_commands import Name, address, commands, office_of
from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored
from caretally.clock import outside

__all__ = ["commands"]
ROOM = "caretally.practice.authorizing"
CALLBACK = "/connections/callback"


@commands.command(epilog="Example: caretally connection credentials con_0123 --number our-client")
def credentials(
    connection: Name,
    *,
    number: Annotated[
        str, typer.Option(metavar="ID", help="Client id, where the vendor's users agree.")
    ] = "",
) -> None:
    """Ask for the key the vendor gave, keep it sealed, and begin to fetch.

    An API key, `user:password`, or the secret of the client whose id is named.
    """
    office, room = office_of(connection), loaded(ROOM)
    secret = str(typer.prompt("Secret", hide_input=True))
    own = loaded("caretally.practice.pull_keys").OwnKey(number=number, secret=secret)
    room.set_key(office, connection, own)
    screen.tell(f"{connection} is asked from now on; the worker does it")


@commands.command(epilog="Example: caretally connection authorize con_0123")
def authorize(
    connection: Name,
    *,
    redirect: Annotated[
        str, typer.Option(metavar="URL", help="Where the vendor sends the person back to.")
    ] = "",
) -> None:
    """Print the vendor's page where a patient agrees, and take the code that comes back."""
    office, room = office_of(connection), loaded(ROOM)
    back = redirect or f"{address()}{CALLBACK}"
    screen.tell(f"The patient agrees on this page; afterwards the browser goes to {back}")
    screen.write_text(f"{room.authorization_address(office, connection, back)}\n")
    state = str(typer.prompt("state= of that address"))
    code = str(typer.prompt("code= of that address", hide_input=True))
    name = room.take_code(office, state.strip(), code.strip())
    screen.tell(f"{name} agreed; register a device of this name for the patient")


@commands.command(epilog="Example: caretally connection fetching con_0123")
def fetching(connection: Name) -> None:
    """List how far each account or device is fetched, and what is wrong."""
    office, room = office_of(connection), loaded(ROOM)
    for each in room.fetching(office, connection):
        told = each.reached_at
        reached = f"up to {told:%Y-%m-%d %H:%M}Z" if told else "nothing yet"
        screen.write_text(
            f"{each.name}\t{each.state}\t{reached}\tagain {each.due_at:%Y-%m-%d %H:%M}Z\t"
            f"{each.failures} failures\t{each.says}\n"
        )


@commands.command(epilog="Example: caretally connection fetch")
def fetch() -> None:
    """Fetch what is due of all connections now, as the worker does."""
    journal = stored()
    count = loaded("caretally.practice.pulling").pull_due(journal, outside())
    screen.tell(f"{count:,} pages stored")
