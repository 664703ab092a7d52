"""Pages on which practitioners sign: one decision with all it rests on, or many clean ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.billability.close import STATEMENT, STATEMENTS
from caretally.errors import InputError
from caretally.journal.entries import WithheldLine
from caretally.practice.closing import closing_of
from caretally.practice.closing_changes import difference_of
from caretally.practice.closing_pages import Asked, review, shown
from caretally.practice.closing_signing import Signing, send_back, sign, sign_many, take_back
from caretally.practice.office import Office
from caretally.practice.roles import ISSUE_PACKETS, SEE_PATIENTS, SIGN_DECISIONS
from caretally.practice.staff_names import staff_names
from caretally.web.closing.views import WRONG, closed_month, month_of, only_closers
from caretally.web.frame.asking import page
from caretally.web.frame.fields import messages_of


@page(permission=SEE_PATIENTS)
def decision(request: HttpRequest, office: Office, month: str, patient: str) -> HttpResponse:
    """Show a decision in full, to be signed."""
    only_closers(office)
    return decision_page(request, office, (month, patient), None)


def decision_page(
    request: HttpRequest, office: Office, which_one: tuple[str, str], error: InputError | None
) -> HttpResponse:
    """Show a decision, with what is wrong in a form that was sent."""
    month, patient = which_one
    chosen = month_of(month)
    found = shown(office, patient, chosen)
    lines = [
        {
            "line": line, "name": f"{line.code}_{line.date_of_service}",
            "withheld": found.withheld.get((line.code, line.date_of_service)),
            "criteria": found.criteria.get(line.code, ()),
            "typed": request.POST.get(f"why_{line.code}_{line.date_of_service}", ""),
            "is_chosen": f"{line.code}_{line.date_of_service}" in request.POST.getlist("withhold"),
            "messages": messages_of(error, [f"why_{line.code}_{line.date_of_service}"]),
        }
        for line in found.lines
    ]  # fmt: skip
    context: dict[str, Any] = {
        "month": chosen, "shown": found, "lines": lines, "names": staff_names(office),
        "zone": office.home_zone(), "statement": STATEMENTS[STATEMENT], "version": STATEMENT,
        "difference": difference_of(office, patient, chosen), "error": error,
        "entry": request.POST.get("entry") or office.new_id("ent"), "staff": office.caller.staff,
        "may_issue": office.caller.may(ISSUE_PACKETS),
        "typed_why": request.POST.get("why", ""), "typed_reason": request.POST.get("reason", ""),
        "wrong": {name: messages_of(error, [name])
                  for name in ("why", "reason", "decision", "withheld")},
    }  # fmt: skip
    return render(request, "closing/decision.html", context, status=WRONG if error else 200)


@require_POST
@page(permission=SIGN_DECISIONS)
def sign_one(request: HttpRequest, office: Office, month: str, patient: str) -> HttpResponse:
    """Sign a decision, without the lines that were withheld."""
    try:
        withheld = tuple(
            WithheldLine(code=name[:5], date_of_service=date.fromisoformat(name[6:]),
                         why=request.POST.get(f"why_{name}", "").strip())
            for name in request.POST.getlist("withhold")
        )  # fmt: skip
    except ValueError:
        messages.error(request, "That form was not of this page; nothing was signed.")
        return redirect("close-decision", practice=office.practice, month=month, patient=patient)
    signing = Signing(decision=request.POST.get("decision", ""), withheld=withheld,
                      entry_id=request.POST.get("entry", ""))  # fmt: skip
    try:
        sign(office, signing)
    except InputError as error:
        return decision_page(request, office, (month, patient), error)
    messages.success(request, "Signed.")
    return onward(request, office, month, patient)


def onward(request: HttpRequest, office: Office, month: str, patient: str) -> HttpResponse:
    """Go on to the next decision that waits to be looked at, or back to the list."""
    if "next" in request.POST:
        waiting = review(office, month_of(month), Asked(kind="look"))
        for row in waiting.rows:
            if row.card.patient != patient:
                return redirect("close-decision", practice=office.practice, month=month,
                                patient=row.card.patient)  # fmt: skip
    return redirect("close-month", practice=office.practice, month=month)


@require_POST
@page(permission=SIGN_DECISIONS)
def send_one_back(request: HttpRequest, office: Office, month: str, patient: str) -> HttpResponse:
    """Return a decision unsigned, with a reason."""
    typed = request.POST
    try:
        send_back(office, typed.get("decision", ""), typed.get("why", ""), typed.get("entry", ""))
    except InputError as error:
        return decision_page(request, office, (month, patient), error)
    messages.success(request, "Returned, with what must be cleared up.")
    return redirect("close-month", practice=office.practice, month=month)


@require_POST
@page(permission=SIGN_DECISIONS)
def undo(request: HttpRequest, office: Office, month: str, patient: str) -> HttpResponse:
    """Take one's own signature or return back."""
    try:
        take_back(office, request.POST.get("decision", ""), request.POST.get("reason", ""))
    except InputError as error:
        return decision_page(request, office, (month, patient), error)
    messages.success(request, "Taken back; the decision waits for a signature.")
    return redirect("close-decision", practice=office.practice, month=month, patient=patient)


@require_POST
@page(permission=SIGN_DECISIONS)
def sign_clean(request: HttpRequest, office: Office, month: str) -> HttpResponse:
    """Sign exactly the clean decisions that the page showed."""
    chosen = month_of(month)
    found = review(office, chosen, Asked(provider=request.POST.get("provider", "")))
    shown_ones = (request.POST.get("which", ""), request.POST.get("form", ""))
    try:
        count = sign_many(office, chosen, [row.card for row in found.clean], shown_ones)
    except InputError as error:
        closing = closing_of(office, chosen)
        if closing is None:
            return redirect("close-month", practice=office.practice, month=month)
        return closed_month(request, office, chosen, closing, error)
    messages.success(request, f"{count} decision{'s were' if count != 1 else ' was'} signed.")
    return redirect("close-month", practice=office.practice, month=month)
