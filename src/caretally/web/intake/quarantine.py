"""Pages of what is held back: which rule, where in the document, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.devices.names import scheme_and_value
from caretally.devices.rules import (
    IMPOSSIBLE_LOCAL_TIME,
    NO_TIME,
    NOT_ASSIGNED,
    UNKNOWN_DEVICE,
    UNKNOWN_ORIGIN,
    rule_named,
)
from caretally.errors import InputError, Problem
from caretally.practice.device_lists import all_cards
from caretally.practice.device_page import device_words
from caretally.practice.enrolling_times import instant_problem, read_instant
from caretally.practice.office import Office
from caretally.practice.quarantine import (
    Release,
    counts,
    dismiss_fault,
    held_readings,
    open_faults,
    reject,
    release,
)
from caretally.practice.quarantine_many import (
    MOST_AT_ONCE,
    Looked,
    by_rule,
    is_in_crisis,
    look,
    names_beside,
    reject_all,
    rule_at_work,
    undo_rejection,
    value_words,
)
from caretally.practice.roles import MANAGE_DEVICES, SETTLE_READINGS
from caretally.web.frame.asking import page
from caretally.web.frame.fields import HIDDEN, LONG, SELECT, Field, shown, typed_in

UNPROCESSABLE = 422
SHOWN = 50
MOST_DEVICES = 500
ORIGINS = (("", "choose"), ("device", "a device measured it"), ("manual", "somebody typed it"),
           ("derived", "it was worked out from others"))  # fmt: skip


@page(permission=SETTLE_READINGS)
def quarantine(request: HttpRequest, office: Office) -> HttpResponse:
    """List what is held back and what was not understood, the newest first."""
    if request.method == "POST" and request.POST.get("undo"):
        return taken_back(request, office)
    return render(request, "intake/quarantine.html", about(request, office))


def about(request: HttpRequest, office: Office) -> dict[str, Any]:
    """Return what the page of what is held back shows."""
    rule = request.GET.get("rule", "")
    held = [each for each in held_readings(office, limit=MOST_AT_ONCE)
            if rule in {"", each.rule.name}]  # fmt: skip
    chosen = sorted(held, key=lambda each: not is_in_crisis(each.reading))[:SHOWN]
    names = names_beside(office, chosen)
    return {
        "rows": [
            {"held": each, "words": value_words(each.reading), "who": names.get(each.patient, ""),
             "is_crisis": is_in_crisis(each.reading)}
            for each in chosen
        ],
        "faults": open_faults(office, limit=SHOWN), "counts": counts(office), "rule": rule,
        "rules": [(rule_named(name), count) for name, count in by_rule(office).items()],
        "zone": office.home_zone(), "tab": "quarantine",
        "batch": request.GET.get("rejected", ""), "void_id": office.new_id("ent"),
    }  # fmt: skip


def taken_back(request: HttpRequest, office: Office) -> HttpResponse:
    """Hold back again what the caller rejected just now."""
    try:
        count = undo_rejection(office, request.POST["undo"], request.POST.get("void_id")
                               or office.new_id("ent"))  # fmt: skip
    except InputError as error:
        context = {**about(request, office), "errors": [str(each) for each in error.problems]}
        return render(request, "intake/quarantine.html", context, status=UNPROCESSABLE)
    messages.success(request, f"{count} held back again.")
    return redirect("intake", practice=office.practice)


@page(permission=SETTLE_READINGS)
def reading_held(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Show one held reading beside the patient's recent ones, with what can be done about it."""
    return render(request, "intake/reading.html", looked_at(office, number, {}, None))


def looked_at(
    office: Office, number: int, typed: dict[str, str], error: InputError | None
) -> dict[str, Any]:
    """Return what the page of a held reading shows."""
    found = look(office, number)
    start = {"entry": office.new_id("ent"), **typed}
    fields = shown(release_fields(office, found), start, error)
    told = {message for field in fields for message in field.messages}
    scheme, value = scheme_and_value(found.held.name)
    return {
        "found": found, "held": found.held, "is_crisis": is_in_crisis(found.held.reading),
        "fields": fields, "zone": office.home_zone(),
        "error": error, "tab": "quarantine", "entry": office.new_id("ent"),
        "other_messages": [str(each) for each in error.problems] if error and not told else [],
        "register": device_query(scheme, value, found.held.vendor),
        "may_keep": office.caller.may(MANAGE_DEVICES),
    }  # fmt: skip


def device_query(scheme: str, value: str, vendor: str) -> dict[str, str]:
    """Return what the form of a new device is filled in with for an unknown name."""
    if scheme in {"imei", "mac", "serial"}:
        return {scheme: value, "vendor": vendor}
    return {"others": f"{scheme} {value}", "vendor": vendor}


