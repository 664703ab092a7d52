"""Pages on which staff invite a patient and caregivers, print letters, and end access."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST

from caretally.enrollment.evidence import CAREGIVER
from caretally.errors import InputError
from caretally.practice import portal_accounts
from caretally.practice.office import Chart, Office
from caretally.practice.portal import DIED, NO_AUTHORITY, NO_SHARING, OPEN
from caretally.practice.portal_accounts import (
    CHANNELS,
    PATIENT,
    Invitation,
    Letter,
    Person,
    open_channels,
    portal_people,
)
from caretally.practice.portal_wording import wording
from caretally.practice.roles import CHAT
from caretally.practice.statement_words import LANGUAGE_WORDS, language_of
from caretally.web.frame.asking import page
from caretally.web.frame.fields import HIDDEN, SELECT, Field, messages_of, shown, typed_in

UNPROCESSABLE = 422
CAN_SEE = {
    OPEN: "may see this chart", NO_SHARING: "sees nothing: no consent to sharing in force",
    NO_AUTHORITY: "sees nothing: no authority today", DIED: "sees nothing: a death is on file",
}  # fmt: skip
STATES = {
    "none": "not invited", "invited": "invited", "expired": "invitation expired",
    "joined": "signs in",
}  # fmt: skip
FORM = frozenset({"who", "channel", "language", "address", "body.who"})
"""Fields beside which a problem is told; all others stand above the form."""


@page(permission=CHAT)
def people(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show who may sign in for a patient, and invite somebody."""
    chart = office.open_chart(patient, purpose="portal access", permission=CHAT)
    typed, error = first_typed(chart, office), None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            made = portal_accounts.invite(office, patient, invitation_in(request, typed))
        except InputError as found:
            error = found
        else:
            if made is not None:
                return printed(request, chart, made)
            if typed.get("channel") != "letter":
                messages.success(request, "The invitation is on its way; see below how it went.")
            return redirect("patient-portal", practice=office.practice, patient=patient)
    everybody = portal_people(office, chart)
    fields = shown(fields_of(everybody), typed, error)
    problems = error.problems if error is not None else ()
    named = tuple(dict.fromkeys(each.field for each in problems if each.field not in FORM))
    context = {
        "chart": chart, "card": chart.card, "error": error, "fields": fields,
        "other_messages": messages_of(error, named), "rows": [row_of(each) for each in everybody],
        "channels": open_channels(), "public_url": settings.PUBLIC_URL,
    }  # fmt: skip
    return render(request, "portal/people.html", context, status=UNPROCESSABLE if error else 200)


def first_typed(chart: Chart, office: Office) -> dict[str, str]:
    """Return what an empty form begins with."""
    return {
        "entry": office.new_id("ent"), "who": PATIENT, "channel": open_channels()[0],
        "language": language_of(chart.card.language),
    }  # fmt: skip


def invitation_in(request: HttpRequest, typed: dict[str, str]) -> Invitation:
    """Return the invitation that was typed."""
    return Invitation(
        who=typed.get("who", ""), channel=typed.get("channel", ""),
        language=typed.get("language", ""), address=typed.get("address", ""),
        portal=portal_address(request), entry_id=typed.get("entry", ""),
    )  # fmt: skip


def portal_address(request: HttpRequest) -> str:
    """Return the address of the portal as people from outside reach it."""
    home = reverse("portal-home")
    return f"{settings.PUBLIC_URL.rstrip('/')}{home}" if settings.PUBLIC_URL else (
        request.build_absolute_uri(home)
    )  # fmt: skip


def fields_of(everybody: tuple[Person, ...]) -> tuple[Field, ...]:
    """Return the fields of an invitation."""
    choices = tuple((each.who, name_of(each)) for each in everybody if each.state != "joined")
    ways = tuple((name, CHANNELS[name]) for name in CHANNELS)
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="who", label="Who", kind=SELECT, choices=choices, also=("body.who", "at")),
        Field(name="language", label="Language", kind=SELECT,
              choices=tuple(LANGUAGE_WORDS.items())),
        Field(name="channel", label="How", kind=SELECT, choices=ways),
        Field(name="address", label="Mail address or telephone number", is_optional=True,
              hint="Not for a letter. Codes to sign in go there; it is kept sealed."),
    )  # fmt: skip


def name_of(person: Person) -> str:
    """Return what to call somebody on these pages."""
    if person.who == PATIENT:
        return "The patient"
    caregiver = person.who.removeprefix(CAREGIVER)
    return f"{person.relationship or 'Caregiver'} ({caregiver})".capitalize()


def row_of(person: Person) -> dict[str, object]:
    """Return somebody's access in words."""
    return {
        "person": person, "name": name_of(person), "state": STATES[person.state],
        "can": CAN_SEE[person.standing], "channel": CHANNELS.get(person.channel, ""),
        "language": LANGUAGE_WORDS.get(person.language, ""),
    }  # fmt: skip


def printed(request: HttpRequest, chart: Chart, made: Letter) -> HttpResponse:
    """Return a letter to print; it is shown once, and nobody keeps a copy."""
    words = wording(made.language)
    context = {
        "words": words, "card": chart.card, "place": place_of(chart, request.office),
        "address": portal_address(request),
        "number": f"{made.number[:4]}-{made.number[4:]}",
        "codes": [f"{code[:4]}-{code[4:]}" for code in made.codes],
        "until": words.day(chart.day_of(made.until_at)),
        "back": reverse("patient-portal", args=[request.office.practice, chart.patient]),
    }  # fmt: skip
    answer = render(request, "portal/letter.html", context)
    add_never_cache_headers(answer)
    return answer


def place_of(chart: Chart, office: Office) -> str:
    """Return what the clinic is called from which a letter comes."""
    places = chart.record.register.practices
    body = places.get(chart.card.clinic) or places.get(office.practice)
    return body.name if body is not None else office.practice


@require_POST
@page(permission=CHAT)
def letter(request: HttpRequest, office: Office, patient: str, number: int) -> HttpResponse:
    """Print a new letter for somebody; the codes of the one before are void."""
    chart = office.open_chart(patient, purpose="portal letter", permission=CHAT)
    return printed(request, chart, portal_accounts.print_letter(office, patient, number))


@require_POST
@page(permission=CHAT)
def end(request: HttpRequest, office: Office, patient: str, number: int) -> HttpResponse:
    """Withdraw an invitation, or end access, at once."""
    told = (request.POST.get("reason", ""), request.POST.get("entry", ""))
    try:
        portal_accounts.end(office, patient, number, told)
    except InputError:
        messages.error(request, "Say why the access ends. Nothing was changed.")
    else:
        messages.success(request, "The access ended; whoever was signed in is out.")
    return redirect("patient-portal", practice=office.practice, patient=patient)
