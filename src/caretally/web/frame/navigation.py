"""The bar at the top: what a caller may open, in the order of a working day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from caretally.practice.caller import Caller
from caretally.practice.roles import (
    CHAT,
    CLOSE_MONTH,
    HANDLE_CLAIMS,
    ISSUE_PACKETS,
    KEEP_ROSTER,
    MANAGE_DEVICES,
    MANAGE_PEOPLE,
    MANAGE_PRACTICE,
    RUN_CALLS,
    SEE_ACCESS,
    SEE_AUDIT,
    SEE_MONEY,
    SEE_PATIENTS,
    SEE_STAFF_LOAD,
    SETTLE_READINGS,
    SIGN_DECISIONS,
)

PAGES = (
    ("worklist", "Worklist", (SEE_PATIENTS,)),
    ("alerts", "Alerts", (SEE_PATIENTS,)),
    ("patients", "Patients", (SEE_PATIENTS,)),
    ("messages", "Messages", (CHAT,)),
    ("calls", "Calls", (RUN_CALLS,)),
    ("month", "Month", (SEE_PATIENTS, SEE_MONEY)),
    ("close", "Close", (CLOSE_MONTH, SIGN_DECISIONS)),
    ("claims", "Claims", (HANDLE_CLAIMS,)),
    ("denials", "Denials", (HANDLE_CLAIMS,)),
    ("packets", "Packets", (ISSUE_PACKETS,)),
    ("devices", "Devices", (SEE_PATIENTS, MANAGE_DEVICES)),
    ("intake", "Readings in", (SETTLE_READINGS,)),
    ("connections", "Readings in", (MANAGE_DEVICES, MANAGE_PRACTICE)),
    ("oncall", "On call", (KEEP_ROSTER,)),
    ("staff", "Staff", (SEE_STAFF_LOAD,)),
    ("reports", "Reports", (SEE_MONEY, SEE_STAFF_LOAD, SEE_PATIENTS)),
    ("self-audit", "Self-audit", (SEE_AUDIT,)),
    ("access", "Access", (SEE_ACCESS,)),
    ("settings", "Settings", (MANAGE_PRACTICE, MANAGE_PEOPLE)),
)
"""Name of the address, words, and permissions of which one is enough; of two alike the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of the bar.

    count: how much waits there for somebody to look at it. is_crisis: some of it may be of somebody
    in danger.
    """

    href: str
    words: str
    is_here: bool
    count: int = 0
    is_crisis: bool = False


def navigation(caller: Caller, path: str, counts: Mapping[str, int]) -> tuple[Item, ...]:
    """Return the items of a caller on a page; counts: by the name of an address, and of crises."""
    found: list[Item] = []
    for name, words, permissions in PAGES:
        if not any(caller.may(permission) for permission in permissions):
            continue
        try:
            href = reverse(name, kwargs={"practice": caller.practice})
        except NoReverseMatch:
            continue
        if not any(each.words == words for each in found):
            found.append(
                Item(href=href, words=words, is_here=path.startswith(href),
                     count=counts.get(name, 0), is_crisis=bool(counts.get(f"{name} crisis")))
            )  # fmt: skip
    return tuple(found)
