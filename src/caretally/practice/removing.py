"""Readings that their vendor takes back: voided in the record, with the reason, and seen to be so.

A vendor can take back only what came from it. What was never filed is taken out of the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from caretally.devices.binding import names_in
from caretally.devices.names import name_of
from caretally.devices.unpacked import Removal
from caretally.journal.entries import Entry, EntryVoided, ReadingRecorded
from caretally.practice.filing import remembering
from caretally.practice.filing_desk import INTAKE, READING
from caretally.practice.seen_readings import SeenReadings
from caretally.store.database import ALL, scoped
from caretally.store.device_cards import custody_of, devices_named
from caretally.store.intake import Told, settle_events, told_events
from caretally.store.intake_tables import DONE, REFUSED_EVENT, REMOVAL
from caretally.store.readings_on_the_way import (
    connection_of,
    filed_under,
    numbers_of,
    settle_removed,
    untold_readings,
)
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Book, locked_book, named_streams

REMOVED_BY_VENDOR = "removed_by_vendor"
VOID_PREFIX = "rmv_"
"""Before the id of the entry taken back, this makes the id of its void."""
BATCH = 50


def act_on_removals(journal: StoredJournal, at: datetime, limit: int = BATCH) -> int:
    """Take back readings as vendors said; returns how many sayings were taken up."""
    with scoped(ALL, journal.db.alias), journal.db.atomic():
        told = told_events(journal.db, REMOVAL, limit)
        settle_events(journal.db, [(each.number, *removed(journal, each, at)) for each in told])
    return len(told)


def removed(journal: StoredJournal, told: Told, at: datetime) -> tuple[int, str]:
    """Take back what one saying names; returns what became of it, in words."""
    removal = msgspec.json.decode(told.content, type=Removal)
    book = locked_book(journal.db, told.practice)
    with remembering(journal) as memory:
        filed = {each.id: each for each in filed_ones(journal, memory, book, (told, removal))}
        voids = [void_of(each, at) for each in filed.values()]
        if voids:
            journal.append(told.practice, voids, received_at=at)
    waiting = [
        number
        for number, content in untold_readings(book, told.connection_number)
        if is_named(removal, content)
    ]
    settle_removed(book, [*waiting, *numbers_of(book, filed)])
    if not voids and not waiting and removal.vendor_reading_id:
        return REFUSED_EVENT, "no reading on record has this id of the vendor"
    return DONE, f"readings taken back: {len(voids)} from the record, {len(waiting)} before it"


def filed_ones(
    journal: StoredJournal, memory: SeenReadings, book: Book, told: tuple[Told, Removal]
) -> Iterator[Entry]:
    """Yield the entries in force that a saying means."""
    event, removal = told
    names = [name_of(*each) for each in removal.names]
    known = devices_named(book, names)
    devices = {known[name] for name in names if name in known}
    wanted: set[str] | None = None
    if devices:
        custody = custody_of(book, devices).values()
        holders = {each.patient for stretches in custody for each in stretches if each.patient}
    elif removal.vendor_reading_id:
        found = filed_under(book, event.connection_number, removal.vendor_reading_id)
        wanted, holders = {entry for entry, _ in found}, {patient for _, patient in found}
    else:
        return
    streams = named_streams(book, [PATIENT + holder for holder in holders])
    for stream in streams.values():
        seen = memory.of(book.db, journal.desk.shelf, stream)
        for entry in tuple(seen.by_id.values()):
            is_meant = entry.id in wanted if wanted is not None else is_of(entry, removal, devices)
            if is_meant and connection_of(book, entry.id) == event.connection_number:
                yield entry


def is_of(entry: Entry, removal: Removal, devices: Iterable[str]) -> bool:
    """Tell whether a removal of some devices means an entry."""
    body = entry.body
    if not isinstance(body, ReadingRecorded) or body.device not in devices:
        return False
    if not is_sort(removal, (body.metric, *(each.metric for each in body.components))):
        return False
    if removal.vendor_reading_id:
        return body.vendor_reading_id == removal.vendor_reading_id
    return is_in(removal, entry.at)


def is_sort(removal: Removal, metrics: Iterable[str]) -> bool:
    """Tell whether what was measured is of a sort that is taken back; none named takes any.

    A reading of several values is meant where one of them is: they came as one and go as one.
    """
    return not removal.metrics or not set(removal.metrics).isdisjoint(metrics)


def is_in(removal: Removal, at: datetime) -> bool:
    """Tell whether an instant lies in the stretch that is taken back; none takes nothing back."""
    if removal.begins is None or removal.ends is None:
        return False
    return removal.begins <= at <= removal.ends


def is_named(removal: Removal, content: str) -> bool:
    """Tell whether a removal means a reading that is not in the record."""
    try:
        reading = READING.decode(content)
    except msgspec.MsgspecError:
        return False
    names = {name_of(*each) for each in removal.names}
    if names and names.isdisjoint(names_in(reading)):
        return False
    if not is_sort(removal, (reading.metric, *(each.metric for each in reading.measured))):
        return False
    if removal.vendor_reading_id:
        return reading.vendor_reading_id == removal.vendor_reading_id
    return bool(names) and reading.measured_at is not None and is_in(removal, reading.measured_at)


def void_of(entry: Entry, at: datetime) -> Entry:
    """Return the entry that takes a reading back."""
    return Entry(
        id=VOID_PREFIX + entry.id, patient=entry.patient, at=at, recorded_at=at, actor=INTAKE,
        reason=REMOVED_BY_VENDOR, body=EntryVoided(entry=entry.id),
    )  # fmt: skip
