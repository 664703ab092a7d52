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

LEFT, COLUMN, ROW, TOP, BAR = 150, 107, 34, 30, 96
"""Measures of the picture: names, a day, a person, the head, and the longest bar."""
HOUR = 3600
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
        "limits": limits(found), "longest": longest(found), "full": BAR,
        "before": first - timedelta(days=7), "after": first + timedelta(days=7),
        "capacity_hours": int(found.capacity.total_seconds()) // HOUR,
    }  # fmt: skip
    return render(request, "staff/load.html", context)


def longest(found: StaffWeek) -> int:
    """Return the seconds of the longest bar: of the fullest day, and an hour at least."""
    return max([HOUR, *(seconds for load in found.loads for seconds in load.days)])


def limits(found: StaffWeek) -> list[int]:
    """Return where the marks of capacity stand; none where no day comes near it."""
    capacity, whole = int(found.capacity.total_seconds()), longest(found)
    if capacity > whole:
        return []
    return [LEFT + index * COLUMN + capacity * BAR // whole for index in range(DAYS)]


def bars(found: StaffWeek) -> list[Bar]:
    """Return the bars of the picture, as long as their time."""
    whole = longest(found)
    made = []
    for row, load in enumerate(found.loads):
        for column, seconds in enumerate(load.days):
            if not seconds:
                continue
            width = max(2, seconds * BAR // whole)
            day = found.week.days[column]
            made.append(
                Bar(x=LEFT + column * COLUMN, y=TOP + row * ROW + 6, width=width,
                    is_over=day in load.over,
                    says=f"{load.name}, {day}: {seconds // HOUR} h {seconds % HOUR // 60} min")
            )  # fmt: skip
    return made
