"""What of a document is not as it should be: refused with its place, and told as a fault.

Nothing told about a trouble repeats what was sent but names of fields, metrics and units.
"""

from __future__ import annotations

import re

import msgspec

from caretally.devices.unpacked import Fault

LONGEST_TEXT = 200
_is_told = re.compile(r"[\w .:/%\[\]{}()²^-]{1,40}", re.ASCII).fullmatch
_place = re.compile(r" - at `(?:key in )?\$?(?P<path>[^`]*)`$").search


class Misread(Exception):  # noqa: N818 - it is caught a few lines on, and told as a fault
    """An element is not as its vendor says; it carries the fault."""

    def __init__(self, path: str, code: str, says: str) -> None:
        """Keep what will be told."""
        self.fault = Fault(path=path, code=code, says=says)
        super().__init__(says)


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


def told(name: str) -> str:
    """Return a name of a metric or unit as it may be shown; none that could be anything else."""
    return repr(name) if _is_told(name) else "one that cannot be shown"


def pointed(name: str) -> str:
    """Return a name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
