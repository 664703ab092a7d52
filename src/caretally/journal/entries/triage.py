"""What a patient's readings are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import Id, Label, PrivateNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSet(Body):
    """A practitioner set between which values a patient's vital sign calls for nobody.

    metric: LOINC code.
    low: readings below it are a concern; absent, none is too low.
    high: readings above it are a concern; absent, none is too high.
    unit: UCUM unit of both.
    set_by: staff id of the practitioner.
    """

    kind: ClassVar[str] = "threshold_set"
    metric: Label
    low: PrivateNumber | None = None
    high: PrivateNumber | None = None
    unit: Label
    set_by: Id
