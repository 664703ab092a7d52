"""Whether a device measured it, a person typed it, or it was worked out from other values.

FHIR has no field of its own for this. What is read, in this order: the security labels for who
reported it, `derivedFrom`, a device, a performer. What none of these tells is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from caretally.devices.vendors.fhir.naming import Known, type_of
from caretally.devices.vendors.fhir.shapes import MDC, Observation

REPORTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
LABELS: Mapping[str, str] = {
    "DEVRPT": "device", "DEVAST": "device",
    "PATRPT": "manual", "PATAST": "manual", "PACQRPT": "manual", "PACQAST": "manual",
    "SDMRPT": "manual", "SDMAST": "manual", "CLINRPT": "manual", "CLINAST": "manual",
    "HCPRPT": "manual", "HCPAST": "manual",
}  # fmt: skip
"""Labels of the reporter or asserter, and the origin that each tells."""
COINCIDENT_TIME = "67975"
"""MDC code of an Observation that only compares clocks; gateways derive readings from it."""
PEOPLE = ("Patient", "RelatedPerson")


def origin_of(observation: Observation, known: Known) -> str:
    """Return the origin of a reading: device, manual, derived or unknown."""
    for label in observation.meta.security:
        if label.system == REPORTED and label.code in LABELS:
            return LABELS[label.code]
    if is_derived(observation, known):
        return "derived"
    if observation.device is not None:
        return "device"
    performers = [type_of(each) for each in observation.performer]
    is_typed = bool(performers) and all(each in PEOPLE for each in performers)
    return "manual" if is_typed else "unknown"


def is_derived(observation: Observation, known: Known) -> bool:
    """Tell whether an Observation was worked out from others."""
    for reference in observation.derived_from:
        source = known.get(reference.reference)
        if source is None or COINCIDENT_TIME not in source.code.codes(MDC):
            return True
    return False
