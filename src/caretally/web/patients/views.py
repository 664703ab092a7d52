"""The list of patients, the page of one, and what that page asks for by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import get_conditional_response

from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.practice.alerts import open_of
from caretally.practice.call_pages import latest_of, may_see_calls
from caretally.practice.chart_stretch import LAST_DAYS, USUAL, stretch_of
from caretally.practice.office import Chart, Office
from caretally.practice.patient_month import Decisions, stamp
from caretally.practice.patient_page import (
    Figures,
    figures_of,
    gaps_of,
    header_of,
    ladder_of,
    months_of,
)
from caretally.practice.patients import Search, choices_of, find_patients
from caretally.practice.roles import (
    CHAT,
    ENROLL,
    ISSUE_PACKETS,
    RECORD_CARE,
    RUN_CALLS,
    SEE_MONEY,
    SEE_PATIENTS,
)
from caretally.practice.staff_names import staff_names
from caretally.practice.timeline import SUBJECT_WORDS, Wanted, timeline
from caretally.web.alerts.words import HUES
from caretally.web.charts.views import chart_context
from caretally.web.frame.asking import page
from caretally.web.patients.drawing import bar, span_of

ACTIONS = (
    ("contact-new", "Record contact", RECORD_CARE),
    ("attempt-new", "Log attempt", RECORD_CARE),
    ("time-new", "Log time", RECORD_CARE),
    ("enrollment", "Enrollment", SEE_PATIENTS),
    ("patient-rules", "Thresholds and rules", SEE_PATIENTS),
    ("vitals", "Vital signs", SEE_PATIENTS),
    ("telephone", "Telephone", SEE_PATIENTS),
    ("call-new", "Call by voice", RUN_CALLS),
    ("statement", "Statement", SEE_MONEY),
    ("conversation", "Messages", CHAT),
    ("patient-portal", "Portal", CHAT),
    ("packet", "Audit packet", ISSUE_PACKETS),
)
"""Pages of other rooms that a patient's page leads to: name, words, permission."""


@page(permission=SEE_PATIENTS)
def patients(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the patients that fit a search."""
    asked = request.GET
    search = Search(
        words=asked.get("q", ""), stage=asked.get("stage", ""), program=asked.get("program", ""),
        clinic=asked.get("clinic", ""), order=asked.get("sort", ""), number=number_in(request),
    )  # fmt: skip
    context = {
        "found": find_patients(office, search), "search": search, "choices": choices_of(office),
        "kept": kept_query(request), "may_enroll": office.caller.may(ENROLL),
        "enroll_href": href_of("enroll-new", practice=office.practice),
    }  # fmt: skip
    return render(request, "patients/list.html", context)


def number_in(request: HttpRequest) -> int:
    """Return the number of the page that is asked for; the first where it is none."""
    number = request.GET.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 1


def kept_query(request: HttpRequest) -> str:
    """Return the query of an address without its page, to be kept by links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return str(query.urlencode())


def month_in(text: str) -> ServiceMonth | None:
    """Return a month of an address; None where none is named.

    Raises:
        Http404: it is no month.
    """
    if not text:
        return None
    try:
        return ServiceMonth.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error


@page(permission=SEE_PATIENTS)
def patient(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show one patient."""
    asked = month_in(request.GET.get("month", ""))
    seen = office.open_chart(patient, purpose="patient page")
    decisions = Decisions(office=office, patient=patient)
    months = months_of(office, seen, asked)
    days = request.GET.get("days", "")
    stretch = stretch_of(seen, decisions, days if days in map(str, LAST_DAYS) else USUAL)
    context = {
        "chart": seen, "card": seen.card, "header": header_of(office, seen), "months": months,
        "actions": actions(office, seen), "states": gaps_of(office, seen),
        "open_alerts": [(each, HUES[each.level]) for each in open_of(seen.record)],
        "ladder": ladder_of(office, seen), "days": stretch.name,
        "calls": latest_of(office, patient) if may_see_calls(office.caller) else (),
        "ranges": [str(each) for each in LAST_DAYS], **chart_context(seen, decisions, stretch),
        **figures_context(figures_of(seen, decisions, months.shown)),
        **timeline_context(request, seen, decisions),
    }  # fmt: skip
    return render(request, "patients/patient.html", context)


def actions(office: Office, chart: Chart) -> list[dict[str, str]]:
    """Return where a caller may go on from a patient's page."""
    found = []
    for name, words, permission in ACTIONS:
        href = href_of(name, practice=office.practice, patient=chart.patient)
        if href and office.caller.may(permission):
            found.append({"href": href, "words": words, "name": name})
    return found


def href_of(name: str, **named: str) -> str:
    """Return the address of a page of another room; empty where there is none."""
    try:
        return str(reverse(name, kwargs=named))
    except NoReverseMatch:
        return ""


def figures_context(figures: Figures) -> dict[str, Any]:
    """Return what the figures of a month are rendered from."""
    totals, marks = figures.totals, figures.marks
    live, management = totals.live_seconds, totals.management_seconds
    span = span_of((live, management), [each for found in marks.values() for each in found])
    return {
        "figures": figures,
        "live_bar": bar(live, marks["live_seconds"], "Live time", span=span),
        "management_bar": bar(
            management, marks["management_seconds"], "Management time", span=span
        ),
        "own_codes": [each for each in figures.codes if not each.is_advisory],
        "sister_codes": [each for each in figures.codes if each.is_advisory],
        "sources": load_rulebook().sources,
    }


def timeline_context(request: HttpRequest, seen: Chart, decisions: Decisions) -> dict[str, Any]:
    """Return what a page of the timeline is rendered from."""
    subject = request.GET.get("subject", "")
    wanted = Wanted(subject=subject if subject in SUBJECT_WORDS else "", number=number_in(request))
    found = timeline(seen, decisions, wanted)
    names: Mapping[str, str] = staff_names(decisions.office)
    return {
        "timeline": found, "subject": wanted.subject, "names": names,
        "subjects": [
            (name, words, found.counts[name])
            for name, words in SUBJECT_WORDS.items() if name in found.counts
        ],
        "patient": seen.patient, "zone": seen.record.register.zone_of(
            seen.patient, decisions.office.now),
    }  # fmt: skip


@page(permission=SEE_PATIENTS)
def timeline_page(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show a part of a patient's timeline: as a page, or what a page in the browser takes in."""
    seen = office.open_chart(patient, purpose="timeline")
    decisions = Decisions(office=office, patient=patient)
    context = {"chart": seen, "card": seen.card, **timeline_context(request, seen, decisions)}
    is_part = bool(getattr(request, "htmx", False))
    return render(
        request, "patients/timeline_part.html" if is_part else "patients/timeline.html", context
    )


@page(permission=SEE_PATIENTS)
def version(request: HttpRequest, office: Office, patient: str, month: str) -> HttpResponse:
    """Answer 304 while a page about a month is up to date, else its figures anew.

    An unchanged answer is no look at the chart and tells nothing of it; new figures are one.
    """
    shown = month_in(month)
    assert shown is not None
    etag = f'"{stamp(office, patient, shown)}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    seen = office.open_chart(patient, purpose="patient page, brought up to date")
    figures = figures_of(seen, Decisions(office=office, patient=patient), shown)
    context = {"chart": seen, "card": seen.card, **figures_context(figures)}
    answer = render(request, "patients/figures.html", context)
    answer["ETag"] = f'"{figures.stamp}"'
    answer["Cache-Control"] = "private, no-cache"
    return answer
