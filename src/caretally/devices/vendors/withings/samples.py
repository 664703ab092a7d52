"""Makes answers of Withings' `getmeas`, for simulators and tests."""

from __future__ import annotations

import json

from caretally.clock import seconds_of
from caretally.devices.pulls import ABOUT
from caretally.devices.unpacked import Posted
from caretally.devices.vendors.slices import Sample
from caretally.devices.vendors.withings.notification import USER
from caretally.devices.vendors.withings.parse import TYPES
from caretally.devices.vendors.withings.verify import QUERY
from caretally.journal.quantities import BY_LOINC, convert

TYPE_OF = {metric: kind for kind, (metric, _) in TYPES.items()}
ATTRIB_OF = {"device": 0, "unknown": 1, "manual": 2}


def samples(wanted: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return an answer a sample."""
    return tuple(
        Posted(
            body=json.dumps(answer(sample), separators=(",", ":")).encode(),
            received_at=sample.received_at,
            headers={
                "content-type": "application/json", QUERY: f"secret={secret.decode()}",
                ABOUT: f"{USER} {sample.device}",
            },
        )
        for sample in wanted
    )  # fmt: skip


def answer(sample: Sample) -> dict[str, object]:
    """Return an answer with one group."""
    received = seconds_of(sample.received_at)
    group = {
        "grpid": sample.number, "attrib": ATTRIB_OF.get(sample.origin, 0),
        "date": seconds_of(sample.measured_at), "created": received, "modified": received,
        "category": 1, "deviceid": None, "hash_deviceid": None, "timezone": None,
        "measures": measures(sample),
    }  # fmt: skip
    body = {
        "updatetime": received, "timezone": None, "userid": sample.device, "measuregrps": [group],
    }  # fmt: skip
    return {"status": 0, "body": body}


def measures(sample: Sample) -> list[dict[str, int]]:
    """Return the measures of a sample, each as a whole number and a power of ten."""
    found = []
    for metric, value in sample.values.items():
        kind = TYPE_OF[metric]
        converted = convert(value, BY_LOINC[metric].unit, TYPES[kind][1])
        assert converted is not None
        power = min(0, int(converted.as_tuple().exponent))
        found.append({"value": int(converted.scaleb(-power)), "type": kind, "unit": power})
    return found
