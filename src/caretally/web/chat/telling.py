"""News of a conversation as pages read them, and where a page finds its live connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from caretally.practice.messaging import MOST_CHARACTERS, Desk
from caretally.practice.messaging_news import News
from caretally.practice.portal_wording import Wording

STAFF_PATH, VISITOR_PATH = "/live/p/{practice}/{patient}/", "/live/portal/"
SENTENCES = (
    "you", "automatic", "automatic_more", "delivered", "read", "waiting", "here", "types",
    "nobody", "slow", "refused",
)  # fmt: skip
"""Sentences the page's script fills in."""


def news_json(found: News) -> dict[str, object]:
    """Return news as they are sent."""
    return {
        "kind": "news",
        "messages": [
            {
                "number": each.number, "message": each.message, "side": each.side,
                "name": each.name, "text": each.text, "at": each.at.isoformat(),
                "own": each.is_own, "automated": each.is_automated,
            }
            for each in found.messages
        ],
        "delivered": found.delivered, "read": found.read,
        "here": [
            {"name": each.name, "staff": each.is_staff, "types": each.is_typing}
            for each in found.here
        ],
        "conversation": found.conversation, "open": found.is_open,
    }  # fmt: skip


def sentences(words: Wording) -> str:
    """Return what the page's script says, as JSON; places stay as they are written."""
    return json.dumps({name: words.sentences[f"chat_{name}"] for name in SENTENCES})


def live_base(request: HttpRequest) -> str:
    """Return where the live process answers this page; empty where there is none."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    if not settings.LIVE_PORT or settings.PUBLIC_URL:
        return ""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return f"ws://{host}:{settings.LIVE_PORT}"


def live_address(request: HttpRequest, desk: Desk) -> str:
    """Return the address of the live connection to a conversation; empty where there is none."""
    base = live_base(request)
    if not base:
        return ""
    if not desk.writer.is_staff:
        return base + VISITOR_PATH
    named = {"practice": desk.office.practice, "patient": desk.chart.patient}
    return base + STAFF_PATH.format(
        **{name: quote(value, safe="") for name, value in named.items()}
    )


def addresses(request: HttpRequest, desk: Desk) -> Mapping[str, str]:
    """Return where a page sends messages and asks for news."""
    if desk.writer.is_staff:
        named = {"practice": desk.office.practice, "patient": desk.chart.patient}
        return {
            "send": reverse("conversation", kwargs=named),
            "beat": reverse("conversation-beat", kwargs=named),
            "live": live_address(request, desk),
        }
    return {
        "send": reverse("portal-messages"), "beat": reverse("portal-messages-beat"),
        "live": live_address(request, desk),
    }  # fmt: skip


def box(request: HttpRequest, desk: Desk, found: News, words: Wording) -> dict[str, object]:
    """Return what the box with the messages is drawn from."""
    zone = desk.chart.record.register.zone_of(desk.chart.patient, desk.office.now)
    return {
        "news": found, "addresses": addresses(request, desk), "sentences": sentences(words),
        "last": found.messages[-1].number if found.messages else 0, "zone_name": zone,
        "message_id": desk.office.new_id("msg"), "most": MOST_CHARACTERS,
        "server_now": desk.office.now.isoformat(), "words": words,
    }  # fmt: skip


def instant(text: str, otherwise: datetime) -> datetime:
    """Return an instant that a page told; another where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if found.tzinfo is not None else otherwise
