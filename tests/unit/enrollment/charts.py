"""A practice, its people, and a patient to whose record commands add one entry after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from caretally.billability.demands import demands_by
from caretally.billability.plans import Planner
from caretally.billability.sheets import load_rulebook
from caretally.enrollment.queries import DemandsOf
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import InputError, Problem
from caretally.journal.drafts import Filing
from caretally.journal.entries import (
    Body,
    Consented,
    Covered,
    DeviceAssigned,
    Enrolled,
    Entry,
    Ordered,
    PatientRegistered,
    PracticeRegistered,
    SetupCompleted,
    StaffRegistered,
)

PATIENT = "pat_one"
NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""Noon of 2 March in Chicago."""
Command = Callable[..., tuple[Entry, ...]]

ENROLLED = Enrolled(
    program="rpm",
    practice="prac_a",
    billing_provider="stf_doc",
    diagnoses=("I10",),
    established_on=date(2025, 10, 14),
)
CONSENTED = Consented(
    scope="rpm",
    method="verbal",
    given_by="patient",
    text_version="2026-01",
    language="en",
    cost_share_told=True,
)
ORDERED = Ordered(program="rpm", ordering_provider="stf_doc", parameters=("8480-6", "8462-4"))
COVERED = Covered(payer="medicare_ffs", member_id="TEST-1", from_on=date(2026, 1, 1))
CUFF = DeviceAssigned(device="dev_cuff", medical_device=True, parameters=("8480-6", "8462-4"))
SETUP = SetupCompleted(device="dev_cuff", educated_by="stf_rn")


@cache
def rules() -> DemandsOf:
    """Return what the installed rulebook demands."""
    return demands_by(Planner(rulebook=load_rulebook()))


@dataclass(slots=True)
class Desk:
    """Entries so far, and a clock that goes on by a minute with each."""

    entries: list[Entry] = field(default_factory=list)
    now: datetime = NOON

    def tell(self, body: Body, *, patient: str | None = PATIENT, **changes: Any) -> Entry:
        """Append an entry unchecked."""
        entry = self.filing(patient=patient, **changes).entry(body)
        self.entries.append(entry)
        return entry

    def filing(self, **changes: Any) -> Filing:
        """Return a filing of now, one minute later than the last."""
        self.now += timedelta(minutes=1)
        circumstances: dict[str, Any] = {
            "id": f"ent_{len(self.entries) + 1:03d}",
            "patient": PATIENT,
            "now": self.now,
            "actor": "staff:stf_rn",
        }
        return Filing(**{**circumstances, **changes})

    def record(self, patient: str = PATIENT) -> PatientRecord:
        return record_of(self.entries, patient)

    def does(self, command: Command, *body: object, **changes: Any) -> Entry:
        """Let a command append its entry."""
        patient = changes.get("patient", PATIENT)
        (entry,) = command(self.record(patient), self.filing(**changes), *body)
        self.entries.append(entry)
        return entry

    def refuses(self, command: Command, *body: object, **changes: Any) -> list[Problem]:
        """Return why a command refuses."""
        try:
            command(self.record(), self.filing(**changes), *body)
        except InputError as error:
            return list(error.problems)
        raise AssertionError("the command was accepted")

    def fields_refused(self, command: Command, *body: object, **changes: Any) -> list[str]:
        return [problem.field for problem in self.refuses(command, *body, **changes)]


def practice() -> Desk:
    """Return a desk at a practice in Chicago with a physician, a nurse and a receptionist."""
    desk = Desk()
    opened = datetime(2025, 1, 2, tzinfo=UTC)
    desk.tell(
        PracticeRegistered(practice="prac_a", name="Maple", time_zone="America/Chicago"),
        patient=None,
        at=opened,
    )
    for staff, role in (("stf_doc", "physician"), ("stf_rn", "rn"), ("stf_desk", "receptionist")):
        body = StaffRegistered(staff=staff, role=role, from_on=date(2025, 1, 2))
        desk.tell(body, patient=None, at=opened)
    desk.tell(PatientRegistered(name="One"))
    return desk


def admitted() -> Desk:
    """Return a desk with a patient for whom everything is on file but a care team."""
    desk = practice()
    for body in (COVERED, ORDERED, CONSENTED, ENROLLED, CUFF, SETUP):
        desk.tell(body)
    return desk
