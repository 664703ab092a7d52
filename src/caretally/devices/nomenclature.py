"""Which codes of standards are taken: LOINC with UCUM, and the MDC codes of devices for both.

Standards let a sender write the same thing in several ways. What is not in these tables is refused
by name, never guessed; a value is never converted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from caretally.journal import quantities
from caretally.journal.quantities import (
    BODY_MASS_INDEX,
    BREATHS,
    BY_LOINC,
    CONTINUOUS_GLUCOSE,
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    HEIGHT,
    MEAN_PRESSURE,
    PANELS,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    UNITS,
    WEIGHT,
    is_known,
)

METRICS = (*PANELS, *BY_LOINC)
"""LOINC codes of what can be measured, panels first."""
USUAL = (*PANELS, *(each.loinc for each in quantities.METRICS), CONTINUOUS_GLUCOSE)
"""The same without other codes of the same."""
ANNOTATED: Mapping[str, str] = dict.fromkeys(
    ("{beats}/min", "{Beats}/min", "{beat}/min", "{breaths}/min", "{counts}/min", "1/min", "min-1"),
    "/min",
) | {"%{oxygen}": "%"}
"""Ways of UCUM to write the same unit."""
COLLOQUIAL: Mapping[str, str] = {
    "mm(hg)": "mm[Hg]", "lbs": "[lb_av]", "pounds": "[lb_av]", "f": "[degF]", "degf": "[degF]",
    "c": "Cel", "degc": "Cel", "bpm": "/min", "beats/min": "/min", "in": "[in_i]",
    "inches": "[in_i]", "percent": "%", "kgs": "kg", "grams": "g",
}  # fmt: skip
"""How people write units, in small letters, beside the words of the units themselves."""
MDC_METRICS: Mapping[str, str] = {
    "150020": PRESSURE, "150021": SYSTOLIC, "150022": DIASTOLIC, "150023": MEAN_PRESSURE,
    "149546": PULSE, "149530": PULSE, "149522": PULSE, "147842": PULSE,
    "188736": WEIGHT, "150456": SATURATION, "151562": BREATHS, "150364": TEMPERATURE,
    "160184": GLUCOSE, "160188": GLUCOSE, "160212": CONTINUOUS_GLUCOSE,
    "152584": PEAK_FLOW, "152586": FORCED_VOLUME, "188740": HEIGHT, "188752": BODY_MASS_INDEX,
}  # fmt: skip
"""ISO/IEEE 11073-10101 codes of measurements that have a LOINC code here."""
MDC_UNITS: Mapping[str, str] = {
    "266016": "mm[Hg]", "265987": "kPa", "264864": "/min", "264928": "/min", "262688": "%",
    "263875": "kg", "263904": "[lb_av]", "268192": "Cel", "266560": "[degF]",
    "264274": "mg/dL", "266866": "mmol/L", "263441": "cm", "263520": "[in_i]", "264096": "kg/m2",
}  # fmt: skip
"""ISO/IEEE 11073-10101 codes of units."""
MOST_DIGITS = 40
"""As the journal takes numbers; what is beyond is no measurement."""

_is_number = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?").fullmatch


def number_of(text: str) -> Decimal | None:
    """Return a number with the digits it was written with; None where it is none.

    Example:
        >>> number_of("72.50"), number_of("72,5"), number_of("1_0")
        (Decimal('72.50'), None, None)
    """
    if not _is_number(text):
        return None
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    is_short = len(digits) <= MOST_DIGITS and isinstance(exponent, int) and abs(exponent) <= 40
    return number if is_short else None


def ucum_of(metric: str, unit: str) -> str | None:
    """Return the unit of a metric, told in UCUM; None where the metric is not told in it.

    Example:
        >>> ucum_of("8867-4", "{Beats}/min"), ucum_of("8480-6", "mmHg"), ucum_of("8480-6", "kg")
        ('/min', None, None)
    """
    written = ANNOTATED.get(unit, unit)
    return written if is_known(metric, written) else None


def spelled_unit(metric: str, unit: str) -> str | None:
    """Return the UCUM unit of a metric from how people write it; None where it is not taken.

    Example:
        >>> spelled_unit("8480-6", "mmHg"), spelled_unit("29463-7", "Lbs")
        ('mm[Hg]', '[lb_av]')
    """
    written = unit.strip()
    small = written.lower()
    said = [code for code, each in UNITS.items() if each.says and each.says.lower() == small]
    for each in (written, COLLOQUIAL.get(small, ""), *said):
        if each and (found := ucum_of(metric, each)) is not None:
            return found
    return None
