"""What happened to the patient and bears on billing: conditions, stays, surgery, death."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import (
    Condition,
    FromDate,
    FromInstant,
    OptionalToDate,
    OptionalToInstant,
    StaySetting,
    ToDate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRecorded(Body):
    """A condition with rules of its own was open.

    condition: which.
    from_on: the first local date.
    to_on: the last local date; open where absent.
    """

    kind: ClassVar[str] = "condition_recorded"
    condition: Condition
    from_on: FromDate
    to_on: OptionalToDate = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRecorded(Body):
    """The patient stayed in a facility.

    setting: which sort of facility.
    from_at: the first instant.
    to_at: the instant after the stay; open where absent.
    """

    kind: ClassVar[str] = "stay_recorded"
    begins: ClassVar[str | None] = "from_at"
    ends: ClassVar[str | None] = "to_at"
    setting: StaySetting
    from_at: FromInstant
    to_at: OptionalToInstant = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalSurgeryRecorded(Body):
    """A surgery with a global period covers these days.

    from_on: the first local date.
    to_on: the last local date.
    related: whether the monitored condition is that of the surgery.
    by_billing_provider: whether the billing provider operated.
    """

    kind: ClassVar[str] = "global_surgery_recorded"
    from_on: FromDate
    to_on: ToDate
    related: bool
    by_billing_provider: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Died(Body):
    """The patient died at the envelope's `at`."""

    kind: ClassVar[str] = "died"
