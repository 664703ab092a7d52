"""Sessions of one's own, signs of use, and the link with which a new person sets a password."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

GONE = 410


@never_cache
@login_required
def alive(request: HttpRequest) -> HttpResponse:
    """Tell a page that its session lives; the middleware decided that before."""
    return HttpResponse(status=204)


@require_POST
@login_required
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End another session of one's own."""
    session = UserSession.objects.filter(pk=number, user_id=request.user.pk).first()
    if session is not None:
        session.end()
        messages.success(request, "The session was ended.")
    return redirect("usersessions_list")


@sensitive_post_parameters()
@never_cache
def welcome(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """Let a person set a password with a link that works once."""
    user = person_of(person)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "account/welcome.html", {"form": None}, status=GONE)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    status = 422 if form.is_bound else 200
    return render(request, "account/welcome.html", {"form": form}, status=status)


def person_of(coded: str) -> AbstractBaseUser | None:
    """Return the active account of a link."""
    try:
        number = int(urlsafe_base64_decode(coded).decode("ascii"))
    except (ValueError, UnicodeDecodeError, OverflowError):
        return None
    found: AbstractBaseUser | None = (
        get_user_model().objects.filter(pk=number, is_active=True).first()
    )
    return found
