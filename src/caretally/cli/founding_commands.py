"""`caretally practice open` and `caretally person create`: before anybody can sign in."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import refusal
from caretally.cli.store_commands import stored
from caretally.clock import now
from caretally.journal.entries import PracticeRegistered
from caretally.settings import Settings

practice_commands = typer.Typer(no_args_is_help=True, help="Open practices.")
person_commands = typer.Typer(no_args_is_help=True, help="Make accounts of people.")
commands = typer.Typer()
commands.add_typer(practice_commands, name="practice")
commands.add_typer(person_commands, name="person")
ROOM = "caretally.practice.founding"


@practice_commands.command(
    "open",
    epilog="Example: caretally practice open north --name 'North Clinic' --zone America/Denver",
)
def open_(
    practice: Annotated[str, typer.Argument(metavar="ID", help="Its id in addresses.")],
    *,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Its name.")],
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Its time zone.")] = "America/New_York",
    npi: Annotated[str | None, typer.Option(metavar="NPI", help="Its NPI.")] = None,
) -> None:
    """Open a practice with a journal of its own."""
    journal, room = stored(), loaded(ROOM)
    body = PracticeRegistered(practice=practice, name=name, time_zone=zone, npi=npi)
    room.open_practice(journal, body, now())
    screen.tell(f"{practice} is open")
    screen.tell(f"Next: caretally person create LOGIN --practice {practice} --role administrator")


@person_commands.command(
    "create", epilog="Example: caretally person create amir --practice north --role administrator"
)
def create(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="The user name.")],
    *,
    practice: Annotated[str, typer.Option(metavar="ID", help="Where the person works.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="What the person does there.")],
    name: Annotated[str, typer.Option(metavar="TEXT", help="First and last name.")] = "",
    clinic: Annotated[str, typer.Option(metavar="ID", help="Only this clinic.")] = "",
    staff: Annotated[str, typer.Option(metavar="ID", help="Staff id of clinical work.")] = "",
) -> None:
    """Make an account with a role, and print the link with which its person sets a password."""
    journal, room = stored(), loaded(ROOM)
    people, callers = loaded("caretally.practice.people"), loaded("caretally.practice.caller")
    if journal.db.rows("SELECT 1 FROM store_practice WHERE name = %s", practice) == []:
        raise refusal("--practice", repr(practice), "a practice: caretally practice open makes one")
    office = loaded("caretally.practice.office").Office(
        journal=journal, caller=callers.system_caller(practice, "founding"), now=now()
    )
    first, _, last = name.rpartition(" ")
    invitation = people.Invitation(login=login, first_name=first, last_name=last)
    given = people.RoleGiven(role=role, clinic=clinic, staff=staff, from_on=office.today())
    coded, token = room.make_person(office, invitation, given)
    parts = {"person": coded, "token": token}
    path = loaded("django.urls").reverse("welcome", kwargs=parts)
    settings = Settings.read(os.environ)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    screen.tell(f"{login} is {role} at {practice}. This link sets a password, once:")
    screen.write_text(f"{address}{path}\n")
