"""Addresses of conversations, for staff."""

from __future__ import annotations

from django.urls import path

from caretally.web.chat import views

TALK = "patients/<str:patient>/messages/"

urlpatterns = [
    path("messages/", views.listing, name="messages"),
    path(TALK, views.conversation, name="conversation"),
    path(f"{TALK}beat", views.beat, name="conversation-beat"),
    path(f"{TALK}close", views.close, name="conversation-close"),
    path(f"{TALK}<str:conversation>/", views.measured, name="conversation-measured"),
]
