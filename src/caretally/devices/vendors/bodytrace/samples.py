"""Makes BodyTrace's messages of measurements, for simulators and tests."""

from __future__ import annotations

import json

from caretally.clock import EPOCH
from caretally.devices.signatures import basic_header
from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import DIASTOLIC, PRESSURE, PULSE, SATURATION, SYSTOLIC, WEIGHT


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a message a sample."""
    return tuple(posted(sample, secret) for sample in wanted)


def posted(sample: Sample, secret: bytes) -> Posted:
    """Return the message of one sample."""
    since = sample.measured_at - EPOCH
    message = {
        "deviceId": sample.device,
        "ts": (since.days * 86400 + since.seconds) * 1000,
        "batteryVoltage": 5900 - sample.number % 900,
        "rssi": -71,
        "values": values(sample),
    }
    body = json.dumps(message, separators=(",", ":"))
    return Posted(
        body=body.encode(), received_at=sample.received_at,
        headers={"authorization": basic_header(secret), "content-type": "application/json"},
    )  # fmt: skip


def values(sample: Sample) -> dict[str, object]:
    """Return what was measured as it is sent, in whole numbers."""
    told = {code: int(value) for code, value in sample.values.items()}
    if sample.metric == PRESSURE:
        return {"systolic": told[SYSTOLIC], "diastolic": told[DIASTOLIC],
                "pulse": told.get(PULSE), "unit": "mmHg"}  # fmt: skip
    if sample.metric == SATURATION:
        return {"spo2": told[SATURATION], "pulse": told.get(PULSE)}
    if sample.metric == WEIGHT:
        return {"unit": 1, "weight": int(sample.values[WEIGHT] * 1000), "tare": 0}
    return {"pulse": told[PULSE]}
