"""The chart of a patient's vital signs: page, drawing, download, and changes of medication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe

from caretally.practice.chart_axis import axis_of
from caretally.practice.chart_records import ALERT, Axis, DevicePeriod, Stretch, gaps_of
from caretally.practice.chart_stretch import (
    LAST_DAYS,
    USUAL,
    months_between,
    periods_of,
    stretch_of,
)
from caretally.practice.medications import changes_of
from caretally.practice.office import Chart, Office
from caretally.practice.patient_month import Decisions, kept_months
from caretally.practice.roles import RECORD_CARE, SEE_PATIENTS
from caretally.practice.staff_names import staff_names
from caretally.web.charts.svg import Sheet, drawing, vital_title
from caretally.web.charts.tables import csv_of, rows_of, zoomable
from caretally.web.frame.asking import page

WIDE, NARROW = 960, 350
"""Widths of the two drawings of a page: one for desks and paper, one for phones."""


@page(permission=SEE_PATIENTS)
def vitals(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show a patient's vital signs with all that belongs to them."""
    seen = office.open_chart(patient, purpose="chart of vital signs")
    decisions = Decisions(office=office, patient=patient)
    stretch = stretch_of(seen, decisions, request.GET.get("stretch") or USUAL)
    context = {
        "chart": seen, "card": seen.card, **chart_context(seen, decisions, stretch),
        **choices(seen, decisions, stretch),
        "may_record": office.caller.may(RECORD_CARE), "names": staff_names(office),
    }  # fmt: skip
    return render(request, "charts/vitals.html", context)


@page(permission=SEE_PATIENTS)
def vitals_svg(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Return the drawing as a document of its own."""
    axis = asked_axis(request, office, patient, "drawing of vital signs")
    drawn = drawing(axis, Sheet(width=WIDE, is_alone=True))
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


@page(permission=SEE_PATIENTS)
def vitals_csv(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Return what the chart shows as CSV."""
    axis = asked_axis(request, office, patient, "download of vital signs")
    answer = HttpResponse(csv_of(axis), content_type="text/csv; charset=utf-8")
    name = f"vitals-{axis.stretch.first_on}-{axis.stretch.last_on}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def asked_axis(request: HttpRequest, office: Office, patient: str, purpose: str) -> Axis:
    """Return the axis that an address asks for, and tell that the caller looked."""
    seen = office.open_chart(patient, purpose=purpose)
    decisions = Decisions(office=office, patient=patient)
    return axis_of(
        seen, decisions, stretch_of(seen, decisions, request.GET.get("stretch") or USUAL)
    )


def chart_context(seen: Chart, decisions: Decisions, stretch: Stretch) -> dict[str, Any]:
    """Return what the part of a page with the chart is rendered from."""
    axis = axis_of(seen, decisions, stretch)
    links = links_of(axis, decisions.office.practice)
    wide = drawing(axis, Sheet(width=WIDE, name="wide", links=links))
    narrow = drawing(axis, Sheet(width=NARROW, name="narrow", links=links))
    return {
        "axis": axis,
        # A drawing escapes every text that is put in.
        "wide": mark_safe(wide), "narrow": mark_safe(narrow),  # noqa: S308
        "numbers": zoomable(axis),
        "tables": [
            {"vital": each.vital, "title": vital_title(each.vital), "rows": rows_of(each.vital)}
            for each in axis.signs
        ],
        "bounds": bounds_told(axis), "gaps": gaps_of(axis),
        "events": [{"mark": each, "href": links.get(each.key, "")} for each in axis.marks],
        "left_out": sum(each.vital.left_out for each in axis.signs),
    }  # fmt: skip


def bounds_told(axis: Axis) -> list[dict[str, Any]]:
    """Return the bounds in force at the end of a stretch, by vital sign, for reading."""
    found = []
    for signs in axis.signs:
        last = [each for each in signs.bounds if each.ends == axis.ends]
        if last:
            found.append({
                "says": [each.says for each in last],
                "starts": any(each.is_starting_point for each in last),
                "changed": len(signs.bounds) > len(last),
            })  # fmt: skip
    return found


def links_of(axis: Axis, practice: str) -> Mapping[str, str]:
    """Return where each mark leads, by the id of its entry."""
    timeline = address("patient-timeline", practice=practice, patient=axis.patient)
    found = {}
    for mark in axis.marks:
        subject = {"contact": "contacts", "attempt": "contacts"}.get(mark.lane, "")
        query = f"?subject={subject}" if subject else ""
        found[mark.key] = f"{timeline}{query}#{mark.key}"
        if mark.lane == ALERT:
            own = address("alert", practice=practice, patient=axis.patient, alert=mark.about)
            found[mark.key] = own or found[mark.key]
    return found


def address(name: str, **named: str) -> str:
    """Return the address of a page; empty where there is none."""
    try:
        return str(reverse(name, kwargs=named))
    except NoReverseMatch:
        return ""


def choices(seen: Chart, decisions: Decisions, stretch: Stretch) -> dict[str, Any]:
    """Return which stretches a page offers."""
    office = decisions.office
    today = seen.day_of(office.now)
    months = list(kept_months(office, seen.patient))[:12]
    first = months[-1].first_day if months else today
    recent = months_between(max(first, today.replace(day=1)), today)
    periods: tuple[DevicePeriod, ...] = periods_of(decisions, [*recent, *months][:4])
    return {
        "stretch": stretch, "last_days": [str(days) for days in LAST_DAYS],
        "months": months, "periods": periods, "changes": changes_of(seen),
        "zone": stretch.zone,
    }  # fmt: skip
