"""Lists of alerts as a caller may see them, and what the page of one says; free of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from caretally.clock import local_date
from caretally.codes import ALERT_LEVELS
from caretally.contacts.queries import conversations
from caretally.journal.entries import ContactHeld, Entry, ReadingRecorded
from caretally.practice.alerts import alert_in
from caretally.practice.office import Chart, Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.practice.vitals import words_of
from caretally.store.access import Access, record_access
from caretally.triage.alerts import CLOSED, OF_ALERTS, OPEN, Alert
from caretally.triage.rules import Rule, signed_rule
from caretally.triage.starting_points import STARTING_POINTS
from caretally.triage.thresholds import rules_in_force

MOST = 50
"""Alerts on a list."""
LAST_VALUES = 12
LEVEL_WORDS: Mapping[str, str] = {
    "emergent": "Emergent", "urgent": "Urgent", "routine": "Routine", "technical": "Technical",
}  # fmt: skip
OUTCOME_WORDS: Mapping[str, str] = {
    "talked_with_patient": "Talked with the patient",
    "practitioner_told": "A practitioner was told",
    "treatment_changed": "The treatment was changed",
    "sent_to_emergency": "Sent to emergency care",
    "measured_again": "Measured again, and normal",
    "device_mended": "The device works again",
    "wrong_reading": "The reading was wrong",
    "unreachable": "The patient could not be reached",
    "no_action_needed": "No action was needed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An alert on a list. count: of readings it rests on. age: since it was raised."""

    alert: str
    patient: str
    name: str
    born_on: str
    rule: str
    level: str
    says: str
    count: int
    raised_at: datetime
    answer_by: datetime | None
    age: timedelta
    owner: str
    state: str
    acknowledged_by: str
    outcome: str
    step: int
    is_overdue: bool

    @property
    def label(self) -> str:
        """What to call the patient on a page."""
        return self.name or self.patient

    @property
    def is_open(self) -> bool:
        """Whether it waits for an outcome."""
        return self.state != CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Alerts of a list. counts: of all that are open, by level. stamp: changes with any of them."""

    rows: tuple[Listed, ...]
    counts: Mapping[str, int]
    stamp: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return sum(self.counts.values()) - len(self.rows)


COLUMNS = (
    "alert.alert, alert.patient, card.name, card.born_on, alert.rule, alert.level, alert.says, "
    "alert.readings, alert.raised_at, alert.answer_by, alert.owner, alert.state, "
    "alert.acknowledged_by, alert.outcome, alert.step"
)
FROM = (
    "FROM store_alert AS alert LEFT JOIN store_patientcard AS card "
    "ON card.stream_id = alert.stream_id WHERE alert.practice_id = %s AND alert.state IN ({}) "
)
ORDER = "ORDER BY alert.level, alert.answer_by = '', alert.answer_by, alert.raised_at, alert.alert"


def open_alerts(office: Office) -> Alerts:
    """Return the alerts that wait for an outcome: by level, then by when they must be answered.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    number = office.book().number
    where, values = narrowed(office, number, ("open", "acknowledged"))
    rows = office.db.rows(f"SELECT {COLUMNS} {where} {ORDER} LIMIT %s", *values, MOST)
    found = tuple(listed(row, office.now) for row in rows)
    counts = {level: sum(each.level == level for each in found) for level in ALERT_LEVELS}
    if len(found) == MOST:
        sql = f"SELECT alert.level, count(*) {where} GROUP BY alert.level"
        counts = {ALERT_LEVELS[level]: count for level, count in office.db.rows(sql, *values)}
    counts = {level: count for level, count in counts.items() if count}
    return Alerts(rows=found, counts=counts, stamp=stamp_of(office, number))


def closed_alerts(office: Office) -> tuple[Listed, ...]:
    """Return the alerts that were closed last."""
    where, values = narrowed(office, office.book().number, (CLOSED,))
    rows = office.db.rows(
        f"SELECT {COLUMNS} {where} ORDER BY alert.closed_at DESC LIMIT %s", *values, MOST
    )
    return tuple(listed(row, office.now) for row in rows)


def narrowed(office: Office, number: int, states: tuple[str, ...]) -> tuple[str, list[Any]]:
    """Return where alerts of some states are, in the caller's clinics, with the values."""
    where = FROM.replace("{}", ", ".join(["%s"] * len(states)))
    values: list[Any] = [number, *states]
    held = office.clinics(SEE_PATIENTS)
    if held is not None:
        where += f"AND card.clinic IN ({', '.join(['%s'] * len(held)) or 'NULL'}) "
        values += sorted(held)
    return where, values


