"""The name under which Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from caretally.store.database import scope_new


class StoreConfig(AppConfig):
    name = "caretally.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every new connection know the scope it works in."""
        connection_created.connect(scope_new, dispatch_uid="caretally scope")
