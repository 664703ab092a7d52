"""A practice in Chicago, a patient with a caregiver, and forms of one afternoon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from caretally.contacts.checks import Circumstances
from caretally.contacts.commands import Recorded, record_contact
from caretally.contacts.form import ContactForm
from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import (
    Body,
    CaregiverAuthorized,
    Consented,
    ContactAttempted,
    ContactHeld,
    Entry,
    Finding,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.register import Register, register_of

TEN = datetime(2026, 3, 4, 16, tzinfo=UTC)
"""Ten in the morning in Chicago."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ROLES = {"stf_rn": "rn", "stf_two": "ma", "stf_doc": "physician", "stf_bot": "ai_agent"}


def entry(body: Body, **changes: Any) -> Entry:
    given: dict[str, Any] = {
        "id": "ent_1", "patient": "pat_one", "now": TEN + 20 * MINUTE, "actor": "staff:stf_rn",
    }  # fmt: skip
    return Filing(**{**given, **changes}).entry(body)


def register(*more: Entry) -> Register:
    opened: dict[str, Any] = {"patient": None, "at": datetime(2025, 1, 1, tzinfo=UTC)}
    maple = PracticeRegistered(practice="prac_a", name="Maple", time_zone="America/Chicago")
    bodies: list[Body] = [maple]
    bodies += [StaffRegistered(staff=who, role=role) for who, role in ROLES.items()]
    son = CaregiverAuthorized(
        caregiver="cgv_1", relationship="son", from_on=date(2026, 1, 1), to_on=date(2026, 3, 4)
    )
    return register_of([
        *(entry(body, id=str(n), **opened) for n, body in enumerate(bodies)),
        entry(son, id="son"), *more,
    ])  # fmt: skip


REGISTER = register()
AROUND = Circumstances(register=REGISTER, patient="pat_one")
FORM = ContactForm(
    program="rpm",
    mode="telephone",
    outcome="talked",
    start=TEN,
    end=TEN + 12 * MINUTE,
    performers=("stf_rn",),
    spoke_with="patient",
    two_way=True,
    findings=(
        Finding(topic="device_data", says="mean of the week 138 over 84"),
        Finding(topic="symptoms", says="no dizziness"),
    ),
    topics=("medication",),
    actions=("evening tablet moved to bedtime",),
    protocol="hypertension 3",
)
ATTEMPT = ContactForm(
    program="rpm", mode="telephone", outcome="voicemail", start=TEN, end=TEN + MINUTE,
    performers=("stf_rn",),
)  # fmt: skip


def filing(**changes: Any) -> Filing:
    given: dict[str, Any] = {
        "id": "ent_c", "patient": "pat_one", "now": TEN + 20 * MINUTE, "actor": "staff:stf_rn",
    }  # fmt: skip
    return Filing(**{**given, **changes})


def made(form: ContactForm, around: Circumstances = AROUND) -> Recorded:
    return record_contact(around, filing(), form)


def fields(form: ContactForm, around: Circumstances = AROUND, **circumstances: Any) -> list[str]:
    try:
        record_contact(around, filing(**circumstances), form)
    except InputError as error:
        return [problem.field for problem in error.problems]
    raise AssertionError("the form was accepted")


def contact(at: datetime, **changes: Any) -> ContactHeld:
    given: dict[str, Any] = {
        "program": "rpm", "mode": "telephone", "start": at, "end": at + 5 * MINUTE,
        "performers": ("stf_rn",), "spoke_with": "patient", "two_way": True,
        "topics": ("symptoms",),
    }  # fmt: skip
    return ContactHeld(**{**given, **changes})


def attempt(at: datetime, mode: str = "telephone", outcome: str = "no_answer") -> ContactAttempted:
    return ContactAttempted(
        program="rpm", mode=mode, outcome=outcome, start=at, end=at, performers=("stf_rn",)
    )


def consent(scope: str) -> Entry:
    return entry(Consented(scope=scope), id=f"consent_{scope}", at=TEN - DAY)
