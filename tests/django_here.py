"""One Django for all tests of a process: the program's own settings in a home that is thrown away.

Databases are fresh for every test: `tests/integration/databases.py` makes them, and binds the one
of a test to the alias `default` where pages are asked.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO

import django
from django.conf import settings

from caretally.project.configuration import configuration
from caretally.settings import Settings


class StandardErrorOfNow(logging.StreamHandler[TextIO]):
    """Writes where standard error goes now: pytest has another stream for every test.

    The program's own handler keeps the stream of the first test, which is closed in the next.
    """

    @property
    def stream(self) -> TextIO:
        """Return standard error as it is now."""
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Keep none."""


SEALING_KEY = "one-key-of-all-tests-since-workers-share-what-was-sealed"
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
HOME = Path(tempfile.mkdtemp(prefix="caretally-tests-"))

if not settings.configured:
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    surroundings = {"CARETALLY_HOME": str(HOME), "CARETALLY_SEALING_KEYS": SEALING_KEY}
    told = configuration(Settings.read(surroundings))
    told["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    told["PASSWORD_HASHERS"] = [QUICK_HASHER, *told["PASSWORD_HASHERS"]]
    told["ALLOWED_HOSTS"] = ["*"]
    told["LOGGING"] = {
        **told["LOGGING"],
        "handlers": {"stderr": {"()": StandardErrorOfNow, "formatter": "json"}},
    }
    settings.configure(**told)
    django.setup()
