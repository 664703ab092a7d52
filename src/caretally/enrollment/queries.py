"""What other rooms may ask about an enrollment.

Answers come from entries each time; nothing is kept. A caller that asks several questions makes the
record once, with `record_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from caretally.codes import PROGRAMS
from caretally.enrollment.coverage import payer_on
from caretally.enrollment.record import PatientRecord, record_of
from caretally.enrollment.standing import Demands, Standing
from caretally.enrollment.state import NOT_STARTED, EnrollmentState, enrollment_state
from caretally.journal.entries import Entry, VisitBilled

DemandsOf = Callable[[str, date, str | None], Demands]
"""Given a program, a date and a payer, says what the rules ask for."""


def state_of(
    record: PatientRecord, program: str, at: datetime, demands_of: DemandsOf | None = None
) -> EnrollmentState:
    """Return a patient's state with a program at an instant.

    demands_of: looks the rules up; without it gaps name no codes.
    """
    day = record.day_of(at, program=program)
    demands = demands_of(program, day, payer_on(record, day)) if demands_of else None
    return enrollment_state(Standing(record=record, program=program, at=at, demands=demands))


def states_of(
    entries: Iterable[Entry], patient: str, at: datetime, demands_of: DemandsOf | None = None
) -> dict[str, EnrollmentState]:
    """Return a patient's state with every program that was begun, by program."""
    record = record_of(entries, patient)
    found = {program: state_of(record, program, at, demands_of) for program in PROGRAMS}
    return {program: state for program, state in found.items() if state.stage != NOT_STARTED}


def visit_to_name(record: PatientRecord, at: datetime) -> date | None:
    """Return the latest billed visit before an instant's local date, to be offered, not assumed."""
    day = record.day_of(at)
    visits = [each.body.on for each in record.all_of(VisitBilled) if each.body.on < day]
    return max(visits, default=None)


def caregivers_on(record: PatientRecord, day: date) -> tuple[str, ...]:
    """Return the caregivers who may speak for the patient on a date."""
    known = {
        caregiver for patient, caregiver in record.register.authorities if patient == record.patient
    }
    return tuple(sorted(c for c in known if record.register.has_authority(record.patient, c, day)))
