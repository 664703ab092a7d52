"""How somebody from outside signs in and out."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from caretally.practice.portal_wording import LANGUAGES
from caretally.web.portal.asking import LANGUAGE, shown, visitor_of


def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who somebody is."""
    if visitor_of(request) is not None:
        return redirect("portal-home")
    return shown(request, "portal/sign_in.html", {})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the visitor's session."""
    logout(request)
    return redirect("portal-sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Turn the pages into another language."""
    chosen = request.POST.get("language", "")
    if chosen in LANGUAGES:
        request.session[LANGUAGE] = chosen
    return redirect("portal-home")
