"""`caretally connection`: by which ways vendors deliver into a practice."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import refusal
from caretally.cli.store_commands import stored
from caretally.clock import microseconds_of, now
from caretally.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="Connect vendors of devices to practices.")
ROOM = "caretally.practice.connections"
ACTOR = "connecting"

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="As `connection list` prints it.")]
Asked = Annotated[
    bool, typer.Option("--ask-secret", help="Ask for the secret that the vendor gave.")
]


def office_at(practice: str) -> Any:
    """Return the office of the system in a practice.

    Raises:
        InputError: there is no such practice.
    """
    journal = stored()
    if not journal.db.rows("SELECT 1 FROM store_practice WHERE name = %s", practice):
        raise refusal("--practice", repr(practice), "a practice: caretally practice open makes one")
    caller = loaded("caretally.practice.caller").system_caller(practice, ACTOR)
    return loaded("caretally.practice.office").Office(journal=journal, caller=caller, now=now())


def office_of(name: str) -> Any:
    """Return the office of the system in the practice of a connection.

    Raises:
        InputError: there is no such connection.
    """
    rows = stored().db.rows(
        "SELECT p.name FROM store_connection c JOIN store_practice p ON p.id = c.practice_id "
        "WHERE c.name = %s",
        name,
    )
    if not rows:
        raise refusal("CONNECTION", repr(name), "a connection: caretally connection list")
    return office_at(rows[0][0])


def asked_secret(*, is_wanted: bool) -> str:
    """Return the secret somebody types, or nothing where none is wanted; it is never an option.

    What stands in a command line is seen by everybody on the machine.
    """
    return str(typer.prompt("Secret", hide_input=True)) if is_wanted else ""


@commands.command(
    epilog="Example: caretally connection create --vendor tenovi --practice prac_lakeside"
)
def create(
    *,
    vendor: Annotated[str, typer.Option(metavar="NAME", help="Whose deliveries it takes.")],
    practice: Annotated[str, typer.Option(metavar="ID", help="Whose readings they are.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="What people call it.")] = "",
    clinic: Annotated[str, typer.Option(metavar="ID", help="Only this clinic.")] = "",
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What the vendor's page lists; may be repeated."),
    ] = None,
    ask_secret: Asked = False,
) -> None:
    """Make a connection, and print its address and its secret, once."""
    office, room = office_at(practice), loaded(ROOM)
    wanted = room.Wanted(
        vendor=vendor, title=title, clinic=clinic, settings=settings_in(setting or []),
        secret=asked_secret(is_wanted=ask_secret),
    )  # fmt: skip
    made, secret = room.connect(office, wanted)
    screen.tell(f"{made.name} takes deliveries of {vendor} for {practice}.")
    screen.tell(f"The vendor is told: {room.slice_of(vendor).secret_words}")
    screen.write_text(f"URL\t{address()}{room.path_of(made)}\n")
    screen.write_text(f"secret\t{secret}\n")


def settings_in(told: list[str]) -> dict[str, str]:
    """Return settings written as NAME=VALUE.

    Raises:
        InputError: one is written otherwise, or twice.
    """
    found: dict[str, str] = {}
    for each in told:
        name, equals, value = each.partition("=")
        if not equals or not name or name in found:
            raise refusal("--setting", repr(each[:60]), "NAME=VALUE, each name once")
        found[name] = value
    return found


def address() -> str:
    """Return the address under which vendors reach the program."""
    settings = Settings.read(os.environ)
    return settings.public_url or f"http://{settings.host}:{settings.port}"


@commands.command("list", epilog="Example: caretally connection list --practice prac_lakeside")
def list_(
    *,
    practice: Annotated[str, typer.Option(metavar="ID", help="Only this practice.")] = "",
) -> None:
    """List connections, without their secrets."""
    journal, room = stored(), loaded(ROOM)
    held = loaded("caretally.store.models").Connection.objects.using(journal.db.alias)
    if practice:
        held = held.filter(practice__name=practice)
    for each in held.select_related("practice").order_by("pk"):
        last = each.last_received_at
        heard = f"last delivery {last:%Y-%m-%d %H:%M}Z" if last else "no delivery yet"
        screen.write_text(
            f"{each.name}\t{each.practice.name}\t{each.vendor}\t{each.state}\t{heard}\t"
            f"{each.title}\t{room.path_of(each)}\n"
        )


@commands.command(epilog="Example: caretally connection rotate con_0123 --days 7")
def rotate(
    connection: Name,
    *,
    days: Annotated[
        int, typer.Option(metavar="N", min=0, max=90, help="So long the old secret counts, too.")
    ] = 7,
    ask_secret: Asked = False,
) -> None:
    """Change the secret of a connection, and print the new one, once."""
    office, room = office_of(connection), loaded(ROOM)
    _, secret = room.rotate(
        office, connection, overlap=timedelta(days=days),
        secret=asked_secret(is_wanted=ask_secret),
    )  # fmt: skip
    until = office.now + timedelta(days=days)
    screen.tell(
        f"The secret before counts until {until:%Y-%m-%d %H:%M}Z." if days
        else "The secret before counts no more."
    )  # fmt: skip
    screen.write_text(f"secret\t{secret}\n")


@commands.command(epilog="Example: caretally connection pause con_0123")
def pause(connection: Name) -> None:
    """Refuse deliveries for now; vendors send them again later."""
    office = office_of(connection)
    loaded(ROOM).pause(office, connection)
    screen.tell(f"{connection} is paused: deliveries are answered 503")


@commands.command(epilog="Example: caretally connection resume con_0123")
def resume(connection: Name) -> None:
    """Take deliveries again."""
    office = office_of(connection)
    loaded(ROOM).resume(office, connection)
    screen.tell(f"{connection} is live")


@commands.command(epilog="Example: caretally connection end con_0123")
def end(connection: Name) -> None:
    """End a connection for good, and forget its secrets; what it delivered stays."""
    office = office_of(connection)
    loaded(ROOM).end(office, connection)
    screen.tell(f"{connection} has ended: deliveries are answered 410")


Moment = typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="When it was received, UTC.")


@commands.command(epilog="Example: caretally connection replay con_0123 --faults --dry-run")
def replay(
    connection: Name,
    *,
    delivery: Annotated[int, typer.Option(metavar="N", min=0, help="Only this delivery.")] = 0,
    since: Annotated[datetime | None, Moment] = None,
    until: Annotated[datetime | None, Moment] = None,
    faults: Annotated[
        bool, typer.Option("--faults", help="Only deliveries with faults that are open.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
) -> None:
    """Read stored deliveries again, such as after an upgrade that understands more.

    New readings go in; what is not read any more stays, and is put before a person.
    """
    office, room = office_of(connection), loaded("caretally.practice.replaying_deliveries")
    which = room.Which(
        connection=connection, delivery=delivery, since_us=moment_of(since),
        until_us=moment_of(until), has_faults=faults,
    )  # fmt: skip
    found = (room.preview if dry_run else room.replay)(office, which)
    for kind, word in KINDS.items():
        for each in getattr(found, kind):
            what = each.code or f"{each.metric} of {each.name}"
            screen.write_text(f"{word}\tdelivery {each.delivery}\t{each.path or '-'}\t{what}\n")
    counted = ", ".join(f"{found.counts[kind]:,} {word}" for kind, word in KINDS.items())
    would = "would change" if dry_run else "changed"
    screen.tell(f"{found.deliveries:,} deliveries read again; {would}: {counted}")


KINDS = {
    "new": "new readings", "changed": "changed readings", "gone": "readings not read any more",
    "mended": "faults mended", "found": "new faults",
}  # fmt: skip


def moment_of(told: datetime | None) -> int:
    """Return an instant as deliveries are kept by; 0 where none is told."""
    return microseconds_of(told.replace(tzinfo=UTC)) if told is not None else 0
