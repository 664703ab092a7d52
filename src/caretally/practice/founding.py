"""The first practice and the first person of an installation, made where nobody can sign in yet.

The same checks as on the pages; what was done is told in the same chains, with the system as actor.
"""

from __future__ import annotations

from datetime import datetime

from caretally.journal.entries import PracticeRegistered
from caretally.practice.caller import system_caller
from caretally.practice.keeping import register_practice
from caretally.practice.office import Office
from caretally.practice.people import Invitation, RoleGiven, invite, password_link
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import locked_book

ACTOR = "founding"


def open_practice(journal: StoredJournal, body: PracticeRegistered, now: datetime) -> None:
    """Open a practice with a journal of its own.

    Raises:
        InputError: it is there, or what was said of it cannot be; all is named.
    """
    office = Office(journal=journal, caller=system_caller(body.practice, ACTOR), now=now)
    with journal.db.atomic():
        locked_book(journal.db, body.practice)
        register_practice(office, office.filing(None), body)


def make_person(office: Office, invitation: Invitation, role: RoleGiven) -> tuple[str, str]:
    """Make an account with a role; returns the two parts of a link that sets a password, once.

    Raises:
        InputError: what was said cannot be; all is named.
        UnknownError: there is no such practice.
    """
    person = invite(office, invitation, role)
    return password_link(office, int(person.user.pk))
