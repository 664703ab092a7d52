"""Entries of other systems: taken as they are, under whatever name they carry, all or none.

Who brought them in is told in the practice's access chain; the entries keep their own writers.
"""

from __future__ import annotations

from collections.abc import Sequence

from caretally.errors import ForbiddenError
from caretally.journal.entries import Entry
from caretally.journal.port import Appended
from caretally.practice.office import Office
from caretally.practice.roles import WRITE_ENTRIES
from caretally.store.access import Access, record_access


def check_intake(office: Office) -> None:
    """Pass if the caller may bring in entries.

    Raises:
        ForbiddenError: not so, or not of all clinics: an entry may touch any of them.
    """
    office.caller.require(WRITE_ENTRIES)
    if office.clinics(WRITE_ENTRIES) is not None:
        raise ForbiddenError("entries are brought in by those who work in all clinics")


def take_in(office: Office, entries: Sequence[Entry]) -> Appended:
    """Store entries of the caller's practice, and tell who brought them in.

    Raises:
        ForbiddenError: the caller may not.
        InputError, ConflictError: they contradict each other or what is stored; all is named.
    """
    check_intake(office)
    with office.db.atomic():
        appended = office.append(entries)
        if appended.accepted:
            count = len(appended.accepted)
            told = Access(practice=office.practice, patient=None, actor=office.caller.actor,
                          purpose=f"brought in {count} entries")  # fmt: skip
            record_access(office.db, told, office.now)
    return appended
