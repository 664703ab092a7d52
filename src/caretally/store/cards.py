"""Patient cards: what a list shows of a patient and what it is searched by; worked out whole.

A card changes with enrollment and registration, never with readings, time or contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from caretally.billability.close import AFTER_DECIDING
from caretally.codes import PROGRAMS
from caretally.enrollment.coverage import payer_on
from caretally.enrollment.episodes import episodes
from caretally.enrollment.record import PatientRecord, record_of
from caretally.journal.entries import (
    AlertAcknowledged,
    AlertAssigned,
    AlertClosed,
    AlertEscalated,
    AlertJoined,
    AlertRaised,
    ContactAttempted,
    ContactHeld,
    Covered,
    Enrolled,
    Entry,
    PatientRegistered,
    ReadingRecorded,
    TimeLogged,
)
from caretally.store.charts import chart_entries
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream
from caretally.store.ties import Filed, targets_of

OF_ALERTS = (
    AlertRaised, AlertJoined, AlertAssigned, AlertAcknowledged, AlertEscalated, AlertClosed,
)  # fmt: skip
WITHOUT_EFFECT = (ReadingRecorded, TimeLogged, ContactHeld, ContactAttempted, *OF_ALERTS)
COLUMNS = (
    "patient", "name", "name_key", "born_on", "sex", "language", "clinic", "time_zone", "payer",
    "programs", "stage",
)  # fmt: skip


class Card(NamedTuple):
    """A patient as a list shows one; words are empty where nothing is on file.

    born_on: ISO date. clinic: practice id of the latest enrollment. time_zone: of the latest
    enrollment, else of the patient. payer: on the day the latest coverage begins. programs: open
    ones, separated by spaces. stage: open, ended, died or new.
    """

    patient: str
    name: str = ""
    name_key: str = ""
    born_on: str = ""
    sex: str = ""
    language: str = ""
    clinic: str = ""
    time_zone: str = ""
    payer: str = ""
    programs: str = ""
    stage: str = "new"

    @property
    def label(self) -> str:
        """What to call the patient on a page."""
        return self.name or self.patient


def card_of(record: PatientRecord) -> Card:
    """Return the card of a record."""
    registered = record.all_of(PatientRegistered)
    enrolled = record.all_of(Enrolled)
    covered = record.all_of(Covered)
    body = registered[-1].body if registered else PatientRegistered()
    latest = enrolled[-1].body if enrolled else None
    found = {program: episodes(record, program) for program in PROGRAMS}
    programs = [program for program, each in found.items() if each and each[-1].ends is None]
    insured_on = max((each.body.from_on for each in covered), default=None)
    name = body.name or ""
    return Card(
        patient=record.patient,
        name=name,
        name_key=name.lower(),
        born_on=body.birth_date.isoformat() if body.birth_date else "",
        sex=body.sex or "",
        language=body.language or "",
        clinic=(latest.practice if latest else None) or "",
        time_zone=(latest.time_zone if latest else None) or body.time_zone or "",
        payer=(payer_on(record, insured_on) or "") if insured_on else "",
        programs=" ".join(programs),
        stage=stage_of(record, is_open=bool(programs), has_begun=any(found.values())),
    )


def stage_of(record: PatientRecord, *, is_open: bool, has_begun: bool) -> str:
    """Return in one word how a patient stands."""
    if record.died_at() is not None:
        return "died"
    if is_open:
        return "open"
    return "ended" if has_begun else "new"


def concerned(filed: Iterable[Filed], corrected: Iterable[Filed]) -> set[int]:
    """Return the numbers of the streams whose cards may change."""
    everything = [*filed, *corrected]
    return {
        each.stream
        for each in everything
        if each.entry.patient is not None
        and each.entry.body.kind not in AFTER_DECIDING
        and (not isinstance(each.entry.body, WITHOUT_EFFECT) or targets_of(each.entry))
    }


def write_cards(book: Book, shelf: Shelf, streams: Sequence[Stream]) -> None:
    """Work the cards of streams out and write them; the practice is locked by the caller."""
    for stream in streams:
        if stream.patient is None:
            continue
        entries: list[Entry] = chart_entries(book, stream, shelf)
        card = card_of(record_of(entries, stream.patient))
        book.db.run("DELETE FROM store_patientcard WHERE stream_id = %s", stream.id)
        book.db.insert(
            "store_patientcard", ("practice_id", "stream_id", *COLUMNS),
            [(book.number, stream.id, *card)],
        )  # fmt: skip


def card_named(book: Book, patient: str) -> Card | None:
    """Return the card of a patient; None where nothing is stored of one."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM store_patientcard WHERE practice_id = %s "  # noqa: S608
    rows = book.db.rows(sql + "AND patient = %s", book.number, patient)
    return Card(*rows[0]) if rows else None
