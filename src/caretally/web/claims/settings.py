"""Pages of prices, and of how a practice and its payers stand on claims."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.practice.office import Office
from caretally.practice.prices import (
    home_profile,
    price_rows,
    profiles,
    set_billing_profile,
    set_fee,
    set_payer_profile,
    start_from_medicare,
)
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.web.claims import forms
from caretally.web.frame.asking import page
from caretally.web.frame.sheets import Sheet, filled_in

FORM = "claims/form.html"


@page(permission=HANDLE_CLAIMS)
def prices(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the fee schedule as it is today."""
    day = office.today()
    rows = price_rows(office, day)
    profile = home_profile(profiles(office), office.practice)
    context = {"rows": rows, "day": day, "profile": profile,
               "is_empty": not any(row.charge or row.own for row in rows)}  # fmt: skip
    return render(request, "claims/prices.html", context)


@page(permission=HANDLE_CLAIMS)
def price_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Set a price."""

    def save(typed: forms.Typed) -> None:
        set_fee(office, office.filing(None, entry_id=typed.get("entry", "")), forms.priced(typed))

    sheet = Sheet(
        title="Set a price", fields=forms.price_fields(office.today()), save=save,
        back="claim-prices",
        said="Earlier prices stay for earlier dates of service. Claims that have not left are "
             "made anew when claims are prepared again; claims that left stay as they are.",
    )  # fmt: skip
    start = {"code": request.GET.get("code", ""), "payer": request.GET.get("payer", "")}
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=HANDLE_CLAIMS)
def price_start(request: HttpRequest, office: Office) -> HttpResponse:
    """Make a fee schedule from Medicare's amounts."""

    def save(typed: forms.Typed) -> None:
        percent, from_on = forms.started(typed)
        start_from_medicare(office, percent, from_on)

    sheet = Sheet(
        title="Start from Medicare's amounts", fields=forms.start_fields(office.today()),
        save=save, back="claim-prices",
        said="Every code that Medicare prices gets this share of its amount at your locality as "
             "the general price. Change single prices afterwards.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {}, template=FORM)


@page(permission=HANDLE_CLAIMS)
def parties(request: HttpRequest, office: Office) -> HttpResponse:
    """Show how the practice and its payers stand on claims."""
    found = profiles(office)
    rows = office.db.rows(
        "SELECT DISTINCT payer FROM store_patientcard WHERE practice_id = %s", office.book().number
    )
    in_use = {str(row[0]) for row in rows} - {"", "self_pay"}
    context = {
        "billing": [found.billing[name] for name in sorted(found.billing)],
        "payers": [found.payers[name] for name in sorted(found.payers)],
        "lacking": sorted(in_use - found.payers.keys()),
    }  # fmt: skip
    return render(request, "claims/parties.html", context)


@page(permission=HANDLE_CLAIMS)
def profile_form(request: HttpRequest, office: Office, name: str = "") -> HttpResponse:
    """Set how the practice or a clinic stands on claims."""
    body = profiles(office).billing.get(name)

    def save(typed: forms.Typed) -> None:
        filing = office.filing(None, entry_id=typed.get("entry", ""))
        set_billing_profile(office, filing, forms.profile_body(typed))

    sheet = Sheet(
        title="Billing profile", fields=forms.profile_fields(office.register()), save=save,
        back="claim-parties", said="It holds for all claims that are prepared from now on.",
    )  # fmt: skip
    start = forms.profile_typed(body) if body else {"practice": office.practice}
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=HANDLE_CLAIMS)
def payer_form(request: HttpRequest, office: Office, name: str = "") -> HttpResponse:
    """Set how claims to a payer are made."""
    body = profiles(office).payers.get(name)

    def save(typed: forms.Typed) -> None:
        filing = office.filing(None, entry_id=typed.get("entry", ""))
        set_payer_profile(office, filing, forms.payer_body(typed))

    sheet = Sheet(
        title="Payer", fields=forms.payer_fields(), save=save, back="claim-parties",
        said="It holds for all claims that are prepared from now on.",
    )  # fmt: skip
    return filled_in(
        request, office, sheet, forms.payer_typed(body) if body else {"payer": name}, template=FORM
    )
