"""What people do about an alert: take it on, give it to somebody, close it, undo.

Everything is checked here and refused at the field; nothing is decided by how a page looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    AlertAcknowledged,
    AlertAssigned,
    AlertClosed,
    Body,
    ContactHeld,
    Entry,
    EntryVoided,
)
from caretally.journal.register import Register
from caretally.triage.alerts import Alert

NEEDS_NOTE = frozenset({"no_action_needed", "wrong_reading"})
"""Outcomes of which a later reader would ask why."""
NO_STAFF = frozenset({"ai_agent", "receptionist", "biller"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a command about an alert is checked against.

    alerts: the patient's, by id. entries: the patient's, in force, by id.
    """

    register: Register
    alerts: Mapping[str, Alert]
    entries: Mapping[str, Entry]


def acknowledge(desk: Desk, filing: Filing, body: AlertAcknowledged) -> tuple[Entry, ...]:
    """Take an alert on.

    Raises:
        InputError: no such alert is open, somebody took it on before, or no staff.
    """
    draft = Draft.of(filing, body)
    alert = open_alert(desk, draft, body.alert)
    check_staff(desk, draft, "body.by", body.by)
    if alert is not None and alert.acknowledged_in:
        draft.refuse(
            "body.alert", found=f"an alert that {alert.acknowledged_by} took on",
            expected="one that nobody took on", hint="assign it to somebody else instead",
        )  # fmt: skip
    return draft.filed()


def assign(desk: Desk, filing: Filing, body: AlertAssigned) -> tuple[Entry, ...]:
    """Give an alert to somebody to answer.

    Raises:
        InputError: no such alert is open, or no staff.
    """
    draft = Draft.of(filing, body)
    open_alert(desk, draft, body.alert)
    check_staff(desk, draft, "body.owner", body.owner)
    check_staff(desk, draft, "body.by", body.by)
    return draft.filed()


def close(desk: Desk, filing: Filing, body: AlertClosed) -> tuple[Entry, ...]:
    """Close an alert with what came of it.

    Raises:
        InputError: no such alert is open, a note is missing, or the conversation does not fit.
    """
    draft = Draft.of(filing, body)
    alert = open_alert(desk, draft, body.alert)
    check_staff(desk, draft, "body.by", body.by or "")
    if body.outcome in NEEDS_NOTE and not (body.note or "").strip():
        draft.refuse("body.note", found="nothing", expected="why, in a sentence")
    if body.contact is not None and alert is not None:
        check_contact(desk, draft, alert)
    return draft.filed()


def undo(desk: Desk, filing: Filing, alert: str) -> tuple[Entry, ...]:
    """Take back what was done last about an alert: its closing, else its acknowledgement.

    Raises:
        InputError: nothing was done about it that can be taken back.
    """
    known = desk.alerts.get(alert)
    target = (known.closed_in or known.acknowledged_in) if known is not None else ""
    draft = Draft.of(filing, EntryVoided(entry=target or "nothing"))
    if not target:
        draft.refuse(
            "body.alert", found="an alert about which nothing was done",
            expected="one that was acknowledged or closed",
        )  # fmt: skip
    elif not (filing.reason or "").strip():
        draft.refuse("reason", found="nothing", expected="why it is taken back")
    return draft.filed()


def open_alert(desk: Desk, draft: Draft, name: str) -> Alert | None:
    """Return an alert that waits for an outcome; what is none is refused."""
    alert = desk.alerts.get(name)
    if alert is None or not alert.is_open:
        found = "an alert that was closed" if alert is not None else "no alert of this patient"
        draft.refuse("body.alert", found=found, expected="an open alert of this patient")
        return None
    return alert


def check_staff(desk: Desk, draft: Draft, field: str, staff: str) -> None:
    """Refuse who is not on the staff of the day."""
    day = desk.register.day_of(draft.entry.patient or "", draft.at)
    if not desk.register.roles_on(staff, day) - NO_STAFF:
        draft.refuse(
            field, found=f"{staff!r}, nobody who cares for patients here on {day}",
            expected="a registered member of the clinical staff",
        )  # fmt: skip


def check_contact(desk: Desk, draft: Draft, alert: Alert) -> None:
    """Refuse a conversation that is none, or came before the alert."""
    body: Body = draft.entry.body
    assert isinstance(body, AlertClosed)
    contact = desk.entries.get(body.contact or "")
    if contact is None or not isinstance(contact.body, ContactHeld):
        draft.refuse("body.contact", found="no conversation in force of this patient",
                     expected="a conversation after the alert")  # fmt: skip
    elif contact.body.end < alert.raised_at:
        draft.refuse("body.contact", found="a conversation before the alert",
                     expected="a conversation after the alert")  # fmt: skip
