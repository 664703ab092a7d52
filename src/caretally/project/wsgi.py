"""The program as a server runs it."""

from __future__ import annotations

import gc

from django.core.handlers.wsgi import WSGIHandler

from caretally.project import opening

application = WSGIHandler()
opened = opening.SETTINGS_MODULE
"""The settings the program was opened with; opening comes first."""

# Entries and rules stay for the life of the process: looking through them for garbage at every turn
# made the slowest saves slower.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 50, 50)
