"""Which diagnosis stands behind what was measured, so that it comes first and is pointed at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caretally.journal.quantities import (
    BREATHS,
    CONTINUOUS_GLUCOSE,
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

SUGAR = ("E08", "E09", "E10", "E11", "E13", "O24", "R73")
HEART, LUNGS = ("I20", "I25", "I42", "I47", "I48", "I49", "I50"), ("J4", "J84", "J96", "U07", "U09")
TENSION = ("I1", "O10", "O13", "O14", "O16", "R03")
FITTING: Mapping[str, tuple[str, ...]] = {
    PRESSURE: TENSION, SYSTOLIC: TENSION, DIASTOLIC: TENSION, PULSE: HEART,
    WEIGHT: ("I50", "I11.0", "I13", "E66", "N18", "R63", "E40", "E43", "E44", "E46"),
    GLUCOSE: SUGAR, CONTINUOUS_GLUCOSE: SUGAR,
    SATURATION: (*LUNGS, "I27", "G47.3"), BREATHS: LUNGS, TEMPERATURE: ("R50", "Z94", "D70"),
}  # fmt: skip
"""Beginnings of the ICD-10-CM codes that a measurement, by its LOINC code, is made for."""
MOST_POINTERS, MOST_DIAGNOSES = 4, 12


def fits(code: str, measured: Iterable[str]) -> bool:
    """Tell whether a diagnosis is what something measured is watched for."""
    return any(code.startswith(FITTING.get(loinc, ())) for loinc in measured)


def in_order(codes: Sequence[str], measured: Iterable[str]) -> tuple[str, ...]:
    """Return diagnoses, each once: those that fit what is measured first, else as they stood.

    Example:
        >>> in_order(("E78.5", "I10"), ("8480-6",))
        ('I10', 'E78.5')
    """
    wanted = tuple(measured)
    once = tuple(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    return tuple(sorted(once, key=lambda code: not fits(code, wanted)))[:MOST_DIAGNOSES]


def pointers(codes: Sequence[str], measured: Iterable[str]) -> tuple[int, ...]:
    """Return the positions, from 1, of diagnoses that fit what is measured; else the first."""
    wanted = tuple(measured)
    found = tuple(place for place, code in enumerate(codes, 1) if fits(code, wanted))
    return found[:MOST_POINTERS] or (1,)
