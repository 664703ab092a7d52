"""Readings become alerts, each once; storms are held back, corrections close, rebuilding agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from caretally import clock
from caretally.devices.health import DeviceConcern
from caretally.journal.entries import (
    AlertRuleSet,
    Body,
    Component,
    Entry,
    EntryVoided,
    ReadingRecorded,
)
from caretally.practice import alerts, device_alerts
from caretally.practice.alerting import judge_due, raise_alerts
from caretally.practice.alerts import Answered
from caretally.store.database import scoped
from caretally.store.rebuilding import rebuild
from caretally.triage.alerts import Alert, alerts_of
from tests.integration.demonstrated import LAKESIDE, Demo

ADA, EDIE, BEN = "pat_ada", "pat_edie", "pat_ben"
BOTH = pytest.mark.parametrize("place", ["demo", "demo_postgres"])


@pytest.fixture
def here(place: str, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """Return the demonstration on one database or the other, all of it judged."""
    demo: Demo = request.getfixturevalue(place)
    with scoped("*"):
        judge_due(demo.journal, clock.now(), 1_000)
        with scoped(LAKESIDE):
            yield demo


def told(demo: Demo, patient: str) -> list[Alert]:
    """Return the alerts of a patient from the journal, by time."""
    chart = demo.office("rosa").open_chart(patient, purpose="test")
    return list(alerts_of(chart.record.in_force, patient).values())


def rows(demo: Demo, patient: str) -> list[tuple[object, ...]]:
    """Return the alerts of a patient as they are listed."""
    found = demo.journal.db.rows(
        "SELECT alert, state, rule, readings FROM store_alert WHERE patient = %s "
        "ORDER BY raised_at, alert", patient,
    )  # fmt: skip
    return [tuple(row) for row in found]


def put(demo: Demo, body: Body, at: datetime, patient: str | None = ADA) -> str:
    """Store an entry; returns its id."""
    office = demo.office("rosa")
    entry = Entry(id=office.new_id("ent"), patient=patient, at=at, recorded_at=at,
                  actor="system:test", body=body)  # fmt: skip
    office.append([entry])
    return entry.id


def pressure(at: datetime, high: int) -> ReadingRecorded:
    """Return a pressure of Ada's."""
    parts = tuple(
        Component(metric=metric, value=Decimal(value), unit="mm[Hg]")
        for metric, value in (("8480-6", high), ("8462-4", 80))
    )
    return ReadingRecorded(device="dev_ada_cuff", metric="85354-9", components=parts,
                           measured_at=at, origin="device")  # fmt: skip


def typed(alert: Alert, **named: str) -> Answered:
    """Return what somebody typed about an alert."""
    return Answered(patient=alert.patient, alert=alert.alert, **named)


@BOTH
def test_the_cast_is_judged_once(here: Demo) -> None:
    (edie,) = told(here, EDIE)
    assert (edie.rule, edie.level, edie.signed_rule) == ("oxygen_saturation", "urgent", "")
    assert "below 92" in edie.says
    assert edie.says.endswith("(starting point)")
    before = rows(here, EDIE)
    everybody = [EDIE, BEN, ADA]
    assert raise_alerts(here.journal, LAKESIDE, everybody, clock.now()) == 0
    assert judge_due(here.journal, clock.now(), 1_000) == 0
    assert rows(here, EDIE) == before


@BOTH
def test_further_readings_join_and_a_worse_one_is_told_anew(here: Demo) -> None:
    at = clock.now() - timedelta(minutes=40)
    names = []
    for minute, high in ((0, 171), (2, 165), (4, 175), (6, 195), (8, 196)):
        names.append(put(here, pressure(at + timedelta(minutes=minute), high),
                         at + timedelta(minutes=minute)))  # fmt: skip
        judge_due(here.journal, clock.now())
    mild, crisis = told(here, ADA)
    assert (mild.level, crisis.level) == ("urgent", "emergent")
    assert mild.readings == tuple(names[:3])
    assert "3 readings, the worst 175" in mild.says
    assert crisis.readings == tuple(names[3:])
    assert crisis.answer_by is not None
    assert crisis.answer_by - crisis.raised_at == timedelta(minutes=30)
    assert [row[1] for row in rows(here, ADA)] == ["open", "open"]


@BOTH
def test_a_reading_that_was_withdrawn_closes_its_alert(here: Demo) -> None:
    at = clock.now() - timedelta(minutes=40)
    name = put(here, pressure(at, 171), at)
    judge_due(here.journal, clock.now())
    office = here.office("rosa")
    void = Entry(
        id="ent_void", patient=ADA, at=office.now, recorded_at=office.now, actor="staff:stf_rosa",
        reason="the neighbor's", body=EntryVoided(entry=name),
    )  # fmt: skip
    office.append([void])
    judge_due(here.journal, clock.now())
    (alert,) = told(here, ADA)
    assert (alert.state, alert.outcome, alert.closed_by) == ("closed", "wrong_reading", "")
    assert rows(here, ADA)[0][1] == "closed"
    assert judge_due(here.journal, clock.now()) == 0


