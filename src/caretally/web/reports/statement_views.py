"""The patient statement as a page to print, and as a PDF whose leaving is told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from caretally.clock import ServiceMonth
from caretally.practice.office import Office
from caretally.practice.patient_month import kept_months
from caretally.practice.roles import SEE_MONEY
from caretally.practice.statement_words import LANGUAGE_WORDS, LANGUAGES
from caretally.practice.statements import Statement, disclose, statement
from caretally.web.frame.asking import page
from caretally.web.patients.views import month_in
from caretally.web.reports.files import statement_pdf

RECIPIENTS = ("the patient", "a caregiver of the patient", "somebody the patient named")
"""Who may get a statement; what is chosen stands in the accounting of disclosures."""


@page(permission=SEE_MONEY)
def statement_page(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show the statement of a month in one of the languages."""
    card = office.card(patient, permission=SEE_MONEY)
    months = kept_months(office, patient)
    found, month = asked_for(office, patient, request.GET.get("month", ""),
                             request.GET.get("language", ""))  # fmt: skip
    context = {
        "statement": found, "card": card, "month": month,
        "months": months if month in months else (month, *months),
        "languages": LANGUAGE_WORDS.items(), "recipients": RECIPIENTS,
    }  # fmt: skip
    return render(request, "reports/statement.html", context)


@page(permission=SEE_MONEY)
@require_POST
def statement_file(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Return the statement as a PDF; to whom it goes is told before."""
    to = request.POST.get("to", "")
    if to not in RECIPIENTS:
        return HttpResponse("to: choose who gets the statement\n", status=422,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    found, month = asked_for(office, patient, request.POST.get("month", ""),
                             request.POST.get("language", ""))  # fmt: skip
    made = statement_pdf(found, office.now)
    disclose(office, patient, month, to)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="statement-{month}.pdf"'
    return answer


def asked_for(
    office: Office, patient: str, month: str, language: str
) -> tuple[Statement, ServiceMonth]:
    """Return the statement that is asked for; of the month that runs where none is named."""
    today = office.today()
    current = ServiceMonth(today.year, today.month)
    wanted = min(month_in(month) or current, current)
    chosen = language if language in LANGUAGES else ""
    return statement(office, patient, wanted, language=chosen), wanted
