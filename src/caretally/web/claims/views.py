"""Pages of a month's claims: what there is, what will happen, and one claim by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from caretally.claims.building import passes_on
from caretally.claims.edits import all_edits
from caretally.clock import ServiceMonth
from caretally.codes import CLAIM_FORMATS
from caretally.errors import InputError
from caretally.practice.claim_files import Wanted, file_named, month_files, ready, send
from caretally.practice.claim_lists import STATES, card_named, listed, may_be_corrected, shown
from caretally.practice.claiming import correct, prepare
from caretally.practice.closing import closed_months, signed_decisions
from caretally.practice.office import Office
from caretally.practice.prices import missing_settings
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.web.frame.asking import page
from caretally.web.patients.views import month_in, number_in

MONTHS = 13
UNPROCESSABLE = 422
TYPES = {"837p": "application/edi-x12", "fhir": "application/fhir+json", "csv": "text/csv"}
ENDINGS = {"837p": "837", "fhir": "json", "csv": "csv"}


def asked_month(request: HttpRequest, office: Office) -> ServiceMonth:
    """Return the month an address asks for: by default the latest that was closed."""
    today = office.today()
    current = ServiceMonth(today.year, today.month)
    asked = request.POST.get("month", "") or request.GET.get("month", "")
    latest = max(closed_months(office), default=str(current.previous()))
    return min(month_in(asked) or ServiceMonth.parse(latest), current)


def month_choices(office: Office, month: ServiceMonth) -> list[ServiceMonth]:
    """Return the months a page can be turned to."""
    today = office.today()
    months = [ServiceMonth(today.year, today.month)]
    while len(months) < MONTHS:
        months.append(months[-1].previous())
    return months if month in months else [*months, month]


def back_to(office: Office, month: ServiceMonth) -> HttpResponse:
    """Return to the list of a month."""
    return redirect(f"{reverse('claims', kwargs={'practice': office.practice})}?month={month}")


@page(permission=HANDLE_CLAIMS)
def claims(request: HttpRequest, office: Office) -> HttpResponse:
    """List a month's claims with their states and money."""
    month = asked_month(request, office)
    state = request.GET.get("state", "")
    signed = signed_decisions(office, month)
    context: dict[str, Any] = {
        "found": listed(office, month, state if state in STATES else "", number_in(request)),
        "state": state, "month": month, "months": month_choices(office, month),
        "files": month_files(office, month), "missing": missing_settings(office),
        "is_closed": str(month) in closed_months(office),
        "signed": sum(bool(each.lines) for each in signed), "formats": CLAIM_FORMATS,
    }  # fmt: skip
    return render(request, "claims/list.html", context)


@require_POST
@page(permission=HANDLE_CLAIMS)
def prepare_claims(request: HttpRequest, office: Office) -> HttpResponse:
    """Make claims of what was signed."""
    month = asked_month(request, office)
    made = prepare(office, month)
    messages.success(
        request, f"{made.count} claims prepared; {made.standing} stood already. Nothing left yet."
    )
    return back_to(office, month)


@page(permission=HANDLE_CLAIMS)
def send_claims(request: HttpRequest, office: Office) -> HttpResponse:
    """Show what would leave and what stays, or let it leave."""
    month = asked_month(request, office)
    typed = request.POST if request.method == "POST" else request.GET
    form = typed.get("form", "837p")
    wanted = Wanted(month=month, form=form if form in CLAIM_FORMATS else "837p",
                    all_or_nothing=bool(typed.get("all_or_nothing")))  # fmt: skip
    error: InputError | None = None
    if request.method == "POST":
        try:
            sent = send(office, wanted)
        except InputError as found:
            error = found
        else:
            messages.success(
                request, f"{sent.claims} claims are in the file {sent.name}; "
                f"{len(sent.stopped)} stay. Download it below and send it to your receiver.",
            )  # fmt: skip
            return back_to(office, month)
    examined = ready(office, wanted)
    going = [each for each in examined if each.leaves]
    context = {
        "month": month, "wanted": wanted, "error": error, "formats": CLAIM_FORMATS,
        "going": going, "stopped": [each for each in examined if not each.leaves],
        "total": sum(each.claim.total for each in going), "examined": examined,
        "warned": [each for each in going if each.findings],
    }  # fmt: skip
    return render(request, "claims/send.html", context, status=UNPROCESSABLE if error else 200)


@page(permission=HANDLE_CLAIMS)
def claim_page(request: HttpRequest, office: Office, claim: str) -> HttpResponse:
    """Show one claim."""
    return claim_shown(request, office, claim, None)


def claim_shown(
    request: HttpRequest, office: Office, name: str, error: InputError | None
) -> HttpResponse:
    """Show one claim, with what was refused about it."""
    found = shown(office, name)
    context = {
        "found": found, "card": found.card, "claim": found.claim, "error": error,
        "may_correct": may_be_corrected(found.card), "edits": all_edits(),
        "leaves_on": passes_on(found.claim), "zone": office.home_zone(),
        "patient_name": office.card(found.card.patient, permission=HANDLE_CLAIMS).name,
    }  # fmt: skip
    return render(request, "claims/claim.html", context, status=UNPROCESSABLE if error else 200)


@require_POST
@page(permission=HANDLE_CLAIMS)
def correct_claim(request: HttpRequest, office: Office, claim: str) -> HttpResponse:
    """Prepare a claim in place of another, or one that takes it back."""
    is_void = request.POST.get("what") == "void"
    try:
        made = correct(office, card_named(office, claim), void=is_void)
    except InputError as error:
        return claim_shown(request, office, claim, error)
    words = "takes it back" if is_void else "stands in for it"
    messages.success(request, f"A claim that {words} is prepared. It has not left yet.")
    return redirect("claim", practice=office.practice, claim=made.claim)


@page(permission=HANDLE_CLAIMS)
def claim_file(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Give a file of claims once more, to the byte."""
    file = file_named(office, name)
    response = HttpResponse(bytes(file.body), content_type=TYPES[file.kind])
    response["Content-Disposition"] = f'attachment; filename="{file.name}.{ENDINGS[file.kind]}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
