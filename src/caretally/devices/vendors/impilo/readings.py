"""What Impilo's readings mean: a value with its unit, two offsets, and whether it was typed.

Sources: https://docs.impiloplatform.com/guides/webhook-management and
https://docs.impiloplatform.com/guides/device-management
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from caretally.devices.documents import Node, measured
from caretally.devices.names import IMEI, MAC, SERIAL
from caretally.devices.offsets import offset_of
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import Measured, SchemedName, VendorReading
from caretally.journal.quantities import (
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

SCHEME = "impilo:device"
SCHEMES = {"imei": IMEI, "serial": SERIAL, "serialnumber": SERIAL, "macaddress": MAC}
UNITS: Mapping[str, str] = {
    "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kpa": "kPa",
    "mgdl": "mg/dL", "mg/dl": "mg/dL", "mg_dl": "mg/dL",
    "mmoll": "mmol/L", "mmol/l": "mmol/L", "mmol_l": "mmol/L",
    "percent": "%", "%": "%", "percentage": "%",
    "bpm": "/min", "beatsperminute": "/min", "/min": "/min",
    "lb": "[lb_av]", "lbs": "[lb_av]", "pounds": "[lb_av]", "pound": "[lb_av]",
    "kg": "kg", "kgs": "kg", "kilograms": "kg", "kilogram": "kg", "g": "g", "grams": "g",
    "f": "[degF]", "fahrenheit": "[degF]", "degf": "[degF]",
    "c": "Cel", "celsius": "Cel", "degc": "Cel",
    "l/min": "L/min", "lpm": "L/min", "litersperminute": "L/min", "l": "L", "liters": "L",
}  # fmt: skip
"""By the vendor's word, in small letters and without spaces."""
MEALS = {
    "before": "before", "beforemeal": "before", "premeal": "before", "before_meal": "before",
    "after": "after", "aftermeal": "after", "postmeal": "after", "after_meal": "after",
}  # fmt: skip


def reading_of(node: Node, kind: str) -> VendorReading:
    """Return the reading of a payload, of a kind as it stands in the type behind `reading.`.

    Raises:
        Misread: something is not as it should be.
    """
    known = KINDS.get(kind)
    if known is None:
        place = f"{node.path.removesuffix('/payload')}/type"
        raise Misread(place, "unknown_metric", f"the reading {told(kind)}")
    metric, read = known
    offset, origin, flags = offset_told(node)
    return VendorReading(
        names=names_of(node.part("device")), metric=metric, measured=read(node),
        measured_at=node.needed_instant("readingTimestamp"), offset_seconds=offset,
        offset_origin=origin, received_at=node.instant("createdAt"), origin=origin_of(node),
        vendor_reading_id=node.text("id") or node.text("readingId"), context=context_of(node),
        flags=flags, path=node.path,
    )  # fmt: skip


def names_of(device: Node) -> tuple[SchemedName, ...]:
    """Return the names of a device: the vendor's own, then its identifiers.

    Raises:
        Misread: there is none.
    """
    own = device.text("id") or device.text("deviceId")
    names: list[SchemedName] = [(SCHEME, own)] if own else []
    for place, each in enumerate(device.parts("deviceIdentifiers")):
        if not isinstance(each, dict):
            continue
        node = Node(each, f"{device.at('deviceIdentifiers')}/{place}")
        scheme, value = SCHEMES.get(node.text("type").lower()), node.text("value")
        if scheme and value:
            names.append((scheme, value))
    if not names:
        raise Misread(device.path, "no_device", "the device has no id and no identifier known")
    return tuple(dict.fromkeys(names))


def origin_of(node: Node) -> str:
    """Return whether a device measured it; where nothing is said it is not known."""
    if not node.has("manual"):
        return "unknown"
    return "manual" if node.is_true("manual") else "device"


def offset_told(node: Node) -> tuple[int | None, str, tuple[str, ...]]:
    """Return the offset in seconds, who told it, and a mark where it is none.

    The device's is where it was measured; the patient's is from the vendor's books.
    """
    flags: tuple[str, ...] = ()
    for name, origin in (("deviceTimeZoneOffset", "device"), ("patientTimeZoneOffset", "profile")):
        try:
            number = node.number(name)
        except Misread:
            number, flags = None, ("unclear_offset",)
        offset = offset_of(number, 1)
        if offset is not None:
            return (offset, origin, ())
        if number is not None:
            flags = ("unclear_offset",)
    return (None, "", flags)


