"""The page on which a chart is opened, after a look at those who may be the same person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError, Problem
from caretally.practice.enrolling_patients import NewPatient, SamePersonError, open_new_chart
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL
from caretally.store.cards import Card
from caretally.web.enrollment.fields import Field, Option, Shown, body_json, posted
from caretally.web.enrollment.forms import FORMS
from caretally.web.enrollment.options import AMERICAN_ZONES, LANGUAGES
from caretally.web.enrollment.papers import field_of, sentence
from caretally.web.frame.asking import page

FIELDS = FORMS["register_patient"].fields
WHY = Field(name="reason", label="Why this is another person", must=True)
SEXES: tuple[Option, ...] = (("female", "female"), ("male", "male"), ("other", "other"))
WRONG = 422


@page(permission=ENROLL)
def new_patient(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the form of a new chart, or open it."""
    zone_name = office.home_zone()
    if request.method != "POST":
        values: dict[str, Any] = {"time_zone": zone_name, "language": "en"}
        ids = {"patient": office.new_id("pat"), "entry_id": office.new_id("ent")}
        return shown(request, office, {**values, **ids})
    values = posted((*FIELDS, WHY), request.POST)
    values |= {name: request.POST.get(name, "") for name in ("patient", "entry_id")}
    new = NewPatient(
        patient=values["patient"] or office.new_id("pat"),
        entry_id=values["entry_id"],
        body=body_json(FIELDS, values, zone_name),
        reason=values["reason"],
    )
    try:
        patient = open_new_chart(office, new)
    except SamePersonError as error:
        return shown(request, office, values, error=error, candidates=error.candidates)
    except InputError as error:
        return shown(request, office, values, error=error)
    return redirect("enrollment", practice=office.practice, patient=patient)


def shown(
    request: HttpRequest,
    office: Office,
    values: dict[str, Any],
    *,
    error: InputError | None = None,
    candidates: tuple[Card, ...] = (),
) -> HttpResponse:
    """Return the page with what was typed, what is wrong, and who may be the same person."""
    problems, zone_name = error.problems if error else (), office.home_zone()
    options: dict[str, tuple[Option, ...]] = {
        "sexes": SEXES,
        "languages": LANGUAGES,
        "zones": tuple((name, name) for name in dict.fromkeys((zone_name, *AMERICAN_ZONES))),
    }
    fields = [
        Shown(
            field=field,
            prefix="new",
            value=values.get(field.name, ""),
            options=options.get(field.options, ()),
            errors=tuple(sentence(p, zone_name) for p in problems if field_of(p) == field.name),
        )
        for field in FIELDS
    ]
    asks_why = bool(candidates or values.get("reason"))
    why = Shown(field=WHY, prefix="new", value=values.get("reason", ""))
    known = {field.name for field in FIELDS}
    context = {
        "fields": fields,
        "why": why if asks_why else None,
        "candidates": candidates,
        "values": values,
        "summary": [
            *((each.id, each.field.label, words) for each in fields for words in each.errors),
            *(about(p, zone_name) for p in problems if field_of(p) not in known),
        ],
    }
    return render(request, "enrollment/new.html", context, status=WRONG if error else 200)


def about(problem: Problem, zone_name: str) -> tuple[str, str, str]:
    """Return a problem of no field of the chart, with the id and label of the reason's if of it."""
    words = sentence(problem, zone_name)
    return ("new-reason", WHY.label, words) if problem.field == "reason" else ("", "", words)
