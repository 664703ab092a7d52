"""The texts on which thresholds rest; each was read on the day beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text, and how far it can be relied on."""

    title: str
    url: str | None
    read_on: date
    confidence: str


READ_ON = date(2026, 11, 21)
SOURCES = {
    "TELBIL": Source(
        title="TELBIL study of telemonitoring in primary care, BMC Health Services Research 2011, "
        "table 1",
        url="https://bmchealthservres.biomedcentral.com/articles/10.1186/1472-6963-11-56/tables/1",
        read_on=READ_ON,
        confidence=HIGH,
    ),
    "BEATHF": Source(
        title="BEAT-HF protocol, Trials 2014, table 1",
        url="https://trialsjournal.biomedcentral.com/articles/10.1186/1745-6215-15-124/tables/1",
        read_on=READ_ON,
        confidence=HIGH,
    ),
    "LCCH": Source(
        title="Patient page that reports the AHA/ACC 2017 categories of blood pressure",
        url="https://www.lifechangingcarehouston.com/does-high-potassium-levels-lower-blood-"
        "pressure-blood-pressure-upper-number-high-lower-number-low.html",
        read_on=READ_ON,
        confidence=MEDIUM,
    ),
    "ALLINA": Source(
        title="Allina Health: when to call, heart failure",
        url="https://www.allinahealth.org/health-conditions-and-treatments/health-library/"
        "patient-education/heart-failure/your-heart/when-to-call-your-health-care-provider",
        read_on=READ_ON,
        confidence=MEDIUM,
    ),
    "unverified": Source(
        title="General background without a published source; verify before relying on it",
        url=None,
        read_on=READ_ON,
        confidence=LOW,
    ),
    "house": Source(
        title="A habit of this program, from no source; a practice may keep another",
        url=None,
        read_on=READ_ON,
        confidence=LOW,
    ),
}
"""By the key that thresholds cite."""
