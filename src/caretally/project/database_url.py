"""From the address of a database to Django's settings for it, with durable defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from caretally.errors import InputError, Problem

SETTING = "CARETALLY_DATABASE_URL"
SQLITE_FILE = "caretally.sqlite3"
SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; "
    "PRAGMA foreign_keys=ON;"
)
"""FULL: what was acknowledged is on disk. Throughput comes from entries saved together."""


KEPT_SECONDS = 600
"""How long a thread keeps its connection. Opening one costs more than most requests, and closing
the last one of a SQLite file writes its whole log back."""


def database_settings(url: str, home: Path) -> dict[str, Any]:
    """Return Django's settings of a database; SQLite in the home where no address is given.

    Raises:
        InputError: the address is of no database that can be used.
    """
    if not url:
        return sqlite_settings(home / SQLITE_FILE)
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": KEPT_SECONDS,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return sqlite_settings(Path(unquote(parts.path.removeprefix("/"))))
    raise InputError([
        Problem(
            where=SETTING, found=f"an address of the kind {parts.scheme or 'unknown'!r}",
            expected="postgresql://USER:PASSWORD@HOST:PORT/NAME, or sqlite:///FILE",
            hint="unset it to use SQLite in the home",
        )
    ])  # fmt: skip


def sqlite_settings(file: Path) -> dict[str, Any]:
    """Return the settings of a SQLite file: committed is on disk, writers wait for each other."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": KEPT_SECONDS,
        "OPTIONS": {"init_command": SQLITE_START, "transaction_mode": "IMMEDIATE"},
    }
