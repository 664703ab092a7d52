"""Writing an enrollment down: one named piece of work at a time, checked where it is stored.

A piece of work is a command of the room of enrollment with the permission it needs. What was filled
in comes as a JSON object in the words of the contract, is read as any entry is read, and all that
is wrong with it is told at its field. The same form sent twice is stored once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from caretally.enrollment import commands
from caretally.enrollment.corrections import in_force, restore, withdraw
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem
from caretally.journal.canonical import entry_to_json
from caretally.journal.drafts import Filing
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
from caretally.journal.ndjson import entry_from_json
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL, ORDER

MISTAKEN = "entered by mistake"
UNDONE_WITHIN = timedelta(minutes=10)
"""How long somebody may take back an entry of their own without giving a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work: the command that checks it, what it writes and who may do it."""

    run: Callable[[PatientRecord, Filing, Any], Sequence[Entry]]
    kind: type[Body]
    permission: str = ENROLL


def _record_death(record: PatientRecord, filing: Filing, _: Died) -> Sequence[Entry]:
    return commands.record_death(record, filing)


WORKS: Mapping[str, Work] = {
    "register_patient": Work(run=commands.register_patient, kind=PatientRegistered),
    "enroll": Work(run=commands.enroll, kind=Enrolled),
    "re_enroll": Work(run=commands.re_enroll, kind=Enrolled),
    "amend_enrollment": Work(run=commands.amend_enrollment, kind=Enrolled),
    "correct_enrollment": Work(run=commands.correct_enrollment, kind=Enrolled),
    "disenroll": Work(run=commands.disenroll, kind=Disenrolled),
    "record_consent": Work(run=commands.record_consent, kind=Consented),
    "revoke_consent": Work(run=commands.revoke_consent, kind=ConsentRevoked),
    "order": Work(run=commands.order, kind=Ordered, permission=ORDER),
    "end_order": Work(run=commands.end_order, kind=OrderEnded, permission=ORDER),
    "add_coverage": Work(run=commands.add_coverage, kind=Covered),
    "record_authorization": Work(run=commands.record_authorization, kind=Authorized),
    "authorize_caregiver": Work(run=commands.authorize_caregiver, kind=CaregiverAuthorized),
    "name_care_team": Work(run=commands.name_care_team, kind=CareTeamNamed),
    "assign_device": Work(run=commands.assign_device, kind=DeviceAssigned),
    "return_device": Work(run=commands.return_device, kind=DeviceReturned),
    "complete_setup": Work(run=commands.complete_setup, kind=SetupCompleted),
    "record_stay": Work(run=commands.record_stay, kind=StayRecorded),
    "record_death": Work(run=_record_death, kind=Died),
    "record_claim_elsewhere": Work(run=commands.record_claim_elsewhere, kind=BilledElsewhere),
    "record_condition": Work(run=commands.record_condition, kind=ConditionRecorded),
    "record_surgery": Work(run=commands.record_surgery, kind=GlobalSurgeryRecorded),
    "align_access": Work(run=commands.align_access, kind=AccessAligned),
    "record_visit": Work(run=commands.record_visit, kind=VisitBilled),
}
"""By the name of the command. To end a coverage or an authority, correct it: give its last date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody filled in.

    work: its name. body: a JSON object in the words of the contract. at: when it took effect; now
    where nothing is said. entry_id: made by the page, so that the same form counts once.
    supersedes: the entry it corrects.
    """

    work: str
    body: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None
    reason: str = ""
    supersedes: str = ""
    entry_id: str = ""


def write(office: Office, patient: str, written: Written) -> str:
    """Store a piece of work and return the id of its entry.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: what was filled in cannot be, or contradicts the record; nothing is stored.
    """
    work = WORKS[written.work]
    office.caller.require(work.permission)
    filing = filing_of(office, patient, written)
    body = body_of(work.kind, filing, written.body)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_stored(record, filing, body):
            return ()
        clinic_is_open(office, body)
        return work.run(record, filing, body)

    office.act(patient, command, permission=work.permission, devices=devices_of(body))
    return filing.id


def take_back(office: Office, patient: str, entry_id: str, written: Written) -> str:
    """Void an entry, with all that it corrected, for a reason; returns the id of the void.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: the entry is not in force, or no reason is given.
    """
    filing = filing_of(office, patient, written)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_stored(record, filing, EntryVoided(entry=entry_id)):
            return ()
        office.caller.require(permission_for(in_force(record, entry_id)))
        return withdraw(record, filing, entry_id)

    office.act(patient, command, permission=ENROLL)
    return filing.id


def undo(office: Office, patient: str, entry_id: str, *, void_id: str = "") -> str:
    """Take back an entry that the caller wrote just now; what it corrected stands again.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: it is somebody else's, too old, or not in force.
    """
    card = office.card(patient, permission=ENROLL)
    stored = {entry.id: entry for entry in office.chart(card).stored}
    before = stored.get(getattr(stored.get(entry_id), "supersedes", None) or "")
    filing = filing_of(office, patient, Written(work="", reason=MISTAKEN, entry_id=void_id))

    def command(record: PatientRecord) -> Sequence[Entry]:
        if filing.id in stored:
            return ()
        found = in_force(record, entry_id)
        office.caller.require(permission_for(found))
        if found is not None and not may_undo(office, found):
            raise InputError([_too_late(entry_id)])
        if before is None:
            return withdraw(record, filing, entry_id)
        return restore(record, replace(filing, at=before.at, supersedes=entry_id), before)

    office.act(patient, command, permission=ENROLL)
    return filing.id


def may_undo(office: Office, entry: Entry) -> bool:
    """Tell whether the caller may take an entry back without giving a reason."""
    is_recent = office.now - entry.recorded_at <= UNDONE_WITHIN
    return is_recent and entry.actor == office.caller.actor and opens_no_chart(entry)


def opens_no_chart(entry: Entry) -> bool:
    """Tell whether an entry may be taken back: the one that opened the chart may not."""
    return not isinstance(entry.body, PatientRegistered) or entry.supersedes is not None


def permission_for(entry: Entry | None) -> str:
    """Return what somebody must be allowed who takes an entry back: what it took to write it."""
    is_order = entry is not None and isinstance(entry.body, Ordered | OrderEnded)
    return ORDER if is_order else ENROLL


def filing_of(office: Office, patient: str, written: Written) -> Filing:
    """Return the circumstances of what was filled in."""
    filing = office.filing(
        patient, entry_id=written.entry_id, reason=written.reason.strip(),
        supersedes=written.supersedes,
    )  # fmt: skip
    return replace(filing, at=written.at)


def body_of(kind: type[Body], filing: Filing, body: Mapping[str, object]) -> Body:
    """Return a body as the reader of entries reads it.

    A missing reason is left for the command to tell, together with all that contradicts the record.

    Raises:
        InputError: with all problems of the body, and of the reason if there is one.
    """
    raw: dict[str, object] = {
        "id": filing.id, "kind": kind.kind, "patient": filing.patient, "actor": filing.actor,
        "recorded_at": filing.now.isoformat(), "body": dict(body), "reason": "-",
    }  # fmt: skip
    if kind.begins is None:
        raw["at"] = (filing.at or filing.now).isoformat()
    where = f"entry {filing.id}"
    try:
        return entry_from_json(raw, where=where).body
    except InputError:
        del raw["reason"]
        entry_from_json({**raw, **_corrected(filing)}, where=where)
        raise


def is_stored(record: PatientRecord, filing: Filing, body: Body) -> bool:
    """Tell whether the same was stored before: a form that was sent twice."""
    return any(
        entry.id == filing.id and entry.actor == filing.actor and entry.body == body
        for entry in record.in_force
        if entry.patient == record.patient
    )


def clinic_is_open(office: Office, body: Body) -> None:
    """Pass if the caller works in the clinic of an enrollment.

    Raises:
        InputError: not so.
    """
    clinics = office.clinics(ENROLL) if isinstance(body, Enrolled) else None
    if clinics is not None and isinstance(body, Enrolled) and body.practice not in clinics:
        raise InputError(
            [
                Problem(
                    where="the enrollment",
                    field="body.practice",
                    found=body.practice or "no clinic",
                    expected=f"a clinic you work in: {', '.join(sorted(clinics))}",
                )
            ]
        )


def devices_of(body: Body) -> tuple[str, ...]:
    """Return the devices of which a command asks in whose hands they are."""
    if isinstance(body, DeviceAssigned | DeviceReturned | SetupCompleted):
        return (body.device,)
    return ()


def said(entry: Entry) -> dict[str, object]:
    """Return what an entry says, in the words of the contract, to be corrected in a form."""
    body = entry_to_json(entry)["body"]
    assert isinstance(body, dict)
    return body


def _corrected(filing: Filing) -> dict[str, object]:
    told = {"reason": filing.reason, "supersedes": filing.supersedes}
    return {name: value for name, value in told.items() if value}


def _too_late(entry_id: str) -> Problem:
    return Problem(
        where=f"entry {entry_id}",
        field="entry",
        found="an entry of somebody else, or of more than a few minutes ago",
        expected="one that you wrote just now",
        hint="void it and say why",
    )
