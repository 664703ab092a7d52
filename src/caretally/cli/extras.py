"""The rooms that stand on optional packages, loaded when a command asks for them.

Deciding a file must not wait for NumPy or Arrow, nor fail where they are not installed; a command
that needs them is told which extra is missing.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import ModuleType

from caretally.settings import Settings

TABLES = "caretally.exchange.tables.conversion"
SYNTHETIC_TABLES = "caretally.synthetic.tables"
BULK = "caretally.exchange.bulk"
REPLAY_COLUMNS = "caretally.cli.replay_columns"


def compiled_folder() -> Path:
    """Return the folder that keeps compiled code between runs."""
    return Settings.read(os.environ).home / "compiled"


def loaded(room: str) -> ModuleType:
    """Return a room that needs an extra.

    Raises:
        MissingExtraError: a package it stands on is not installed.
    """
    return import_module(room)
