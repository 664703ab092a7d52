"""One element of a delivery that is refused, while its neighbors are read on."""

from __future__ import annotations

import re

import msgspec

from caretally.devices.unpacked import Fault

_place = re.compile(r" - at `(?:key in )?\$?(?P<path>[^`]*)`$").search
MOST_SAID = 120


class RefusedElementError(Exception):
    """An element that is not understood; carries the fault that tells of it."""

    def __init__(self, path: str, code: str, says: str) -> None:
        """Keep the fault."""
        self.fault = Fault(path=path, code=code, says=says[:MOST_SAID])
        super().__init__(says)


def refused_shape(path: str, error: Exception) -> RefusedElementError:
    """Return the refusal of JSON that is none, or has another shape than expected.

    The words of the decoder name fields and types, never content.
    """
    says = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return RefusedElementError(path, "not_readable", "no JSON that can be read")
    found = _place(says)
    if found is not None:
        says = says[: found.start()]
        path += pointer(found["path"])
    code = "missing_field" if "missing required" in says else "not_the_shape"
    return RefusedElementError(path, code, says)


def pointer(path: str) -> str:
    """Return a decoder's path as a JSON pointer.

    Example:
        >>> pointer(".component[1].valueQuantity")
        '/component/1/valueQuantity'
    """
    return re.sub(r"[.\[]+", "/", path).replace("]", "")
