"""The numbers of an Observation: what was measured, in which unit, one or several together.

Type and unit are read of each element. No validator of FHIR holds a unit against its code system
or its metric, so this does.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from caretally.devices.nomenclature import MDC_METRICS, METRICS, number_of, ucum_of
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import Measured
from caretally.devices.vendors.fhir.shapes import (
    LOINC,
    MDC,
    UCUM,
    Concept,
    Measurement,
    Observation,
)
from caretally.journal.quantities import PANELS

BESIDE = frozenset({"8361-8", "8358-4", "8357-6", "3150-6", "3151-8", "41904-4"})
"""Components that are circumstances: position, cuff, method, oxygen given."""
NO_MEASUREMENT = ("valueString", "valueInteger", "valueRange", "valueRatio", "valueSampledData")
LONGEST_NUMBER = 90


def metric_of(code: Concept, path: str) -> str:
    """Return the LOINC code of what was measured; of several known ones the first.

    Raises:
        Misread: none is known.
    """
    for each in code.codes(LOINC):
        if each in METRICS:
            return each
    for each in code.codes(MDC):
        if each in MDC_METRICS:
            return MDC_METRICS[each]
    names = ", ".join(told(each.code) for each in code.coding[:3] if each.code) or "no code"
    raise Misread(f"{path}/code", "unknown_metric", f"no metric that is taken: {names}")


def measured_in(observation: Observation, metric: str, path: str) -> tuple[Measured, ...]:
    """Return the numbers of an Observation.

    Raises:
        Misread: a number that its metric needs is missing or not understood.
    """
    found = [] if metric in PANELS else [measured_of(observation, metric, path)]
    found += components_of(observation, path)
    metrics = [each.metric for each in found]
    if len(set(metrics)) < len(metrics):
        says = "the same metric twice in one Observation"
        raise Misread(f"{path}/component", "not_the_shape", says)
    for needed in PANELS.get(metric, ()):
        if needed not in metrics:
            says = f"a panel {metric} without its component {needed}"
            raise Misread(f"{path}/component", "missing_field", says)
    return tuple(found)


def components_of(observation: Observation, path: str) -> Iterator[Measured]:
    """Yield the numbers of the components that are measurements."""
    for number, component in enumerate(observation.component):
        if not BESIDE.isdisjoint(component.code.codes(LOINC)):
            continue
        place = f"{path}/component/{number}"
        yield measured_of(component, metric_of(component.code, place), place)


def measured_of(measurement: Measurement, metric: str, path: str) -> Measured:
    """Return the number of an Observation or component.

    Raises:
        Misread: there is none, or not exactly one in a unit of its metric.
    """
    quantity = measurement.value_quantity
    if quantity is None:
        raise without_quantity(measurement, path)
    place = f"{path}/valueQuantity"
    if quantity.comparator:
        says = "a bound such as below or above, where an exact number is expected"
        raise Misread(f"{place}/comparator", "not_a_number", says)
    number = number_of(written(quantity.value))
    if number is None:
        raise Misread(f"{place}/value", "not_a_number", "no number that can be measured")
    if quantity.system != UCUM:
        says = f"the system of the unit is not {UCUM}"
        raise Misread(f"{place}/system", "unknown_unit", says)
    unit = ucum_of(metric, quantity.code)
    if unit is None:
        code = told(quantity.code) if quantity.code else "no code"
        says = f"{code} is no unit of {metric} that is taken"
        raise Misread(f"{place}/code", "unknown_unit", says)
    return Measured(metric, number, unit)


def written(raw: msgspec.Raw) -> str:
    """Return a JSON number, or a text that holds one, as it was written."""
    text = bytes(raw)
    if len(text) > LONGEST_NUMBER:
        return ""
    return text.decode("utf-8", "replace").strip('"')


def without_quantity(measurement: Measurement, path: str) -> Misread:
    """Return why something without a quantity is no reading."""
    values = (
        measurement.value_string, measurement.value_integer, measurement.value_range,
        measurement.value_ratio, measurement.value_sampled_data,
    )  # fmt: skip
    for name, value in zip(NO_MEASUREMENT, values, strict=True):
        if bytes(value):
            says = f"a {name}, where a valueQuantity is expected"
            return Misread(f"{path}/{name}", "not_a_number", says)
    if measurement.value_codeable_concept is not None:
        says = "a code, where a valueQuantity is expected"
        return Misread(f"{path}/valueCodeableConcept", "not_a_number", says)
    if measurement.data_absent_reason is not None:
        says = "the value is absent, with a reason"
        return Misread(f"{path}/dataAbsentReason", "missing_field", says)
    return Misread(f"{path}/valueQuantity", "missing_field", "no value")
