"""One OBX: what was measured, its number and unit, and what of it is not understood.

No library holds OBX-2 against the value, or a unit against its metric; this does.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from caretally.devices.nomenclature import MDC_METRICS, MDC_UNITS, METRICS, number_of, ucum_of
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import Measured, SchemedName
from caretally.devices.vendors.hl7v2.er7 import Segment
from caretally.devices.vendors.hl7v2.times import Moment

LOINC_WORDS, MDC_WORDS = frozenset({"LN", "LOINC"}), frozenset({"MDC", "ISO11073", "IEEE"})
UCUM_WORDS = frozenset({"", "UCUM"})
BATTERY = "67996"
"""MDC code of the charge of a battery, in percent."""
MEASUREMENTS = range(2 << 16, 3 << 16)
"""MDC codes of measurements; those of other parts describe the device."""
READ, REMOVED = frozenset({"F", "R", "P", "C"}), frozenset({"D", "W", "X"})
CORRECTED, PRELIMINARY, NOT_OBTAINED = "C", "P", "X"
METHODS: Mapping[str, str] = {
    "AMEAS": "device", "ASET": "device", "MMEAS": "manual", "MSET": "manual",
    "ACALC": "derived", "MCALC": "derived",
}  # fmt: skip
"""What IHE PCD writes into OBX-17, and the origin it tells."""
DEVICE_SCHEMES: Mapping[str, str] = {
    "EUI-64": "eui64", "EUI-48": "mac", "MAC": "mac", "IMEI": "imei", "SN": "serial",
    "SERIAL": "serial",
}  # fmt: skip
DEVICE = "hl7v2:device"
MOST_NAMES = 8
"""Names of one device or patient; more would only let a small message grow into a large reading."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """An OBX that is understood.

    measured: None where nothing was, as of a removed result. sub: OBX-4. names: of OBX-18.
    """

    metric: str
    measured: Measured | None
    status: str
    sub: str
    moment: Moment
    names: tuple[SchemedName, ...]
    origin: str
    flags: tuple[str, ...] = ()
    instance: str = ""
    path: str = ""


def metric_of(segment: Segment, path: str) -> str | None:
    """Return the LOINC code of OBX-3; None where it describes the device and no measurement.

    Raises:
        Misread: it is a measurement that is not taken.
    """
    parts = [*segment.components(3), "", "", "", "", "", ""]
    pairs = [(parts[0], parts[2].upper()), (parts[3], parts[5].upper())]
    for code, system in pairs:
        if system in LOINC_WORDS and code in METRICS:
            return code
        if system in MDC_WORDS and code in MDC_METRICS:
            return MDC_METRICS[code]
    if any(system in MDC_WORDS and is_description(code) for code, system in pairs):
        return None
    code = told(parts[0]) if parts[0] else "no code"
    raise Misread(f"{path}-3", "unknown_metric", f"no metric that is taken: {code}")


def is_description(code: str) -> bool:
    """Tell whether an MDC code is of something else than a measurement."""
    return code.isascii() and code.isdigit() and len(code) < 9 and int(code) not in MEASUREMENTS


def measured_of(segment: Segment, metric: str, path: str) -> Measured:
    """Return the number of an OBX with its unit.

    Raises:
        Misread: OBX-2 is no type of a number, or number or unit are not understood.
    """
    text = number_text(segment, path)
    if not text:
        raise Misread(f"{path}-5", "missing_field", "no value")
    number = number_of(text)
    if number is None:
        raise Misread(f"{path}-5", "not_a_number", f"no number, though OBX-2 is {segment.text(2)}")
    return Measured(metric, number, unit_of(segment, metric, path))


def number_text(segment: Segment, path: str) -> str:
    """Return the text of a number, whose type OBX-2 must tell.

    Raises:
        Misread: it is of another type, repeated, missing, or a bound instead of a number.
    """
    sort = segment.text(2)
    if sort not in {"NM", "SN"}:
        raise Misread(f"{path}-2", "not_the_shape", f"{told(sort)}, where NM is expected")
    if len(segment.repetitions(5)) > 1:
        raise Misread(f"{path}-5", "not_the_shape", "several values in one OBX")
    parts = segment.components(5)
    if sort == "NM":
        if len(parts) > 1:
            raise Misread(f"{path}-5", "not_a_number", "several parts, though OBX-2 is NM")
        return parts[0]
    comparator, number, *others = [*parts, "", ""]
    if comparator not in {"", "="} or any(others):
        raise Misread(f"{path}-5", "not_a_number", "a bound or a range, and no exact number")
    return number


def unit_of(segment: Segment, metric: str, path: str) -> str:
    """Return the UCUM unit of OBX-6.

    Raises:
        Misread: it is none of the metric, or of a system that is not taken.
    """
    parts = [*segment.components(6), "", "", "", "", "", ""]
    for code, system in ((parts[0], parts[2].upper()), (parts[3], parts[5].upper())):
        if system in UCUM_WORDS and code:
            unit = ucum_of(metric, code)
        elif system in MDC_WORDS:
            unit = ucum_of(metric, MDC_UNITS.get(code, ""))
        else:
            continue
        if unit is not None:
            return unit
    code = told(parts[0]) if parts[0] else "no unit"
    says = f"{code} is no unit of {metric} in UCUM or MDC"
    raise Misread(f"{path}-6", "unknown_unit", says)


def device_names(segment: Segment, number: int) -> tuple[SchemedName, ...]:
    """Return the names of a device in a field of entity identifiers."""
    found = []
    for repetition in segment.repetitions(number):
        own, namespace, universal, sort, *_ = [*segment.parts_of(repetition), "", "", "", ""]
        name = own or universal
        if not name:
            continue
        scheme = DEVICE_SCHEMES.get(sort.upper()) or DEVICE_SCHEMES.get(namespace.upper())
        if scheme:
            found.append((scheme, name))
        else:
            found.append((DEVICE, f"{namespace}|{name}" if namespace else name))
    return tuple(found[:MOST_NAMES])


def flags_of(segment: Segment, status: str) -> tuple[str, ...]:
    """Return the marks of quality of an OBX."""
    told_flags = {each.strip().upper() for each in segment.repetitions(8)}
    found = ["preliminary"] if status == PRELIMINARY else []
    if "QUES" in told_flags:
        found.append("questionable")
    return tuple(found)


def is_invalid(segment: Segment) -> bool:
    """Tell whether a device says that its own measurement is none."""
    return not {"INV", "NAV"}.isdisjoint(each.strip().upper() for each in segment.repetitions(8))
