"""Makes Terra's signed deliveries, for simulators and tests."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal

import msgspec

from caretally.devices.signatures import time_signature
from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.devices.vendors.terra.parse import RATES, SAMPLES, Sampled

SIGNATURE = "terra-signature"
written = msgspec.json.Encoder(decimal_format="number").encode
"""With the digits of every value as they are."""
UPLOADS = {"device": 1, "manual": 2}


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a signed delivery a sample."""
    return tuple(posted(sample, secret) for sample in wanted)


def posted(sample: Sample, secret: bytes) -> Posted:
    """Return the delivery of one sample."""
    body = written(page(sample))
    headers = {
        "content-type": "application/json",
        SIGNATURE: time_signature(secret, body, sample.received_at),
    }
    return Posted(body=body, received_at=sample.received_at, headers=headers)


def page(sample: Sample) -> dict[str, object]:
    """Return a body record with the values of a sample."""
    shown = sample.measured_at.astimezone(timezone(timedelta(seconds=sample.offset_seconds)))
    parts: dict[str, dict[str, list[dict[str, object]]]] = {}
    rest = dict(sample.values)
    for sampled in (*SAMPLES, RATES):
        told = taken(sampled, rest)
        if told:
            at = {sampled.time: shown.isoformat(timespec="seconds")}
            parts.setdefault(sampled.part, {})[sampled.samples] = [{**at, **told}]
    record = {"metadata": {"upload_type": UPLOADS.get(sample.origin, 0)}, **parts}
    user = {"user_id": sample.device, "provider": "OMRON", "reference_id": None}
    return {"type": "body", "user": user, "data": [record]}


def taken(sampled: Sampled, rest: dict[str, Decimal]) -> dict[str, object]:
    """Return the fields of a sample of a kind, taking their values away."""
    return {name: rest.pop(metric) for name, metric, _ in sampled.fields if metric in rest}
