"""How people sign in: who makes accounts, where somebody comes from, what a locked door says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.clock import now
from caretally.practice.caller import places_of
from caretally.practice.people import FAILURES
from caretally.store.access import Told, record_told
from caretally.store.database import scoped
from caretally.web.frame.asking import journal

TOO_MANY_REQUESTS = 429


class ClosedDoor(DefaultAccountAdapter):
    """Refuses visitors who want to make an account; tells practices who signed in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the name is allauth's
        """Tell that nobody may sign up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return from where a request comes."""
        return client_address(request)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign a person in, after all factors, and tell it in each practice the person works in."""
        super().login(request, user)
        tell_practices(user, "signed_in", request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Count wrong passwords by name and address: strangers elsewhere lock nobody out."""
        return f"{typed_login(request, credentials)}/{client_address(request)}"


def client_address(request: HttpRequest) -> str:
    """Return the address of whoever asks.

    Behind a proxy with TLS it is the last address the proxy wrote down; what came before it in the
    same header anybody may have invented.
    """
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if settings.SECURE_PROXY_SSL_HEADER and told.strip():
        return told.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def typed_login(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the user name that was typed, in small letters: Rosa and rosa are one account."""
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    return str(typed).strip().lower()


def locked_out(
    request: HttpRequest,
    answer: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Say that an account is locked here; the practices are told when it begins."""
    login = typed_login(request, credentials)
    known = AccessAttempt.objects.filter(username=login, failures_since_start=FAILURES)
    user = get_user_model().objects.filter(username__iexact=login).first()
    if user is not None and known.filter(ip_address=client_address(request)).exists():
        tell_practices(user, "locked_out", request)
    return render(request, "frame/locked_out.html", status=TOO_MANY_REQUESTS)


def tell_practices(user: AbstractBaseUser, kind: str, request: HttpRequest) -> None:
    """Tell something about a sign-in in the access chains of a person's practices."""
    db, at = journal().db, now()
    said = {"person": str(user.get_username()), "from": client_address(request)}
    for place in places_of(db, int(user.pk), at.date()):
        actor = f"staff:{place.staff or user.get_username()}"
        told = Told(practice=place.practice, kind=kind, actor=actor, said=said)
        with scoped(place.practice, db.alias):
            record_told(db, told, at)
