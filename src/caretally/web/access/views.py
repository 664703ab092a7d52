"""Pages for those who watch over charts: who looked, broken glass, disclosures, retention."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST

from caretally.clock import instant_of, midnight
from caretally.errors import InputError, UnknownError
from caretally.practice import glass as breaking
from caretally.practice.disclosures import disclosures
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.retention import RULES
from caretally.practice.roles import BREAK_GLASS, KEEP_ACCESS, SEE_ACCESS, SEE_PATIENTS
from caretally.practice.staff_names import name_of, staff_names
from caretally.store.access import KINDS
from caretally.store.access_pages import Line, Wanted, access_lines
from caretally.store.models import Membership
from caretally.web.frame.asking import page
from caretally.web.frame.fields import LONG, Field, shown, typed_in

LINES = 100
"""Entries of a page."""
UNPROCESSABLE = 422
YEARS = range(2000, 2200)


def asked_day(request: HttpRequest, name: str) -> date | None:
    """Return a date of the address; nothing where it is none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def asked(request: HttpRequest, office: Office) -> Wanted:
    """Return what an address asks of the access chains."""
    given, home = request.GET, office.home_zone()
    kind, before = given.get("kind", ""), given.get("before", "")
    return Wanted(
        patient=given.get("patient", "").strip(),
        actor=given.get("actor", "").strip(),
        words=given.get("words", "").strip(),
        kinds=(kind,) if kind in KINDS else (),
        begins=instant(asked_day(request, "from"), home),
        ends=instant(asked_day(request, "until"), home, days=1),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0,
    )


def instant(day: date | None, zone_name: str, *, days: int = 0) -> datetime | None:
    """Return when a local date begins, or one so many days later."""
    if day is None or day.year not in YEARS:
        return None
    return instant_of(midnight(day + timedelta(days=days), zone_name))


def told(office: Office, lines: tuple[Line, ...]) -> list[dict[str, object]]:
    """Return entries with the names of those who did something."""
    names = everybodys_names(office)
    return [{"line": line, "who": name_of(names, line.actor)} for line in lines]


def everybodys_names(office: Office) -> dict[str, str]:
    """Return what to call people by staff id, and those without one by user name."""
    members = Membership.objects.using(office.db.alias).filter(practice__name=office.practice)
    rows = members.values_list("user__username", "user__first_name", "user__last_name")
    by_login = {login: f"{first} {last}".strip() or login for login, first, last in rows}
    return {**by_login, **staff_names(office)}


@page(permission=SEE_ACCESS)
def access(request: HttpRequest, office: Office) -> HttpResponse:
    """Show who looked at which chart, when and why, and all else the chains tell."""
    found = access_lines(office.book(), asked(request, office), LINES + 1)
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    more = urlencode({**kept, "before": found[LINES - 1].number}) if len(found) > LINES else ""
    actors = {name: f"staff:{who}" for who, name in everybodys_names(office).items()}
    names = [(actors[name], name) for name in sorted(actors)]
    context = {
        "rows": told(office, found[:LINES]), "more": more, "asked": request.GET, "kinds": KINDS,
        "people": names, "zone": office.home_zone(), "is_filtered": bool(kept),
        "may_see_patients": office.caller.may(SEE_PATIENTS),
        "open_glass": sum(each.reviewed_at is None for each in breaking.broken(office)),
    }  # fmt: skip
    return render(request, "access/access.html", context)


@page(permission=SEE_ACCESS)
def glass_list(request: HttpRequest, office: Office) -> HttpResponse:
    """List broken glass: what nobody reviewed first."""
    context = {
        "rows": breaking.broken(office), "may_review": office.caller.may(KEEP_ACCESS),
        "zone": office.home_zone(),
    }  # fmt: skip
    return render(request, "access/glass_list.html", context)


@require_POST
@page(permission=KEEP_ACCESS)
def review_glass(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Say that a broken glass was reviewed."""
    breaking.review(office, number)
    messages.success(request, "Reviewed; it is told in the patient's access chain.")
    return redirect("access-glass", practice=office.practice)


@page(permission=BREAK_GLASS)
def glass(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Ask for a reason to open a chart beyond one's clinics."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = ""
    if not breaking.may_break(office, patient):
        raise UnknownError("no patient of this id is open to you")
    field = Field(name="reason", label="Why you must see this chart now", kind=LONG,
                  hint="It is read by those who review access.")  # fmt: skip
    typed, error = typed_in(request), None
    if request.method == "POST":
        try:
            breaking.break_glass(office, patient, typed.get("reason", ""))
        except InputError as problem:
            error = problem
        else:
            minutes = policies_on(office).whole("break_glass_minutes")
            messages.warning(request, f"The chart is open to you for {minutes} minutes.")
            if onward:
                return redirect(onward)
            return redirect("patient", practice=office.practice, patient=patient)
    context = {
        "patient": patient, "fields": shown((field,), typed, error), "error": error,
        "minutes": policies_on(office).whole("break_glass_minutes"),
    }  # fmt: skip
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "access/glass.html", context, status=status)


@page(permission=SEE_ACCESS)
def disclosures_of(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the accounting of disclosures of a patient, to be printed."""
    patient = request.GET.get("patient", "").strip()
    context = {
        "patient": patient, "zone": office.home_zone(),
        "rows": told(office, disclosures(office, patient)) if patient else [],
    }  # fmt: skip
    return render(request, "access/disclosures.html", context)


@page(permission=SEE_ACCESS)
def retention(request: HttpRequest, office: Office) -> HttpResponse:
    """Show what is kept how long."""
    years = policies_on(office).whole("retention_years")
    return render(request, "access/retention.html", {"rules": RULES, "years": years})
