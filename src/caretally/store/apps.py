"""The name under which Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "caretally.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
