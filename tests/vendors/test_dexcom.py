"""Dexcom: values of continuous sensors, with and without an offset, in and out of range."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.pulls import ABOUT
from caretally.devices.unpacked import Measured, Posted, Unpacked
from caretally.devices.vendors.dexcom.slice import SLICE
from caretally.journal.quantities import CONTINUOUS_GLUCOSE

AT = datetime(2026, 11, 2, 14, tzinfo=UTC)
PHONE = {
    "recordId": "rec-1", "systemTime": "2026-11-02T13:04:58Z",
    "displayTime": "2026-11-02T07:04:58-06:00", "transmitterId": "8HX3LM", "transmitterTicks": 123,
    "value": 142, "status": "ok", "trend": "flat", "trendRate": 0.1, "unit": "mg/dL",
    "rateUnit": "mg/dL/min", "displayDevice": "iOS", "transmitterGeneration": "g7",
}  # fmt: skip
RECEIVER = {
    **PHONE, "systemTime": "2026-11-02T13:04:58", "displayTime": "2026-11-02T07:04:58",
    "displayDevice": "receiver",
}  # fmt: skip


def page(*records: Any, **changed: Any) -> Unpacked:
    """Return what a page of records holds."""
    told = {"recordType": "egv", "recordVersion": "3.0", "userId": "079a528d", "records": records}
    body = json.dumps({**told, **changed}).encode()
    return SLICE.parse(Posted(body=body, received_at=AT))


def test_a_record_of_a_phone_has_its_instant_and_offset() -> None:
    (reading,) = page(PHONE).readings
    assert reading.measured == (Measured(CONTINUOUS_GLUCOSE, Decimal(142), "mg/dL"),)
    assert reading.measured_at == datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)
    assert (reading.offset_seconds, reading.offset_origin) == (-6 * 3600, "device")
    assert reading.wall is None
    assert (reading.vendor_reading_id, reading.origin) == ("rec-1", "device")
    assert reading.context == (("trend", "flat"),)


def test_a_record_of_a_receiver_is_local_time_and_never_utc() -> None:
    (reading,) = page(RECEIVER).readings
    assert reading.measured_at is None
    assert reading.wall == datetime(2026, 11, 2, 7, 4, 58)  # noqa: DTZ001 - local on purpose
    assert reading.offset_seconds is None


def test_a_display_time_with_offset_is_enough() -> None:
    (reading,) = page({**PHONE, "systemTime": None}).readings
    assert reading.measured_at == datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)


def test_the_user_stays_the_same_when_the_sensor_changes() -> None:
    first, second = page(PHONE, {**PHONE, "transmitterId": "9NEW01", "recordId": "rec-2"}).readings
    assert first.names[0] == second.names[0] == ("dexcom:user", "079a528d")
    assert first.names[1] != second.names[1]


def test_the_user_asked_about_counts_where_the_page_names_none() -> None:
    told = {"recordType": "egv", "records": [{**PHONE, "transmitterId": None}]}
    sent = Posted(
        body=json.dumps(told).encode(), received_at=AT, headers={ABOUT: "dexcom:user 079a"}
    )
    (reading,) = SLICE.parse(sent).readings
    assert reading.names == (("dexcom:user", "079a"),)
    lost = SLICE.parse(Posted(body=json.dumps(told).encode(), received_at=AT))
    assert [each.code for each in lost.faults] == ["no_device"]


@pytest.mark.parametrize("status", ["low", "high"])
def test_no_number_is_made_up_for_a_value_out_of_range(status: str) -> None:
    found = page({**PHONE, "value": None, "status": status}, PHONE)
    assert len(found.readings) == 1
    (fault,) = found.faults
    assert (fault.path, fault.code) == ("/records/0/value", "missing_field")
    assert ("below" in fault.says) is (status == "low")


def test_a_value_told_as_out_of_range_is_marked() -> None:
    (reading,) = page({**PHONE, "value": 401, "status": "high"}).readings
    assert reading.flags == ("told_high",)


def test_each_record_has_its_own_unit() -> None:
    found = page(PHONE, {**PHONE, "value": 7.9, "unit": "mmol/L"}, {**PHONE, "unit": "unknown"})
    assert [(each.measured[0].value, each.measured[0].unit) for each in found.readings] == [
        (Decimal(142), "mg/dL"), (Decimal("7.9"), "mmol/L"),
    ]  # fmt: skip
    assert [(each.path, each.code) for each in found.faults] == [
        ("/records/2/unit", "unknown_unit")
    ]


@pytest.mark.parametrize("kind", ["event", "calibration", "alert", "device", "dataRange"])
def test_other_records_are_told_and_read_as_nothing(kind: str) -> None:
    found = page(PHONE, recordType=kind)
    assert (found.readings, found.faults) == ((), ())
    assert len(found.passed) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recordType": "mood"}, "unknown_metric"), ({"recordType": None}, "missing_field"),
        ({"records": None}, "missing_field"), ({"records": {}}, "not_the_shape"),
        ({"records": ["x"]}, "not_the_shape"),
        ({"records": [{**PHONE, "displayTime": "soon"}]}, "not_a_time"),
        ({"records": [{**PHONE, "displayTime": None}]}, "missing_field"),
        ({"records": [{**PHONE, "value": "NaN"}]}, "not_a_number"),
        ({"records": [{**PHONE, "value": True}]}, "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_fault(changed: dict[str, Any], code: str) -> None:
    found = page(**changed)
    assert [each.code for each in found.faults] == [code]
    assert found.readings == ()
