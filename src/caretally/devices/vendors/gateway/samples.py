"""Makes gateways' deliveries of characteristics as bytes, for simulators and tests."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from caretally.devices.signatures import body_signature
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
)

HEADER = "x-gateway-signature"
NO_MEAN = 0x07FF


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a delivery a sample."""
    return tuple(posted(sample, secret) for sample in wanted)


def posted(sample: Sample, secret: bytes) -> Posted:
    """Return the delivery of one sample: heard as it was measured, without a clock of its own."""
    code, raw = octets_of(sample)
    heard = (sample.measured_at + timedelta(seconds=0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    envelope = {
        "gateway": "gw-0001", "sent_at": sample.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "measurements": [{
            "id": f"{sample.device}-{sample.number}", "device": {"mac": sample.device},
            "characteristic": code, "value_hex": raw.hex(), "heard_at": heard,
        }],
    }  # fmt: skip
    body = json.dumps(envelope, separators=(",", ":")).encode()
    headers = {HEADER: body_signature(secret, body), "content-type": "application/json"}
    return Posted(body=body, received_at=sample.received_at, headers=headers)


def octets_of(sample: Sample) -> tuple[str, bytes]:
    """Return a characteristic and its bytes."""
    values = sample.values
    if sample.metric == PRESSURE:
        pulse = b"" if PULSE not in values else sfloat(values[PULSE], 0)
        flags = bytes([4 if pulse else 0])
        both = sfloat(values[SYSTOLIC], 0) + sfloat(values[DIASTOLIC], 0)
        return "2A35", flags + both + NO_MEAN.to_bytes(2, "little") + pulse
    if sample.metric == WEIGHT:
        return "2A9D", b"\x00" + int(values[WEIGHT] * 200).to_bytes(2, "little")
    if sample.metric == SATURATION:
        pulse = sfloat(values[PULSE], 0) if PULSE in values else NO_MEAN.to_bytes(2, "little")
        return "2A5E", b"\x00" + sfloat(values[SATURATION], 0) + pulse
    if sample.metric == GLUCOSE:
        return "2A18", glucose_of(sample)
    tenths = int(values[sample.metric] * 10).to_bytes(3, "little", signed=True)
    return "2A1C", b"\x00" + tenths + (-1).to_bytes(1, "little", signed=True)


def glucose_of(sample: Sample) -> bytes:
    """Return the bytes of a glucose; it always has a time, which is local."""
    local = sample.measured_at + timedelta(seconds=sample.offset_seconds)
    time = local.year.to_bytes(2, "little") + bytes(
        [local.month, local.day, local.hour, local.minute, local.second]
    )
    number = (sample.number % 65536).to_bytes(2, "little")
    return b"\x02" + number + time + sfloat(sample.values[GLUCOSE], -5) + b"\x11"


def sfloat(value: Decimal, exponent: int) -> bytes:
    """Return a number as SFLOAT; `exponent` shifts the point, for kilograms a liter."""
    return ((exponent & 0xF) << 12 | int(value) & 0xFFF).to_bytes(2, "little")
