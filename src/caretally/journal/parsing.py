"""From the bytes of one line to JSON values, strictly: UTF-8, no NaN, no key twice, any depth.

Two parsers, one meaning: a quick one takes what is plainly right, and everything else goes to a
strict one that says what is wrong. Numbers with a fraction or exponent become Decimal.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import NoReturn

import msgspec

from caretally.errors import Problem
from caretally.journal.faults import cut

BLANK = b" \t\r\n"


class NotJsonError(ValueError):
    """A line is no JSON; the message has no content of it but a key."""

    def __init__(self, found: str, hint: str = "") -> None:
        """Keep what was found and what to do."""
        self.found = found
        self.hint = hint
        super().__init__(found)

    def problem(self, where: str) -> Problem:
        """Return the problem at a place."""
        return Problem(
            where=where, found=self.found, expected="one JSON object on the line", hint=self.hint
        )


def parse_line(line: bytes) -> object:
    """Parse a line.

    Raises:
        NotJsonError: the line is not strictly one JSON value.
    """
    try:
        value = _quick(line)
    except (ValueError, ArithmeticError, RecursionError):
        return _parse_strictly(line)
    if type(value) is dict and _has_single_keys(line, value):
        return value
    return _parse_strictly(line)


_quick = msgspec.json.Decoder(float_hook=Decimal).decode


def _has_single_keys(line: bytes, value: dict[str, object]) -> bool:
    """Whether no key stood twice where an entry has keys; False also where this cannot be told.

    Every key is written with a quote and a colon after it, so without blanks a line has at least
    as many of these as keys. As many as keys were kept means that none was lost.
    """
    kept = len(value)
    body = value.get("body")
    if type(body) is dict:
        kept += len(body)
        for items in body.values():
            if type(items) is list:
                kept += sum([len(item) for item in items if type(item) is dict])
    return line.translate(None, BLANK).count(b'":') == kept


def _single_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise NotJsonError(f"the key {cut(repr(key))} twice in one object", "keep one of them")
        seen.add(key)
    return made


def _no_number(word: str) -> NoReturn:
    raise NotJsonError(f"{word}, which is no JSON", "leave the value out")


_strict = json.JSONDecoder(
    object_pairs_hook=_single_keys, parse_float=Decimal, parse_constant=_no_number
).decode


def _parse_strictly(line: bytes) -> object:
    try:
        return _strict(line.decode("utf-8"))
    except NotJsonError:
        raise
    except UnicodeDecodeError as error:
        found = f"bytes that are no UTF-8 at byte {error.start + 1}"
        raise NotJsonError(found, "save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"no JSON at character {error.pos + 1} ({error.msg})") from None
    except RecursionError:
        found = "lists or objects nested too deeply"
        raise NotJsonError(found, "an entry has at most 4 levels") from None
    except (InvalidOperation, ValueError):
        raise NotJsonError("a number with too many digits") from None
