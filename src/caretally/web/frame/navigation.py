"""The bar at the top: what a caller may open, in the order of a working day."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from caretally.practice.caller import Caller
from caretally.practice.roles import (
    MANAGE_DEVICES,
    MANAGE_PEOPLE,
    MANAGE_PRACTICE,
    SEE_ACCESS,
    SEE_MONEY,
    SEE_PATIENTS,
    SEE_STAFF_LOAD,
)

PAGES = (
    ("worklist", "Worklist", (SEE_PATIENTS,)),
    ("patients", "Patients", (SEE_PATIENTS,)),
    ("month", "Month", (SEE_PATIENTS, SEE_MONEY)),
    ("devices", "Devices", (SEE_PATIENTS, MANAGE_DEVICES)),
    ("staff", "Staff", (SEE_STAFF_LOAD,)),
    ("access", "Access", (SEE_ACCESS,)),
    ("settings", "Settings", (MANAGE_PRACTICE, MANAGE_PEOPLE)),
)
"""Name of the address, words, and permissions of which one is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of the bar."""

    href: str
    words: str
    is_here: bool


def navigation(caller: Caller, path: str) -> tuple[Item, ...]:
    """Return the items of a caller on a page."""
    found = []
    for name, words, permissions in PAGES:
        if not any(caller.may(permission) for permission in permissions):
            continue
        try:
            href = reverse(name, kwargs={"practice": caller.practice})
        except NoReverseMatch:
            continue
        found.append(Item(href=href, words=words, is_here=path.startswith(href)))
    return tuple(found)
