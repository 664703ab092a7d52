"""The ladder for patients who cannot be reached: a practitioner is told, somebody decides."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import OutreachReviewed, ProviderNotified
from caretally.practice import contacting
from caretally.practice.office import Office
from caretally.practice.roles import RECORD_CARE
from caretally.practice.timing_people import staff_of
from caretally.web.frame.asking import page


@require_POST
@page(permission=RECORD_CARE)
def notify(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Write down that a practitioner was told."""
    body = ProviderNotified(
        program=request.POST.get("program", ""),
        provider=request.POST.get("provider", ""),
        why=request.POST.get("why", "unreachable"),
        note=request.POST.get("note", "").strip() or None,
    )
    return filed(
        request, office, patient,
        lambda filing: contacting.notify_provider(office, filing, body),
    )  # fmt: skip


@require_POST
@page(permission=RECORD_CARE)
def review(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Write down whether it is tried again or the enrollment is to end."""
    body = OutreachReviewed(
        program=request.POST.get("program", ""),
        reviewer=staff_of(office.caller),
        outcome=request.POST.get("outcome", ""),
        note=request.POST.get("note", "").strip() or None,
    )
    return filed(
        request, office, patient,
        lambda filing: contacting.review_outreach(office, filing, body),
    )  # fmt: skip


def filed(
    request: HttpRequest, office: Office, patient: str, act: Callable[[Filing], object]
) -> HttpResponse:
    """Run a command and lead back to the form of attempts, or say what is wrong."""
    filing = office.filing(patient, entry_id=request.POST.get("entry_id", ""))
    try:
        act(filing)
    except InputError as error:
        chart = office.chart(office.card(patient))
        return render(
            request, "contacts/refused.html", {"chart": chart, "error": error}, status=422
        )
    messages.success(request, "It is written down.")
    return redirect("attempt-new", practice=office.practice, patient=patient)
