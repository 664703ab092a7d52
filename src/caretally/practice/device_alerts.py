"""Alerts about devices: what their health says, as alerts of the level technical.

A silence that an alert about missing readings tells already becomes its likely cause, and no second
alert. A device that works again closes its alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from caretally.codes import ALERT_LEVELS
from caretally.devices.health import NEVER_CONNECTED, SILENT, DeviceConcern
from caretally.journal.entries import AlertClosed, AlertJoined, AlertRaised
from caretally.practice.alerting import Watchkeeping, append_steps, watchkeeping
from caretally.practice.device_health import health_concerns
from caretally.store.alerts import in_force_of
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Stream, named_streams
from caretally.triage.alerts import Alert, alerts_of
from caretally.triage.raising import Step, digest
from caretally.triage.rules import TECHNICAL
from caretally.triage.starting_points import ANSWER_MINUTES, NO_READING

PREFIX = "device_"
"""How the rules of these alerts begin."""


def alert_devices(journal: StoredJournal, at: datetime) -> int:
    """Raise and close the alerts about devices of all practices; returns how many entries."""
    count = 0
    for (practice,) in journal.db.rows("SELECT name FROM store_practice ORDER BY id"):
        with scoped(practice, journal.db.alias):
            concerns = health_concerns(journal, practice, at)
            if concerns or open_patients(journal, practice):
                with journal.db.atomic():
                    count += alert_practice(watchkeeping(journal, practice, at), concerns)
    return count


def open_patients(journal: StoredJournal, practice: str) -> set[str]:
    """Return the patients with an open alert about a device."""
    rows = journal.db.rows(
        "SELECT alert.patient FROM store_alert AS alert JOIN store_practice AS practice "
        "ON practice.id = alert.practice_id WHERE practice.name = %s "
        "AND alert.state IN ('open', 'acknowledged') AND alert.level = %s",
        practice, ALERT_LEVELS.index(TECHNICAL),
    )  # fmt: skip
    return {row[0] for row in rows}


def alert_practice(keeping: Watchkeeping, concerns: Sequence[DeviceConcern]) -> int:
    """Append what follows from the concerns of a practice, inside a transaction."""
    by_patient: dict[str, list[DeviceConcern]] = {}
    for concern in concerns:
        by_patient.setdefault(concern.patient, []).append(concern)
    patients = by_patient.keys() | open_patients(keeping.journal, keeping.book.practice)
    streams = named_streams(keeping.book, [PATIENT + each for each in patients])
    made: list[tuple[Stream, list[Step]]] = []
    for stream in streams.values():
        assert stream.patient is not None
        in_force = in_force_of(keeping.book, keeping.journal.desk.shelf, stream)
        alerts = alerts_of(in_force, stream.patient)
        mine = by_patient.get(stream.patient, [])
        steps = [each for one in mine for each in concern_steps(keeping, one, alerts)]
        made.append((stream, [*steps, *mended(mine, alerts)]))
    return append_steps(keeping, made)


def concern_steps(
    keeping: Watchkeeping, concern: DeviceConcern, alerts: dict[str, Alert]
) -> list[Step]:
    """Return what a concern comes to: an alert, or the likely cause of one that is open."""
    name = alert_id(concern)
    if name in alerts:
        return []
    silences = [each for each in alerts.values() if each.rule == NO_READING and each.is_open]
    if silences and concern.kind in {SILENT, NEVER_CONNECTED}:
        told = silences[-1]
        says = f"{told.says.partition('; likely cause: ')[0]}; likely cause: {concern.says}"
        body = AlertJoined(alert=told.alert, says=says, readings=())
        return [Step(mark=("joined", told.alert, concern.key), body=body)]
    raised = AlertRaised(
        alert=name, rule=PREFIX + concern.kind, level=TECHNICAL,
        says=f"{concern.says[:1].upper()}{concern.says[1:]}",
        answer_by=keeping.hours.answer_by(keeping.now, ANSWER_MINUTES[TECHNICAL], TECHNICAL),
    )  # fmt: skip
    return [Step(mark=("raised", name), body=raised)]


def alert_id(concern: DeviceConcern) -> str:
    """Return the id of the alert about a concern: the same as long as the trouble is the same."""
    return f"alr_{digest((concern.patient, PREFIX + concern.kind, concern.key))}"


def mended(concerns: Sequence[DeviceConcern], alerts: dict[str, Alert]) -> list[Step]:
    """Return the closings of alerts about devices that are well again."""
    still = {alert_id(each) for each in concerns}
    return [
        Step(
            mark=("closed", each.alert, "device_mended"),
            body=AlertClosed(alert=each.alert, outcome="device_mended", note="heard of again"),
        )
        for each in alerts.values()
        if each.is_open and each.rule.startswith(PREFIX) and each.alert not in still
    ]
