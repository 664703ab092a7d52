"""What happens around every page: refusals in words, automatic log-off, the second factor.

Addresses of the API answer for themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import sync_only_middleware

from caretally.clock import now, seconds_of
from caretally.errors import ForbiddenError, UnknownError
from caretally.practice.glass import may_break
from caretally.practice.portal import is_visitor
from caretally.store.database import scoped
from caretally.web.frame.held import held_by, log_off_seconds

Answer = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"
GRAIN = 30
"""Seconds between two notes of use; a session may live as much longer than the policy says."""
WITHOUT_USE = ("/version", "/beat")
"""Ends of addresses that pages ask by themselves: they are no use of the program."""
FREE = ("/accounts/", "/session/", "/theme", "/static/", "/api/", "/healthz", "/metrics")
"""Where a person without a second factor may go."""


class Refusals:
    """Turns refusals of the rooms below into the pages that say so."""

    def __init__(self, answer: Answer) -> None:
        """Keep what answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Let Django show its page for what was refused, or ask for a reason to break the glass.

        Raises:
            Http404: nothing of this name is there for this person.
            PermissionDenied: the person may not do this.
        """
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, UnknownError):
            if (address := glass_address(request)) is not None:
                return redirect(address)
            raise Http404(str(error)) from error
        if isinstance(error, ForbiddenError):
            raise PermissionDenied(str(error)) from error
        return None


def glass_address(request: HttpRequest) -> str | None:
    """Return where a person may give a reason to open a chart that was refused; None if nowhere."""
    office, match = getattr(request, "office", None), request.resolver_match
    patient = match.kwargs.get("patient") if match is not None else None
    if request.method != "GET" or office is None or not isinstance(patient, str):
        return None
    if request.headers.get("HX-Request") == "true":
        return None
    with scoped(office.practice, office.db.alias):
        if not may_break(office, patient):
            return None
    named = {"practice": office.practice, "patient": patient}
    return f"{reverse('glass', kwargs=named)}?{urlencode({'next': request.path})}"


refusals = Refusals


@sync_only_middleware
def automatic_log_off(answer: Answer) -> Answer:
    """End sessions that nobody used for a while; what pages ask by themselves is no use."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith("/api/"):
            at = seconds_of(now())
            seen = request.session.get(SEEN, at)
            if at - seen > log_off_seconds(request) + GRAIN:
                return ended(request)
            is_use = not request.path.endswith(WITHOUT_USE)
            if is_use and (SEEN not in request.session or not 0 <= at - seen < GRAIN):
                note_use(request, at)
        return answer(request)

    return answered


def note_use(request: HttpRequest, at: int) -> None:
    """Keep that a session is used; the list of sessions shows it."""
    request.session[SEEN] = at
    key = request.session.session_key
    UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())


def ended(request: HttpRequest) -> HttpResponse:
    """End a session and lead to the door, and back afterwards where that is safe."""
    is_part = request.headers.get("HX-Request") == "true"
    is_portal = is_visitor(request.user.get_username())
    logout(request)
    door = f"{reverse('portal-sign-in' if is_portal else 'account_login')}?idle=1"
    if is_part:
        return HttpResponse(status=204, headers={"HX-Redirect": door})
    if request.method == "GET" and not (is_portal or request.path.endswith(WITHOUT_USE)):
        door += "&" + urlencode({"next": request.get_full_path()})
    return redirect(door)


@sync_only_middleware
def second_factor(answer: Answer) -> Answer:
    """Send people whose practice asks for a second factor to set one up first."""

    def answered(request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and not request.path.startswith(FREE)
            and is_second_factor_asked(request)
            and not is_mfa_enabled(request.user)
        ):
            messages.info(request, "Your practice asks for a second factor. Set one up to go on.")
            return redirect("mfa_activate_totp")
        return answer(request)

    return answered


def is_second_factor_asked(request: HttpRequest) -> bool:
    """Tell whether a practice of this person asks for a second factor."""
    return any(policies.holds("require_mfa") for policies in held_by(request))
