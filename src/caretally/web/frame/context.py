"""What every template may use: the office, the practices of the person, theme, demonstration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from caretally.clock import ahead
from caretally.practice.bell import Bell, bell_of
from caretally.practice.messaging_lists import waiting_here as unread_here
from caretally.practice.office import Office
from caretally.practice.quarantine_many import waiting_here
from caretally.practice.roles import ROLE_WORDS, SETTLE_READINGS
from caretally.store.database import scope
from caretally.web.frame.asking import places
from caretally.web.frame.held import log_off_seconds
from caretally.web.frame.navigation import navigation

THEMES = ("auto", "light", "dark")


def is_signed_in(request: HttpRequest) -> bool:
    """Tell whether a person asks; pages of errors may come before that is known."""
    return hasattr(request, "user") and bool(request.user.is_authenticated)


def waiting(office: Office) -> dict[str, int]:
    """Return how much waits behind items of the bar; nothing is asked on pages of errors."""
    if scope() != office.practice:
        return {}
    messages = {"messages": unread_here(office)}
    if not office.caller.may(SETTLE_READINGS):
        return messages
    found, crises = waiting_here(office)
    return {**messages, "intake": found, "intake crisis": crises}


def bell(office: Office) -> Bell | None:
    """Return what waits of alerts; nothing is asked on pages of errors."""
    return bell_of(office) if scope() == office.practice else None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page shows."""
    office = getattr(request, "office", None)
    theme = request.COOKIES.get("caretally_theme", "auto")
    caller = office.caller if office is not None else None
    return {
        "office": office,
        "caller": caller,
        "practice": caller.practice if caller is not None else "",
        "may": dict.fromkeys(caller.permissions, True) if caller is not None else {},
        "role_words": [ROLE_WORDS[role] for role in caller.roles] if caller is not None else [],
        "places": places(request) if hasattr(request, "user") else (),
        "navigation": navigation(office.caller, request.path, waiting(office)) if office else (),
        "themes": THEMES,
        "theme": theme if theme in THEMES else "auto",
        "is_demonstration": bool(ahead()),
        "bell": bell(office) if office is not None else None,
        "log_off_seconds": log_off_seconds(request) if is_signed_in(request) else 0,
    }
