"""What a visitor sees of the own record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from caretally.web.portal.asking import Call, portal_page, shown


@portal_page(purpose="first page")
def home(request: HttpRequest, call: Call) -> HttpResponse:
    """Show what there is."""
    return shown(request, "portal/home.html", {"call": call})
