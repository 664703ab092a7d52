"""The optional package this room can use, or the news which extra is missing.

NumPy is looked for when a module asks for its name here; where it is not installed that import
raises MissingExtraError. Deciding patient by patient asks for nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from caretally.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["np"]


def __getattr__(name: str) -> Any:
    """Return NumPy by the name it goes by here."""
    if name != "np":
        raise AttributeError(name)
    try:
        return import_module("numpy")
    except ModuleNotFoundError as missing:
        raise MissingExtraError("bulk", missing.name or name) from missing
