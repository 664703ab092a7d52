"""Who is behind a live connection: asked of the session anew for everything that comes in.

A connection lives longer than a request. A session that ended, an account that was closed, a role
that was taken away: each ends the connection at the next sign, and nothing is stored before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest

from caretally.clock import now, seconds_of
from caretally.errors import CaretallyError
from caretally.practice.messaging import Desk, staff_desk, visitor_desk
from caretally.practice.portal import visitor_office
from caretally.store.database import scoped
from caretally.web.frame.asking import journal, office_of
from caretally.web.frame.held import log_off_seconds
from caretally.web.frame.middleware import GRAIN, SEEN, is_second_factor_asked, note_use
from caretally.web.portal.asking import is_portal_session, visitor_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What a connection brings along.

    session: key of the cookie. practice, patient: of the address; empty for people from outside.
    """

    session: str
    practice: str = ""
    patient: str = ""


def knock_of(scope: Mapping[str, object]) -> Knock:
    """Return what the connection of an ASGI scope brings along."""
    cookies, route = scope.get("cookies"), scope.get("url_route")
    named = route["kwargs"] if isinstance(route, dict) else {}
    session = cookies.get(settings.SESSION_COOKIE_NAME, "") if isinstance(cookies, dict) else ""
    return Knock(
        session=session, practice=str(named.get("practice", "")),
        patient=str(named.get("patient", "")),
    )  # fmt: skip


def asked_by(knock: Knock) -> HttpRequest | None:
    """Return the session as a request of now; None where it ended or nobody used it for long."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(knock.session)
    if not knock.session or request.session.is_empty():
        return None
    request.user = get_user(request)
    if not request.user.is_authenticated:
        return None
    at = seconds_of(now())
    if at - request.session.get(SEEN, at) > log_off_seconds(request) + GRAIN:
        return None
    if is_second_factor_asked(request) and not is_mfa_enabled(request.user):
        return None
    return request


@contextmanager
def desk_here(knock: Knock, *, is_use: bool = False) -> Iterator[Desk | None]:
    """Have the desk of whoever knocks, in the scope of the practice; None where nobody may.

    is_use: the person did something, which keeps the session.
    """
    close_old_connections()
    try:
        request = asked_by(knock)
        found = named(request, knock) if request is not None else None
        if request is None or found is None:
            yield None
            return
        with scoped(found[0]):
            yield desk_of(request, knock)
        if is_use:
            keep(request)
    finally:
        close_old_connections()


def named(request: HttpRequest, knock: Knock) -> tuple[str, str] | None:
    """Return the practice and the patient; None where the door is the other side's."""
    if knock.practice:
        return None if is_portal_session(request) else (knock.practice, knock.patient)
    visitor = visitor_of(request)
    return (visitor.practice, visitor.patient) if visitor is not None else None


def desk_of(request: HttpRequest, knock: Knock) -> Desk | None:
    """Return the desk of a session, as everything is on record now; None where nobody may."""
    try:
        if knock.practice:
            return staff_desk(office_of(request, knock.practice), knock.patient)
        visitor = visitor_of(request)
        if visitor is None:
            return None
        return visitor_desk(visitor_office(journal(), visitor, now()), visitor)
    except CaretallyError:
        return None


def keep(request: HttpRequest) -> None:
    """Note that a session is used."""
    at = seconds_of(now())
    if not 0 <= at - request.session.get(SEEN, 0) < GRAIN:
        note_use(request, at)
        request.session.save()
