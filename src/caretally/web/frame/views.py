"""The first page, and the pages that say that something is not there, not allowed, or broke."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.web.frame.asking import places
from caretally.web.frame.context import THEMES


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the worklist of the person's practice, or let a person in several choose."""
    found = places(request)
    if len(found) == 1:
        return redirect("worklist", practice=found[0].practice)
    return render(request, "frame/home.html", {"found": found})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep whether pages are light or dark."""
    wanted = request.POST.get("theme", "auto")
    answer = HttpResponse(status=204)
    answer.set_cookie(
        "caretally_theme", wanted if wanted in THEMES else "auto",
        max_age=365 * 24 * 3600, samesite="Lax", httponly=True,
    )  # fmt: skip
    answer["HX-Refresh"] = "true"
    return answer


def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here."""
    return render(request, "frame/refused.html", {"title": "Nothing here for you"}, status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the person's roles do not allow this."""
    context = {"title": "Your roles do not allow this", "says": str(exception)}
    return render(request, "frame/refused.html", context, status=403)


def broke(request: HttpRequest) -> HttpResponse:
    """Say that the program is at fault; templates of the frame are not asked for."""
    return HttpResponse(
        "<!doctype html><title>Something broke</title><h1>Something broke on our side</h1>"
        "<p>Nothing was half-saved. Go back and try again; if it stays, tell your administrator "
        "the time.</p>",
        status=500,
    )