def listed(row: Any, now: datetime) -> Listed:
    """Return an alert of a list from its row."""
    (alert, patient, name, born_on, rule, level, says, readings, raised_at, answer_by, owner,
     state, acknowledged_by, outcome, step) = row  # fmt: skip
    raised = datetime.fromisoformat(raised_at)
    due = datetime.fromisoformat(answer_by) if answer_by else None
    return Listed(
        alert=alert, patient=patient, name=name or "", born_on=born_on or "", rule=rule,
        level=ALERT_LEVELS[level], says=says, count=len(readings.split()), raised_at=raised,
        answer_by=due, age=now - raised, owner=owner, state=state,
        acknowledged_by=acknowledged_by, outcome=outcome, step=step,
        is_overdue=state == OPEN and due is not None and due < now,
    )  # fmt: skip


def stamp(office: Office) -> str:
    """Return what changes whenever an open alert of the practice does.

    Rows are written anew with every change, under a new number.
    """
    return stamp_of(office, office.book().number)


def stamp_of(office: Office, number: int) -> str:
    """Return the stamp of the open alerts of a practice by number."""
    rows = office.db.rows(
        "SELECT id FROM store_alert WHERE practice_id = %s AND state IN ('open', 'acknowledged') "
        "ORDER BY id",
        number,
    )
    told = " ".join(str(row[0]) for row in rows)
    return blake2b(told.encode(), digest_size=8).hexdigest()


def tell_access(office: Office, alerts: Alerts) -> None:
    """Tell in the practice's access chain that the caller looked at the alerts."""
    access = Access(
        practice=office.practice, patient=None, actor=office.caller.actor,
        purpose=f"alerts, {len(alerts.rows)} listed",
    )  # fmt: skip
    record_access(office.db, access, office.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that the page of an alert says.

    rule: the rule as it was when it found something; None where it is not known any more. readings,
    last: with the words of each, the latest first. story: entries about it, by time. talks:
    conversations since, the latest first. staff: who may answer, by id.
    """

    chart: Chart
    alert: Alert
    rule: Rule | None
    readings: tuple[tuple[Entry, str], ...]
    last: tuple[tuple[Entry, str], ...]
    story: tuple[Entry, ...]
    talks: tuple[Entry, ...]
    staff: tuple[str, ...]
    zone: str


def told_of(office: Office, patient: str, name: str) -> Told:
    """Return what is known of an alert, and tell that the caller looked at the chart.

    Raises:
        ForbiddenError, UnknownError: the caller may not see the patient, or there is no such alert.
    """
    chart = office.open_chart(patient, purpose="alert")
    alert, record = alert_in(chart.record, name), chart.record
    known = {each.id: each for each in chart.stored}
    readings = [known[each] for each in alert.readings if each in known]
    taken = record.entries(ReadingRecorded)[-LAST_VALUES:]
    return Told(
        chart=chart, alert=alert, rule=rule_of(record.in_force, alert),
        readings=tuple((each, reading_words(each)) for each in reversed(readings)),
        last=tuple((each, reading_words(each)) for each in reversed(taken)),
        story=tuple(
            each for each in chart.stored
            if isinstance(each.body, OF_ALERTS) and each.body.alert == name
        ),
        talks=talks_since(record.in_force, alert),
        staff=clinical_staff(office), zone=record.register.zone_of(patient, office.now),
    )  # fmt: skip


def talks_since(in_force: tuple[Entry, ...], alert: Alert) -> tuple[Entry, ...]:
    """Return the conversations that ended after an alert was raised, the latest first."""
    talks = conversations(in_force, alert.patient)
    return tuple(
        each for each in talks
        if isinstance(each.body, ContactHeld) and each.body.end >= alert.raised_at
    )  # fmt: skip


def reading_words(entry: Entry) -> str:
    """Return a reading in words."""
    return words_of(entry.body) if isinstance(entry.body, ReadingRecorded) else ""


def rule_of(in_force: tuple[Entry, ...], alert: Alert) -> Rule | None:
    """Return the rule that an alert was raised by, as it was signed, or the starting point."""
    if alert.signed_rule:
        signed = (each for each in in_force if each.id == alert.signed_rule)
        return next((signed_rule(each) for each in signed), None)
    held = rules_in_force(in_force, alert.patient, alert.raised_at)
    starts = (each for each in (*held, *STARTING_POINTS) if each.is_starting_point)
    return next((each for each in starts if each.rule == alert.rule), None)


def clinical_staff(office: Office) -> tuple[str, ...]:
    """Return who may be given an alert today."""
    register, day = office.register(), local_date(office.now, office.home_zone())
    return tuple(
        staff for staff in sorted(register.staff)
        if register.roles_on(staff, day) - {"ai_agent", "receptionist", "biller", "other"}
    )  # fmt: skip
