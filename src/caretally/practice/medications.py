"""Changes of a patient's medication: written down beside the readings they explain, and undone.

The program keeps no medication list and checks no dose; it keeps who changed what, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from caretally.enrollment.record import PatientRecord
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, EntryVoided, MedicationChanged
from caretally.practice.office import Chart, Office
from caretally.practice.roles import RECORD_CARE


def record_change(
    record: PatientRecord, filing: Filing, body: MedicationChanged
) -> Sequence[Entry]:
    """Write a change of medication down.

    Raises:
        InputError: it is yet to come, nobody here decided it, or it is late without a reason.
    """
    draft = Draft.of(filing, body)
    if not body.medication.strip():
        draft.refuse("body.medication", found="nothing", expected="its name and strength")
    if body.changed_by is not None and not record.register.is_registered(body.changed_by):
        draft.refuse(
            "body.changed_by", found="a staff id that is not registered",
            expected="registered staff",
        )  # fmt: skip
    if not record.is_alive_at(draft.at):
        draft.refuse("at", found="an instant after the patient's death", expected="one before")
    return draft.filed()


def change_medication(
    office: Office, filing: Filing, body: MedicationChanged, at: datetime | None
) -> str:
    """Store a change of a patient's medication and return the id of its entry.

    at: when it took effect; now where nothing is said.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or not with this patient.
        InputError: as `record_change`.
    """
    patient = filing.patient or ""
    filing = replace(filing, at=at)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if any(entry.id == filing.id for entry in record.in_force):
            return ()
        return record_change(record, filing, body)

    office.act(patient, command, permission=RECORD_CARE)
    return filing.id


def undo_change(office: Office, filing: Filing, entry_id: str) -> None:
    """Take a change of medication back; the entry stays visible, with who did it and why.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or not with this patient.
        InputError: it is not in force on this chart, or no reason is given.
    """

    def command(record: PatientRecord) -> Sequence[Entry]:
        if any(entry.id == filing.id for entry in record.in_force):
            return ()
        draft = Draft.of(filing, EntryVoided(entry=entry_id))
        if all(entry.id != entry_id for entry in record.entries(MedicationChanged)):
            draft.refuse(
                "body.entry", found="no change of medication in force on this chart",
                expected="one that stands", hint="it was taken back meanwhile",
            )  # fmt: skip
        return draft.filed()

    office.act(filing.patient or "", command, permission=RECORD_CARE)


def changes_of(chart: Chart) -> tuple[Entry, ...]:
    """Return the changes of medication in force on a chart, the latest first."""
    return tuple(reversed(chart.record.entries(MedicationChanged)))


def change_named(chart: Chart, entry_id: str) -> Entry | None:
    """Return a change of medication in force by the id of its entry."""
    return next((each for each in changes_of(chart) if each.id == entry_id), None)
