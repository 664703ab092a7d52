"""Pages of deliveries: what came, when, by which way, and what became of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.practice.intake_pages import (
    STATES,
    DeliverySearch,
    delivery_page,
    ways,
)
from caretally.practice.intake_pages import deliveries as found_deliveries
from caretally.practice.office import Office
from caretally.web.frame.asking import page


@page()
def deliveries(request: HttpRequest, office: Office) -> HttpResponse:
    """List deliveries, the newest first."""
    asked = request.GET
    before = asked.get("before", "")
    search = DeliverySearch(
        connection=asked.get("connection", ""), state=asked.get("state", ""),
        on=day_in(asked.get("on", "")),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 15 else 0,
    )  # fmt: skip
    found, has_more = found_deliveries(office, search)
    kept = asked.copy()
    kept.pop("before", None)
    context = {
        "found": found, "has_more": has_more, "search": search, "states": STATES, "ways":
        ways(office), "zone": office.home_zone(), "kept": kept.urlencode(), "tab": "deliveries",
        "on": asked.get("on", "") if search.on else "",
    }  # fmt: skip
    return render(request, "intake/deliveries.html", context)


def day_in(text: str) -> date | None:
    """Return a date of an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page()
def delivery(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Show one delivery: its body to those who may see it, and what became of all in it."""
    context = {
        "found": delivery_page(office, number), "zone": office.home_zone(), "tab": "deliveries",
    }  # fmt: skip
    return render(request, "intake/delivery.html", context)
