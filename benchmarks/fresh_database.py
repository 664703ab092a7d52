"""A database of the store alone, in a new SQLite file, for benchmarks.

Django is told of the store when this module is imported, which must come before the store's models.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from caretally.project.database_url import sqlite_settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="of the benchmark",  # noqa: S106
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "caretally.store", "django.contrib.auth", "django.contrib.contenttypes",
        ],
        USE_TZ=True,
    )  # fmt: skip
    django.setup()


@contextmanager
def fresh_database() -> Iterator[str]:
    """Yield the alias of a new database with all tables."""
    with tempfile.TemporaryDirectory() as folder:
        connections.databases["bench"] = sqlite_settings(Path(folder) / "bench.sqlite3")
        connections.configure_settings(connections.databases)
        call_command("migrate", database="bench", verbosity=0)
        yield "bench"
        connections["bench"].close()
        del connections["bench"]
        del connections.databases["bench"]
