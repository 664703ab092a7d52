"""Cursors: where the next page begins, as a text nobody needs to understand.

A cursor holds an id or a number and nothing of a patient; with a changed one a caller gets another
page of what that caller may see anyway.
"""

from __future__ import annotations

import base64
import binascii

from caretally.errors import InputError, Problem
from caretally.journal.scalars import is_storable

MOST = 200
"""Items on a page at most."""
USUAL = 50


def cursor_of(kind: str, place: str) -> str:
    """Return the cursor of a place in a list of a kind."""
    return base64.urlsafe_b64encode(f"{kind}:{place}".encode()).decode().rstrip("=")


def place_of(kind: str, cursor: str) -> str:
    """Return the place of a cursor; empty for the beginning.

    Raises:
        InputError: no such list gave this cursor.
    """
    if not cursor:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    told, _, place = text.partition(":")
    if told != kind or not place or not is_storable(place):
        raise wrong()
    return place


def number_of(kind: str, cursor: str) -> int:
    """Return the number of a cursor that counts; 0 for the beginning.

    Raises:
        InputError: no such list gave this cursor.
    """
    place = place_of(kind, cursor) or "0"
    if not (place.isascii() and place.isdigit() and len(place) < 18):
        raise wrong()
    return int(place)


def wrong() -> InputError:
    """Return the refusal of a cursor."""
    return InputError([
        Problem(where="query", field="cursor", found="a text that no answer gave",
                expected="`next` of the page before, unchanged",
                hint="leave it out to begin at the beginning")
    ])  # fmt: skip
