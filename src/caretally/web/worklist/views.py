"""The worklist of today, and the address at which an open page asks whether it changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from caretally.codes import MONITORING_PROGRAMS
from caretally.practice.alert_lists import open_alerts
from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.practice.worklist import (
    REASON_WORDS,
    URGENCY_WORDS,
    Found,
    Search,
    tell_access,
    version,
    worklist,
)
from caretally.store.work_items import URGENCIES
from caretally.web.alerts.views import open_context
from caretally.web.frame.asking import page
from caretally.web.worklist.cards import HUES, cards_of


def search_of(request: HttpRequest) -> Search:
    """Return what the address narrows the list down to; what makes no sense narrows nothing."""
    asked = request.GET
    number = asked.get("page", "1")
    return Search(
        urgency=asked.get("urgency", ""),
        program=asked.get("program", ""),
        clinic=asked.get("clinic", ""),
        reason=asked.get("reason", ""),
        is_mine=asked.get("mine", "") == "1",
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


def query(search: Search, **changes: str) -> str:
    """Return the address of a search with something changed."""
    asked = {
        "urgency": search.urgency, "program": search.program, "clinic": search.clinic,
        "reason": search.reason, "mine": "1" if search.is_mine else "", **changes,
    }  # fmt: skip
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def tabs(found: Found, search: Search) -> list[dict[str, Any]]:
    """Return the counts at the top, each of them a filter."""
    every = [{"words": "All", "count": found.total, "href": query(search, urgency=""),
              "is_here": search.urgency not in URGENCIES, "hue": ""}]  # fmt: skip
    return every + [
        {"words": URGENCY_WORDS[name], "count": found.counts.get(name, 0),
         "href": query(search, urgency=name), "is_here": search.urgency == name,
         "hue": HUES[name] if found.counts.get(name) else ""}
        for name in URGENCIES
    ]  # fmt: skip


def context_of(office: Office, found: Found, search: Search) -> dict[str, Any]:
    """Return what the list shows."""
    first, last = max(1, found.number - 1), min(found.pages, found.number + 1)
    return {
        "found": found,
        "search": search,
        "cards": cards_of(office.caller, found.rows, found.day),
        "tabs": tabs(found, search),
        "is_narrow": query(search) != "?",
        "here": query(search, page=str(found.number)),
        "before": query(search, page=str(first)) if found.number > 1 else "",
        "after": query(search, page=str(last)) if found.number < found.pages else "",
    }


@page(permission=SEE_PATIENTS)
def worklist_page(request: HttpRequest, office: Office) -> HttpResponse:
    """Show whom to turn to today."""
    search = search_of(request)
    found = worklist(office, search)
    tell_access(office, found)
    context = {
        **context_of(office, found, search),
        **open_context(office, open_alerts(office)),
        "programs": MONITORING_PROGRAMS,
        "reasons": REASON_WORDS,
        "may_be_mine": bool(office.caller.staff),
    }
    return render(request, "worklist/worklist.html", context)


@page(permission=SEE_PATIENTS)
def version_page(request: HttpRequest, office: Office) -> HttpResponse:
    """Answer 304 while an open list is up to date, else the list anew."""
    unchanged = get_conditional_response(request, etag=f'"{version(office)}"')
    if unchanged is not None:
        return unchanged
    search = search_of(request)
    found = worklist(office, search)
    tell_access(office, found)
    answer = render(request, "worklist/list.html", context_of(office, found, search))
    answer["ETag"] = f'"{found.revision}"'
    answer["Cache-Control"] = "private, no-cache"
    return answer
