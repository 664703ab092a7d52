"""Takes up what vendors say of where devices are, and writes it down under the program's name.

A notice of a device that nobody registered waits, refused with the reason; registering the device
brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from caretally.clock import instant_of_microseconds
from caretally.devices.custody_notices import Arrived, names_of, status_entry
from caretally.devices.unpacked import CustodyNotice
from caretally.errors import CaretallyError
from caretally.practice.caller import system_caller
from caretally.store.database import Database
from caretally.store.device_cards import devices_named
from caretally.store.intake import Told, settle_events, told_events
from caretally.store.intake_tables import DONE, REFUSED_EVENT
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import book_of

NOT_REGISTERED = "no device on the books has any of these names; register it, and this is taken up"


def act_on_custody(journal: StoredJournal, at: datetime, limit: int = 200) -> int:
    """Write down what vendors said of devices; returns how many notices were taken up."""
    with journal.db.atomic():
        found = told_events(journal.db, "custody", limit)
        vendors = vendors_of(journal.db, {each.connection_number for each in found})
        settle_events(journal.db, [
            (each.number, *outcome(journal, each, vendors[each.connection_number], at))
            for each in found
        ])  # fmt: skip
    return len(found)


def vendors_of(db: Database, connections: Iterable[int]) -> dict[int, str]:
    """Return the vendors of connections by number."""
    sql = "SELECT id, vendor FROM store_connection WHERE id IN ({})"
    return {row[0]: row[1] for row in db.rows_in(sql, connections)}


def outcome(journal: StoredJournal, told: Told, vendor: str, at: datetime) -> tuple[int, str]:
    """Write one notice down; returns what became of it, and why it was refused."""
    notice = msgspec.json.decode(told.content, type=CustodyNotice)
    book = book_of(journal.db, told.practice)
    known = devices_named(book, names_of(notice)) if book is not None else {}
    device = next((known[name] for name in names_of(notice) if name in known), None)
    if device is None:
        return REFUSED_EVENT, NOT_REGISTERED
    arrived = Arrived(
        notice=notice, connection=told.connection, vendor=vendor, now=at,
        received_at=instant_of_microseconds(told.received_us),
    )  # fmt: skip
    try:
        entries = status_entry(device, arrived, system_caller(told.practice, "intake").actor)
        with journal.db.atomic():
            journal.append(told.practice, entries, received_at=at)
    except CaretallyError as error:
        return REFUSED_EVENT, str(error)[:500]
    return DONE, ""


def take_up_again(journal: StoredJournal, practice: int, names: Iterable[str]) -> None:
    """Let notices under some names be taken up once more: their device was registered."""
    journal.db.rows_in(
        "UPDATE store_intakeevent SET state = 0, says = '' WHERE practice_id = %s "
        "AND kind = 'custody' AND state <> 0 AND says <> '' AND name IN ({}) RETURNING id",
        sorted(set(names)),
        practice,
    )
