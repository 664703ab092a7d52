"""Calls as a list, one call turn by turn, and a call that somebody asks for by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.codes import PROGRAMS
from caretally.contacts.wellness_calls.packs import LANGUAGES
from caretally.practice.call_desk import call_named
from caretally.practice.call_pages import calls_of, told_call
from caretally.practice.call_planning import Wanted, plan, stop
from caretally.practice.call_sounds import sound_of
from caretally.practice.office import Office
from caretally.practice.protocols import shelf_of
from caretally.practice.roles import RUN_CALLS
from caretally.practice.staff_names import person_names
from caretally.store.call_tables import (
    DENIED,
    DIALING,
    PLANNED,
    RECORDED,
    STOPPED,
    TALKING,
)
from caretally.web.frame.asking import page
from caretally.web.frame.fields import SELECT, Field
from caretally.web.frame.sheets import Sheet, filled_in

STATES = (PLANNED, DIALING, TALKING, RECORDED, DENIED, STOPPED)
HUES = {PLANNED: "open", DIALING: "info", TALKING: "info", RECORDED: "met", DENIED: "unmet",
        STOPPED: "quiet"}  # fmt: skip
LANGUAGE_WORDS = {"en": "English", "es": "Spanish"}


@page(permission=RUN_CALLS)
def calls(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the calls of the practice, the latest first."""
    text, state = request.GET.get("page", "1"), request.GET.get("state", "")
    number = int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else 1
    state = state if state in STATES else ""
    patient = request.GET.get("patient", "")
    found = calls_of(office, number, patient=patient, state=state)
    context = {
        "found": found, "states": STATES, "state": state, "of_patient": patient, "hues": HUES,
        "zone": office.home_zone(), "before": number - 1, "names": person_names(office),
        "after": number + 1 if found.more else 0,
    }  # fmt: skip
    return render(request, "calls/list.html", context)


@page()
def call(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Show one call turn by turn, held against its log."""
    told = told_call(office, name)
    zone = told.chart.record.register.zone_of(told.call.patient, office.now) if told.chart else ""
    context: dict[str, Any] = {
        "told": told, "zone": zone or office.home_zone(), "names": person_names(office),
        "hues": HUES, "may_run": office.caller.may(RUN_CALLS),
        "month": month_of(told, office) if told.chart and told.recorded else None,
    }  # fmt: skip
    return render(request, "calls/call.html", context)


def month_of(told: Any, office: Office) -> dict[str, object]:
    """Return the totals of the month of a call: the agent's and people's, never added up."""
    recorded, chart = told.recorded, told.chart
    month = chart.month_of(recorded.answered_at or recorded.ended_at)
    facts = office.journal.decision(office.practice, chart.patient, month).month.decided
    return {"month": month, "ai_seconds": facts.ai_seconds, "live_seconds": facts.live_seconds,
            "management_seconds": facts.management_seconds}  # fmt: skip


@page()
def call_sound(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Return the sound of a call as a file; whoever listens is told in the access log."""
    sound = sound_of(office, call_named(office.journal, office.practice, name))
    answer = HttpResponse(sound, content_type="audio/wav")
    answer["Content-Disposition"] = f'attachment; filename="{name}.wav"'
    return answer


@page(permission=RUN_CALLS)
def call_new(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Ask for a call to a patient; the gate is asked before it is dialed."""
    card = office.card(patient, permission=RUN_CALLS)
    signed = [each.pack for each in shelf_of(office) if each.is_in_force]
    programs = [each for each in PROGRAMS if each in card.programs.split()]

    def save(typed: dict[str, str]) -> None:
        plan(office.journal, office.practice, Wanted(
            patient=patient, program=typed.get("program", ""), protocol=typed.get("protocol", ""),
            language=typed.get("language", ""), due_at=office.now,
            asked_by=office.caller.staff or office.caller.login, name=typed.get("entry", ""),
        ), office.now)  # fmt: skip

    fields = (
        Field(name="entry", label="", kind="hidden"),
        Field(name="protocol", label="Protocol", kind=SELECT,
              choices=tuple((each.name, each.title) for each in signed),
              hint="" if signed else "A clinician signs a protocol before anybody is called."),
        Field(name="program", label="Program", kind=SELECT,
              choices=tuple((each, each.upper()) for each in programs)),
        Field(name="language", label="Language", kind=SELECT,
              choices=tuple((each, LANGUAGE_WORDS[each]) for each in LANGUAGES)),
    )  # fmt: skip
    sheet = Sheet(
        title=f"Call {card.label}", fields=fields, save=save, back="calls", button="Put in line",
        said="An automated voice calls as soon as a line is free, and only where the gate allows "
             "it: consent, hours, opt-out and the signed protocol are checked before dialing.",
        done="The call is in line.",
    )  # fmt: skip
    start = {"entry": office.new_id("call"),
             "language": card.language if card.language in LANGUAGES else "en"}  # fmt: skip
    return filled_in(request, office, sheet, start, template="calls/form.html")


@page(permission=RUN_CALLS)
def call_stop(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Take a call out of the line that was not dialed yet."""
    if stop(office, name):
        messages.success(request, "The call was taken out of the line.")
    else:
        messages.warning(request, "It is not in line any more.")
    return redirect("call", practice=office.practice, name=name)


call_stop = require_POST(call_stop)
