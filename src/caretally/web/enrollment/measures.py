"""What can be ordered and what devices measure: LOINC codes by the names people use."""

from __future__ import annotations

MEASURES = (
    ("85354-9", "Blood pressure (panel)"),
    ("8480-6", "Systolic blood pressure"),
    ("8462-4", "Diastolic blood pressure"),
    ("8867-4", "Heart rate"),
    ("29463-7", "Body weight"),
    ("59408-5", "Oxygen saturation by pulse oximetry"),
    ("9279-1", "Respiratory rate"),
    ("8310-5", "Body temperature"),
    ("41653-7", "Glucose, capillary"),
    ("99504-3", "Glucose, interstitial"),
    ("33452-4", "Peak expiratory flow"),
    ("20150-9", "FEV1"),
    ("55423-8", "Steps"),
)
"""Code and words, in the order in which they are offered (rulebook, section 10.2)."""
MEASURE_WORDS = dict(MEASURES)


def measure_words(codes: tuple[str, ...]) -> str:
    """Return codes in words; an unknown one stays a code."""
    return ", ".join(MEASURE_WORDS.get(code, code) for code in codes)
