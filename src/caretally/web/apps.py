"""The name under which Django finds templates and static files."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "caretally.web"
    label = "web"
