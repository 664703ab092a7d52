"""A patient's month as a caller may see it: the decision, and the version that open pages watch."""

from __future__ import annotations

from datetime import datetime

from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth
from caretally.practice.office import Office
from caretally.store.access import Access, record_access


def decision_on(
    office: Office,
    patient: str,
    month: ServiceMonth,
    *,
    policy: str | None = None,
    as_of: datetime | None = None,
) -> Decision:
    """Return the decision on a patient's month; that somebody looked is told.

    Raises:
        ForbiddenError, UnknownError: the caller may not see patients, or not this one.
    """
    office.card(patient)
    told = Access(
        practice=office.practice, patient=patient, actor=office.caller.actor,
        purpose=f"decision on {month}",
    )  # fmt: skip
    record_access(office.db, told, office.now)
    return office.journal.decision(office.practice, patient, month, policy=policy, as_of=as_of)


def version_of(office: Office, patient: str, month: ServiceMonth) -> int:
    """Return the version of a patient's month; 0 where nothing is in it. Nothing is told of it.

    Raises:
        ForbiddenError, UnknownError: the caller may not see patients, or not this one.
    """
    office.card(patient)
    rows = office.db.rows(
        "SELECT version FROM store_patientmonth WHERE practice_id = %s AND patient = %s "
        "AND month = %s",
        office.book().number, patient, str(month),
    )  # fmt: skip
    return int(rows[0][0]) if rows else 0