def context_of(node: Node) -> tuple[tuple[str, str], ...]:
    """Return whether it was before or after a meal, where that was told."""
    for name in ("mealContext", "meal", "mealType"):
        word = MEALS.get(node.text(name).replace(" ", "").lower())
        if word:
            return (("meal", word),)
    for name, word in (("beforeMeal", "before"), ("afterMeal", "after")):
        if node.is_true(name):
            return (("meal", word),)
    return ()


def value_of(node: Node, names: tuple[str, ...], metric: str, unit: str = "") -> Measured:
    """Return a value under one of several names, in its own unit, that of the reading, or a given.

    Raises:
        Misread: it is missing, or its unit is missing or not known.
    """
    name = next((each for each in names if node.has(each)), names[0])
    held = node.fields.get(name)
    if isinstance(held, dict):
        inner = Node(held, node.at(name))
        return measured(metric, inner.needed_number("value"), unit_of(inner, unit), inner.path)
    return measured(metric, node.needed_number(name), unit_of(node, unit), node.at(name))


def unit_of(node: Node, usual: str) -> str:
    """Return the unit of a reading.

    Raises:
        Misread: it is missing where there is no usual one, or it is not known.
    """
    name = next((each for each in ("unit", "units", "unitType") if node.has(each)), "unit")
    word = node.text(name)
    if not word and usual:
        return usual
    unit = UNITS.get(word.replace(" ", "").lower())
    if unit is None:
        says = f"the unit {told(word)}" if word else "the unit is missing"
        raise Misread(node.at(name), "unknown_unit" if word else "missing_field", says)
    return unit


def pressure_of(node: Node) -> tuple[Measured, ...]:
    """Return both pressures, and the pulse where it was told."""
    both = (
        value_of(node, ("systolic", "systolicValue"), SYSTOLIC, "mm[Hg]"),
        value_of(node, ("diastolic", "diastolicValue"), DIASTOLIC, "mm[Hg]"),
    )
    return (*both, *pulse_of(node))


def saturation_of(node: Node) -> tuple[Measured, ...]:
    """Return a saturation, and the pulse where it was told."""
    value = value_of(node, ("spo2", "oxygenSaturation", "value"), SATURATION, "%")
    return (value, *pulse_of(node))


def pulse_of(node: Node) -> tuple[Measured, ...]:
    """Return the pulse beside another value; it is in beats a minute whatever the other's unit."""
    name = next((each for each in ("pulse", "heartRate") if node.has(each)), "")
    if not name:
        return ()
    held = node.fields[name]
    number = (
        Node(held, node.at(name)).needed_number("value") if isinstance(held, dict)
        else node.needed_number(name)
    )  # fmt: skip
    return (measured(PULSE, number, "/min", node.at(name)),)


def one_of(metric: str, *names: str, unit: str = "") -> Callable[[Node], tuple[Measured, ...]]:
    """Return what reads a single value; without a usual unit one must be told."""
    return lambda node: (value_of(node, names, metric, unit),)


def peak_flow_of(node: Node) -> tuple[Measured, ...]:
    """Return a peak flow, and the volume of the first second where it was told."""
    flow = value_of(node, ("value", "peakFlow", "pef"), PEAK_FLOW, "L/min")
    volume: Decimal | None = node.number("fev1")
    if volume is None:
        return (flow,)
    return (flow, measured(FORCED_VOLUME, volume, "L", node.at("fev1")))


KINDS: Mapping[str, tuple[str, Callable[[Node], tuple[Measured, ...]]]] = {
    "bloodPressure": (PRESSURE, pressure_of),
    "bloodOxygen": (SATURATION, saturation_of),
    "bloodGlucose": (GLUCOSE, one_of(GLUCOSE, "value", "glucose", "bloodGlucose")),
    "weight": (WEIGHT, one_of(WEIGHT, "value", "weight")),
    "temperature": (TEMPERATURE, one_of(TEMPERATURE, "value", "temperature")),
    "peakFlow": (PEAK_FLOW, peak_flow_of),
}
"""By what stands behind `reading.` in the type: metric, and how its values are read."""
