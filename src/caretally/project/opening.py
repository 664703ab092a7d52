"""Opens the program's database; imported only by what needs one, since it loads Django."""

from __future__ import annotations

import os
from importlib import import_module

from caretally.errors import MissingExtraError

SETTINGS_MODULE = "caretally.project.django_settings"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
try:
    import_module("django").setup()
except ModuleNotFoundError as missing:
    raise MissingExtraError("server", missing.name or "django") from missing
