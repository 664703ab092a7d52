"""Why a typed decoder refused a document, as a fault with the place in it."""

from __future__ import annotations

import re

import msgspec

from caretally.devices.documents import LONGEST_TEXT, Misread

_place = re.compile(r" - at `(?:key in )?\$?(?P<path>[^`]*)`$").search


def refused_shape(path: str, error: Exception) -> Misread:
    """Return the trouble with JSON that is none, or has another shape than expected.

    The words of the decoder name fields and types, never content.
    """
    says = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return Misread(path, "not_readable", "no JSON that can be read")
    found = _place(says)
    if found is not None:
        says = says[: found.start()]
        path += pointer(found["path"])
    code = "missing_field" if "missing required" in says else "not_the_shape"
    return Misread(path, code, says)


def pointer(path: str) -> str:
    """Return a decoder's path as a JSON pointer.

    Example:
        >>> pointer(".component[1].valueQuantity")
        '/component/1/valueQuantity'
    """
    return re.sub(r"[.\[]+", "/", path).replace("]", "")


def usual(text: str, path: str) -> str:
    """Return a name or id that can be kept.

    Raises:
        Misread: it is longer than any, or holds what cannot be shown or stored.
    """
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise Misread(path, "too_large", "no text of a usual length")
    return text
