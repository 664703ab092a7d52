"""The optional packages this room can use, or the news which extra is missing.

A package is looked for when a module asks for its name here; where it is not installed that
import raises MissingExtraError with the extra to install.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from caretally.errors import MissingExtraError

if TYPE_CHECKING:
    import typst

PACKAGES = {
    "certvalidator": ("sign", "pyhanko_certvalidator"),
    "pyhanko_keys": ("sign", "pyhanko.keys"),
    "pyhanko_misc": ("sign", "pyhanko.pdf_utils.misc"),
    "pyhanko_reader": ("sign", "pyhanko.pdf_utils.reader"),
    "pyhanko_validation": ("sign", "pyhanko.sign.validation"),
    "pyhanko_signers": ("sign", "pyhanko.sign.signers"),
    "pyhanko_fields": ("sign", "pyhanko.sign.fields"),
    "pyhanko_writer": ("sign", "pyhanko.pdf_utils.incremental_writer"),
    "rfc3161": ("server", "rfc3161_client"),
    "typst": ("server", "typst"),
    "x509": ("server", "cryptography.x509"),
}
"""The extra and the package that each name stands for."""
__all__ = ["typst"]


def __getattr__(name: str) -> Any:
    """Return a package by the name it goes by here."""
    if name not in PACKAGES:
        raise AttributeError(name)
    extra, package = PACKAGES[name]
    try:
        return import_module(package)
    except ModuleNotFoundError as missing:
        raise MissingExtraError(extra, missing.name or package) from missing
