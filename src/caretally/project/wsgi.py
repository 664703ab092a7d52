"""The program as a server runs it."""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler

from caretally.project import opening

application = WSGIHandler()
opened = opening.SETTINGS_MODULE
"""The settings the program was opened with; opening comes first."""
