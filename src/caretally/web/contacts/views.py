"""The contact page: the form, what it would make, what it made, its correction and withdrawal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.contacts.form import TALKED
from caretally.errors import InputError
from caretally.journal.entries import ContactHeld, Entry
from caretally.practice import contacting
from caretally.practice.alerts import open_of
from caretally.practice.contacting import own_contact
from caretally.practice.contacting_background import background
from caretally.practice.contacting_form import Typed, typed_of
from caretally.practice.contacting_outcome import told
from caretally.practice.office import Chart, Office
from caretally.practice.roles import ANSWER_ALERTS, RECORD_CARE, SEE_PATIENTS
from caretally.practice.staff_names import staff_names
from caretally.practice.timing import clocks, running
from caretally.practice.timing_local import TWICE, typed_from
from caretally.practice.timing_people import staff_of
from caretally.triage.alerts import Alert
from caretally.web.contacts.forms import (
    FIELD_WORDS,
    LEG_WORDS,
    MODES,
    OUTCOMES,
    choices,
    fresh,
    programs_of,
    typed_from_post,
    zone_of,
)
from caretally.web.frame.asking import page


@page(permission=RECORD_CARE)
def new(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Record a conversation, or that there was none."""
    return made(request, office, patient, outcome=TALKED)


@page(permission=RECORD_CARE)
def new_attempt(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Record an attempt: the same form, with another outcome chosen."""
    return made(request, office, patient, outcome="no_answer")


def made(request: HttpRequest, office: Office, patient: str, *, outcome: str) -> HttpResponse:
    """Show the form, or record what was sent and show what came of it."""
    staff_of(office.caller)
    if request.method == "POST":
        typed = typed_from_post(request)
        try:
            contacting.record(office, patient, typed)
        except InputError as error:
            return form(request, office, {"patient": patient, "typed": typed, "error": error})
        return redirect("contact", practice=office.practice, patient=patient, entry=typed.entry_id)
    chart = office.open_chart(patient, purpose="contact form")
    typed = fresh(office, chart, request, outcome=outcome)
    return form(request, office, {"patient": patient, "typed": typed, "chart": chart})


@page(permission=RECORD_CARE)
def correct(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Replace a conversation or an attempt; what it replaces stays on file."""
    staff_of(office.caller)
    if request.method == "POST":
        typed = typed_from_post(request)
        given = {"patient": patient, "typed": typed, "original": entry}
        try:
            contacting.correct(office, patient, entry, typed)
        except InputError as error:
            return form(request, office, given | {"error": error})
        return redirect("contact", practice=office.practice, patient=patient, entry=typed.entry_id)
    chart = office.open_chart(patient, purpose="contact form")
    before = own_contact(office, chart.record, entry)
    zone_name = zone_of(office, chart, getattr(before.body, "program", ""))
    typed = replace(typed_of(before, zone_name), entry_id=office.new_id("ent"))
    given = {"patient": patient, "typed": typed, "chart": chart, "original": entry}
    return form(request, office, given)


@page(permission=RECORD_CARE)
def void(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Withdraw a conversation or an attempt that was recorded in error."""
    staff_of(office.caller)
    error, entry_id = None, request.POST.get("entry_id", "") or office.new_id("ent")
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST":
        filing = office.filing(patient, entry_id=entry_id, reason=reason)
        try:
            contacting.withdraw(office, filing, entry)
        except InputError as found:
            error = found
        else:
            messages.success(request, "It is withdrawn and counts nothing; it stays on file.")
            return redirect("patient", practice=office.practice, patient=patient)
    chart = office.open_chart(patient, purpose="contact form")
    original = own_contact(office, chart.record, entry)
    context = {
        "chart": chart, "original": original, "error": error, "entry_id": entry_id,
        "reason": reason,
        "zone_name": zone_of(office, chart, getattr(original.body, "program", "")),
    }  # fmt: skip
    return render(request, "contacts/void.html", context, status=200 if error is None else 422)


@page(permission=SEE_PATIENTS)
def saved(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Show a conversation or an attempt: note, clocks before and after, what is missing."""
    chart = office.open_chart(patient, purpose="contact")
    found = told(office, chart, entry)
    context = {
        "chart": chart, "told": found, "names": staff_names(office),
        "zone_name": zone_of(office, chart, getattr(found.entry.body, "program", "")),
        "is_contact": found.entry.kind == "contact_held",
        "waiting": waiting(office, chart, found.entry),
    }  # fmt: skip
    return render(request, "contacts/saved.html", context)


def waiting(office: Office, chart: Chart, entry: Entry) -> list[tuple[Alert, str]]:
    """Return the open alerts that a conversation may answer, each with an id for its closing."""
    body = entry.body
    if not isinstance(body, ContactHeld) or not office.caller.may(ANSWER_ALERTS):
        return []
    found = (each for each in open_of(chart.record) if each.raised_at <= body.end)
    return [(each, office.new_id("ent")) for each in found]


@require_POST
@page(permission=RECORD_CARE)
def check(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Say what the form would make as it is now; nothing is stored."""
    chart = office.chart(office.card(patient))
    found = contacting.preview(
        office, chart, typed_from_post(request), request.POST.get("original", "")
    )
    missing = [FIELD_WORDS.get(name, name.replace("_", " ")) for name in found.fields]
    return render(request, "contacts/check.html", {"preview": found, "missing": missing})


@page(permission=RECORD_CARE)
def server_time(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Return the present as local date and time of the patient, for the buttons of the form."""
    chart = office.chart(office.card(patient))
    program = request.GET.get("program", "")
    program = program if program in programs_of(chart) else ""
    local = typed_from(office.now, zone_of(office, chart, program))
    return JsonResponse({"day": local.day, "time": local.time, "which": local.which})


def form(request: HttpRequest, office: Office, given: dict[str, Any]) -> HttpResponse:
    """Return the form, with all that stands beside it, what was typed and what is wrong."""
    typed: Typed = given["typed"]
    error: InputError | None = given.get("error")
    chart: Chart = given.get("chart") or office.chart(office.card(given["patient"]))
    timer = running(office)
    context = {
        "chart": chart, "typed": typed, "error": error, "original": given.get("original", ""),
        "choices": choices(office, chart, typed, timer),
        "beside": background(office, chart, typed.program),
        "outcomes": OUTCOMES, "modes": MODES, "leg_words": LEG_WORDS, "names": staff_names(office),
        "month": clocks(office, chart.patient, chart.month_of(office.now)),
        "twice": {each.field for each in (error.problems if error else ()) if each.found == TWICE},
        "problem_words": FIELD_WORDS,
        "timer": timer,
    }  # fmt: skip
    return render(request, "contacts/form.html", context, status=200 if error is None else 422)
