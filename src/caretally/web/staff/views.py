"""The page of staff load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.practice.office import Office
from caretally.practice.roles import SEE_STAFF_LOAD
from caretally.practice.staff_load import DAYS, StaffWeek, staff_week
from caretally.web.frame.asking import page

LEFT, COLUMN, ROW, TOP, BAR = 150, 84, 34, 30, 70
"""Measures of the picture: names, a day, a person, the head, and a bar at capacity."""
YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A person's day in the picture."""

    x: int
    y: int
    width: int
    is_over: bool
    says: str


@page(permission=SEE_STAFF_LOAD)
def staff(request: HttpRequest, office: Office) -> HttpResponse:
    """Show what everybody has on record in a week."""
    day = office.today()
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
        day = asked if asked.year in YEARS else day
    except ValueError:
        pass
    found = staff_week(office, day)
    first = found.week.first
    context = {
        "found": found, "bars": bars(found), "rows": [
            (TOP + index * ROW, load) for index, load in enumerate(found.loads)],
        "heads": [(LEFT + index * COLUMN, each) for index, each in enumerate(found.week.days)],
        "width": LEFT + DAYS * COLUMN, "height": TOP + max(1, len(found.loads)) * ROW,
        "limits": [LEFT + index * COLUMN + BAR for index in range(DAYS)],
        "before": first - timedelta(days=7), "after": first + timedelta(days=7),
        "capacity_hours": int(found.capacity.total_seconds()) // 3600,
        "is_cut": any(load.over for load in found.loads),
    }  # fmt: skip
    return render(request, "staff/load.html", context)


def bars(found: StaffWeek) -> list[Bar]:
    """Return the bars of the picture; one beyond capacity reaches past its mark."""
    capacity = int(found.capacity.total_seconds())
    made = []
    for row, load in enumerate(found.loads):
        for column, seconds in enumerate(load.days):
            if not seconds:
                continue
            width = min(COLUMN - 4, max(2, seconds * BAR // capacity))
            day = found.week.days[column]
            made.append(
                Bar(x=LEFT + column * COLUMN, y=TOP + row * ROW + 6, width=width,
                    is_over=day in load.over,
                    says=f"{load.name}, {day}: {seconds // 3600} h {seconds % 3600 // 60} min")
            )  # fmt: skip
    return made
