"""Addresses of live connections, and from which pages they may be opened."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, path


def routes() -> list[URLPattern]:
    """Return the addresses; the rooms are imported once the program is open."""
    live = import_module("caretally.web.chat.live").Live
    return [
        path("live/p/<str:practice>/<str:patient>/", live.as_asgi()),
        path("live/portal/", live.as_asgi()),
    ]


def allowed_origins() -> list[str]:
    """Return the pages' own addresses; a page of anybody else opens no connection."""
    return list(settings.LIVE_ORIGINS)
