"""A patient's month as it was judged: the whole content of a decision, not yet in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from caretally.billability.judging import Bench
from caretally.billability.patient_judging import Judged
from caretally.billability.sheets import Rulebook
from caretally.clock import ServiceMonth
from caretally.patient_months.facts import Facts


class Counted(NamedTuple):
    """What one entry of the month came to; `reasons` are bits of `columns.REASONS`."""

    id: str
    counted_seconds: int
    live_seconds: int
    reasons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMonth:
    """A patient's month after the fold, and its verdicts; texts are rendered when read.

    slots: the decided program's month first. payer: name on the month's last day, or None.
    """

    patient: str
    month: ServiceMonth
    time_zone: str
    payer: str | None
    policy: str
    as_of: datetime | None
    slots: Sequence[Facts]
    judged: Sequence[Judged]
    entries: Sequence[Counted]
    bench: Bench = field(repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook it was judged by."""
        return self.bench.rulebook

    @property
    def decided(self) -> Facts:
        """The month of the program the decision is for."""
        return self.slots[0]

    @property
    def rules_day(self) -> date:
        """A date whose rules the month was judged by."""
        return self.bench.planner.ruling_day(self.month.last_day)

    @property
    def is_loaded(self) -> bool:
        """Whether rules for the month were loaded."""
        return is_loaded_for(self.bench, self.month)


def is_loaded_for(bench: Bench, month: ServiceMonth) -> bool:
    """Tell whether rules for every date of a month are loaded."""
    return bench.is_loaded(month)