def release_fields(office: Office, found: Looked) -> tuple[Field, ...]:
    """Return the fields with which a held reading is released, as its rule needs them."""
    rule = found.held.rule.name
    fields = [Field(name="entry", label="", kind=HIDDEN)]
    if rule in {UNKNOWN_DEVICE, NOT_ASSIGNED}:
        cards = sorted(all_cards(office.book()), key=lambda each: each.device)[:MOST_DEVICES]
        fields.append(Field(name="device", label="It is of this device", kind=SELECT,
                            is_optional=True, value=found.held.device,
                            choices=(("", "as its name says"), *device_words(cards))))  # fmt: skip
    if rule == UNKNOWN_ORIGIN:
        fields.append(Field(name="origin", label="How it came about", kind=SELECT,
                            choices=ORIGINS))  # fmt: skip
    if rule in {NOT_ASSIGNED, NO_TIME, IMPOSSIBLE_LOCAL_TIME}:
        fields.append(Field(name="measured_at", label="Measured at", kind="datetime-local",
                            is_optional=rule == NOT_ASSIGNED,
                            hint="Only if the time told is wrong."))  # fmt: skip
    return (*fields, Field(name="reason", label="Why it is right", kind=LONG))


@require_POST
@page(permission=SETTLE_READINGS)
def reading_release(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """File a held reading after all."""
    typed = typed_in(request)
    try:
        release(office, number, ruling_in(office, typed), filed_as=typed.get("entry", ""))
    except InputError as error:
        context = looked_at(office, number, typed, error)
        return render(request, "intake/reading.html", context, status=UNPROCESSABLE)
    messages.success(request, "Released: the reading is in the record.")
    return redirect("intake", practice=office.practice)


def ruling_in(office: Office, typed: dict[str, str]) -> Release:
    """Return what was filled in of a release.

    Raises:
        InputError: the time is none.
    """
    measured_at = None
    if typed.get("measured_at"):
        found = read_instant(typed["measured_at"], office.home_zone())
        if isinstance(found, str):
            raise InputError([instant_problem("measured_at", found)])
        measured_at = found
    return Release(reason=typed.get("reason", ""), device=typed.get("device", ""),
                   origin=typed.get("origin", ""), measured_at=measured_at)  # fmt: skip


@require_POST
@page(permission=SETTLE_READINGS)
def reading_reject(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Reject a held reading."""
    typed = typed_in(request)
    batch = typed.get("entry") or office.new_id("ent")
    try:
        reject(office, number, typed.get("why", ""), f"{batch}.{number}")
    except InputError:
        error = InputError([Problem(where="form", field="why", found="an empty text",
                                    expected="why it is rejected")])  # fmt: skip
        context = {**looked_at(office, number, {}, None), "why_error": error.problems[0].expected}
        return render(request, "intake/reading.html", context, status=UNPROCESSABLE)
    answer = redirect("intake", practice=office.practice)
    answer["Location"] += f"?rejected={batch}"
    return answer


@page(permission=SETTLE_READINGS)
def rule_reject(request: HttpRequest, office: Office, rule: str) -> HttpResponse:
    """Reject all readings that one rule holds back."""
    known = rule_at_work(office, rule)
    error: InputError | None = None
    typed = {"entry": office.new_id("ent")}
    if request.method == "POST":
        typed = typed_in(request)
        batch = typed.get("entry") or office.new_id("ent")
        try:
            reject_all(office, rule, typed.get("reason", ""), batch)
        except InputError as refusal:
            error = refusal
        else:
            answer = redirect("intake", practice=office.practice)
            answer["Location"] += f"?rejected={batch}"
            return answer
    fields = (Field(name="entry", label="", kind=HIDDEN),
              Field(name="reason", label="Why they are rejected", kind=LONG))  # fmt: skip
    context = {
        "rule": known, "count": by_rule(office).get(rule, 0), "most": MOST_AT_ONCE, "error": error,
        "fields": shown(fields, typed, error), "tab": "quarantine",
    }  # fmt: skip
    return render(request, "intake/rule.html", context, status=UNPROCESSABLE if error else 200)


@require_POST
@page(permission=SETTLE_READINGS)
def fault_dismiss(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Let go what was not understood of a delivery."""
    typed = typed_in(request)
    try:
        dismiss_fault(office, number, typed.get("why", ""), typed.get("entry", ""))
    except InputError as error:
        context = {**about(request, office), "errors": [str(each) for each in error.problems]}
        return render(request, "intake/quarantine.html", context, status=UNPROCESSABLE)
    messages.success(request, "Let go; the delivery stays.")
    return redirect("intake", practice=office.practice)
