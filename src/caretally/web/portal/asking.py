"""From a request to the visitor who asks; staff never pass here, visitors pass nowhere else.

Every page of the portal is checked anew: that the account did not end, and that a caregiver still
has the authority and the patient's consent to sharing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from caretally.clock import now
from caretally.practice.office import Chart, Office
from caretally.practice.portal import (
    OPEN,
    Visitor,
    chart_of,
    is_visitor,
    live_accounts,
    look,
    standing_of,
    visitor_named,
    visitor_office,
)
from caretally.practice.portal_wording import LANGUAGES, Wording, language_of, wording
from caretally.store.database import scoped
from caretally.web.frame.asking import journal

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MARK = "portal"
"""Where a session keeps practice and account of a visitor."""
LANGUAGE = "portal_language"
FORBIDDEN = 403


class Call(NamedTuple):
    """What a page of the portal is made from.

    office: reads and writes this one chart. chart: as it is now; that it was looked at is told.
    """

    visitor: Visitor
    office: Office
    chart: Chart
    words: Wording


View = Callable[..., HttpResponse]


def is_portal_session(request: HttpRequest) -> bool:
    """Tell whether somebody from outside is signed in, whatever became of the account since."""
    return request.user.is_authenticated and is_visitor(request.user.get_username())


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Return who asks; None for staff, for strangers, and where the account ended."""
    if not is_portal_session(request):
        return None
    if not hasattr(request, "visitor"):
        kept = request.session.get(MARK)
        number = int(request.user.pk)
        request.visitor = (
            visitor_named(journal().db, str(kept[0]), int(kept[1]), number)
            if isinstance(kept, list) and len(kept) == 2 else None
        )  # fmt: skip
    found: Visitor | None = request.visitor
    return found


def admit(request: HttpRequest, user: AbstractBaseUser, visitor: Visitor) -> None:
    """Begin the session of a visitor who has proved who it is; all that was in it is gone."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    UserSession.objects.create_from_request(request)
    request.session[MARK] = [visitor.practice, visitor.account]
    request.session[LANGUAGE] = visitor.language
    request.visitor = visitor


def language_here(request: HttpRequest) -> str:
    """Return the language of a page: the visitor's, what was chosen before, the browser's."""
    visitor = visitor_of(request) if hasattr(request, "user") else None
    if visitor is not None:
        return visitor.language
    chosen = request.GET.get("language") or request.session.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return str(chosen)
    return language_of(request.headers.get("Accept-Language", "").partition(",")[0])


def set_language(request: HttpRequest, language: str) -> None:
    """Keep a language for the session, and for a visitor beyond it."""
    request.session[LANGUAGE] = language
    visitor = visitor_of(request)
    if visitor is not None:
        with scoped(visitor.practice):
            rows = live_accounts(journal().db, visitor.practice).filter(pk=visitor.account)
            rows.update(language=language)


def shown(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page of the portal in the language of who asks; nobody keeps a copy."""
    words = wording(language_here(request))
    whole = {"words": words, "visitor": visitor_of(request), "languages": LANGUAGES, **context}
    answer = render(request, template, whole, status=status)
    add_never_cache_headers(answer)
    return answer


def portal_page(*, purpose: str) -> Callable[[View], View]:
    """Make a view a page of the portal: signed in as a visitor who may look now.

    The view takes the request and a `Call`. That the visitor looked is told in the accounting,
    under the purpose. Who may not look is told why, and what to do.
    """

    def made(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse:
            visitor = visitor_of(request)
            if visitor is None:
                return redirect("portal-sign-in")
            with scoped(visitor.practice):
                office = visitor_office(journal(), visitor, now())
                standing = standing_of(chart_of(office, visitor).record, visitor.who, office.now)
                if standing != OPEN:
                    return shown(request, "portal/closed.html", {"why": standing}, FORBIDDEN)
                call = Call(visitor, office, look(office, visitor, f"portal: {purpose}"),
                            wording(visitor.language))  # fmt: skip
                answer = view(request, call, **named)
            add_never_cache_headers(answer)
            return answer

        return answered

    return made
