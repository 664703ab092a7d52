"""Addresses of messages inside the portal."""

from __future__ import annotations

from django.urls import path

from caretally.web.chat import portal_views

urlpatterns = [
    path("", portal_views.conversation, name="portal-messages"),
    path("beat", portal_views.beat, name="portal-messages-beat"),
]
