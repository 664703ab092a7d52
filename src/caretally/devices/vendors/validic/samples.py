"""Makes Validic's batches of records, for simulators and tests."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import msgspec

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.devices.vendors.validic.records import METRICS
from caretally.journal.quantities import BY_LOINC

WORD_OF = {metric: word for word, metric in reversed(tuple(METRICS.items()))}
UNIT_WORDS = {
    "mm[Hg]": "mmHg", "/min": "bpm", "kg": "kg", "%": "percent", "Cel": "C", "mg/dL": "mg/dL",
    "L/min": "L/min", "L": "L", "cm": "cm", "kg/m2": "kg/m2",
}  # fmt: skip


written = msgspec.json.Encoder(decimal_format="number").encode
"""With the digits of every value as they are."""


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a batch with one record a sample."""
    return tuple(
        Posted(
            body=written({"data": [record(sample)]}), received_at=sample.received_at,
            headers={"authorization": secret.decode(), "content-type": "application/json"},
        )
        for sample in wanted
    )  # fmt: skip


def record(sample: Sample) -> dict[str, object]:
    """Return a record of a measurement."""
    at = sample.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    metrics = [metric(code, value, sample.origin) for code, value in sample.values.items()]
    number = f"{sample.device}{sample.number:08d}"
    return {
        "id": number, "log_id": number, "checksum": sha256(repr(metrics).encode()).hexdigest(),
        "created_at": sample.received_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "deleted_at": None,
        "start_time": at, "end_time": at, "utc_offset": sample.offset_seconds,
        "offset_origin": "source", "type": "measurement", "metrics": metrics,
        "source": {"type": "omron", "device": {"id": None, "diagnostics": []}},
        "user": {"organization_id": "org", "user_id": sample.device, "uid": sample.device},
        "tags": [], "version": "1.0",
    }  # fmt: skip


def metric(code: str, value: Decimal, origin: str) -> dict[str, object]:
    """Return one metric of a record."""
    unit = UNIT_WORDS["/min" if code == "9279-1" else BY_LOINC[code].unit]
    return {"type": WORD_OF[code], "origin": origin, "unit": unit, "value": value}
