"""From a request to the office of its caller; one journal serves all threads of the process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from caretally.clock import now
from caretally.practice.caller import Place, caller_in, places_of
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
    at, kept = now(), journal()
    person = (int(request.user.pk), str(request.user.get_username()))
    return Office(journal=kept, caller=caller_in(kept.db, practice, person, at.date()), now=at)


def places(request: HttpRequest) -> tuple[Place, ...]:
    """Return the practices in which whoever asks has roles."""
    if not request.user.is_authenticated:
        return ()
    return places_of(journal().db, int(request.user.pk), now().date())


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
