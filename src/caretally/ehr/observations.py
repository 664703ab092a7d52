"""Readings as FHIR R4 Observations in the profiles of US Core 6.1.0, and Bundles of them.

A person is told by reference and id alone: no name, no date of birth leaves with a reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from caretally.ehr.outgoing import Number, Outgoing, outgoing
from caretally.journal.entries import Entry
from caretally.journal.quantities import (
    BODY_MASS_INDEX,
    BREATHS,
    BY_LOINC,
    CONTINUOUS_GLUCOSE,
    FORCED_VOLUME,
    GLUCOSE,
    HEIGHT,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    STEPS,
    TEMPERATURE,
    WEIGHT,
)

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
REPORTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
NAMES = "urn:caretally"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
PROFILES: Mapping[str, str] = {
    PRESSURE: "blood-pressure", WEIGHT: "body-weight", SATURATION: "pulse-oximetry",
    PULSE: "heart-rate", TEMPERATURE: "body-temperature", BREATHS: "respiratory-rate",
    HEIGHT: "body-height", BODY_MASS_INDEX: "bmi",
    GLUCOSE: "observation-clinical-result", CONTINUOUS_GLUCOSE: "observation-clinical-result",
}  # fmt: skip
"""The profile of each metric, by its LOINC code here; others follow FHIR alone."""
CATEGORY: Mapping[str, str] = {
    GLUCOSE: "laboratory", CONTINUOUS_GLUCOSE: "laboratory", PEAK_FLOW: "exam",
    FORCED_VOLUME: "exam", STEPS: "activity",
}  # fmt: skip
"""Category of what is no vital sign."""
BESIDE: Mapping[str, tuple[str, ...]] = {SATURATION: (SATURATION, "2708-6")}
"""Metrics whose profile wants several codes."""
LABELS: Mapping[str, str] = {"device": "DEVRPT", "manual": "PATRPT"}

_is_id = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_encoder = msgspec.json.Encoder(decimal_format="number")


def fhir_id(name: str) -> str:
    """Return an id as FHIR allows it: ours with hyphens, or where that will not do its digest.

    Example:
        >>> fhir_id("pat_ada")
        'pat-ada'
    """
    plain = name.replace("_", "-")
    return plain if _is_id(plain) else sha256(name.encode()).hexdigest()[:40]


def observation(told: Outgoing, zone_name: str) -> dict[str, Any]:
    """Return what is told of a reading as an Observation.

    zone_name: of the patient; times carry the offset that holds there.
    """
    entry, body = told.entry, told.body
    known = BY_LOINC.get(told.metric)
    metric = known.loinc if known and told.metric != CONTINUOUS_GLUCOSE else told.metric
    own_id = f"{entry.id}-{told.part}" if told.part else entry.id
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": fhir_id(own_id),
        "meta": meta_of(told, metric),
        "identifier": [{"system": f"{NAMES}:entry", "value": own_id}],
        "status": "corrected" if entry.supersedes else "final",
        "category": [concept(CATEGORIES, CATEGORY.get(metric, "vital-signs"))],
        "code": concept(LOINC, *codes_of(told.metric, metric)),
        "subject": reference("Patient", entry.patient or ""),
        "effectiveDateTime": told.local_time(zone_name).isoformat(timespec="seconds"),
        "issued": instant(body.received_at or entry.recorded_at),
        "device": reference("Device", body.device),
    }
    if len(told.numbers) > 1:
        made["component"] = [
            {"code": concept(LOINC, each.metric), "valueQuantity": quantity(each)}
            for each in told.numbers
        ]
    else:
        made["valueQuantity"] = quantity(told.numbers[0])
    return made


def meta_of(told: Outgoing, metric: str) -> dict[str, Any]:
    """Return profile and origin: whether a device measured it or a person typed it."""
    meta: dict[str, Any] = {}
    if metric in PROFILES:
        meta["profile"] = [f"{US_CORE}{PROFILES[metric]}"]
    origin = told.body.origin
    if origin in LABELS:
        meta["security"] = [{"system": REPORTED, "code": LABELS[origin]}]
    meta["tag"] = [{"system": f"{NAMES}:origin", "code": origin}]
    return meta


def codes_of(own: str, metric: str) -> tuple[str, ...]:
    """Return the codes of a metric: those its profile wants, and the one it came with."""
    return tuple(dict.fromkeys((*BESIDE.get(metric, (metric,)), own)))


def device(name: str) -> dict[str, Any]:
    """Return a device by its id."""
    identifier = {"system": f"{NAMES}:device", "value": name}
    return {"resourceType": "Device", "id": fhir_id(name), "identifier": [identifier]}


def concept(system: str, *codes: str) -> dict[str, Any]:
    """Return codes of one system."""
    return {"coding": [{"system": system, "code": code} for code in codes]}


def quantity(number: Number) -> dict[str, Any]:
    """Return a number with its unit, every digit of it."""
    return {"value": number.value, "unit": number.says, "system": UCUM, "code": number.unit}


def reference(sort: str, name: str) -> dict[str, Any]:
    """Return a reference, with our id beside it."""
    identifier = {"system": f"{NAMES}:{sort.lower()}", "value": name}
    return {"reference": f"{sort}/{fhir_id(name)}", "type": sort, "identifier": identifier}


def instant(at: datetime) -> str:
    """Return an instant as FHIR writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def observations_of(entries: Iterable[Entry], zone_name: str) -> Iterator[dict[str, Any]]:
    """Yield the Observations of readings, each in the patient's zone."""
    for entry in entries:
        for told in outgoing(entry):
            yield observation(told, zone_name)


def search_set(entries: Iterable[Entry], zone_name: str, base: str) -> dict[str, Any]:
    """Return readings as the answer to a search, with the devices they came from.

    base: the address below which the resources are called by their ids.
    """
    found = list(observations_of(entries, zone_name))
    names = dict.fromkeys(each["device"]["identifier"]["value"] for each in found)
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            *(listed(each, base, "match") for each in found),
            *(listed(device(name), base, "include") for name in names),
        ],
    }


def transaction(entries: Iterable[Entry], zone_name: str) -> dict[str, Any]:
    """Return readings as a transaction that puts each where it is, however often it is sent."""
    found = list(observations_of(entries, zone_name))
    names = dict.fromkeys(each["device"]["identifier"]["value"] for each in found)
    resources = [*(device(name) for name in names), *found]
    return {"resourceType": "Bundle", "type": "transaction",
            "entry": [put(each) for each in resources]}  # fmt: skip


def listed(resource: Mapping[str, Any], base: str, mode: str) -> dict[str, Any]:
    """Return an entry of an answer to a search."""
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def put(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of a transaction."""
    place = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": place}}


def written(resource: Mapping[str, Any]) -> bytes:
    """Return a resource as JSON; an empty list is left out, as FHIR wants it."""
    full = {name: value for name, value in resource.items() if value != []}
    return _encoder.encode(full)
