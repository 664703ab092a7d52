"""Closes of large practices: put in by a page, done by the worker, watched while they run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from caretally.clock import ServiceMonth
from caretally.errors import CaretallyError, InputError
from caretally.practice.caller import system_caller
from caretally.practice.closing import FAILED, RUNNING, WAITING, Accepted, close, closing_of
from caretally.practice.office import Office
from caretally.practice.roles import CLOSE_MONTH
from caretally.store.billing_tables import ClosingRun
from caretally.store.models import Practice
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import locked_book

LARGE = 300
"""Patients from which on a page leaves the close to the worker."""
LEFT = timedelta(minutes=10)
"""A run that has not ended after this long was broken off."""


def is_large(office: Office) -> bool:
    """Tell whether a practice has so many patients that nobody should wait for a page."""
    rows = office.db.rows(
        "SELECT COUNT(*) FROM store_patientcard WHERE practice_id = %s", office.book().number
    )
    return int(rows[0][0]) > LARGE


def put_in(office: Office, month: ServiceMonth, accepted: Accepted) -> None:
    """Let the worker close a month; nothing happens where it is closed, or on its way.

    Raises:
        ForbiddenError: the caller may not close months.
    """
    office.caller.require(CLOSE_MONTH)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        if closing_of(office, month) is not None:
            return
        practice = Practice.objects.using(office.db.alias).get(name=office.practice)
        runs = ClosingRun.objects.using(office.db.alias)
        run = runs.filter(practice=practice, month=str(month)).first()
        if run is not None and run.state in (WAITING, RUNNING):
            return
        told = json.dumps({"accepted": list(accepted.names), "reason": accepted.reason})
        runs.update_or_create(
            practice=practice, month=str(month),
            defaults={
                "known_until": office.now.isoformat(), "begun_by": office.caller.actor,
                "begun_at": office.now, "state": WAITING, "done": 0, "total": 0, "says": told,
                "ended_at": None,
            },
        )  # fmt: skip


def close_waiting(journal: StoredJournal, at: datetime) -> int:
    """Close what pages put in, and what was broken off; returns how many months.

    at: the present of the practice's clock.
    """
    runs = ClosingRun.objects.using(journal.db.alias).select_related("practice")
    waiting = [*runs.filter(state=WAITING), *runs.filter(state=RUNNING, begun_at__lt=at - LEFT)]
    for run in waiting:
        caller = system_caller(run.practice.name, "close")
        office = Office(journal=journal, caller=caller, now=at)
        told = json.loads(run.says) if run.says else {}
        accepted = Accepted(
            names=tuple(told.get("accepted", ())), reason=str(told.get("reason", "")),
            wants_all=True,
        )  # fmt: skip
        try:
            close(office, ServiceMonth.parse(run.month), accepted)
        except InputError:
            pass  # what the checks found is on the run's row, for the page
        except CaretallyError as error:
            runs.filter(pk=run.pk).update(state=FAILED, says=str(error), ended_at=at)
    return len(waiting)
