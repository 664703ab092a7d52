"""Where a patient stands with a program at an instant: what every piece of evidence is asked of.

What each code demands is the rulebook's to say; the caller hands it in as `Demands`. This room
holds no code and no amount of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from caretally.enrollment.coverage import payer_on
from caretally.enrollment.custody import Custody, held_at
from caretally.enrollment.episodes import Episode, latest_episode
from caretally.enrollment.record import PatientRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What the rules of a date and payer ask for.

    codes: by criterion, the codes whose lines fall where it is unmet. visit_years: how long an
    earlier visit counts. begun_by: whoever began by this date needs no earlier visit.
    """

    codes: Mapping[str, tuple[str, ...]]
    visit_years: int
    begun_by: date

    def fallen(self, criteria: tuple[str, ...]) -> tuple[str, ...]:
        """Return the codes that fall where any of the criteria is unmet."""
        return tuple(sorted({code for name in criteria for code in self.codes.get(name, ())}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A patient, a program and an instant, with what is on file and what is asked for.

    demands: None where nobody looked them up; then evidence names no codes.
    """

    record: PatientRecord
    program: str
    at: datetime
    demands: Demands | None = None

    @property
    def zone_name(self) -> str:
        """The zone in which days are counted."""
        return self.record.register.zone_of(self.record.patient, self.at, program=self.program)

    @property
    def day(self) -> date:
        """The local date."""
        return self.record.day_of(self.at, program=self.program)

    @property
    def latest(self) -> Episode | None:
        """The latest episode that began by then, open or ended."""
        return latest_episode(self.record, self.program, self.at)

    @property
    def episode(self) -> Episode | None:
        """The episode that is open."""
        latest = self.latest
        return latest if latest and latest.stretch.holds_at(self.at) else None

    @property
    def payer(self) -> str | None:
        """The payer asked first."""
        return payer_on(self.record, self.day)

    @property
    def devices(self) -> tuple[Custody, ...]:
        """What the patient holds."""
        return held_at(self.record, self.at)

    def fallen(self, criteria: tuple[str, ...]) -> tuple[str, ...]:
        """Return the codes that fall where any of the criteria is unmet."""
        return self.demands.fallen(criteria) if self.demands else ()
