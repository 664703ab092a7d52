"""Makes Impilo's webhooks of readings, for simulators and tests."""

from __future__ import annotations

import json
from decimal import Decimal

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import (
    BY_LOINC,
    DIASTOLIC,
    GLUCOSE,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
    convert,
)

HEADER = "impilo-webhook-secret"
SINGLE = {
    GLUCOSE: ("bloodGlucose", "mg/dL", "mgdl"),
    WEIGHT: ("weight", "[lb_av]", "lbs"),
    TEMPERATURE: ("temperature", "[degF]", "fahrenheit"),
    PEAK_FLOW: ("peakFlow", "L/min", "lpm"),
}
"""By metric: the type of the event, the unit sent, and the vendor's word for it."""


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return an event a sample."""
    return tuple(posted(sample, secret) for sample in wanted)


def posted(sample: Sample, secret: bytes) -> Posted:
    """Return the event of one sample."""
    kind, told = values(sample)
    event = {
        "id": sample.number, "type": f"reading.{kind}",
        "payload": {
            "id": f"{sample.device}-{sample.number}",
            "readingTimestamp": sample.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "deviceTimeZoneOffset": sample.offset_seconds,
            "patientTimeZoneOffset": sample.offset_seconds, "manual": sample.origin == "manual",
            "device": {"id": sample.device, "currentStatus": "active", "deviceIdentifiers": []},
            **told,
        },
    }  # fmt: skip
    return Posted(
        body=json.dumps(event, separators=(",", ":")).encode(), received_at=sample.received_at,
        headers={HEADER: secret.decode(), "content-type": "application/json"},
    )  # fmt: skip


def values(sample: Sample) -> tuple[str, dict[str, object]]:
    """Return the type of an event and what was measured, as it is sent."""
    whole = {code: int(value) for code, value in sample.values.items()}
    pulse = {"pulse": whole[PULSE]} if PULSE in whole else {}
    if sample.metric == PRESSURE:
        return "bloodPressure", {"systolic": whole[SYSTOLIC], "diastolic": whole[DIASTOLIC],
                                 "unit": "mmHg", **pulse}  # fmt: skip
    if sample.metric == SATURATION:
        return "bloodOxygen", {"spo2": whole[SATURATION], "unit": "percent", **pulse}
    kind, unit, word = SINGLE[sample.metric]
    sent = convert(sample.values[sample.metric], BY_LOINC[sample.metric].unit, unit)
    assert sent is not None
    return kind, {"value": str(sent.quantize(Decimal("0.1"))), "unit": word}
