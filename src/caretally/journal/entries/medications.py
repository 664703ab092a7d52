"""Changes of a patient's medication, told so that readings can be seen beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import FreeText, Id, MedicationChange


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationChanged(Body):
    """A medication was started, stopped or changed.

    medication: its name and strength, as written.
    change: what changed.
    detail: from what to what, in words.
    changed_by: staff id of who decided it.
    """

    kind: ClassVar[str] = "medication_changed"
    medication: FreeText
    change: MedicationChange
    detail: FreeText | None = None
    changed_by: Id | None = None
