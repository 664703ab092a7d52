"""The demonstration: the cast's two practices at work on a day in March 2026, with accounts.

Its clock starts on that day and runs on. What the cast did later is not there yet: it is for the
visitor to do. Nothing here touches a database that holds anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.contrib.auth import get_user_model

from caretally.journal.entries import Entry
from caretally.practice.alerting import raise_alerts
from caretally.practice.demo_clock import BEGINS_AT, keep_in
from caretally.practice.demonstration_call_logs import with_calls
from caretally.practice.demonstration_calls import furnish_calls
from caretally.practice.demonstration_devices import device_entries, furnish, spare_entries
from caretally.practice.roles import (
    ADMINISTRATOR,
    AUDITOR,
    BILLER,
    COMPLIANCE,
    NURSE,
    PRACTITIONER,
)
from caretally.store.database import scoped
from caretally.store.models import Membership, Practice
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.lives import ada, ben, cleo, dev, edie, fay, gus, hal, practices

HIRED_ON = date(2025, 6, 2)
LAKESIDE, HARBOR = practices.LAKESIDE, practices.HARBOR


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demonstration.

    roles: by practice.
    """

    name: str
    full_name: str
    roles: tuple[tuple[str, str], ...]
    staff: str = ""


LOGINS = (
    Login("rosa", "Rosa Delgado", ((LAKESIDE, NURSE),), practices.NURSE),
    Login("tom", "Tom Becker", ((LAKESIDE, NURSE),), practices.SECOND_NURSE),
    Login("lin", "Wei Lin", ((LAKESIDE, PRACTITIONER),), practices.PHYSICIAN),
    Login("bea", "Bea Okafor", ((LAKESIDE, BILLER),)),
    Login("cora", "Cora Stein", ((LAKESIDE, COMPLIANCE), (HARBOR, COMPLIANCE))),
    Login("amir", "Amir Haddad", ((LAKESIDE, ADMINISTRATOR),)),
    Login("otto", "Otto Grant", ((LAKESIDE, AUDITOR),)),
    Login("nora", "Nora Petrov", ((HARBOR, NURSE),), practices.HARBOR_NURSE),
)


def known_by(entries: tuple[Entry, ...], at: datetime) -> list[Entry]:
    """Return what was written down by an instant."""
    return [entry for entry in entries if entry.recorded_at <= at]


def lakeside_entries() -> tuple[Entry, ...]:
    """Return the journal of Lakeside Family Medicine."""
    return (
        *practices.lakeside(), *ada.entries(), *ben.entries(), *cleo.entries(), *dev.entries(),
        *edie.entries(), *fay.entries(), *gus.entries(), *hal.entries(),
    )  # fmt: skip


def harbor_entries() -> tuple[Entry, ...]:
    """Return the journal of Harbor Heart Clinic."""
    return (*practices.harbor(), *fay.harbor_entries())


def set_up(journal: StoredJournal, home: Path, outside: datetime) -> str:
    """Fill an empty database and keep in the home when; returns the password of all accounts.

    outside: the time outside, in UTC.
    """
    password = secrets.token_urlsafe(9)
    for practice, entries in ((LAKESIDE, lakeside_entries()), (HARBOR, harbor_entries())):
        journal.append(practice, known_by(entries, BEGINS_AT), received_at=BEGINS_AT)
        raise_alerts(journal, practice, {entry.patient or "" for entry in entries}, BEGINS_AT)
    with_devices(journal, known_by(lakeside_entries(), BEGINS_AT))
    with scoped(LAKESIDE, journal.db.alias):
        with_calls(journal, LAKESIDE, practices.PHYSICIAN)
    for login in LOGINS:
        make_account(login, password)
    keep_in(home, outside, password)
    return password


def with_devices(journal: StoredJournal, entries: Sequence[Entry]) -> None:
    """Put the devices of Lakeside on its books, and let vendors deliver."""
    devices = (*device_entries(entries, BEGINS_AT), *spare_entries("pat_gus", BEGINS_AT))
    journal.append(LAKESIDE, devices, received_at=BEGINS_AT)
    with scoped(LAKESIDE, journal.db.alias):
        furnish(journal, LAKESIDE, BEGINS_AT)
        furnish_calls(journal, BEGINS_AT)


def make_account(login: Login, password: str) -> None:
    """Create an account and its memberships."""
    first, _, last = login.full_name.rpartition(" ")
    user = get_user_model().objects.create_user(
        login.name, password=password, first_name=first, last_name=last
    )
    for practice, role in login.roles:
        Membership.objects.create(
            user=user, practice=Practice.objects.get(name=practice), role=role, staff=login.staff,
            from_on=HIRED_ON, granted_by="system:demonstration", granted_at=BEGINS_AT,
        )  # fmt: skip
