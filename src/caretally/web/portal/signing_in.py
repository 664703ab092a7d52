"""How somebody from outside signs in and out: an invitation, a code, a passkey; never a password.

What is known of somebody before it is proved stays in the session, on the program's side. The
secret of an invitation leaves the address at once, and opening the link uses nothing up: programs
that look at mail before people do open links too.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth import get_user_model, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from caretally.clock import now
from caretally.practice.portal import Visitor
from caretally.practice.portal_accounts import LETTER
from caretally.practice.portal_codes import (
    RIGHT,
    Door,
    Pending,
    account_at,
    asked,
    door_of_link,
    entered,
    joined,
    tried,
)
from caretally.practice.portal_wording import LANGUAGES
from caretally.store.database import scoped
from caretally.store.models import PortalAccount
from caretally.web.frame.accounts import client_address
from caretally.web.frame.asking import journal
from caretally.web.portal.asking import LANGUAGE, admit, set_language, shown, visitor_of

PENDING, PROVED, JOINING = "portal_pending", "portal_proved", "portal_joining"
"""Where a session keeps who somebody says to be, where a code opens, and what is to be joined."""
GONE, UNPROCESSABLE = 410, 422


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who somebody is; the answer is the same for those who are known and those who are not."""
    if visitor_of(request) is not None:
        return redirect("portal-home")
    if request.method != "POST":
        return shown(request, "portal/sign_in.html", {"idle": "idle" in request.GET})
    typed = request.POST.get("identity", "").strip()
    if not typed:
        context = {"error": "identity_missing"}
        return shown(request, "portal/sign_in.html", context, UNPROCESSABLE)
    found = asked(journal(), typed, client_address(request), now())
    request.session[PENDING] = {"doors": [list(door) for door in found.doors], "code": found.code}
    return redirect("portal-code")


@sensitive_post_parameters()
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and lead on where it is right."""
    kept = request.session.get(PENDING)
    if kept is None:
        return redirect("portal-sign-in")
    if request.method != "POST":
        return shown(request, "portal/code.html", {})
    pending = Pending(doors=doors_in(kept["doors"]), code=int(kept["code"]))
    found = tried(journal(), pending, request.POST.get("code", ""), now())
    if found.word != RIGHT:
        return shown(request, "portal/code.html", {"error": "code_wrong"}, UNPROCESSABLE)
    del request.session[PENDING]
    request.session[PROVED] = [list(door) for door in found.doors]
    return opened(request, found.doors[0]) if len(found.doors) == 1 else redirect("portal-choose")


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Let somebody whose address opens several records say which."""
    doors = doors_in(request.session.get(PROVED, []))
    if not doors:
        return redirect("portal-sign-in")
    if request.method == "POST":
        number = request.POST.get("door", "")
        for door in doors:
            if str(door[1]) == number:
                return opened(request, door)
    rows = [row for door in doors if (row := account_at(journal().db, door)) is not None]
    return shown(request, "portal/choose.html", {"rows": [chosen(row) for row in rows]})


def chosen(row: PortalAccount) -> dict[str, object]:
    """Return what is said of a record somebody may open, after it was proved who asks."""
    with scoped(row.practice.name, journal().db.alias):
        found = journal().db.rows(
            "SELECT name FROM store_patientcard WHERE practice_id = %s AND patient = %s",
            row.practice_id, row.patient,
        )  # fmt: skip
    return {"number": row.pk, "name": found[0][0] if found else "", "is_own": row.who == "patient"}


def opened(request: HttpRequest, door: Door) -> HttpResponse:
    """Let somebody in who proved it; whoever comes for the first time is asked one thing more."""
    row = account_at(journal().db, door)
    if row is not None and row.user_id is None:
        request.session[JOINING] = list(door)
        return redirect("portal-join")
    return inside(request, entered(journal(), door, "code", now()))


def inside(request: HttpRequest, visitor: Visitor | None) -> HttpResponseRedirect:
    """Begin the session of a visitor; lead to the door where the account ended."""
    user = None
    if visitor is not None:
        user = get_user_model().objects.filter(pk=visitor.user, is_active=True).first()
    if visitor is None or user is None:
        request.session.flush()
        return redirect("portal-sign-in")
    admit(request, user, visitor)
    return redirect("portal-home")


@never_cache
def invitation(request: HttpRequest, practice: str, secret: str) -> HttpResponse:
    """Take the secret of an invitation out of the address, and lead on."""
    door = door_of_link(journal().db, practice, secret, now())
    if door is None:
        return shown(request, "portal/void.html", {}, GONE)
    if visitor_of(request) is not None:
        logout(request)
    request.session[JOINING] = list(door)
    row = account_at(journal().db, door)
    if row is not None and LANGUAGE not in request.session:
        request.session[LANGUAGE] = row.language
    return redirect("portal-join")


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Ask who comes for the first time for the patient's date of birth."""
    kept = request.session.get(JOINING)
    row = account_at(journal().db, (str(kept[0]), int(kept[1]))) if kept else None
    if row is None or row.user_id is not None:
        return redirect("portal-sign-in")
    context = {"is_own": row.who == "patient", "is_letter": row.channel == LETTER}
    if request.method != "POST":
        return shown(request, "portal/join.html", context)
    born_on = typed_date(request)
    if born_on is None:
        again = {**context, "error": "date_missing"}
        return shown(request, "portal/join.html", again, UNPROCESSABLE)
    word, visitor = joined(journal(), (row.practice.name, row.pk), born_on, now())
    if word == RIGHT:
        return inside(request, visitor)
    if word == "wrong":
        again = {**context, "error": "date_wrong"}
        return shown(request, "portal/join.html", again, UNPROCESSABLE)
    del request.session[JOINING]
    return shown(request, "portal/void.html", {}, GONE)


def typed_date(request: HttpRequest) -> date | None:
    """Return the date that was typed as year, month and day; None where it is none."""
    parts = [request.POST.get(name, "").strip() for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def doors_in(kept: list[list[object]]) -> tuple[Door, ...]:
    """Return accounts as a session keeps them."""
    return tuple((str(each[0]), int(str(each[1]))) for each in kept)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the visitor's session."""
    logout(request)
    return redirect("portal-sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Turn the pages into another language, and stay where one is."""
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        set_language(request, wanted)
    onward = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return redirect(onward if is_safe and onward.startswith("/portal/") else "portal-home")
