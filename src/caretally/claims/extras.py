"""Where the packages lie whose tables this room reads, and the optional gate for claim files.

Nothing is imported before it is used; what is not installed is named with its extra.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from caretally.errors import MissingExtraError


def icd10_folder() -> Path:
    """Return the folder with the lists of ICD-10-CM codes.

    The package is not imported: that would build a tree of all codes, which takes seconds.

    Raises:
        MissingExtraError: the package is not installed.
    """
    spec = find_spec("simple_icd_10_cm")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("server", "simple_icd_10_cm")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def has_gate() -> bool:
    """Tell whether the optional checker of claim files is installed."""
    return find_spec("pyx12") is not None


def gate(module: str) -> Any:
    """Return a module of the optional checker.

    Raises:
        MissingExtraError: the checker is not installed.
    """
    if not has_gate():
        raise MissingExtraError("x12check", "pyx12")
    return import_module(f"pyx12.{module}")
