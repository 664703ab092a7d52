"""What operations on whole practices give, as the published description says it."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class WorkItem(Schema):
    """A patient's place on the worklist.

    by_on: last feasible day of what is soonest to reach. content: reasons, codes, clocks, period.
    """

    patient: str
    name: str
    clinic: str
    urgency: str
    by_on: str | None
    days_left: int | None
    programs: list[str]
    content: dict[str, Any]


class WorkPage(Schema):
    """A page of the worklist of a local day."""

    on: str
    count: int
    waiting: int
    items: list[WorkItem]
    next: str | None


class CellItem(Schema):
    """Services of a code in a state; amount in dollars as text, null for who sees no money."""

    count: int
    units: int
    amount: str | None
    unpriced: int


class CodeItem(Schema):
    """A code with its services by state."""

    code: str
    summary: str
    states: dict[str, CellItem]


class MonthCounts(Schema):
    """A practice's month.

    quiet: enrolled patients without anything yet. advisory: codes of sister programs.
    """

    practice: str
    month: str
    patients: int
    quiet: int
    waiting: int
    codes: list[CodeItem]
    advisory: list[CodeItem]
