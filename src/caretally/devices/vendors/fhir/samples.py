"""Observations as a gateway of the PHD guide posts them, for simulators and tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.bearer import shown
from caretally.devices.vendors.fhir.origins import REPORTED
from caretally.devices.vendors.fhir.shapes import LOINC, UCUM
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import BY_LOINC, PANELS

CONTENT_TYPE = "application/fhir+json"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LABELS: Mapping[str, str] = {"device": "DEVRPT", "manual": "PATRPT"}

_encoder = msgspec.json.Encoder(decimal_format="number")


def samples(measured: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return a delivery for each measurement."""
    return tuple(
        Posted(body=_encoder.encode(observation(each)), headers=shown(secret, CONTENT_TYPE),
               received_at=each.received_at)
        for each in measured
    )  # fmt: skip


def observation(sample: Sample) -> dict[str, Any]:
    """Return a measurement as an Observation."""
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"{sample.device}-{sample.number}",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}],
        "code": concept(sample.metric),
        "effectiveDateTime": local(sample.measured_at, sample.offset_seconds),
        "issued": sample.received_at.astimezone(UTC).isoformat(),
        "device": {"identifier": {"value": sample.device}},
    }
    if sample.origin in LABELS:
        made["meta"] = {"security": [{"system": REPORTED, "code": LABELS[sample.origin]}]}
    if sample.origin == "derived":
        made["derivedFrom"] = [{"reference": f"Observation/{sample.device}-source"}]
    if sample.origin == "unknown":
        made["subject"] = {"identifier": made.pop("device")["identifier"]}
    if sample.metric in PANELS:
        made["component"] = [
            {"code": concept(metric), "valueQuantity": quantity(metric, value)}
            for metric, value in sample.values.items()
        ]
        return made
    made["valueQuantity"] = quantity(sample.metric, sample.values[sample.metric])
    return made


def concept(metric: str) -> dict[str, Any]:
    """Return a LOINC code as FHIR has it."""
    return {"coding": [{"system": LOINC, "code": metric}]}


def quantity(metric: str, value: Decimal) -> dict[str, Any]:
    """Return a number in the unit of its metric."""
    unit = BY_LOINC[metric].unit
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def local(at: datetime, offset_seconds: int) -> str:
    """Return an instant as local time with its offset, or in UTC where there is none."""
    if not offset_seconds:
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    zone = timezone(timedelta(seconds=offset_seconds))
    return at.astimezone(zone).isoformat(timespec="seconds")
