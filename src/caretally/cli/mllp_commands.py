"""`caretally mllp`: listen for HL7 v2, and send files of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import refusal
from caretally.cli.store_commands import stored
from caretally.devices.refusals import Misread
from caretally.devices.vendors.hl7v2.er7 import blocks_of
from caretally.errors import ExchangeError

commands = typer.Typer(no_args_is_help=True, help="Listen for HL7 v2 over MLLP, or send it.")
ROOM = "caretally.practice.mllp_intake"
LISTENER, SENDER = "caretally.exchange.mllp", "caretally.exchange.mllp_client"
PORT = 2575
MOST_BYTES, IDLE_SECONDS, MOST_CONNECTIONS = 2 * 1024 * 1024, 60, 200

Host = Annotated[str, typer.Option(metavar="HOST", help="Name or address.")]
Port = Annotated[int, typer.Option(metavar="PORT", min=0, max=65_535, help="0 picks a free one.")]
TlsCert = Annotated[str, typer.Option(metavar="FILE", help="Certificate, as PEM.")]
TlsKey = Annotated[str, typer.Option(metavar="FILE", help="Its key, where another file has it.")]


@commands.command(epilog="Example: caretally mllp listen --connection con_0198 --port 2575")
def listen(
    *,
    connection: Annotated[
        str, typer.Option(metavar="CONNECTION", help="As `connection list` prints it.")
    ],
    host: Host = "127.0.0.1",
    port: Port = PORT,
    tls_cert: TlsCert = "",
    tls_key: TlsKey = "",
    client_ca: Annotated[
        str, typer.Option(metavar="FILE", help="Let in only senders this authority vouches for.")
    ] = "",
    most_bytes: Annotated[
        int, typer.Option(metavar="N", min=1_000, help="Largest message.")
    ] = MOST_BYTES,
    idle_seconds: Annotated[
        int, typer.Option(metavar="N", min=1, help="After so long without a byte, hang up.")
    ] = IDLE_SECONDS,
    most_connections: Annotated[
        int, typer.Option(metavar="N", min=1, help="Senders at once.")
    ] = MOST_CONNECTIONS,
) -> None:
    """Take messages for a connection, each stored before it is answered, until Ctrl+C."""
    if client_ca and not tls_cert:
        raise refusal("--client-ca", "no --tls-cert", "the certificate of this listener as well")
    tls, listener = None, loaded(LISTENER)
    if tls_cert:
        tls = context("--tls-cert", lambda: listener.server_context(tls_cert, tls_key, client_ca))
    journal, room = stored(), loaded(ROOM)
    room.checked_door(journal.db, connection)
    limits = listener.Limits(
        most_bytes=most_bytes, idle_seconds=idle_seconds, most_connections=most_connections
    )
    if not tls_cert and host not in {"127.0.0.1", "::1", "localhost"}:
        screen.tell("without --tls-cert, messages cross the network as everybody can read them")
    try:
        listener.serve(
            room.storing(journal.db, connection), (host, port), limits,
            tls=tls,
            started=lambda taken: screen.tell(f"listening on {host}:{taken} until Ctrl+C"),
        )  # fmt: skip
    except OSError as error:
        raise refusal("--port", f"{error.strerror or error}", "an address to listen on") from None


@commands.command("send", epilog="Example: caretally mllp send results.hl7 --port 2575")
def send_(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Messages of HL7 v2.")],
    *,
    host: Host = "127.0.0.1",
    port: Port = PORT,
    tls: Annotated[bool, typer.Option("--tls", help="Speak TLS.")] = False,
    tls_ca: Annotated[str, typer.Option(metavar="FILE", help="Trust this authority.")] = "",
    tls_cert: TlsCert = "",
    tls_key: TlsKey = "",
    seconds: Annotated[int, typer.Option(metavar="N", min=1, help="Wait so long.")] = 30,
) -> None:
    """Send messages one after another, and print the answer to each; exit 1 if one is refused."""
    messages = [message for file in files for message in messages_in(file)]
    sender, made = loaded(SENDER), None
    if tls or tls_ca or tls_cert:
        made = context("--tls-ca", lambda: sender.client_context(tls_ca, tls_cert, tls_key))
    receiver = sender.Receiver(host=host, port=port, tls=made, seconds=seconds)
    refused = 0
    for told in sender.send(messages, receiver):
        refused += not told.is_accepted
        screen.write_text(f"{told.code}\t{told.control_id}\t{told.says}".rstrip() + "\n")
    if refused:
        raise ExchangeError(f"{refused} of {len(messages)} messages were not taken")


def messages_in(file: str) -> list[bytes]:
    """Return the messages of a file, one after another.

    Raises:
        InputError: it cannot be read, or holds none.
    """
    try:
        return list(blocks_of(Path(file).read_bytes()))
    except OSError as error:
        raise refusal(file, f"no readable file ({error.strerror})", "messages") from None
    except Misread as misread:
        raise refusal(file, misread.fault.says, "messages of HL7 v2") from None


def context(option: str, make: Callable[[], Any]) -> Any:
    """Return TLS made from files.

    Raises:
        InputError: a file cannot be read or is none.
    """
    try:
        return make()
    except OSError as error:
        says = f"no usable file ({error.strerror or type(error).__name__})"
        raise refusal(option, says, "certificate and key as PEM") from None
