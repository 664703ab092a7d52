"""All measures in their order, with what their docstrings say of them.

A measure is a function from a month's rows to a finding. Its docstring is the one text that pages,
the command line and the documents show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import NamedTuple

from caretally.audit.findings import Finding
from caretally.audit.measures_claims import CLAIM_MEASURES
from caretally.audit.measures_notes import NOTE_MEASURES
from caretally.audit.measures_oig import OIG_MEASURES
from caretally.audit.measures_staff import STAFF_MEASURES
from caretally.audit.measures_time import TIME_MEASURES
from caretally.audit.rows import Audited
from caretally.audit.sources import SOURCES, Cited

Measuring = Callable[[Audited], Finding]
OIG, HOUSE = "OIG", "house"
PARTS = ("How", "Published", "Sources", "Alarm", "Confidence")
PART = re.compile(rf"^({'|'.join(PARTS)}): ", re.MULTILINE)
CONFIDENCE = {"H": "high", "M": "medium", "L": "low"}
TITLES = {
    "no_prior_relationship": "No earlier visit", "two_places": "Two practices at once",
    "time_out_of_service": "Time outside of service", "agent_time": "Time of AI agents",
    "time_off_staff": "Time by strangers", "entries_after_close": "Entries after the close",
    "claims_beyond_record": "Claims beyond the record",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure with what people read of it.

    subject: OIG's or the house's. says: what is measured, a sentence. sources: keys of the
    rulebook's list. confidence: of the figure and the alarm, H, M or L.
    """

    name: str
    subject: str
    says: str
    how: str
    published: str
    sources: tuple[str, ...]
    alarm: str
    confidence: str
    take: Measuring

    @property
    def title(self) -> str:
        """What to call it."""
        return TITLES.get(self.name, self.name.replace("_", " ").capitalize())

    @property
    def never_rings(self) -> bool:
        """Whether it only reports."""
        return self.alarm.startswith("none")

    @property
    def cited(self) -> tuple[tuple[str, Cited], ...]:
        """What it cites, by key."""
        return tuple((key, SOURCES[key]) for key in self.sources)

    @property
    def confidence_words(self) -> str:
        """How sure it is, in a word."""
        return CONFIDENCE[self.confidence]


def measure_of(function: Measuring, subject: str) -> Measure:
    """Return a measure from its function."""
    head, *rest = PART.split(getdoc(function) or "")
    parts = dict(zip(rest[::2], (" ".join(each.split()) for each in rest[1::2]), strict=True))
    named = parts["Sources"].rstrip(".")
    return Measure(
        name=function.__name__, subject=subject, says=" ".join(head.split()), how=parts["How"],
        published=parts["Published"],
        sources=() if named == "none" else tuple(named.split(", ")),
        alarm=parts["Alarm"], confidence=parts["Confidence"].rstrip("."), take=function,
    )  # fmt: skip


HOUSE_MEASURES = (*STAFF_MEASURES, *NOTE_MEASURES, *TIME_MEASURES, *CLAIM_MEASURES)
MEASURES: Mapping[str, Measure] = {
    each.name: each
    for each in (
        *(measure_of(function, OIG) for function in OIG_MEASURES),
        *(measure_of(function, HOUSE) for function in HOUSE_MEASURES),
    )
}
"""All measures by name, in the order in which they are shown."""


class Taken(NamedTuple):
    """A measure with what it found."""

    measure: Measure
    finding: Finding


def take_all(audited: Audited) -> tuple[Taken, ...]:
    """Take every measure of a month."""
    return tuple(Taken(measure, measure.take(audited)) for measure in MEASURES.values())
