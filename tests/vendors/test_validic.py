"""Validic: pushed batches and pieces of the stream, deletions and corrections."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.unpacked import Measured, Posted, Unpacked
from caretally.devices.vendors.validic.slice import SLICE
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

AT = datetime(2026, 11, 2, 14, tzinfo=UTC)
USER, OWN = ("validic:user", "652572"), ("validic:device", "652572/352099001761481")


def metric(kind: str, value: Any, unit: str, origin: str | None = "device") -> dict[str, Any]:
    """Return a metric."""
    return {"type": kind, "origin": origin, "unit": unit, "value": value}


def record(*metrics: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a record."""
    return {
        "id": "3de314", "checksum": "b0a2547d", "log_id": "5000", "version": "1.0",
        "created_at": "2026-11-02T13:20:04.858Z", "deleted_at": None,
        "start_time": "2026-11-02T13:04:58Z", "end_time": "2026-11-02T13:04:58Z",
        "utc_offset": -21600, "offset_origin": "source", "type": "measurement",
        "metrics": list(metrics), "tags": [], "user_notes": [],
        "source": {"type": "smart_meter", "device": {
            "id": "352099001761481", "model": "smc-ox", "manufacturer": "smart meter",
            "diagnostics": []}},
        "user": {"organization_id": "5ef0ef", "user_id": "652572", "uid": "123456"}, **changed,
    }  # fmt: skip


def read(body: bytes) -> Unpacked:
    """Return what a body holds."""
    return SLICE.parse(Posted(body=body, received_at=AT))


def batch(*records: Any) -> Unpacked:
    """Return what a pushed batch holds."""
    return read(json.dumps({"data": records}).encode())


def test_an_oximeter_with_its_pulse_is_one_reading() -> None:
    (reading,) = batch(record(metric("spo2", 99.0, "percent"), metric("pulse", 82, "bpm"))).readings
    assert reading.metric == SATURATION
    assert reading.measured == (
        Measured(SATURATION, Decimal("99.0"), "%"), Measured(PULSE, Decimal(82), "/min"),
    )  # fmt: skip
    assert reading.names == (OWN, USER)
    assert reading.measured_at == datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)
    assert reading.received_at == datetime(2026, 11, 2, 13, 20, 4, 858000, tzinfo=UTC)
    assert (reading.offset_seconds, reading.offset_origin) == (-21600, "source")
    assert (reading.vendor_reading_id, reading.version) == (f"3de314/{SATURATION}", "b0a2547d")
    assert reading.context == (("source", "smart_meter"),)


def test_pressures_with_the_pulse_are_one_reading() -> None:
    told = record(
        metric("diastolic", 81, "mmHg"), metric("pulse", 70, "bpm"), metric("systolic", 132, "mmHg")
    )
    (reading,) = batch(told).readings
    assert reading.metric == PRESSURE
    assert [each.metric for each in reading.measured] == [SYSTOLIC, DIASTOLIC, PULSE]


@pytest.mark.parametrize(
    ("told", "code", "unit"),
    [
        (metric("body_weight", 84.25, "kg"), WEIGHT, "kg"),
        (metric("body_weight", 185.7, "lb"), WEIGHT, "[lb_av]"),
        (metric("blood_glucose", 142, "mg/dL"), GLUCOSE, "mg/dL"),
        (metric("blood_glucose", 7.9, "mmol/L"), GLUCOSE, "mmol/L"),
        (metric("body_temperature", 98.6, "F"), TEMPERATURE, "[degF]"),
        (metric("temperature", 37.0, "C"), TEMPERATURE, "Cel"),
        (metric("fev1", 3.1, "L"), "20150-9", "L"),
        (metric("peak_expiratory_flow", 410, "L/min"), "33452-4", "L/min"),
        (metric("respiration_rate", 16, "bpm"), "9279-1", "/min"),
    ],
)  # fmt: skip
def test_each_metric_has_its_own_unit(told: dict[str, Any], code: str, unit: str) -> None:
    (reading,) = batch(record(told)).readings
    (measured,) = reading.measured
    assert (reading.metric, measured.unit) == (code, unit)
    assert measured.value == Decimal(str(told["value"]))


def test_each_metric_has_its_own_origin() -> None:
    told = record(
        metric("body_weight", 84.25, "kg"), metric("blood_glucose", 142, "mg/dL", "manual"),
        metric("temperature", 37, "C", None), metric("spo2", 98, "percent", "unknown"),
    )  # fmt: skip
    origins = {each.metric: each.origin for each in batch(told).readings}
    assert origins == {
        WEIGHT: "device", GLUCOSE: "manual", TEMPERATURE: "unknown", SATURATION: "unknown",
    }  # fmt: skip


def test_a_record_taken_back_takes_back_its_readings() -> None:
    found = batch(record(metric("body_weight", 84.25, "kg"), deleted_at="2026-11-03T09:00:00Z"))
    assert found.readings == ()
    (reading,) = batch(record(metric("body_weight", 84.25, "kg"))).readings
    assert reading.vendor_reading_id in {each.vendor_reading_id for each in found.removals}
    bare = batch(record(deleted_at="2026-11-03T09:00:00Z")).removals
    assert reading.vendor_reading_id in {each.vendor_reading_id for each in bare}
    assert all(each.names == (OWN, USER) for each in bare)


