"""What is broken on purpose in a blood pressure, and which validators must see it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

MEDPLUM, FHIRKIT, FHIR, OURS = "medplum", "fhirkit", "fhir", "ours"


def without(resource: Mapping[str, Any], *path: str | int) -> dict[str, Any]:
    """Return a resource without one of its parts."""
    made, place = opened(resource, path)
    del place[path[-1]]
    return made


def with_part(resource: Mapping[str, Any], value: object, *path: str | int) -> dict[str, Any]:
    """Return a resource with one part put in or replaced."""
    made, place = opened(resource, path)
    place[path[-1]] = value
    return made


def opened(resource: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[dict[str, Any], Any]:
    """Return a copy of a resource, and what holds the last step of a path in it."""
    made: Any = copy.deepcopy(dict(resource))
    place = made
    for step in path[:-1]:
        place = place[step]
    return made, place


QUANTITY = ("component", 0, "valueQuantity")


def faults(good: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a good blood pressure with one fault each."""
    return {
        "no status": without(good, "status"),
        "status of no value set": with_part(good, "done", "status"),
        "no category": without(good, "category"),
        "other category": with_part(good, "laboratory", "category", 0, "coding", 0, "code"),
        "no code": without(good, "code"),
        "code of another profile": with_part(good, "85353-1", "code", "coding", 0, "code"),
        "no subject": without(good, "subject"),
        "no time": without(good, "effectiveDateTime"),
        "time of no form": with_part(good, "2026-03-04 10:00", "effectiveDateTime"),
        "two times": with_part(good, "2026-03-04T10:00:00Z", "effectiveInstant"),
        "half a panel": without(good, "component", 1),
        "component without value": without(good, *QUANTITY),
        "systolic twice": with_part(good, good["component"][0], "component", 1),
        "two values in a component": with_part(good, "132", "component", 0, "valueString"),
        "value as text": with_part(good, "132", *QUANTITY, "value"),
        "unknown field": with_part(good, "x", "statuss"),
        "empty list": with_part(good, [], "note"),
        "list for one": with_part(good, [good["code"]], "code"),
        "number for a text": with_part(good, 7, "status"),
        "wrong unit system": with_part(good, "https://maker.example/units", *QUANTITY, "system"),
        "wrong unit in a component": with_part(good, "kg", *QUANTITY, "code"),
        "device that is a patient": with_part(
            good, {"reference": "Patient/pat-ada"}, "device"),
    }  # fmt: skip
