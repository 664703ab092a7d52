"""How a visitor signs in the next time: passkeys of one's own beside the codes."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from caretally.clock import ahead, now
from caretally.practice.portal import is_visitor, visitor_of_user
from caretally.practice.portal_accounts import address_in, hidden
from caretally.practice.portal_codes import account_at, entered
from caretally.web.frame.asking import journal
from caretally.web.portal.asking import Call, portal_page, shown, visitor_of
from caretally.web.portal.signing_in import inside

PASSKEY = Authenticator.Type.WEBAUTHN
UNPROCESSABLE = 422
Json = dict[str, Any]


@portal_page(purpose="signing in")
def account(request: HttpRequest, call: Call) -> HttpResponse:
    """Show how the visitor signs in, and offer a passkey."""
    return shown(request, "portal/account.html", told_of(request, call))


def told_of(request: HttpRequest, call: Call) -> Json:
    """Return what the page of the account shows, with the options for another passkey."""
    row = account_at(journal().db, (call.visitor.practice, call.visitor.account))
    kept = Authenticator.objects.filter(user_id=call.visitor.user, type=PASSKEY).order_by("pk")
    return {
        "to": hidden(address_in(row)) if row is not None else "",
        "channel": row.channel if row is not None else "",
        "passkeys": [
            {"number": each.pk, "since": call.words.day((each.created_at + ahead()).date())}
            for each in kept
        ],
        "creation": {"creation_options": creation_options(request, call)},
    }  # fmt: skip


def creation_options(request: HttpRequest, call: Call) -> Json:
    """Return what the browser needs for a passkey; named after the portal, not the account."""
    made: Json = auth.begin_registration(request.user, passwordless=True)
    asked = made["publicKey"]
    name = call.words.say("portal")
    named = {"name": name, "displayName": name}
    return {**made, "publicKey": {**asked, "user": {**asked["user"], **named}}}


@portal_page(purpose="passkey")
def add_passkey(request: HttpRequest, call: Call) -> HttpResponse:
    """Keep a passkey that the visitor's browser made."""
    if request.method != "POST":
        return redirect("portal-account")
    credential = typed_credential(request)
    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
        is_good = made.is_user_verified()
    except (ValidationError, KeyError, TypeError, ValueError):
        is_good = False
    if not is_good:
        context = {**told_of(request, call), "error": "passkey_wrong"}
        return shown(request, "portal/account.html", context, UNPROCESSABLE)
    auth.WebAuthn.add(request.user, call.words.say("passkey"), credential)
    return redirect("portal-account")


@portal_page(purpose="passkey")
def remove_passkey(request: HttpRequest, call: Call, number: int) -> HttpResponse:
    """Forget a passkey of the visitor's own."""
    if request.method == "POST":
        Authenticator.objects.filter(pk=number, user_id=call.visitor.user, type=PASSKEY).delete()
    return redirect("portal-account")


def typed_credential(request: HttpRequest) -> Json:
    """Return what a browser says of a passkey; nothing where it is no JSON object."""
    try:
        found = json.loads(request.POST.get("credential", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@never_cache
def passkey(request: HttpRequest) -> HttpResponse:
    """Ask the browser for a passkey, and let in who has one."""
    if visitor_of(request) is not None:
        return redirect("portal-home")
    if request.method != "POST":
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})
    credential = typed_credential(request)
    try:
        auth.parse_authentication_response(credential)
        user = auth.extract_user_from_response(credential)
        found = auth.complete_authentication(user, credential)
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        return shown(request, "portal/sign_in.html", {"error": "passkey_wrong"}, UNPROCESSABLE)
    visitor = visitor_of_user(journal().db, int(user.pk))
    if visitor is None or not is_visitor(user.get_username()):
        return shown(request, "portal/sign_in.html", {"error": "passkey_wrong"}, UNPROCESSABLE)
    found.record_usage()
    return inside(
        request, entered(journal(), (visitor.practice, visitor.account), "passkey", now())
    )
