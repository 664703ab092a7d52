"""Filing: readings that wait become entries of the patients they belong to, each once.

A batch is one transaction inside the lock of its practice: killed at any point it is filed again
and leaves the same. A reading that cannot be filed is held back by itself and holds nobody up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from weakref import WeakKeyDictionary

from caretally.devices.rules import NOT_STORABLE, Hold
from caretally.errors import InputError
from caretally.practice.filing_desk import Desk, Outcome, Read, read_of
from caretally.practice.seen_readings import SeenReadings
from caretally.store.database import ALL, scoped
from caretally.store.intake_tables import READY
from caretally.store.readings_on_the_way import (
    Held,
    Repeated,
    Waiting,
    practices_waiting,
    ready_readings,
    settle_filed,
    settle_held,
    settle_repeated,
    still_in,
    stored_among,
)
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Book, book_of, locked_book

LOG = logging.getLogger("caretally.filing")
WINDOW = 8_000
"""Of so many readings that wait longest, those of one device are filed together."""
MOST_IN_BATCH = 250
"""Readings of one transaction: the practice waits no longer than this takes."""
_memories: WeakKeyDictionary[StoredJournal, SeenReadings] = WeakKeyDictionary()


def memory_of(journal: StoredJournal) -> SeenReadings:
    """Return what this process remembers of the readings in a journal."""
    if journal not in _memories:
        _memories[journal] = SeenReadings()
    return _memories[journal]


def file_ready(journal: StoredJournal, at: datetime, limit: int = MOST_IN_BATCH) -> int:
    """File readings that wait, a batch of every practice; returns how many were settled."""
    with scoped(ALL, journal.db.alias):
        practices = practices_waiting(journal.db)
    settled, failed = 0, None
    for practice in practices:
        try:
            settled += file_practice(journal, practice, at, limit)
        except Exception as error:  # noqa: BLE001 - told below, after the other practices
            LOG.error("readings of a practice were not filed: %s", type(error).__name__)
            failed = error
    if failed is not None:
        raise failed
    return settled


def file_practice(journal: StoredJournal, practice: str, at: datetime, limit: int) -> int:
    """File a batch of a practice's readings; returns how many were settled."""
    with scoped(practice, journal.db.alias):
        book = book_of(journal.db, practice)
        waiting = ready_readings(book, WINDOW, limit) if book is not None else []
        return len(file_batch(journal, practice, waiting, at)) if waiting else 0


def file_batch(
    journal: StoredJournal, practice: str, batch: Sequence[Waiting], at: datetime
) -> list[Outcome]:
    """File readings of a practice in one transaction; returns what became of those that waited."""
    with journal.db.atomic():
        book = locked_book(journal.db, practice)
        ready = still_in(book, [each.number for each in batch], READY)
        reads = [read_of(each) for each in batch if each.number in ready]
        if not reads:
            return []
        with remembering(journal) as memory:
            desk = Desk(book=book, shelf=journal.desk.shelf, memory=memory, at=at)
            outcomes = stored(journal, desk, reads)
        settle(book, outcomes)
    return outcomes


@contextmanager
def remembering(journal: StoredJournal) -> Iterator[SeenReadings]:
    """Lend what is remembered of readings to a batch; forget what it added if it fails."""
    memory = memory_of(journal)
    try:
        yield memory
    except BaseException:
        memory.forget()
        raise
    memory.close()


def stored(journal: StoredJournal, desk: Desk, reads: Sequence[Read]) -> list[Outcome]:
    """Return what becomes of readings, their entries appended.

    Where the record refuses an entry, its batch is filed one by one, and only that one is held.
    """
    known = stored_among(desk.book, (each.waiting.entry_id for each in reads))
    outcomes = [already(each, known) for each in reads if each.waiting.entry_id in known]
    fresh = [each for each in reads if each.waiting.entry_id not in known]
    try:
        return outcomes + appended(journal, desk, fresh)
    except InputError:
        desk.memory.forget()
    for read in fresh:
        try:
            outcomes += appended(journal, desk, [read])
        except InputError as error:
            desk.memory.forget()
            outcomes.append(refused(read, error))
    return outcomes


def already(read: Read, known: dict[str, str]) -> Outcome:
    """Return the outcome of a reading whose entry is stored, such as after a restore."""
    patient = known[read.waiting.entry_id].removeprefix(PATIENT)
    return Outcome(waiting=read.waiting, patient=patient)


def appended(journal: StoredJournal, desk: Desk, reads: Sequence[Read]) -> list[Outcome]:
    """Return what becomes of readings, their entries appended, all or none.

    Raises:
        InputError: the record refuses one of them.
    """
    outcomes = desk.outcomes(reads)
    entries = [each.entry for each in outcomes if each.entry is not None]
    if entries:
        journal.append(desk.book.practice, entries, received_at=desk.at)
    return outcomes


def refused(read: Read, error: InputError) -> Outcome:
    """Return the outcome of a reading that the record refuses; why is told by fields alone."""
    fields = ", ".join(dict.fromkeys(each.field for each in error.problems if each.field))
    LOG.error("the record refused the entry of reading %d: %s", read.waiting.number, fields)
    says = f"the record refused its entry at {fields or 'its content'}"
    return Outcome(waiting=read.waiting, hold=Hold(rule=NOT_STORABLE, says=says))


def settle(book: Book, outcomes: Iterable[Outcome]) -> None:
    """Keep what became of readings."""
    filed: dict[tuple[str, str], list[int]] = {}
    held, repeated = [], []
    for each in outcomes:
        waiting = each.waiting
        if each.hold is not None:
            hold = each.hold
            held.append(Held(hold.rule, hold.says[:500], each.device, each.patient, waiting.number))
        elif each.repeats:
            repeated.append(Repeated(waiting, each.how, each.device, each.patient, each.repeats))
        else:
            filed.setdefault((each.device, each.patient), []).append(waiting.number)
    settle_filed(book, filed)
    settle_held(book, held)
    settle_repeated(book, repeated)
