"""One Django for all tests of a process: the program's own settings in a home that is thrown away.

Databases are fresh for every test: `tests/integration/databases.py` makes them, and binds the one
of a test to the alias `default` where pages are asked.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import django
from django.conf import settings

from caretally.project.configuration import configuration
from caretally.settings import Settings

HOME = Path(tempfile.mkdtemp(prefix="caretally-tests-"))

if not settings.configured:
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    told = configuration(Settings.read({"CARETALLY_HOME": str(HOME)}))
    told["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    told["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    told["ALLOWED_HOSTS"] = ["*"]
    settings.configure(**told)
    django.setup()