def test_a_correction_has_another_checksum_under_the_same_id() -> None:
    first, second = batch(
        record(metric("body_weight", 842.5, "kg")),
        record(metric("body_weight", 84.25, "kg"), checksum="c1"),
    ).readings
    assert first.vendor_reading_id == second.vendor_reading_id
    assert (first.version, second.version) == ("b0a2547d", "c1")


@pytest.mark.parametrize("told", [None, "soon", 100_000, 123])
def test_an_offset_that_is_none_is_not_taken(told: object) -> None:
    (reading,) = batch(record(metric("body_weight", 84, "kg"), utc_offset=0)).readings
    assert (reading.offset_seconds, reading.offset_origin) == (0, "source")
    found = batch(record(metric("body_weight", 84, "kg"), utc_offset=told))
    assert [each.offset_seconds for each in found.readings] in ([None], [])
    assert bool(found.faults) is (told == "soon")


def test_the_origin_of_an_offset_is_kept() -> None:
    (reading,) = batch(record(metric("body_weight", 84, "kg"), offset_origin="profile")).readings
    assert reading.offset_origin == "profile"


def test_readings_out_of_bounds_are_marked_as_told() -> None:
    tag = {"name": "out_of_bounds_blood_glucose", "value": "low"}
    (reading,) = batch(record(metric("blood_glucose", 15.0, "mg/dL"), tags=[tag])).readings
    assert reading.flags == ("told_low",)


def test_a_battery_is_a_sign_of_life() -> None:
    device = {"id": "1", "diagnostics": [{"type": "battery_level", "unit": "percent", "value": 8}]}
    found = batch(record(metric("body_weight", 84, "kg"), source={"device": device}))
    (sign,) = found.signs
    assert (sign.kind, sign.battery_percent) == ("battery", 8)
    assert len(found.readings) == 1


@pytest.mark.parametrize("kind", ["summary", "workout", "sleep", "nutrition", "intraday"])
def test_other_records_are_told_and_read_as_nothing(kind: str) -> None:
    found = batch(record(metric("steps", 4000, "steps"), type=kind))
    assert (found.readings, found.faults) == ((), ())
    assert len(found.passed) == 1


def test_averages_are_told_and_not_read() -> None:
    found = batch(record(metric("avg_blood_glucose", 150, "mg/dL"), metric("spo2", 97, "percent")))
    assert [each.metric for each in found.readings] == [SATURATION]
    assert len(found.passed) == 1


STREAM = (
    b"event: poke\ndata: {}\n\n"
    b"event:data \ndata:%s\n\n"
    b'event: rule\ndata: {"rule_id":"r1","user_id":"652572","triggered_at":"2026-11-02"}\n\n'
    b'event: connection\ndata: {"user_id":"652572","source":"fitbit","event":"disconnected"}\n\n'
    b"event: data\ndata: {not json}\n\n"
    b"event: mood\ndata: {}\n\n"
    b"event: poke\ndata: {}\n\n"
    b'event: data\ndata: {"id":'
)


def test_a_piece_of_the_stream() -> None:
    told = json.dumps(record(metric("body_weight", 84.25, "kg"))).encode()
    found = read(STREAM % told)
    assert [(each.metric, each.path) for each in found.readings] == [(WEIGHT, "/1")]
    (sign,) = found.signs
    assert (sign.names, sign.kind, sign.signal) == ((USER,), "fault", "disconnected")
    assert [(each.path, each.code) for each in found.faults] == [
        ("/4", "not_readable"), ("/5", "not_the_shape"),
    ]  # fmt: skip
    assert len(found.passed) == 2, "the rule and the pokes"


def test_lines_of_one_event_belong_together() -> None:
    told = json.dumps(record(metric("body_weight", 84.25, "kg")), indent=1).encode()
    stream = b"event: data\r\n" + b"".join(b"data: %s\r\n" % line for line in told.splitlines())
    assert len(read(stream + b"\r\n").readings) == 1
    assert read(stream).readings == (), "an event without its end was cut off"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps, lambda told: json.dumps([told]),
        lambda told: json.dumps({"measurements": [told], "next": None}),
        lambda told: json.dumps({"records": [told], "summaries": []}),
    ],
)  # fmt: skip
def test_every_wrapping_is_read(body: Any) -> None:
    found = read(body(record(metric("body_weight", 84.25, "kg"))).encode())
    assert [each.metric for each in found.readings] == [WEIGHT]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (record(metric("mood", 1, "n/a")), "unknown_metric"),
        (record(metric("body_weight", 84, "mmHg")), "unknown_unit"),
        (record(metric("body_weight", 84, "stones")), "unknown_unit"),
        (record(metric("body_weight", "heavy", "kg")), "not_a_number"),
        (record(metric("systolic", 132, "mmHg")), "missing_field"),
        (record(metric("spo2", 97, "percent"), start_time=None), "missing_field"),
        (record(metric("spo2", 97, "percent"), start_time="2026-11-02T13:04:58"), "not_a_time"),
        (record(metric("spo2", 97, "percent"), user={}), "no_device"),
        (record(metric("spo2", 97, "percent"), type="mood"), "unknown_metric"),
        (record(metric("spo2", 97, "percent"), metrics={}), "not_the_shape"),
        ("x", "not_the_shape"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_fault(told: Any, code: str) -> None:
    good = record(metric("body_weight", 84.25, "kg"))
    found = batch(told, good)
    assert [each.code for each in found.faults] == [code]
    assert [each.metric for each in found.readings] == [WEIGHT], "the others are read"
