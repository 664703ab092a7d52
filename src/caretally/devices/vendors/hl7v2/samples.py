"""Messages as a gateway of IHE PCD-01 sends them, for simulators and tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.bearer import shown
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import BY_LOINC, PANELS

CONTENT_TYPE = "application/hl7-v2"
METHODS: Mapping[str, str] = {"device": "AMEAS", "manual": "MMEAS", "derived": "ACALC"}


def samples(measured: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a message for each measurement."""
    return tuple(
        Posted(body=message(each).encode(), headers=shown(secret, CONTENT_TYPE),
               received_at=each.received_at)
        for each in measured
    )  # fmt: skip


def message(sample: Sample) -> str:
    """Return a measurement as ORU^R01."""
    at = told(sample.measured_at, sample.offset_seconds)
    own_id = f"{sample.device}-{sample.number}"
    sent = f"{told(sample.received_at, 0)}||ORU^R01^ORU_R01|{own_id}|P|2.6|||AL|NE||UNICODE UTF-8"
    lines = [
        rf"MSH|^~\&|Gateway|Home|Caretally|Practice|{sent}",
        f"OBR|1||{own_id}|{sample.metric}^^LN|||{at}",
    ]
    # A sender that does not know who typed a number names no device either.
    device = sample.device if sample.origin != "unknown" else ""
    if not device:
        lines.insert(1, f"PID|||{sample.device}")
    method = METHODS.get(sample.origin, "")
    metrics = sample.values if sample.metric in PANELS else (sample.metric,)
    lines += [
        f"OBX|{number}|NM|{metric}^^LN|1.{number}|{sample.values[metric]:f}|"
        f"{BY_LOINC[metric].unit}^^UCUM|||||F|||{at}|||{method}|{device}"
        for number, metric in enumerate(metrics, 1)
    ]
    return "\r".join(lines) + "\r"


def told(at: datetime, offset_seconds: int) -> str:
    """Return an instant as HL7 writes it."""
    zone = timezone(timedelta(seconds=offset_seconds)) if offset_seconds else UTC
    return f"{at.astimezone(zone):%Y%m%d%H%M%S%z}"
