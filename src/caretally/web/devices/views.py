"""The list of devices, the page of one, and the forms in which it is kept on the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.codes import DEVICE_STATUSES
from caretally.errors import InputError, UnknownError
from caretally.practice.device_lists import WATCHES, DeviceSearch, find_devices
from caretally.practice.device_page import DevicePage, device_page, models_offered
from caretally.practice.devices import Told, known_card, tell, undo
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_DEVICES
from caretally.web.devices import forms
from caretally.web.devices.drawing import picture_of
from caretally.web.frame.asking import page
from caretally.web.frame.fields import Field, shown, typed_in

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form of a device: how it is shown, and what saving it does.

    save: returns the device whose page comes next and the entry that may be undone there.
    """

    title: str
    button: str
    fields: tuple[Field, ...]
    save: Callable[[forms.Typed], tuple[str, str]]
    device: str = ""
    said: str = ""
    beside: Any = None


@page()
def devices(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the devices that fit a search, those to be seen to first."""
    asked = request.GET
    number = asked.get("page", "1")
    search = DeviceSearch(
        words=asked.get("q", ""), status=asked.get("status", ""), vendor=asked.get("vendor", ""),
        hands=asked.get("hands", ""), watch=asked.get("watch", ""),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 1,
    )  # fmt: skip
    kept = asked.copy()
    kept.pop("page", None)
    context = {
        "found": find_devices(office, search), "search": search, "statuses": DEVICE_STATUSES,
        "watches": WATCHES.items(), "kept": kept.urlencode(), "zone": office.home_zone(),
        "may_keep": office.caller.may(MANAGE_DEVICES),
    }  # fmt: skip
    return render(request, "devices/list.html", context)


@page()
def device(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Show one device."""
    return render(request, "devices/device.html", about(request, office, device))


def about(request: HttpRequest, office: Office, device: str) -> dict[str, Any]:
    """Return what the page of a device shows."""
    found: DevicePage = device_page(office, device)
    saved = request.GET.get("saved", "")
    return {
        "found": found, "card": found.card, "row": found.row, "zone": office.home_zone(),
        "picture": picture_of(found.places, office.now, office.home_zone()),
        "measures": forms.metric_words(found.card.parameters),
        "saved": saved if saved in found.undoable else "", "void_id": office.new_id("ent"),
        "is_undone": bool(request.GET.get("undone")),
    }  # fmt: skip


@page(permission=MANAGE_DEVICES)
def register_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Put a device on the books."""
    models = models_offered(office)

    def save(typed: forms.Typed) -> tuple[str, str]:
        body = forms.device_body(typed)
        return body.device, tell(office, Told(body=body, entry_id=typed.get("entry", "")))

    sheet = Sheet(
        title="Register a device", button="Register the device", save=save, beside=models,
        fields=forms.device_fields(models, is_correction=False),
        said="Readings find their device by its names. Give all that its vendor may use.",
    )  # fmt: skip
    return filled_in(request, office, sheet, proposed(request, models))


def proposed(request: HttpRequest, models: Any) -> forms.Typed:
    """Return what a chosen model, or a held reading, proposes to be filled in."""
    asked = request.GET
    place = asked.get("model", "")
    found: forms.Typed = {name: asked[name] for name in ("device", "vendor", "imei", "mac",
                          "serial", "others") if asked.get(name)}  # fmt: skip
    if place.isascii() and place.isdigit() and int(place) < len(models):
        model = models[int(place)]
        said = {True: forms.YES, False: forms.NO, None: ""}[model.medical_device]
        found |= {"vendor": model.vendor, "model": model.name, "medical_device": said,
                  "parameters": " ".join(model.parameters)}  # fmt: skip
    return found


@page(permission=MANAGE_DEVICES)
def correct_form(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Correct what the books say of a device; one known from an assignment is registered."""
    found = device_page(office, device)
    earlier = found.registration.id if found.registration else ""
    models = models_offered(office)

    def save(typed: forms.Typed) -> tuple[str, str]:
        body = forms.device_body({**typed, "device": device})
        told = Told(body=body, entry_id=typed.get("entry", ""), supersedes=earlier,
                    reason=typed.get("reason", ""))  # fmt: skip
        return device, tell(office, told)

    sheet = Sheet(
        title=f"Correct {device}" if earlier else f"Register {device}", device=device, save=save,
        button="Save", fields=forms.device_fields(models, is_correction=bool(earlier)),
        said="The earlier entry stays in the journal; this one takes its place." if earlier else "",
    )  # fmt: skip
    return filled_in(request, office, sheet, forms.device_typed(found.card))


@page(permission=MANAGE_DEVICES)
def status_form(request: HttpRequest, office: Office, device: str) -> HttpResponse:
    """Say where a device is: on its way, lost, retired."""
    known_card(office, device)

    def save(typed: forms.Typed) -> tuple[str, str]:
        told = Told(
            body=forms.status_body(device, typed), entry_id=typed.get("entry", ""),
            at=forms.instant_in(typed, office.home_zone()), reason=typed.get("reason", ""),
        )  # fmt: skip
        return device, tell(office, told)

    sheet = Sheet(
        title=f"What became of {device}", device=device, button="Save", save=save,
        fields=forms.status_fields(),
        said="Who holds the device does not change by this: record a return for that.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {"status": request.GET.get("status", "")})


@require_POST
@page()
def undo_entry(request: HttpRequest, office: Office, device: str, entry: str) -> HttpResponse:
    """Take back what the caller wrote about a device just now."""
    try:
        undo(office, device, entry, request.POST.get("void_id", "") or office.new_id("ent"))
    except InputError as error:
        context = {**about(request, office, device), "errors": [str(e) for e in error.problems]}
        return render(request, "devices/device.html", context, status=UNPROCESSABLE)
    messages.success(request, "Taken back.")
    try:
        known_card(office, device)
    except UnknownError:
        return redirect("devices", practice=office.practice)
    return redirect("device", practice=office.practice, device=device)


def filled_in(
    request: HttpRequest, office: Office, sheet: Sheet, start: forms.Typed
) -> HttpResponse:
    """Show a form of a device, or save it and go to the device's page."""
    error: InputError | None = None
    typed = {"entry": office.new_id("ent"), **start}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            device, entry = sheet.save(typed)
        except InputError as found:
            error = forms.at_fields(found, typed)
        else:
            answer = redirect("device", practice=office.practice, device=device)
            answer["Location"] += f"?saved={entry}"
            return answer
    fields = shown(sheet.fields, typed, error)
    told = {message for field in fields for message in field.messages}
    context = {
        "sheet": sheet, "fields": fields, "error": error,
        "other_messages": [str(each) for each in error.problems] if error and not told else [],
    }  # fmt: skip
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "devices/form.html", context, status=status)
