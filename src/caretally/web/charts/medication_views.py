"""The small form for changes of a patient's medication, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.codes import MEDICATION_CHANGES
from caretally.errors import InputError, Problem
from caretally.journal.entries import MedicationChanged
from caretally.practice.chart_axis import medication_words
from caretally.practice.chart_records import CHANGES
from caretally.practice.enrolling_times import instant_problem, read_instant, typed_instant
from caretally.practice.medications import change_medication, change_named, undo_change
from caretally.practice.office import Chart, Office
from caretally.practice.roles import RECORD_CARE
from caretally.practice.staff_names import staff_names
from caretally.web.frame.asking import page
from caretally.web.frame.fields import (
    HIDDEN,
    LONG,
    SELECT,
    Field,
    demand,
    refuse,
    shown,
    typed_in,
)

WRONG = 422
INSTANT = "datetime-local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form about medication: what it is called, asks, and what its button says."""

    title: str
    fields: tuple[Field, ...]
    button: str
    said: str = ""


def change_form(office: Office, zone: str) -> Form:
    """Return the form for a change."""
    names = staff_names(office)
    staff = sorted(office.register().staff)
    people = (("", "not said"), *((each, names.get(each, each)) for each in staff))
    return Form(
        title="Change of medication", button="Save",
        fields=(
            Field(name="entry", label="", kind=HIDDEN),
            Field(name="medication", label="Medication", hint="Name and strength, as written."),
            Field(name="change", label="What changed", kind=SELECT,
                  choices=tuple((name, CHANGES[name]) for name in MEDICATION_CHANGES)),
            Field(name="detail", label="From what to what", is_optional=True,
                  hint="Such as: 20 mg to 40 mg, once a day."),
            Field(name="at", label=f"When ({zone})", kind=INSTANT),
            Field(name="changed_by", label="Decided by", kind=SELECT, choices=people,
                  is_optional=True),
            Field(name="reason", label="Why it is written late", kind=LONG, is_optional=True,
                  hint="Needed where it happened more than three days ago."),
        ),
    )  # fmt: skip


def undo_form(words: str) -> Form:
    """Return the form for taking a change back."""
    return Form(
        title="Take a change of medication back", button="Take it back",
        said=f"{words}. It stays in the record with your reason, and the chart shows it no more.",
        fields=(
            Field(name="entry", label="", kind=HIDDEN),
            Field(name="reason", label="Why", hint="Such as: entered by mistake."),
        ),
    )  # fmt: skip


@page(permission=RECORD_CARE)
def medication_new(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Ask what changed, and write it down."""
    seen = office.open_chart(patient, purpose="change of medication", permission=RECORD_CARE)
    zone = seen.record.register.zone_of(patient, office.now)
    typed = {
        "entry": office.new_id("ent"), "at": typed_instant(office.now, zone)[:16],
        "changed_by": office.caller.staff,
    }  # fmt: skip
    error: InputError | None = None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            store_change(office, patient, typed, zone)
        except InputError as found:
            error = found
        else:
            messages.success(request, "The change of medication is on the chart.")
            return redirect("vitals", practice=office.practice, patient=patient)
    return answered(request, seen, change_form(office, zone), (typed, error))


def store_change(office: Office, patient: str, typed: dict[str, str], zone: str) -> None:
    """Store what was typed.

    Raises:
        InputError: something speaks against it; all is named.
    """
    problems: list[Problem] = []
    demand(typed, ("medication", "change", "at"), problems)
    at = read_instant(typed.get("at", ""), zone)
    if isinstance(at, str) and typed.get("at"):
        problems.append(instant_problem("at", at))
    if typed.get("change") and typed["change"] not in MEDICATION_CHANGES:
        problems.append(Problem(where="form", field="change", found="another word",
                                expected="one of the list"))  # fmt: skip
    refuse(problems)
    assert not isinstance(at, str)
    filing = office.filing(patient, entry_id=typed.get("entry", ""), reason=typed.get("reason", ""))
    body = MedicationChanged(
        medication=typed["medication"], change=typed["change"],
        detail=typed.get("detail") or None, changed_by=typed.get("changed_by") or None,
    )  # fmt: skip
    change_medication(office, filing, body, at)


@page(permission=RECORD_CARE)
def medication_undo(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Ask why a change is taken back, and take it back."""
    seen = office.open_chart(patient, purpose="change of medication", permission=RECORD_CARE)
    typed, error = {"entry": office.new_id("ent")}, None
    known = change_named(seen, entry)
    if request.method == "POST":
        typed = typed_in(request)
        filing = office.filing(
            patient, entry_id=typed.get("entry", ""), reason=typed.get("reason", "")
        )
        try:
            undo_change(office, filing, entry)
        except InputError as found:
            error = found
        else:
            messages.success(request, "The change of medication was taken back.")
            return redirect("vitals", practice=office.practice, patient=patient)
    elif known is None:
        raise Http404("no such change of medication")
    words = medication_words(known) if known is not None else "It was taken back meanwhile"
    return answered(request, seen, undo_form(words), (typed, error))


def answered(
    request: HttpRequest, seen: Chart, form: Form, filled: tuple[dict[str, str], InputError | None]
) -> HttpResponse:
    """Return a form with what was typed and what is wrong with it."""
    typed, error = filled
    fields = shown(form.fields, typed, error)
    told = {message for field in fields for message in field.messages}
    context: dict[str, Any] = {
        "form": form, "fields": fields, "error": error, "card": seen.card,
        "other_messages": [str(each) for each in error.problems] if error and not told else [],
    }  # fmt: skip
    return render(request, "charts/medication.html", context, status=WRONG if error else 200)
