"""Time by hand: written, corrected and withdrawn on a patient's chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.clock import ServiceMonth
from caretally.codes import CATEGORIES, PROGRAMS
from caretally.contacts.notes import clock
from caretally.errors import InputError
from caretally.journal.entries import Entry, TimeLogged
from caretally.practice import timing_by_hand
from caretally.practice.office import Chart, Office
from caretally.practice.roles import RECORD_CARE, RECORD_FOR_OTHERS
from caretally.practice.staff_names import staff_names
from caretally.practice.timing import clocks
from caretally.practice.timing_by_hand import Written, own_entry
from caretally.practice.timing_local import TWICE, typed_from
from caretally.practice.timing_people import PRACTITIONERS, colleagues, staff_of
from caretally.web.frame.asking import page


@page(permission=RECORD_CARE)
def new(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Write time down that no timer measured."""
    staff_of(office.caller)
    if request.method == "POST":
        wish = written_from(request)
        try:
            timing_by_hand.log_by_hand(office, patient, wish)
        except InputError as error:
            return form(request, office, {"patient": patient, "wish": wish, "error": error})
        return told(request, office, patient, "The time is logged.")
    chart = office.open_chart(patient, purpose="time form")
    wish = Written(
        entry_id=office.new_id("ent"), program=(chart.card.programs.split() or [""])[0],
        category="review", day=str(chart.day_of(office.now)), start="", end="",
        performer=office.caller.staff,
    )  # fmt: skip
    return form(request, office, {"patient": patient, "wish": wish, "chart": chart})


@page(permission=RECORD_CARE)
def correct(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Replace time on record; what it replaces stays on file."""
    staff_of(office.caller)
    if request.method == "POST":
        wish = written_from(request)
        try:
            timing_by_hand.correct(office, patient, entry, wish)
        except InputError as error:
            context = {"patient": patient, "wish": wish, "error": error, "original": entry}
            return form(request, office, context)
        return told(
            request, office, patient, "The time is corrected; the former entry stays on file."
        )
    chart = office.open_chart(patient, purpose="time form")
    before = own_entry(office, chart.record, entry)
    wish = written_of(office, chart, before)
    context = {"patient": patient, "wish": wish, "chart": chart, "original": entry}
    return form(request, office, context)


@page(permission=RECORD_CARE)
def void(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Withdraw time that was logged in error."""
    staff_of(office.caller)
    error, entry_id = None, request.POST.get("entry_id", "") or office.new_id("ent")
    if request.method == "POST":
        filing = office.filing(patient, entry_id=entry_id, reason=request.POST.get("reason", ""))
        try:
            timing_by_hand.withdraw(office, filing, entry)
        except InputError as found:
            error = found
        else:
            words = "The time is withdrawn; the entry stays on file."
            return told(request, office, patient, words)
    chart = office.open_chart(patient, purpose="time form")
    context = {
        "chart": chart, "original": own_entry(office, chart.record, entry), "error": error,
        "entry_id": entry_id, "zone_name": chart.record.register.zone_of(patient, office.now),
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "timers/void.html", context, status=200 if error is None else 422)


def form(request: HttpRequest, office: Office, given: dict[str, Any]) -> HttpResponse:
    """Return the form, with what was typed and what is wrong with it."""
    patient, wish, error = given["patient"], given["wish"], given.get("error")
    chart: Chart = given.get("chart") or office.chart(office.card(patient))
    register, day = chart.record.register, chart.day_of(office.now)
    mine = register.roles_on(office.caller.staff, day)
    context = {
        "chart": chart, "wish": wish, "error": error, "original": given.get("original"),
        "zone_name": register.zone_of(patient, office.now, program=wish.program or None),
        "programs": chart.card.programs.split() or list(PROGRAMS),
        "categories": CATEGORIES,
        "people": colleagues(office, register, day) if office.caller.may(RECORD_FOR_OTHERS) else (),
        "may_review": bool(mine & PRACTITIONERS),
        "twice": {each.field for each in (error.problems if error else ()) if each.found == TWICE},
        "names": staff_names(office),
    }  # fmt: skip
    return render(request, "timers/by_hand.html", context, status=200 if error is None else 422)


def told(request: HttpRequest, office: Office, patient: str, words: str) -> HttpResponse:
    """Say what was done with both clocks of the month, and show the person's day."""
    month = month_typed(request.POST.get("day", "")) or office.chart(office.card(patient)).month_of(
        office.now
    )
    both = clocks(office, patient, month)
    messages.success(
        request,
        f"{words} {month}: {clock(both.management_seconds)} management, "
        f"{clock(both.live_seconds)} live.",
    )
    return redirect("patient", practice=office.practice, patient=patient)


def month_typed(day: str) -> ServiceMonth | None:
    """Return the month of a typed date; None where none was typed."""
    try:
        typed = date.fromisoformat(day)
    except ValueError:
        return None
    return ServiceMonth(typed.year, typed.month)


def written_from(request: HttpRequest) -> Written:
    """Return what was typed."""
    names = (
        "entry_id", "program", "category", "day", "start", "end", "start_which", "end_which",
        "performer", "note", "reason",
    )  # fmt: skip
    typed = {name: request.POST.get(name, "").strip() for name in names}
    return Written(**typed, is_review=request.POST.get("is_review") == "1")


def written_of(office: Office, chart: Chart, before: Entry) -> Written:
    """Return an entry as it would be typed."""
    body = before.body
    assert isinstance(body, TimeLogged)
    zone_name = chart.record.register.zone_of(chart.patient, office.now, program=body.program)
    start, end = typed_from(body.start, zone_name), typed_from(body.end, zone_name)
    return Written(
        entry_id=office.new_id("ent"), program=body.program, category=body.category, day=start.day,
        start=start.time, end=end.time, start_which=start.which, end_which=end.which,
        performer=body.performer, note=body.note or "", is_review=body.intended_code is not None,
    )  # fmt: skip
