"""Taking back what was entered by mistake: withdrawing an entry, or putting back what stood before.

A void takes a whole chain of corrections out of force. So a correction that was itself a mistake is
not voided: what it replaced is said again, in its place.
"""

from __future__ import annotations

from caretally.enrollment.record import PatientRecord
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    AccessAligned,
    Authorized,
    BilledElsewhere,
    Body,
    CaregiverAuthorized,
    CareTeamNamed,
    ConditionRecorded,
    Consented,
    ConsentRevoked,
    Covered,
    DeviceAssigned,
    DeviceReturned,
    Died,
    Disenrolled,
    Enrolled,
    Entry,
    EntryVoided,
    GlobalSurgeryRecorded,
    Ordered,
    OrderEnded,
    PatientRegistered,
    SetupCompleted,
    StayRecorded,
    VisitBilled,
)

KEPT: tuple[type[Body], ...] = (
    PatientRegistered, Covered, Authorized, Ordered, OrderEnded, Consented, ConsentRevoked,
    Enrolled, Disenrolled, DeviceAssigned, DeviceReturned, SetupCompleted, CareTeamNamed,
    CaregiverAuthorized, StayRecorded, Died, BilledElsewhere, VisitBilled, ConditionRecorded,
    GlobalSurgeryRecorded, AccessAligned,
)  # fmt: skip
"""What this room writes, in the order in which an enrollment gathers it."""


def withdraw(record: PatientRecord, filing: Filing, entry_id: str) -> tuple[Entry, ...]:
    """Void an entry that was made in error, with all that it corrected.

    Raises:
        InputError: it is not in force on this chart, it is none of an enrollment or the chart
            itself, or no reason is given.
    """
    draft = Draft.of(filing, EntryVoided(entry=entry_id))
    found = in_force(record, entry_id)
    if found is None:
        draft.refuse(
            "body.entry",
            found=repr(entry_id),
            expected="an entry of the enrollment that is in force on this chart",
            hint="it was corrected or voided meanwhile",
        )
    elif isinstance(found.body, PatientRegistered):
        draft.refuse(
            "body.entry",
            found="the entry that opened the chart",
            expected="another entry",
            hint="correct it instead",
        )
    return draft.filed()


def restore(record: PatientRecord, filing: Filing, before: Entry) -> tuple[Entry, ...]:
    """Say again what a correction replaced; `filing.supersedes` names the correction.

    Raises:
        InputError: the correction is not in force, or no reason is given.
    """
    draft = Draft.of(filing, before.body)
    found = in_force(record, filing.supersedes or "")
    if found is None or found.supersedes != before.id:
        draft.refuse(
            "supersedes",
            found=repr(filing.supersedes),
            expected=f"the correction of {before.id} that is in force",
            hint="it was corrected or voided meanwhile",
        )
    return draft.filed()


def in_force(record: PatientRecord, entry_id: str) -> Entry | None:
    """Return an entry of an enrollment that is in force on a chart."""
    every = (entry for kind in KEPT for entry in record.entries(kind))
    return next((entry for entry in every if entry.id == entry_id), None)
