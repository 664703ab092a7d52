"""The overview of a month, and the list behind each of its figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.clock import ServiceMonth
from caretally.practice.codes_of_month import STATES
from caretally.practice.office import Office
from caretally.practice.overview import (
    EVERY_STATE,
    NO_ACTIVITY,
    Asked,
    Cut,
    overview,
    release_of,
    services,
)
from caretally.practice.patients import choices_of
from caretally.practice.roles import SEE_MONEY, SEE_PATIENTS
from caretally.web.frame.asking import page
from caretally.web.patients.views import kept_query, month_in, number_in

MONTHS_SHOWN = 13


def asked_in(request: HttpRequest, office: Office) -> tuple[Asked, ServiceMonth]:
    """Return what an address asks for, and the current month at the practice."""
    today = office.today()
    current = ServiceMonth(today.year, today.month)
    wanted = month_in(request.GET.get("month", "")) or current
    return Asked(month=min(wanted, current), clinic=request.GET.get("clinic", "")), current


@page(permission=SEE_PATIENTS)
def month(request: HttpRequest, office: Office) -> HttpResponse:
    """Show a month of the practice."""
    asked, current = asked_in(request, office)
    context = {
        "asked": asked, "overview": overview(office, asked), "states": STATES,
        **choosing(office, asked, current), "no_activity": NO_ACTIVITY,
        "release": release_of(asked.month.last_day), "address": request.get_full_path(),
    }  # fmt: skip
    return render(request, "months/month.html", context)


@page(permission=SEE_PATIENTS)
def month_services(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the services behind a figure of the overview."""
    asked, current = asked_in(request, office)
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    sheets = office.journal.desk.judge.rulebook.sheets
    cut = Cut(
        code=code if code in sheets else "", state=state if state in EVERY_STATE else "",
        number=number_in(request),
    )  # fmt: skip
    context = {
        "asked": asked, "cut": cut, "found": services(office, asked, cut),
        "kept": kept_query(request), "summary": sheets[cut.code].summary if cut.code else "",
        "shows_money": office.caller.may(SEE_MONEY), **choosing(office, asked, current),
    }  # fmt: skip
    return render(request, "months/services.html", context)


def choosing(office: Office, asked: Asked, current: ServiceMonth) -> dict[str, Any]:
    """Return the months and clinics a page can be turned to."""
    months = [current]
    while len(months) < MONTHS_SHOWN:
        months.append(months[-1].previous())
    if asked.month not in months:
        months.append(asked.month)
    return {"months": months, "current": current, "clinics": choices_of(office).clinics}
