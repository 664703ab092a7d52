"""Makes Tenovi's deliveries of measurements, for simulators and tests."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.devices.vendors.tenovi.measurements import SINGLE
from caretally.journal.quantities import (
    BY_LOINC,
    DIASTOLIC,
    PRESSURE,
    PULSE,
    SYSTOLIC,
    convert,
)

METRIC_OF = {metric: name for name, (metric, _) in reversed(SINGLE.items())}
UNIT_OF = dict(SINGLE.values())
SENSOR_OF = {PRESSURE: ("Tenovi BPM", "10")}


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a delivery a sample: an object, or an array of what was taken at once."""
    return tuple(posted(sample, secret) for sample in wanted)


def posted(sample: Sample, secret: bytes) -> Posted:
    """Return the delivery of one sample."""
    objects = list(measurements(sample))
    body = json.dumps(objects if len(objects) > 1 else objects[0], separators=(",", ":"))
    return Posted(
        body=body.encode(), received_at=sample.received_at,
        headers={"authorization": secret.decode(), "content-type": "application/json"},
    )  # fmt: skip


def measurements(sample: Sample) -> list[dict[str, object]]:
    """Return the objects of a sample, pressure first."""
    values = dict(sample.values)
    found = []
    if sample.metric == PRESSURE:
        systolic, diastolic = values.pop(SYSTOLIC), values.pop(DIASTOLIC)
        found.append(measurement(sample, "blood_pressure", str(systolic), str(diastolic)))
    for metric, value in itertools.chain(sorted(values.items(), key=lambda each: each[0] == PULSE)):
        sent = told_in(metric, value)
        found.append(measurement(sample, METRIC_OF[metric], sent, None))
    return found


def told_in(metric: str, value: Decimal) -> str:
    """Return a value in the unit it is sent in, to a tenth."""
    unit = UNIT_OF[metric]
    converted = convert(value, BY_LOINC[metric].unit, unit)
    assert converted is not None
    same = unit == BY_LOINC[metric].unit
    return str(value if same else converted.quantize(Decimal("0.1")))


def measurement(sample: Sample, metric: str, first: str, second: str | None) -> dict[str, object]:
    """Return one measurement as it is sent."""
    name, code = SENSOR_OF.get(sample.metric, ("Tenovi Sensor", "00"))
    at = sample.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "metric": metric,
        "device_name": name,
        "hwi_device_id": sample.device,
        "patient_id": None,
        "hardware_uuid": "A1B2C3D4E5F6",
        "sensor_code": code,
        "value_1": first,
        "value_2": second,
        "created": at,
        "timestamp": at,
        "timezone_offset": sample.offset_seconds // 3600,
        "estimated_timestamp": False,
        "filter_params": {"measurement_index": sample.number},
    }
