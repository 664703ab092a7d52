"""Terra: signed deliveries of consumers' records; whatever holds no reading says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.signatures import time_signature
from caretally.devices.unpacked import Measured, Posted, Unpacked
from caretally.devices.vendors.terra.slice import SLICE
from caretally.journal.quantities import DIASTOLIC, GLUCOSE, PRESSURE, PULSE, SYSTOLIC, WEIGHT

AT = datetime(2026, 11, 2, 13, 10, tzinfo=UTC)
USER = {"user_id": "2f0e7a", "provider": "OMRON", "reference_id": "x"}
TIME = "2026-11-02T07:04:58.000000-06:00"
NAMES = (("terra:user", "2f0e7a"),)


def read(told: Any) -> Unpacked:
    """Return what a delivery holds."""
    return SLICE.parse(Posted(body=json.dumps(told).encode(), received_at=AT))


def body(kind: str = "body", upload: object = 1, **parts: Any) -> Unpacked:
    """Return what a delivery with one record holds."""
    record = {"metadata": {"upload_type": upload}, **parts}
    return read({"type": kind, "user": USER, "data": [record]})


def samples(name: str, *told: dict[str, Any]) -> dict[str, Any]:
    """Return samples under their name."""
    return {name: [{"timestamp": TIME, **each} for each in told]}


PRESSURES = samples("blood_pressure_samples", {"systolic_bp": 132, "diastolic_bp": 81})


@pytest.mark.parametrize("kind", ["body", "daily"])
def test_pressures_are_one_reading(kind: str) -> None:
    (reading,) = body(kind, blood_pressure_data=PRESSURES).readings
    assert reading.metric == PRESSURE
    assert reading.measured == (
        Measured(SYSTOLIC, Decimal(132), "mm[Hg]"), Measured(DIASTOLIC, Decimal(81), "mm[Hg]"),
    )  # fmt: skip
    assert reading.measured_at == datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)
    assert (reading.offset_seconds, reading.offset_origin) == (-21600, "source")
    assert (reading.names, reading.origin) == (NAMES, "device")


def test_glucose_and_weight() -> None:
    found = body(
        glucose_data=samples("blood_glucose_samples", {"blood_glucose_mg_per_dL": 142.5}),
        measurements_data={"measurements": [
            {"measurement_time": TIME, "weight_kg": 84.25, "BMI": None}]},
    )  # fmt: skip
    assert {each.metric: each.measured[0].value for each in found.readings} == {
        GLUCOSE: Decimal("142.5"), WEIGHT: Decimal("84.25"),
    }  # fmt: skip


def test_heart_rates_of_a_whole_day_are_not_read() -> None:
    rates = samples("hr_samples", {"bpm": 70})
    assert [each.metric for each in body("body", heart_data=rates).readings] == [PULSE]
    found = body("daily", heart_data=rates)
    assert found.readings == ()
    assert len(found.passed) == 1


@pytest.mark.parametrize(
    ("upload", "device", "origin"),
    [
        (1, {}, "device"), (2, {"name": "X"}, "manual"), (0, {"manufacturer": "Omron"}, "device"),
        (None, {"name": "X"}, "device"), (None, {}, "unknown"),
        (0, {}, "unknown"), (9, {}, "unknown"),
    ],
)  # fmt: skip
def test_what_nobody_says_to_be_a_device_is_of_unknown_origin(
    upload: object, device: dict[str, str], origin: str
) -> None:
    (reading,) = body(upload=upload, device_data=device, blood_pressure_data=PRESSURES).readings
    assert reading.origin == origin


def test_the_accounts_own_device_is_the_surest_name() -> None:
    (reading,) = body(device_data={"serial_number": "SN1"}, blood_pressure_data=PRESSURES).readings
    assert reading.names == (("terra:device", "2f0e7a/SN1"), *NAMES)


@pytest.mark.parametrize("kind", ["deauth", "access_revoked", "connection_error"])
def test_an_account_that_is_gone_is_a_trouble_to_be_seen(kind: str) -> None:
    (sign,) = read({"type": kind, "user": USER, "status": "error"}).signs
    assert (sign.names, sign.kind, sign.signal) == (NAMES, "fault", kind)


@pytest.mark.parametrize("kind", ["auth", "user_reauth"])
def test_an_account_that_is_back_is_alive(kind: str) -> None:
    where = "new_user" if kind == "user_reauth" else "user"
    (sign,) = read({"type": kind, where: USER}).signs
    assert (sign.kind, sign.signal) == ("heartbeat", kind)


@pytest.mark.parametrize(
    "kind",
    ["activity", "sleep", "nutrition", "menstruation", "athlete", "processing",
     "large_request_processing", "large_request_sending"],
)  # fmt: skip
def test_what_holds_no_reading_says_so(kind: str) -> None:
    found = read({"type": kind, "user": USER, "data": [{"blood_pressure_data": PRESSURES}]})
    assert (found.readings, found.faults, found.signs) == ((), (), ())
    assert len(found.passed) == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"type": "mood", "user": USER}, "unknown_metric"), ({"user": USER}, "missing_field"),
        ({"type": "body", "user": {}, "data": []}, "no_device"), ([], "missing_field"),
        ({"type": "body", "user": USER, "data": ["x"]}, "not_the_shape"),
        ({"type": "body", "user": USER, "data": [{"glucose_data": []}]}, "not_the_shape"),
        ({"type": "body", "user": USER, "data": [{"blood_pressure_data": samples(
            "blood_pressure_samples", {"systolic_bp": 132})}]}, "missing_field"),
        ({"type": "body", "user": USER, "data": [{"glucose_data": samples(
            "blood_glucose_samples", {"blood_glucose_mg_per_dL": "much"})}]}, "not_a_number"),
        ({"type": "body", "user": USER, "data": [{"glucose_data": samples(
            "blood_glucose_samples", {"blood_glucose_mg_per_dL": 1, "timestamp": "2026-11-02"})}]},
         "not_a_time"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_fault(told: Any, code: str) -> None:
    found = read(told)
    assert [each.code for each in found.faults] == [code]
    assert found.readings == ()


def signed(secret: bytes, body: bytes = b"{}", at: datetime = AT) -> Posted:
    """Return a delivery signed at an instant and received at AT."""
    return Posted(
        body=b"{}", received_at=AT, headers={"terra-signature": time_signature(secret, body, at)}
    )


@pytest.mark.parametrize(
    ("sent", "genuine"),
    [
        (signed(b"new"), True), (signed(b"old"), True), (signed(b"other"), False),
        (signed(b"new", b"{ }"), False), (signed(b"new", at=AT - timedelta(hours=1)), False),
        (signed(b"new", at=AT + timedelta(hours=1)), False),
        (Posted(body=b"{}", received_at=AT), False),
    ],
)  # fmt: skip
def test_only_what_is_signed_now_is_genuine(sent: Posted, genuine: bool) -> None:
    assert SLICE.verify(sent, (b"new", b"old")).is_genuine is genuine
