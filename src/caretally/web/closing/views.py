"""Pages of months: which are closed, what is checked before, and what later entries changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.billability.close import STATEMENT, STATEMENTS
from caretally.clock import ServiceMonth
from caretally.errors import ForbiddenError, InputError
from caretally.practice.closing import Accepted, Closing, checks_of, close, closing_of, rehearse
from caretally.practice.closing_changes import changed_patients, redecide
from caretally.practice.closing_pages import (
    KINDS,
    Asked,
    eyes_of,
    month_rows,
    review,
    runs_of,
    visible_differences,
)
from caretally.practice.closing_queue import is_large, put_in
from caretally.practice.closing_signing import which
from caretally.practice.office import Office
from caretally.practice.roles import CLOSE_MONTH, HANDLE_CLAIMS, SIGN_DECISIONS
from caretally.practice.staff_names import staff_names
from caretally.web.frame.asking import page
from caretally.web.frame.fields import messages_of
from caretally.web.patients.views import kept_query, month_in, number_in

WRONG = 422
MOST_SHOWN = 50
"""Differences that a page shows at once; once those are settled it shows the next."""
LOOKS: dict[str, str] = {
    "timers_are_stopped": "staff", "forgotten_timers_are_settled": "staff",
    "held_readings_are_settled": "intake", "intake_faults_are_settled": "deliveries",
}  # fmt: skip
"""Where a check that names no patient is mended."""


def month_of(text: str) -> ServiceMonth:
    """Return the month of an address.

    Raises:
        Http404: there is no such month.
    """
    found = month_in(text)
    if found is None or found < ServiceMonth(2010, 1):
        raise Http404("no such month")
    return found


def only_closers(office: Office) -> None:
    """Pass if the caller closes months or signs.

    Raises:
        ForbiddenError: neither.
    """
    if not (office.caller.may(CLOSE_MONTH) or office.caller.may(SIGN_DECISIONS)):
        raise ForbiddenError("your roles in this practice do not allow you to close or sign")


@page()
def months(request: HttpRequest, office: Office) -> HttpResponse:
    """List the months of a practice and how each stands."""
    only_closers(office)
    context = {"rows": month_rows(office), "names": staff_names(office), "zone": office.home_zone()}
    return render(request, "closing/months.html", context)


@page()
def month(request: HttpRequest, office: Office, month: str) -> HttpResponse:
    """Show a month: the checks while it is open, its decisions once it is closed."""
    only_closers(office)
    chosen = month_of(month)
    closing = closing_of(office, chosen)
    if closing is None:
        return open_month(request, office, chosen, None)
    return closed_month(request, office, chosen, closing)


def open_month(
    request: HttpRequest, office: Office, chosen: ServiceMonth, error: InputError | None
) -> HttpResponse:
    """Show what is checked before a month is closed."""
    run = next((each for each in runs_of(office) if each.month == str(chosen)), None)
    is_running = run is not None and run.state in ("waiting", "running")
    may_close = office.caller.may(CLOSE_MONTH)
    large = is_large(office)
    found = rehearse(office, chosen) if may_close and not large and not is_running else None
    checks = found.checks if found else checks_of(run) if run is not None else ()
    context = {
        "month": chosen, "run": run, "is_running": is_running, "found": found,
        "is_large": large, "may_close": may_close, "looks": LOOKS, "error": error,
        "typed": request.POST, "accepted": request.POST.getlist("accepted"),
        "wrong": {name: messages_of(error, [name]) for name in ("accepted", "reason")},
        "checks": checks, "warnings": [check for check in checks if check.warns],
        "is_blocked": any(check.blocks for check in checks),
        "zone": office.home_zone(),
    }  # fmt: skip
    return render(request, "closing/open.html", context, status=WRONG if error else 200)


def closed_month(
    request: HttpRequest,
    office: Office,
    chosen: ServiceMonth,
    closing: Closing,
    error: InputError | None = None,
) -> HttpResponse:
    """Show the decisions of a closed month by exception, and what changed since."""
    kind = request.GET.get("kind", "")
    asked = Asked(kind=kind if kind in KINDS else "", provider=request.GET.get("provider", ""),
                  number=number_in(request))  # fmt: skip
    found = review(office, chosen, asked)
    context: dict[str, Any] = {
        "month": chosen, "closing": closing, "body": closing.entry.body if closing.entry else None,
        "asked": asked, "found": found, "kinds": KINDS, "kept": kept_query(request),
        "differences": visible_differences(office, chosen, MOST_SHOWN),
        "names": staff_names(office),
        "zone": office.home_zone(), "may_close": office.caller.may(CLOSE_MONTH),
        "may_claim": office.caller.may(HANDLE_CLAIMS), "seen": eyes_of(office, chosen),
        "form_id": office.new_id("ent"),
        "changed_count": len(changed_patients(office, chosen)),
        "which": which(row.card for row in found.clean), "error": error,
        "statement": STATEMENTS[STATEMENT], "version": STATEMENT,
    }  # fmt: skip
    return render(request, "closing/closed.html", context, status=WRONG if error else 200)


@require_POST
@page(permission=CLOSE_MONTH)
def close_month(request: HttpRequest, office: Office, month: str) -> HttpResponse:
    """Close a month; a large practice's is put in for the worker."""
    chosen = month_of(month)
    accepted = Accepted(
        names=tuple(request.POST.getlist("accepted")), reason=request.POST.get("reason", "").strip()
    )
    try:
        if is_large(office):
            put_in(office, chosen, accepted)
            return redirect("close-month", practice=office.practice, month=chosen)
        found = close(office, chosen, replace(accepted, wants_all=True))
    except InputError as error:
        return open_month(request, office, chosen, error)
    if found.is_blocked:
        messages.error(request, f"{chosen} was not closed: something must be mended first.")
    else:
        messages.success(request, f"{chosen} is closed. Its decisions wait for signatures.")
    return redirect("close-month", practice=office.practice, month=chosen)


@require_POST
@page(permission=CLOSE_MONTH)
def redecide_changed(request: HttpRequest, office: Office, month: str) -> HttpResponse:
    """Decide anew what later entries changed, of the patients that were chosen."""
    chosen = month_of(month)
    made = redecide(office, chosen, request.POST.getlist("patient"))
    if made:
        words = "decision was" if len(made) == 1 else "decisions were"
        messages.success(request, f"{len(made)} {words} made anew and must be signed.")
    else:
        messages.info(request, "Nothing had changed; nothing was stored.")
    return redirect("close-month", practice=office.practice, month=chosen)
