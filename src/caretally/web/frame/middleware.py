"""What happens around every page: refusals in words, automatic log-off, the second factor.

Addresses of the API answer for themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_only_middleware

from caretally.clock import now, seconds_of
from caretally.errors import ForbiddenError, UnknownError

Answer = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"
IDLE_SECONDS = 15 * 60
"""A session that nobody used for longer is ended."""
WITHOUT_USE = ("/version", "/beat")
"""Ends of addresses that pages ask by themselves: they are no use of the program."""
FREE = ("/accounts/", "/static/", "/api/", "/healthz", "/metrics")
"""Where a person without a second factor may go."""


class Refusals:
    """Turns refusals of the rooms below into the pages that say so."""

    def __init__(self, answer: Answer) -> None:
        """Keep what answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Let Django show its page for what was refused.

        Raises:
            Http404: nothing of this name is there for this person.
            PermissionDenied: the person may not do this.
        """
        if request.path.startswith("/api/"):
            return
        if isinstance(error, UnknownError):
            raise Http404(str(error)) from error
        if isinstance(error, ForbiddenError):
            raise PermissionDenied(str(error)) from error


refusals = Refusals


@sync_only_middleware
def automatic_log_off(answer: Answer) -> Answer:
    """End sessions that nobody used for a while; what pages ask by themselves is no use."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith("/api/"):
            at = seconds_of(now())
            seen = request.session.get(SEEN, at)
            if at - seen > IDLE_SECONDS:
                logout(request)
                return redirect(f"{reverse('account_login')}?idle=1")
            if not request.path.endswith(WITHOUT_USE):
                request.session[SEEN] = at
        return answer(request)

    return answered


@sync_only_middleware
def second_factor(answer: Answer) -> Answer:
    """Send people whose practice asks for a second factor to set one up first."""

    def answered(request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and not request.path.startswith(FREE)
            and not is_mfa_enabled(request.user)
            and is_second_factor_asked(request)
        ):
            return redirect("mfa_activate_totp")
        return answer(request)

    return answered


def is_second_factor_asked(request: HttpRequest) -> bool:
    """Tell whether a practice of this person asks for a second factor."""
    return False
