"""The wall between the portal and the rest: visitors stay on one side of it, staff on the other.

A visitor whose account ended is put out with the next request, whatever page it asks for.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import sync_only_middleware

from caretally.web.portal.asking import is_portal_session, shown, visitor_of

Answer = Callable[[HttpRequest], HttpResponse]
PORTAL = "/portal/"
FOR_ALL = ("/static/", "/theme")
FORBIDDEN, NOT_THERE = 403, 404


@sync_only_middleware
def portal_wall(answer: Answer) -> Answer:
    """Keep visitors to the portal, and staff out of it."""

    def answered(request: HttpRequest) -> HttpResponse:
        is_inside = request.path.startswith(PORTAL)
        if not request.user.is_authenticated or request.path.startswith(FOR_ALL):
            return answer(request)
        if not is_portal_session(request):
            return for_staff(request) if is_inside else answer(request)
        if visitor_of(request) is None:
            logout(request)
            return redirect("portal-sign-in")
        return answer(request) if is_inside else elsewhere(request)

    return answered


def for_staff(request: HttpRequest) -> HttpResponse:
    """Say that the portal is not for staff, and offer to sign out."""
    return shown(request, "portal/refused.html", {"why": "staff"}, FORBIDDEN)


def elsewhere(request: HttpRequest) -> HttpResponse:
    """Lead from the door of the program to the portal; nothing else of it is there for visitors."""
    if request.path == "/" and request.method == "GET":
        return redirect("portal-home")
    return shown(request, "portal/refused.html", {"why": "elsewhere"}, NOT_THERE)
