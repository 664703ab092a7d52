"""What a caller may do about alerts, and what is known of them; free of HTML.

Readings and rules are judged in `alerting`; here people answer what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from caretally.enrollment.record import PatientRecord
from caretally.errors import ForbiddenError, InputError, Problem, UnknownError
from caretally.journal.drafts import Filing
from caretally.journal.entries import AlertAcknowledged, AlertAssigned, AlertClosed, Entry
from caretally.practice.office import Office
from caretally.practice.roles import ANSWER_ALERTS
from caretally.practice.timing_by_hand import is_stored
from caretally.triage import answering
from caretally.triage.alerts import Alert, alerts_of

Answer = Callable[[answering.Desk], Sequence[Entry]]
UNDONE = "taken back"
"""The reason of an undo, where the person gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody typed about an alert.

    entry: id that the page made, so that a form sent twice is stored once.
    """

    patient: str
    alert: str
    entry: str = ""
    outcome: str = ""
    note: str = ""
    contact: str = ""
    owner: str = ""
    reason: str = ""


def desk_of(record: PatientRecord) -> answering.Desk:
    """Return what answers about a patient's alerts are checked against."""
    return answering.Desk(
        register=record.register,
        alerts=alerts_of(record.in_force, record.patient),
        entries={each.id: each for each in record.in_force if each.patient == record.patient},
    )


def alert_in(record: PatientRecord, name: str) -> Alert:
    """Return an alert of a patient.

    Raises:
        UnknownError: there is no such alert.
    """
    found = alerts_of(record.in_force, record.patient).get(name)
    if found is None:
        raise UnknownError("no alert of this id is on this patient's chart")
    return found


def open_of(record: PatientRecord) -> tuple[Alert, ...]:
    """Return the alerts of a patient that wait for an outcome, the most urgent first."""
    found = alerts_of(record.in_force, record.patient).values()
    waiting = (each for each in found if each.is_open)
    return tuple(sorted(waiting, key=lambda each: (each.urgency, each.raised_at)))


def acknowledge(office: Office, typed: Answered) -> None:
    """Take an alert on, in the caller's name.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: it is closed, or somebody took it on before.
    """
    body = AlertAcknowledged(alert=typed.alert, by=staff_of(office))
    answer(office, typed, lambda desk: answering.acknowledge(desk, filing(office, typed), body))


def assign(office: Office, typed: Answered) -> None:
    """Give an alert to somebody, in the caller's name.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: it is closed, or the owner is nobody of the staff.
    """
    if not typed.owner:
        raise InputError([Problem(where="the form", field="body.owner", found="nothing",
                                  expected="who answers for it")])  # fmt: skip
    body = AlertAssigned(alert=typed.alert, owner=typed.owner, by=staff_of(office))
    answer(office, typed, lambda desk: answering.assign(desk, filing(office, typed), body))


def close(office: Office, typed: Answered) -> None:
    """Close an alert with its outcome, in the caller's name.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: it is closed, the outcome or a note is missing, or the conversation is none.
    """
    if not typed.outcome:
        raise InputError([Problem(where="the form", field="body.outcome", found="nothing",
                                  expected="what came of it")])  # fmt: skip
    body = AlertClosed(
        alert=typed.alert, outcome=typed.outcome, by=staff_of(office), note=typed.note or None,
        contact=typed.contact or None,
    )  # fmt: skip
    answer(office, typed, lambda desk: answering.close(desk, filing(office, typed), body))


def undo(office: Office, typed: Answered) -> None:
    """Take back the closing of an alert, else its acknowledgement.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: there is nothing to take back.
    """
    staff_of(office)
    why = replace(filing(office, typed), reason=typed.reason or UNDONE)
    answer(office, typed, lambda desk: answering.undo(desk, why, typed.alert))


def answer(office: Office, typed: Answered, command: Answer) -> None:
    """Run a command about an alert, unless the entry it makes is stored already."""
    office.card(typed.patient, permission=ANSWER_ALERTS)

    def unless_stored(record: PatientRecord) -> Sequence[Entry]:
        if typed.entry and is_stored(office, typed.patient, typed.entry):
            return ()
        return command(desk_of(record))

    office.act(typed.patient, unless_stored, permission=ANSWER_ALERTS)


def filing(office: Office, typed: Answered) -> Filing:
    """Return the circumstances of an answer."""
    return office.filing(typed.patient, entry_id=typed.entry)


def staff_of(office: Office) -> str:
    """Return the staff id of the caller.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
    """
    if not office.caller.staff:
        raise ForbiddenError("your account is not connected with a member of the staff")
    return office.caller.staff
