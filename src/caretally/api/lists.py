"""Operations on whole practices: today's worklist, and a month's counts by code and state."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Router

from caretally.api.asking import asked, office_of
from caretally.api.cursors import cursor_of, number_of
from caretally.api.list_shapes import CellItem, CodeItem, MonthCounts, WorkItem, WorkPage
from caretally.api.responses import answers
from caretally.api.shapes import Cursor, Id, Month, Program
from caretally.clock import ServiceMonth
from caretally.errors import UnknownError
from caretally.practice.overview import Asked, Cell, CodeRow, overview
from caretally.practice.worklist import Row, Search, worklist

router = Router(tags=["lists"])

Urgency = Literal["", "crisis", "out_of_range", "out_of_reach", "conversation", "evidence"]


@router.get("/worklist", response=answers(WorkPage), summary="Whom to turn to today")
@asked("urgency", "program", "cursor")
def todays_worklist(
    request: HttpRequest, urgency: Urgency = "", program: Program = "", cursor: Cursor = ""
) -> WorkPage:
    """Return patients, the most urgent first, 50 a page; who does not need anything is not on it.

    `waiting` patients still have the place of before a save; a worker is at it.
    """
    number = number_of("worklist", cursor) or 1
    search = Search(urgency=urgency, program=program, number=number)
    found = worklist(office_of(request), search)
    is_more = found.number < found.pages
    return WorkPage(
        on=found.day.isoformat(), count=found.count, waiting=found.waiting,
        items=[work_item(row) for row in found.rows] if number <= found.pages else [],
        next=cursor_of("worklist", str(found.number + 1)) if is_more else None,
    )  # fmt: skip


def work_item(row: Row) -> WorkItem:
    """Return a place on the worklist as the interface shows one."""
    return WorkItem(
        patient=row.patient, name=row.name, clinic=row.clinic, urgency=row.urgency,
        by_on=written(row.by_on), days_left=row.days_left, programs=list(row.programs),
        content=dict(row.content),
    )  # fmt: skip


def written(day: date | None) -> str | None:
    """Return a date as text."""
    return day.isoformat() if day is not None else None


@router.get(
    "/practices/{practice}/months/{month}",
    response=answers(MonthCounts, 404),
    summary="A practice's month: services by code and state",
)
@asked()
def practice_month(request: HttpRequest, practice: Id, month: Month) -> MonthCounts:
    """Return how many services are billable, at risk, held, reachable or out of reach.

    Months not judged yet are `waiting`: ask again until there are none. Amounts are what Medicare
    allows nationally, as text, and only for those who may see money.
    """
    office = office_of(request)
    if practice != office.practice:
        raise UnknownError("no practice of this id is open to you")
    found = overview(office, Asked(month=ServiceMonth.parse(month)))
    return MonthCounts(
        practice=practice, month=month, patients=found.patients, quiet=found.quiet,
        waiting=found.waiting,
        codes=[code_item(row, shows_money=found.shows_money) for row in found.rows],
        advisory=[code_item(row, shows_money=found.shows_money) for row in found.sisters],
    )  # fmt: skip


def code_item(row: CodeRow, *, shows_money: bool) -> CodeItem:
    """Return a code's counts as the interface shows them."""
    states = {
        state: cell_item(cell, shows_money=shows_money)
        for state, cell in row.cells.items()
        if cell.count
    }
    return CodeItem(code=row.code, summary=row.summary, states=states)


def cell_item(cell: Cell, *, shows_money: bool) -> CellItem:
    """Return the services of a code in a state."""
    amount = str(cell.amount) if shows_money else None
    return CellItem(count=cell.count, units=cell.units, amount=amount, unpriced=cell.unpriced)
