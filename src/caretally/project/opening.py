"""Opens the program's database; imported only by what needs one, since it loads Django."""

from __future__ import annotations

import os
from importlib import import_module

from caretally.clock import set_ahead
from caretally.errors import MissingExtraError
from caretally.practice.demo_clock import kept_in
from caretally.settings import Settings

SETTINGS_MODULE = "caretally.project.django_settings"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
try:
    import_module("django").setup()
except ModuleNotFoundError as missing:
    raise MissingExtraError("server", missing.name or "django") from missing


def set_clock() -> None:
    """Let this process live at the time of the home's demonstration, if there is one in it."""
    kept = kept_in(Settings.read(os.environ).home)
    if kept is not None:
        set_ahead(kept.ahead)


set_clock()
