"""The rooms that stand on optional packages, loaded when a command asks for them.

Deciding a file must not wait for NumPy or Arrow, nor fail where they are not installed; a command
that needs them is told which extra is missing.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

TABLES = "caretally.exchange.tables.conversion"


def loaded(room: str) -> ModuleType:
    """Return a room that needs an extra.

    Raises:
        MissingExtraError: a package it stands on is not installed.
    """
    return import_module(room)
