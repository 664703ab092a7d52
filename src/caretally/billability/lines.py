"""The lines of a decision: what may be billed and nothing else, and what each would lose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from caretally.billability.patient_judging import Judged
from caretally.clock import date_of
from caretally.codes import PROGRAMS


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    """One code on one date of service.

    at_risk: the readings of the rules under which it would fall or shrink, sorted.
    program: set for advisory lines of sister programs.
    """

    date_of_service: date
    code: str
    units: int
    at_risk: tuple[str, ...] = ()
    program: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return the line as the contract writes it."""
        line = {
            "code": self.code,
            "units": self.units,
            "date_of_service": self.date_of_service.isoformat(),
        }
        return line if self.program is None else {**line, "program": self.program}


def risks_of(judged: Judged) -> tuple[str, ...]:
    """Return the readings under which a verdict has fewer units, sorted."""
    verdict = judged.verdict
    return tuple(
        sorted(name for name, units in verdict.units_under.items() if units < verdict.units)
    )


def is_advisory(judged: Judged) -> bool:
    """Tell whether a verdict is about a sister program's code."""
    plans = judged.verdict.plans
    return plans is not None and plans.sheet.advisory


def lines_of(judged: Iterable[Judged], *, advisory: bool = False) -> Sequence[Line]:
    """Return the lines that stand, by date of service and code; advisory ones apart."""
    return sorted(
        Line(
            date_of_service=date_of(each.facts.to_day),
            code=each.verdict.code,
            units=each.verdict.units,
            at_risk=risks_of(each),
            program=PROGRAMS[each.facts.program] if advisory else None,
        )
        for each in judged
        if each.verdict.units and is_advisory(each) == advisory
    )
