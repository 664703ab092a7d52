"""What a visitor sees of the record: the first page, the readings, what was billed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from caretally.clock import ServiceMonth, instant_of, midnight, zone
from caretally.journal.entries import ReadingRecorded
from caretally.practice.patient_month import kept_months
from caretally.practice.portal_wording import Wording
from caretally.practice.statements import statement
from caretally.practice.vitals import Vital, plain, vitals_of
from caretally.web.patients.views import month_in
from caretally.web.portal.asking import Call, portal_page, shown
from caretally.web.portal.drawing import NARROW, WIDE, Paper, drawing

STRETCHES = (7, 30, 90)
USUAL = 30
MOST_ROWS = 14
"""Readings that a table shows at once; the others are one step away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Readings of one instant: day and time in words, and a number for each curve."""

    day: str
    time: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A vital sign as the portal shows it. latest: in words, with the unit; empty without one."""

    name: str
    title: str
    unit: str
    latest: str
    latest_day: str
    wide: SafeString
    narrow: SafeString
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: tuple[Row, ...]


@portal_page(purpose="first page")
def home(request: HttpRequest, call: Call) -> HttpResponse:
    """Show the latest readings, and where to go."""
    context = {"call": call, "name": call.chart.card.label, "signs": tuple(signs(call, USUAL))}
    return shown(request, "portal/home.html", context)


@portal_page(purpose="readings")
def readings(request: HttpRequest, call: Call) -> HttpResponse:
    """Show the readings of some days, as drawings and as tables."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, STRETCHES) else USUAL
    context = {"signs": tuple(signs(call, days)), "days": days, "stretches": STRETCHES}
    return shown(request, "portal/readings.html", context)


@portal_page(purpose="what was billed")
def billed(request: HttpRequest, call: Call) -> HttpResponse:
    """Show what was billed of a month and why."""
    office, patient = call.office, call.visitor.patient
    months = kept_months(office, patient)
    today = call.chart.day_of(office.now)
    current = ServiceMonth(today.year, today.month)
    asked = month_in(request.GET.get("month", ""))
    month = asked if asked in months else (months[0] if months else current)
    told = statement(office, patient, month, language=call.words.language)
    named = [{"value": str(each), "words": call.words.month(each)} for each in months]
    context = {"statement": told, "month": str(month), "months": named}
    return shown(request, "portal/billed.html", context)


def signs(call: Call, count: int) -> Iterator[Sign]:
    """Yield the vital signs that were measured in the last days."""
    zone_name = call.chart.card.time_zone or call.office.home_zone()
    last = call.office.now.astimezone(zone(zone_name)).date()
    days = (last - timedelta(days=count - 1), last)
    since = instant_of(midnight(days[0], zone_name))
    for vital in vitals_of(call.chart.record.entries(ReadingRecorded), since):
        if vital.latest:
            yield sign(vital, days, zone_name, call.words)


def sign(vital: Vital, days: tuple[date, date], zone_name: str, words: Wording) -> Sign:
    """Return a vital sign as it is shown."""
    rows = rows_of(vital, zone_name, words)
    unit = words.unit(vital.unit)
    return Sign(
        name=vital.kind.name, title=words.say(f"vital_{vital.kind.name}"), unit=unit,
        latest=f"{vital.latest} {unit}".strip(), latest_day=rows[0].day,
        wide=drawn(vital, Paper(width=WIDE, days=days, zone=zone_name, words=words)),
        narrow=drawn(vital, Paper(width=NARROW, days=days, zone=zone_name, words=words)),
        columns=tuple(words.curve(curve.name) for curve in vital.curves),
        rows=rows[:MOST_ROWS], more=rows[MOST_ROWS:],
    )  # fmt: skip


def drawn(vital: Vital, paper: Paper) -> SafeString:
    """Return a drawing as part of a page."""
    # a drawing escapes every text that is put in
    return mark_safe(drawing(vital, paper))  # noqa: S308


def rows_of(vital: Vital, zone_name: str, words: Wording) -> tuple[Row, ...]:
    """Return the readings of a vital sign, the latest first."""
    found: dict[datetime, dict[str, str]] = {}
    for curve in vital.curves:
        for point in curve.points:
            found.setdefault(point.at, {})[curve.name] = plain(point.value)
    where = zone(zone_name)
    return tuple(
        Row(
            day=words.day(at.astimezone(where).date()), time=words.time(at.astimezone(where)),
            values=tuple(row.get(curve.name, "–") for curve in vital.curves),
        )
        for at, row in sorted(found.items(), reverse=True)
    )  # fmt: skip
