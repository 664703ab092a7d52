"""Alerts as the journal has them: raised, joined by further readings, taken on, escalated, closed.

What somebody did is undone by voiding the entry of it; the alert then stands where it stood before.
An alert is never taken back: one whose readings were withdrawn is closed, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from caretally.codes import ALERT_LEVELS
from caretally.journal.entries import (
    AlertAcknowledged,
    AlertAssigned,
    AlertClosed,
    AlertEscalated,
    AlertJoined,
    AlertRaised,
    Entry,
)

OPEN, ACKNOWLEDGED, CLOSED = "open", "acknowledged", "closed"
STATES = (OPEN, ACKNOWLEDGED, CLOSED)
OF_ALERTS = (
    AlertRaised, AlertJoined, AlertAssigned, AlertAcknowledged, AlertEscalated, AlertClosed,
)  # fmt: skip
"""What is written about an alert, in the order in which it happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it stands.

    says: what was found, brought up to date by what joined. readings: ids of all it rests on.
    step: how far up the ladder it was told; -1 before anybody was. entries: ids of the entries that
    acknowledged and closed it, by kind; they are what an undo voids.
    """

    alert: str
    patient: str
    rule: str
    level: str
    metric: str
    says: str
    readings: tuple[str, ...]
    raised_at: datetime
    signed_rule: str = ""
    answer_by: datetime | None = None
    owner: str = ""
    state: str = OPEN
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    step: int = -1
    told: tuple[str, ...] = ()
    outcome: str = ""
    note: str = ""
    contact: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    joined: int = 0
    acknowledged_in: str = ""
    closed_in: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an outcome."""
        return self.state != CLOSED

    @property
    def urgency(self) -> int:
        """The position of its level; 0 is the most urgent."""
        return ALERT_LEVELS.index(self.level)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether nobody acknowledged it in time."""
        return self.state == OPEN and self.answer_by is not None and self.answer_by < now


def order(entry: Entry) -> tuple[datetime, int, str]:
    """Return by what entries of alerts are sorted: of one instant, in the order things happen."""
    return entry.at, OF_ALERTS.index(type(entry.body)), entry.id


def alerts_of(in_force: Iterable[Entry], patient: str) -> dict[str, Alert]:
    """Return a patient's alerts by id, by time; entries are in force, in any order.

    What is said of an alert that was never raised changes nothing.
    """
    mine = [e for e in in_force if isinstance(e.body, OF_ALERTS) and e.patient == patient]
    found: dict[str, Alert] = {}
    for entry in sorted(mine, key=order):
        body = entry.body
        if isinstance(body, AlertRaised):
            found.setdefault(body.alert, raised(entry, body))
        else:
            known = found.get(getattr(body, "alert", ""))
            if known is not None:
                found[known.alert] = after(known, entry)
    return found


def raised(entry: Entry, body: AlertRaised) -> Alert:
    """Return an alert as it was raised."""
    return Alert(
        alert=body.alert, patient=entry.patient or "", rule=body.rule, level=body.level,
        metric=body.metric or "", says=body.says, readings=body.readings, raised_at=entry.at,
        signed_rule=body.signed_rule or "", answer_by=body.answer_by, owner=body.owner or "",
    )  # fmt: skip


def after(alert: Alert, entry: Entry) -> Alert:
    """Return an alert after what an entry says of it."""
    body = entry.body
    if isinstance(body, AlertJoined):
        readings = tuple(dict.fromkeys((*alert.readings, *body.readings)))
        return replace(alert, says=body.says, readings=readings, joined=alert.joined + 1)
    if isinstance(body, AlertAssigned):
        return replace(alert, owner=body.owner)
    if isinstance(body, AlertAcknowledged):
        return acknowledged(alert, entry, body)
    if isinstance(body, AlertEscalated):
        return replace(alert, step=max(alert.step, body.step), told=(*alert.told, *body.told))
    assert isinstance(body, AlertClosed)
    return closed(alert, entry, body)


def acknowledged(alert: Alert, entry: Entry, body: AlertAcknowledged) -> Alert:
    """Return an alert that somebody took on; who did so first stays, and owns what nobody owned."""
    if alert.acknowledged_in:
        return alert
    return replace(
        alert, state=ACKNOWLEDGED if alert.is_open else alert.state, acknowledged_by=body.by,
        acknowledged_at=entry.at, acknowledged_in=entry.id, owner=alert.owner or body.by,
    )  # fmt: skip


def closed(alert: Alert, entry: Entry, body: AlertClosed) -> Alert:
    """Return an alert that was closed; the first outcome stays."""
    if not alert.is_open:
        return alert
    return replace(
        alert, state=CLOSED, outcome=body.outcome, note=body.note or "",
        contact=body.contact or "", closed_by=body.by or "", closed_at=entry.at,
        closed_in=entry.id,
    )  # fmt: skip
