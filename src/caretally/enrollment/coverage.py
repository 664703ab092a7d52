"""Coverage: who pays on which date, and what payers allowed beforehand."""

from __future__ import annotations

from datetime import date

from caretally.clock import day_number
from caretally.enrollment.record import OnFile, PatientRecord
from caretally.journal.entries import Authorized, Covered
from caretally.journal.register import covers


def coverages_on(record: PatientRecord, day: date) -> tuple[OnFile[Covered], ...]:
    """Return the coverages of a date, who pays first first: priority, then the latest, then id."""
    open_ones = (
        each for each in record.all_of(Covered) if covers(day, each.body.from_on, each.body.to_on)
    )
    return tuple(
        sorted(open_ones, key=lambda c: (c.body.priority, -day_number(c.body.from_on), c.id))
    )


def payer_on(record: PatientRecord, day: date) -> str | None:
    """Return the payer asked first on a date; None where none covers it."""
    return next((each.body.payer for each in coverages_on(record, day)), None)


def authorized_codes(record: PatientRecord, payer: str, day: date) -> frozenset[str]:
    """Return the codes a payer authorized for a date."""
    return frozenset(
        code
        for each in record.all_of(Authorized)
        if each.body.payer == payer and covers(day, each.body.from_on, each.body.to_on)
        for code in each.body.codes
    )


def overlap(
    first: tuple[date, date | None], second: tuple[date, date | None]
) -> tuple[date, date | None] | None:
    """Return the dates two stretches share, both ends inclusive; None where they share none."""
    begins = max(first[0], second[0])
    ends = min((end for end in (first[1], second[1]) if end is not None), default=None)
    return (begins, ends) if ends is None or begins <= ends else None
