"""Makes Smart Meter's deliveries of readings, for simulators and tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    WEIGHT,
    convert,
)

MODELS = {PRESSURE: "SMBP", WEIGHT: "SMWS", GLUCOSE: "SMBG", SATURATION: "SMPO"}
MOST = 20
"""Readings in a delivery."""


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return deliveries of readings, mixed as they come."""
    batches = [wanted[begin : begin + MOST] for begin in range(0, len(wanted), MOST)]
    return tuple(posted(batch, secret) for batch in batches)


def posted(batch: tuple[Sample, ...], secret: bytes) -> Posted:
    """Return one delivery."""
    # Numbers are written from their digits: json would write a decimal as nothing it knows.
    body = json.dumps([reading(sample) for sample in batch], separators=(",", ":"), default=str)
    return Posted(
        body=body.encode(), received_at=max(sample.received_at for sample in batch),
        headers={"authorization": secret.decode(), "content-type": "application/json"},
    )  # fmt: skip


def reading(sample: Sample) -> dict[str, object]:
    """Return one reading as it is sent."""
    return {
        "reading_id": number_of(sample),
        "device_id": sample.device,
        "device_model": MODELS[sample.metric],
        "date_recorded": without_offset(sample.measured_at),
        "date_received": without_offset(sample.received_at),
        "time_zone_offset": sample.offset_seconds // 3600,
        **values(sample),
        "event_flag": None,
    }


def number_of(sample: Sample) -> int:
    """Return a number that no other reading of any device has."""
    digits = "".join(char for char in sample.device if char.isdigit())[-9:] or "0"
    return int(digits) * 1_000_000 + sample.number


def without_offset(at: datetime) -> str:
    """Return an instant as the vendor writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def values(sample: Sample) -> dict[str, object]:
    """Return the fields of a type of reading."""
    told = {PULSE: "pulse_bpm", SYSTOLIC: "systolic_mmhg", DIASTOLIC: "diastolic_mmhg",
            SATURATION: "spo2"}  # fmt: skip
    whole = {told[code]: int(value) for code, value in sample.values.items() if code in told}
    if sample.metric == PRESSURE:
        return {"reading_type": "blood_pressure", **whole, "irregular": False}
    if sample.metric == SATURATION:
        return {"reading_type": "pulse_ox", **whole}
    if sample.metric == WEIGHT:
        pounds = in_unit(sample.values[WEIGHT], "kg", "[lb_av]")
        return {"reading_type": "weight", "weight_lbs": pounds,
                "weight_kg": in_unit(sample.values[WEIGHT], "kg", "kg")}  # fmt: skip
    return {
        "reading_type": "blood_glucose",
        "blood_glucose_mgdl": int(sample.values[GLUCOSE]),
        "blood_glucose_mmol": in_unit(sample.values[GLUCOSE], "mg/dL", "mmol/L"),
        "before_meal": False,
    }


def in_unit(value: Decimal, unit: str, to: str) -> Decimal:
    """Return a value in another unit, to a tenth."""
    converted = convert(value, unit, to)
    assert converted is not None
    return converted.quantize(Decimal("0.1"))