@BOTH
def test_people_answer_and_take_back(here: Demo) -> None:
    (alert,) = told(here, EDIE)
    rosa, lin = here.office("rosa"), here.office("lin")
    alerts.acknowledge(rosa, typed(alert, entry="ent_page_1"))
    alerts.acknowledge(rosa, typed(alert, entry="ent_page_1"))
    assert told(here, EDIE)[0].acknowledged_by == "stf_rosa"
    alerts.assign(rosa, typed(alert, owner="stf_lin"))
    alerts.close(lin, typed(alert, outcome="treatment_changed"))
    assert (told(here, EDIE)[0].state, rows(here, EDIE)[0][1]) == ("closed", "closed")
    alerts.undo(lin, typed(alert))
    assert told(here, EDIE)[0].state == "acknowledged"
    alerts.undo(lin, typed(alert))
    assert (told(here, EDIE)[0].state, rows(here, EDIE)[0][1]) == ("open", "open")


@BOTH
def test_after_closing_the_same_joins_for_hours_unless_a_normal_one_lay_between(here: Demo) -> None:
    at = clock.now() - timedelta(minutes=40)
    put(here, pressure(at, 171), at)
    judge_due(here.journal, clock.now())
    alerts.close(here.office("rosa"), typed(told(here, ADA)[0], outcome="talked_with_patient"))

    def measured(minutes: int, high: int) -> None:
        when = clock.now() + timedelta(minutes=minutes)
        put(here, pressure(when, high), when)
        raise_alerts(here.journal, LAKESIDE, [ADA], when)

    measured(10, 172)
    (alert,) = told(here, ADA)
    assert (alert.state, alert.joined) == ("closed", 1)
    measured(20, 150)
    measured(30, 173)
    assert [each.state for each in told(here, ADA)] == ["closed", "open"]


@BOTH
def test_a_signed_rule_is_looked_at_by_everybody_and_named(here: Demo) -> None:
    at = clock.now() - timedelta(minutes=40)
    put(here, pressure(at, 152), at)
    judge_due(here.journal, clock.now())
    assert told(here, ADA) == []
    rule = AlertRuleSet(rule="systolic_pressure", scope="practice", test="value", metric="8480-6",
                        high=Decimal(150), unit="mm[Hg]", level="routine", answer_minutes=60,
                        set_by="stf_lin")  # fmt: skip
    name = put(here, rule, clock.now(), patient=None)
    assert judge_due(here.journal, clock.now(), 1_000) > 1
    (alert,) = told(here, ADA)
    assert (alert.level, alert.signed_rule) == ("routine", name)
    assert alert.says.endswith("(signed by stf_lin)")


@BOTH
def test_who_falls_silent_is_told_once_and_again_closed_when_readings_come(here: Demo) -> None:
    later = clock.now() + timedelta(days=5)
    while judge_due(here.journal, later, 1_000):
        pass
    (silent,) = told(here, ADA)
    assert (silent.rule, silent.level) == ("no_reading", "routine")
    assert raise_alerts(here.journal, LAKESIDE, [ADA], later + timedelta(days=1)) == 0
    come = later + timedelta(days=1)
    put(here, pressure(come, 130), come)
    raise_alerts(here.journal, LAKESIDE, [ADA], come + timedelta(minutes=1))
    silent = next(each for each in told(here, ADA) if each.rule == "no_reading")
    assert (silent.state, silent.outcome, silent.closed_by) == ("closed", "measured_again", "")


@BOTH
def test_rebuilding_brings_alerts_and_marks_back(here: Demo) -> None:
    at = clock.now() - timedelta(minutes=40)
    put(here, pressure(at, 171), at)
    judge_due(here.journal, clock.now())
    alerts.acknowledge(here.office("rosa"), typed(told(here, EDIE)[0]))
    everything = "SELECT alert, state, owner, says, answer_by FROM store_alert ORDER BY alert"
    marks = "SELECT patient, judged_on FROM store_workitem ORDER BY patient"
    before = [here.journal.db.rows(sql) for sql in (everything, marks)]
    with scoped("*"):
        rebuild(here.journal.db, here.journal.desk)
    assert [here.journal.db.rows(sql) for sql in (everything, marks)] == before


def concern(kind: str, key: str, says: str = "the battery is low: 8 %") -> DeviceConcern:
    """Return a concern about Ada's cuff."""
    return DeviceConcern(patient=ADA, device="dev_ada_cuff", kind=kind, since=clock.now(),
                         cause="battery_low", says=says, key=key)  # fmt: skip


@BOTH
def test_a_device_that_needs_care_is_technical_and_closes_when_it_is_well(
    here: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [concern("low_battery", "k1")]
    monkeypatch.setattr(
        device_alerts, "health_concerns", lambda _, practice, __: tuple(found)
        if practice == LAKESIDE else (),
    )  # fmt: skip
    assert device_alerts.alert_devices(here.journal, clock.now()) == 1
    assert device_alerts.alert_devices(here.journal, clock.now()) == 0
    (alert,) = told(here, ADA)
    assert (alert.level, alert.rule, alert.says) == (
        "technical", "device_low_battery", "The battery is low: 8 %",
    )  # fmt: skip
    found.clear()
    assert device_alerts.alert_devices(here.journal, clock.now()) == 1
    assert told(here, ADA)[0].outcome == "device_mended"


@BOTH
def test_a_silence_that_is_told_gets_its_likely_cause_and_no_second_alert(
    here: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(days=5)
    raise_alerts(here.journal, LAKESIDE, [ADA], later)
    monkeypatch.setattr(
        device_alerts, "health_concerns", lambda _, practice, __: (concern("silent", "k2", "why"),)
        if practice == LAKESIDE else (),
    )  # fmt: skip
    assert device_alerts.alert_devices(here.journal, later) == 1
    assert device_alerts.alert_devices(here.journal, later) == 0
    (alert,) = told(here, ADA)
    assert alert.rule == "no_reading"
    assert alert.says.endswith("; likely cause: why")
