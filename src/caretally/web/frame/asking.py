"""From a request to the office of its caller; one journal serves all threads of the process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from caretally.clock import now
from caretally.errors import UnknownError
from caretally.practice.caller import Place, caller_at, places_of
from caretally.practice.office import Office
from caretally.practice.opened import journal
from caretally.store.database import scoped

__all__ = ["journal", "office_of", "page", "places"]

View = Callable[..., HttpResponse]


def office_of(request: HttpRequest, practice: str) -> Office:
    """Return the office of whoever asks, in a practice.

    Raises:
        UnknownError: there is no such practice, or the person has no role there.
    """
    person = (int(request.user.pk), str(request.user.get_username()))
    for place in places(request):
        if place.practice == practice:
            return Office(journal=journal(), caller=caller_at(place, person), now=now())
    raise UnknownError("no practice of this name is open to you")


def places(request: HttpRequest) -> tuple[Place, ...]:
    """Return the practices in which whoever asks has roles; asked once a request."""
    if not request.user.is_authenticated:
        return ()
    number = int(request.user.pk)
    kept: tuple[int, tuple[Place, ...]] | None = getattr(request, "places", None)
    if kept is None or kept[0] != number:
        kept = number, places_of(journal().db, number, now().date())
        request.places = kept
    return kept[1]


def page(*, permission: str = "") -> Callable[[View], View]:
    """Make a view a page of a practice: signed in, with a role there, and the permission if named.

    The view takes the request and the office; `practice` comes from the address. The office stays
    on the request for what all pages show.
    """

    def made(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, practice: str, **named: Any) -> HttpResponse:
            with scoped(practice):
                office = office_of(request, practice)
                request.office = office
                if permission:
                    office.caller.require(permission)
                return view(request, office, **named)

        guarded: View = login_required(shown)
        return guarded

    return made
