"""Forms by which a device goes to a patient, comes back, or is replaced."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError, Problem, UnknownError
from caretally.practice.device_page import device_page, device_words, free_devices
from caretally.practice.devices import Handed, assign, replace_device, take_in
from caretally.practice.office import Office
from caretally.practice.patients import Search, find_patients
from caretally.practice.roles import ENROLL
from caretally.web.devices import forms
from caretally.web.devices.views import UNPROCESSABLE, Sheet, filled_in
from caretally.web.frame.asking import page
from caretally.web.frame.fields import shown, typed_in

MOST_OFFERED = 20


@page(permission=ENROLL)
def assign_form(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Choose a patient and give the device to them."""
    found = device_page(office, device)
    error: InputError | None = None
    typed = {"entry": office.new_id("ent"), "patient": request.GET.get("patient", "")}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            entry = assign(office, device, handed(office, typed, typed.get("patient", "")))
        except InputError as refusal:
            error = refusal
        else:
            answer = redirect("device", practice=office.practice, device=device)
            answer["Location"] += f"?saved={entry}"
            return answer
    words = typed.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    offered = find_patients(office, Search(words=words or typed.get("patient", ""), stage="open"))
    fields = shown(forms.when_fields(), typed, error)
    told = {message for field in fields for message in field.messages}
    context = {
        "found": found, "card": found.card, "typed": typed, "fields": fields, "q": words,
        "offered": offered.cards[:MOST_OFFERED], "more": offered.count - MOST_OFFERED,
        "errors": [str(each) for each in error.problems] if error and not told else [],
        "error": error,
    }  # fmt: skip
    return render(request, "devices/assign.html", context, status=UNPROCESSABLE if error else 200)


def handed(office: Office, typed: forms.Typed, patient: str) -> Handed:
    """Return what was filled in of a device that changes hands.

    Raises:
        InputError: no patient was chosen, or the time is none.
    """
    if not patient:
        raise InputError([Problem(where="the form", field="patient", found="nobody",
                                  expected="the patient who gets the device")])  # fmt: skip
    return Handed(
        patient=patient, at=forms.instant_in(typed, office.home_zone()),
        reason=typed.get("reason", ""), entry_id=typed.get("entry", ""),
    )  # fmt: skip


def holder_of(office: Office, device: str) -> str:
    """Return who has a device, as far as the caller may see that.

    Raises:
        UnknownError: nobody has it, or it is somebody whom the caller may not see.
    """
    patient = device_page(office, device).row.patient
    if not patient:
        raise UnknownError("no patient whom you may see has this device")
    return patient


@page(permission=ENROLL)
def return_form(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Record that the patient gave the device back."""
    patient = holder_of(office, device)

    def save(typed: forms.Typed) -> tuple[str, str]:
        return device, take_in(office, device, handed(office, typed, patient))

    sheet = Sheet(
        title=f"Return of {device}", device=device, button="Record the return", save=save,
        fields=forms.return_fields(),
        said="What it measures from then on is held until it is somebody's again.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {})


@page(permission=ENROLL)
def replace_form(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Put another device in the place of this one, in one step."""
    patient = holder_of(office, device)
    free = device_words(free_devices(office))

    def save(typed: forms.Typed) -> tuple[str, str]:
        new = typed.get("new", "")
        if not new:
            raise InputError([Problem(where="the form", field="new", found="nothing",
                                      expected="the device that takes its place")])  # fmt: skip
        return new, replace_device(office, device, new, handed(office, typed, patient))

    sheet = Sheet(
        title=f"Replace {device}", device=device, button="Replace the device", save=save,
        fields=forms.replace_fields(free),
        said="The old one comes back and the new one goes out at the same moment. The patient is "
        "not set up a second time: data days go on in the same period.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {})
