"""The chart of vital signs on a patient's page and its own, and changes of medication."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from xml.etree import ElementTree as ET

import msgspec
import pytest

from caretally.clock import seconds_of
from caretally.devices.rules import OUT_OF_BOUNDS
from caretally.devices.unpacked import Measured, VendorReading
from caretally.journal.entries import (
    AlertClosed,
    AlertRaised,
    MedicationChanged,
    ReadingRecorded,
    ThresholdSet,
)
from caretally.practice.chart_axis import axis_of
from caretally.practice.chart_records import Axis
from caretally.practice.chart_stretch import stretch_of
from caretally.practice.patient_month import Decisions
from caretally.store.intake_tables import HELD, Connection, Inbound, IntakeReading
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

HAL = f"/p/{LAKESIDE}/patients/pat_hal/"
FORM = f"{HAL}medications/new"
HELD_WORDS = "held back, not counted"
ASKED = ("30", "14", "90", "2026-02", "2026-03")


def axis(demo: Demo, name: str = "30", patient: str = "pat_hal") -> Axis:
    """Return what a chart of a patient shows."""
    office = demo.office("rosa")
    chart = office.chart(office.card(patient))
    decisions = Decisions(office=office, patient=patient)
    return axis_of(chart, decisions, stretch_of(chart, decisions, name))


def drawn_twice(numbers: dict[str, list[dict[str, list[dict[str, list[str]]]]]]) -> Counter[str]:
    """Return how many numbers a page holds for zooming, by how each looks."""
    return Counter(
        kind for panel in numbers["panels"] for curve in panel["curves"] for kind in curve["kinds"]
    )


@pytest.mark.parametrize("name", ASKED)
def test_page_drawing_and_download_show_the_same(demo: Demo, enter: Enter, name: str) -> None:
    held(demo)
    rosa = enter("rosa")
    found = axis(demo, name)
    page = rosa.get(f"{HAL}vitals?stretch={name}")
    assert page.status_code == 200
    drawn = rosa.get(f"{HAL}vitals.svg?stretch={name}")
    assert drawn["Content-Type"] == "image/svg+xml; charset=utf-8"
    ET.fromstring(drawn.content)  # noqa: S314 - our own text
    curves = [curve for each in found.signs for curve in each.vital.curves]
    points, apart = (sum(map(len, kind)) for kind in zip(
        *((curve.points, curve.held) for curve in curves), strict=True
    ))  # fmt: skip
    assert points > 0
    assert (apart > 0) is (name != "2026-02")
    rows = csv.DictReader(StringIO(
        rosa.get(f"{HAL}vitals.csv?stretch={name}").content.decode()
    ))  # fmt: skip
    told = [row for row in rows if row["kind"] in ("reading", "held_reading")]
    assert Counter((row["kind"], HELD_WORDS in row["marks"]) for row in told) == Counter(
        {("reading", False): points, ("held_reading", True): apart}
    )
    shapes = re.findall(r"<title>[^<]+ -?[\d.]+, \d{4}-[^<]*</title>", drawn.content.decode())
    assert len(shapes) == points + apart
    assert sum(HELD_WORDS in each for each in shapes) == apart
    kept = re.search(r'id="axis-numbers"[^>]*>(.*?)</script>', page.content.decode(), re.DOTALL)
    assert kept is not None
    kinds = drawn_twice(json.loads(kept[1]))
    assert (kinds.total(), kinds["held"]) == (points + apart, apart)


def test_the_patient_page_has_the_same_chart(demo: Demo, enter: Enter) -> None:
    page = enter("rosa").get(HAL).content.decode()
    assert 'id="wide-title"' in page
    assert 'id="axis-numbers"' in page
    assert f'href="{HAL}vitals"' in page


def test_days_of_the_strip_are_those_that_count(demo: Demo) -> None:
    found = axis(demo, "30", "pat_ada")
    (latest, *_) = found.periods
    states = {day.on: day.state for day in axis(demo, latest.name, "pat_ada").days}
    assert sum(state == "data" for state in states.values()) == latest.data_days == 19


def test_a_stretch_begins_and_ends_at_the_patients_midnights(demo: Demo) -> None:
    found = axis(demo, "2026-03")
    assert found.zone == "America/Chicago"
    assert (found.begins.isoformat(), found.ends.isoformat()) == (
        "2026-03-01T06:00:00+00:00", "2026-04-01T05:00:00+00:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["7", "2026-13", "period:2026-01-01", "period:x", "period:9999-12-31", "x" * 300]
)
def test_an_unknown_stretch_is_not_there(enter: Enter, name: str) -> None:
    assert enter("rosa").get(f"{HAL}vitals", {"stretch": name}).status_code == 404


def test_bounds_step_when_a_practitioner_sets_others(demo: Demo) -> None:
    office = demo.office("lin")
    body = ThresholdSet(metric="8480-6", high=Decimal(150), unit="mm[Hg]", set_by="stf_lin")
    filing = office.filing("pat_hal")
    entry = filing.entry(body)
    office.append([entry])
    (pressure,) = (each for each in axis(demo).signs if each.vital.kind.name == "pressure")
    steps = [each for each in pressure.bounds if (each.curve, each.side) == ("Systolic", "high")]
    assert steps[-1].begins == entry.at
    assert [(int(step.value), step.is_starting_point) for step in steps][-1] == (150, False)
    assert steps[0].ends == entry.at
    others = [each for each in pressure.bounds if each.curve == "Diastolic"]
    assert {(each.begins, each.ends) for each in others} == {(axis(demo).begins, axis(demo).ends)}


def test_alerts_are_open_until_they_are_closed(demo: Demo, enter: Enter) -> None:
    office = demo.office("rosa")
    raised = office.filing("pat_hal").entry(AlertRaised(
        alert="alr_x", rule="value_outside", level="urgent", says="Weight rose <fast>",
        readings=(),
    ))  # fmt: skip
    office.append([raised])
    (mark,) = axis(demo).of("alert")
    assert (mark.state, mark.until, mark.level) == ("open", None, "urgent")
    page = enter("rosa").get(f"{HAL}vitals").content.decode()
    assert "Weight rose &lt;fast&gt;" in page
    assert "<fast>" not in page
    closed = office.filing("pat_hal").entry(AlertClosed(
        alert="alr_x", outcome="treatment_changed", by="stf_lin", note="", contact=None,
    ))  # fmt: skip
    office.append([closed])
    (mark,) = axis(demo).of("alert")
    assert (mark.state, mark.until) == ("closed", closed.at)


def held(demo: Demo, patient: str = "pat_hal") -> None:
    """Hold a reading of a patient back."""
    office = demo.office("rosa")
    book = office.book()
    at = office.now - timedelta(days=2)
    connection = Connection.objects.create(
        practice_id=book.number, name="con_x", vendor="tenovi", title="X", made_at=at, made_by="x"
    )
    inbound = Inbound.objects.create(
        practice_id=book.number, connection=connection, key=b"k", digest=b"d", body=b"{}",
        received_us=0,
    )  # fmt: skip
    read = VendorReading(
        names=(("serial", "1"),), metric="85354-9", origin="device", measured_at=at,
        measured=(Measured("8480-6", Decimal(260), "mm[Hg]"),
                  Measured("8462-4", Decimal(40), "mm[Hg]")),
    )  # fmt: skip
    IntakeReading.objects.create(
        practice_id=book.number, connection=connection, inbound=inbound, element=0, key=b"k",
        name="serial 1", content=msgspec.json.encode(read).decode(),
        measured_us=seconds_of(at) * 1_000_000, received_us=seconds_of(at) * 1_000_000,
        state=HELD, rule=OUT_OF_BOUNDS, patient=patient,
    )  # fmt: skip


def test_a_reading_held_back_is_drawn_apart_and_counts_for_nothing(
    demo: Demo, enter: Enter
) -> None:
    before = axis(demo)
    held(demo)
    found = axis(demo)
    assert found.held_count == before.held_count + 1
    assert [day.state for day in found.days] == [day.state for day in before.days]
    (pressure,), (earlier,) = (
        [each.vital for each in seen.signs if each.vital.kind.name == "pressure"]
        for seen in (found, before)
    )
    assert [len(new.held) - len(old.held) for new, old in zip(
        pressure.curves, earlier.curves, strict=True
    )] == [1, 1]  # fmt: skip
    assert [curve.points for curve in pressure.curves] == [each.points for each in earlier.curves]
    assert 260 not in {point.value for point in pressure.curves[0].points}
    page = enter("rosa").get(f"{HAL}vitals").content.decode()
    assert "vs-a-cross" in page
    assert HELD_WORDS in page


def test_readings_held_for_another_patient_are_not_shown(demo: Demo) -> None:
    before = axis(demo)
    of_ada = axis(demo, patient="pat_ada").held_count
    held(demo, "pat_ada")
    assert replace(axis(demo), now=before.now) == before
    assert axis(demo, patient="pat_ada").held_count == of_ada + 1


def typed(demo: Demo, **more: str) -> dict[str, str]:
    """Return a change of medication as somebody types it."""
    return {
        "entry": demo.office("rosa").new_id("ent"), "medication": "Furosemide 40 mg",
        "change": "dose_raised", "detail": "20 mg to 40 mg", "at": "2026-03-25T10:00",
        "changed_by": "stf_lin", "reason": "", **more,
    }  # fmt: skip


def changes(demo: Demo) -> list[str]:
    """Return the medications of Hal that stand changed."""
    office = demo.office("rosa")
    chart = office.chart(office.card("pat_hal"))
    return [each.body.medication for each in chart.record.all_of(MedicationChanged)]


def test_a_change_of_medication_is_on_the_chart_and_can_be_taken_back(
    demo: Demo, enter: Enter
) -> None:
    rosa, filled = enter("rosa"), typed(demo)
    before = len(changes(demo))
    assert rosa.get(FORM).status_code == 200
    for _ in range(2):
        assert rosa.post(FORM, filled).status_code == 302
    assert changes(demo)[before:] == ["Furosemide 40 mg"]
    (mark,) = (each for each in axis(demo).of("medication") if each.key == filled["entry"])
    assert mark.says == "Furosemide 40 mg: dose raised (20 mg to 40 mg)"
    undo = f"{HAL}medications/{filled['entry']}/undo"
    assert rosa.get(undo).status_code == 200
    assert rosa.post(undo, {"entry": demo.office("rosa").new_id("ent")}).status_code == 422
    again = {"entry": demo.office("rosa").new_id("ent"), "reason": "entered by mistake"}
    for _ in range(2):
        assert rosa.post(undo, again).status_code == 302
    assert len(changes(demo)) == before
    assert rosa.get(undo).status_code == 404


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("medication", ""), ("change", "doubled"), ("at", "yesterday"), ("at", ""),
        ("at", "2026-03-08T02:30"), ("at", "2026-03-27T10:00"), ("changed_by", "stf_nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(
    demo: Demo, enter: Enter, field: str, wrong: str
) -> None:
    before = changes(demo)
    answer = enter("rosa").post(FORM, typed(demo, **{field: wrong}))
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert changes(demo) == before


def test_what_is_written_late_needs_a_reason(demo: Demo, enter: Enter) -> None:
    rosa, late = enter("rosa"), typed(demo, at="2026-03-12T10:00")
    refused = rosa.post(FORM, late)
    assert refused.status_code == 422
    assert 'id="e-reason"' in refused.content.decode()
    assert rosa.post(FORM, {**late, "reason": "told by the pharmacy today"}).status_code == 302


def test_who_may_not_record_care_changes_nothing(demo: Demo, enter: Enter) -> None:
    bea = enter("bea")
    assert bea.get(f"{HAL}vitals").status_code == 200
    assert "medications/new" not in bea.get(f"{HAL}vitals").content.decode()
    assert bea.post(FORM, typed(demo)).status_code == 403
    assert enter("amir").get(f"{HAL}vitals").status_code == 403


def test_another_practice_learns_nothing(enter: Enter) -> None:
    nora = enter("nora")
    for end in ("vitals", "vitals.svg", "vitals.csv", "medications/new"):
        assert nora.get(HAL + end).status_code == 404
        assert nora.get((HAL + end).replace(LAKESIDE, HARBOR)).status_code == 404


def test_every_look_is_told(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    sql = "SELECT coalesce(sum(length), 0) FROM store_stream WHERE name = 'access/pat_hal'"
    for end in ("vitals", "vitals.svg", "vitals.csv"):
        before = demo.journal.db.rows(sql)[0][0]
        assert rosa.get(HAL + end).status_code == 200
        assert demo.journal.db.rows(sql)[0][0] == before + 1


def test_the_same_on_postgresql(demo_postgres: Demo) -> None:
    before = axis(demo_postgres).held_count
    held(demo_postgres)
    found = axis(demo_postgres)
    assert found.held_count == before + 1
    assert {each.vital.kind.name for each in found.signs} >= {"pressure", "weight"}
    assert isinstance(demo_postgres.office("rosa").chart(
        demo_postgres.office("rosa").card("pat_hal")
    ).record.entries(ReadingRecorded), tuple)  # fmt: skip
