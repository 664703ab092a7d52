"""Concerns about devices in patients' hands, for the alerts: what fell silent, and why probably.

A patient in a facility explains a silence; it is looked up only for devices that are silent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from caretally.devices.health import DeviceConcern
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry, StayRecorded
from caretally.practice.device_lists import SILENCES, all_cards, concerns_of, health_of
from caretally.store.charts import chart_entries
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Book, book_of, named_streams


def health_concerns(
    journal: StoredJournal, practice: str, at: datetime
) -> tuple[DeviceConcern, ...]:
    """Return what a person should see to about devices in patients' hands, by patient and device.

    Only devices of vendors with a live connection by which anything ever came are watched. Nothing
    is told of patients who died or left every program.
    """
    book = book_of(journal.db, practice)
    if book is None:
        return ()
    cards, health = all_cards(book), health_of(book)
    desk = (book, journal.desk.shelf)
    found = concerns_of(desk, cards, health, at)
    silent = {each.patient for each in found if each.kind in SILENCES}
    away = patients_away(journal, book, silent, at)
    active = active_patients(book, {each.patient for each in found})
    concerns = concerns_of(desk, cards, health, at, away) if away else found
    return tuple(each for each in concerns if each.patient in active)


def active_patients(book: Book, patients: Iterable[str]) -> frozenset[str]:
    """Return those of some patients who are in a program now."""
    rows = book.db.rows_in(
        "SELECT patient FROM store_patientcard WHERE practice_id = %s AND stage = 'open' "
        "AND patient IN ({})",
        sorted(set(patients)),
        book.number,
    )
    return frozenset(row[0] for row in rows)


def patients_away(
    journal: StoredJournal, book: Book, patients: Iterable[str], at: datetime
) -> frozenset[str]:
    """Return those of some patients who are in a facility at an instant."""
    streams = named_streams(book, [PATIENT + each for each in patients])
    return frozenset(
        stream.patient
        for stream in streams.values()
        if stream.patient is not None
        and is_in_facility(chart_entries(book, stream, journal.desk.shelf), stream.patient, at)
    )


def is_in_facility(entries: Iterable[Entry], patient: str, at: datetime) -> bool:
    """Tell whether a stay of a patient lasts at an instant."""
    return any(
        isinstance(each.body, StayRecorded)
        and each.patient == patient
        and each.body.from_at <= at
        and (each.body.to_at is None or at < each.body.to_at)
        for each in resolve(entries).in_force
    )
