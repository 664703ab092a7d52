"""The optional packages this room can use, or the news which extra is missing.

A package is looked for when a module asks for its name here; where it is not installed that
import raises MissingExtraError. The fold on lists asks for none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from caretally.errors import MissingExtraError

if TYPE_CHECKING:
    import llvmlite.ir as llvm
    import numba
    import numpy as np
    import numpy.typing as npt
    from numba import extending, types
    from numba.core import imputils
    from numba.core.typing import templates

PACKAGES = {
    "np": "numpy",
    "npt": "numpy.typing",
    "llvm": "llvmlite.ir",
    "numba": "numba",
    "extending": "numba.extending",
    "types": "numba.types",
    "imputils": "numba.core.imputils",
    "templates": "numba.core.typing.templates",
}
"""What each name stands for."""
__all__ = ["extending", "imputils", "llvm", "np", "npt", "numba", "templates", "types"]


def __getattr__(name: str) -> Any:
    """Return a package by the name it goes by here."""
    if name not in PACKAGES:
        raise AttributeError(name)
    try:
        return import_module(PACKAGES[name])
    except ModuleNotFoundError as missing:
        raise MissingExtraError("bulk", missing.name or name) from missing
