"""Makes pages of Dexcom's estimated glucose values, for simulators and tests."""

from __future__ import annotations

import json
from datetime import timedelta, timezone

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a page a sample."""
    return tuple(
        Posted(
            body=json.dumps(page(sample), separators=(",", ":")).encode(),
            received_at=sample.received_at,
            headers={"authorization": secret.decode(), "content-type": "application/json"},
        )
        for sample in wanted
    )  # fmt: skip


def page(sample: Sample) -> dict[str, object]:
    """Return a page with one record, as a phone tells it."""
    shown = sample.measured_at.astimezone(timezone(timedelta(seconds=sample.offset_seconds)))
    (value,) = sample.values.values()
    record = {
        "recordId": f"{sample.device}-{sample.number}",
        "systemTime": sample.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "displayTime": shown.isoformat(timespec="seconds"),
        "transmitterId": None, "transmitterTicks": sample.number,
        "value": int(value.to_integral_value()),
        "status": "ok", "trend": "flat", "trendRate": 0, "unit": "mg/dL", "rateUnit": "mg/dL/min",
        "displayDevice": "iOS", "transmitterGeneration": "g7",
    }  # fmt: skip
    return {
        "recordType": "egv", "recordVersion": "3.0", "userId": sample.device, "records": [record],
    }  # fmt: skip
