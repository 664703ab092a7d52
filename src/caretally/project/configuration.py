"""What Django is told, made from the program's settings; it writes only the secret key.

The home, the key and the database file are made where there are none, for their owner alone.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from caretally.project.database_url import SQLITE_FILE, database_settings
from caretally.settings import Settings

KEY_FILE = "secret_key"


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Django's settings."""
    home = made_home(settings.home)
    if not settings.database_url:
        (home / SQLITE_FILE).touch(mode=0o600, exist_ok=True)
    return {
        "SECRET_KEY": settings.secret_key or kept_secret(home),
        "DATABASES": {"default": database_settings(settings.database_url, home)},
        "INSTALLED_APPS": ["caretally.store"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "DEBUG": False,
        "ALLOWED_HOSTS": [settings.host, "localhost"],
    }


def made_home(home: Path) -> Path:
    """Return the home, made if need be."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def kept_secret(home: Path) -> str:
    """Return the secret key of a home, made once and readable by its owner alone."""
    file = home / KEY_FILE
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(secrets.token_urlsafe(64) + "\n")
    return kept_secret(home)
