"""From parsed JSON to one checked value: a decoder for each scalar shape, built once.

Nothing is converted that was not written so: a number is no text and a boolean is no number. Many
texts come again and again, so most decoders of text remember a bounded number of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from caretally import clock
from caretally.journal.entries.shapes import OneOf, Private, Shaped, Whole, ZoneName
from caretally.journal.faults import misfit, nearest
from caretally.journal.fields import Shape

Decoder: TypeAlias = Callable[[object], object]
"""Returns the value or raises `Misfit`; a remembering one raises TypeError for a list or object."""

REMEMBERED = 4096
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_DIGITS, LARGEST_EXPONENT = 40, 40
"""Numbers beyond these bounds are no measurements and cost a reader dearly."""
LARGEST_WHOLE = 2**53
"""Up to here every JSON reader keeps whole numbers exact."""

YEAR = "(?:19|20|21)[0-9]{2}"
DATE_PATTERN = f"{YEAR}-[0-9]{{2}}-[0-9]{{2}}"
INSTANT_PATTERN = (
    rf"{DATE_PATTERN}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{{1,9}})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
)
NUMBER_PATTERN = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"

# `fromisoformat` takes more than the contract: week dates, missing separators, other signs for T.
_is_date = re.compile(DATE_PATTERN).fullmatch
_is_instant = re.compile(INSTANT_PATTERN).fullmatch
_is_number = re.compile(NUMBER_PATTERN).fullmatch


def scalar_decoder(shape: Shape) -> Decoder:
    """Return the decoder of a scalar shape."""
    makers: dict[type, Callable[[Shape], Decoder]] = {
        str: _text_decoder,
        bool: _boolean_decoder,
        int: _whole_decoder,
        Decimal: _number_decoder,
        date: _date_decoder,
        datetime: lambda _: _decode_instant,
    }
    return makers[shape.of](shape)


def is_storable(text: str) -> bool:
    """Whether files and databases can hold the text: no U+0000, no half of a surrogate pair."""
    if text.isascii():
        return "\0" not in text
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


def _text_decoder(shape: Shape) -> Decoder:
    if one_of := shape.mark(OneOf):
        return _word_decoder(one_of.words)
    if shape.mark(ZoneName):
        return _decode_zone
    if shaped := shape.mark(Shaped):
        return _shaped_decoder(shaped)
    return _decode_free_text


def _word_decoder(words: tuple[str, ...]) -> Decoder:
    known = {word: word for word in words}
    expected = f"one of {', '.join(words)}" if len(words) > 1 else words[0]

    def decode(value: object) -> object:
        """Take one of the words."""
        if type(value) is str and value in known:
            return known[value]
        hint = nearest(value, words) if isinstance(value, str) else ""
        raise misfit(value, expected, hint=hint)

    return lru_cache(maxsize=REMEMBERED)(decode)


def _decode_zone(value: object) -> object:
    """Check that the zone exists; the installation's tzdata decides."""
    expected = "an IANA time zone, such as America/Chicago"
    if type(value) is not str:
        raise misfit(value, expected)
    try:
        return clock.zone(value).key
    except ValueError:
        raise misfit(value, expected) from None


def _shaped_decoder(shaped: Shaped) -> Decoder:
    matches = re.compile(shaped.pattern).fullmatch
    most = shaped.most

    def decode(value: object) -> object:
        """Take a text of the form."""
        if type(value) is not str or len(value) > most or not matches(value):
            raise misfit(value, shaped.says)
        if not value.isascii() and not is_storable(value):
            raise misfit(value, shaped.says)
        return value

    return lru_cache(maxsize=REMEMBERED)(decode) if shaped.repeats else decode


def _decode_free_text(value: object) -> object:
    """Take any text that can be stored and written again."""
    if type(value) is not str:
        raise misfit(value, "a text", private=True)
    if not is_storable(value):
        expected = "a text without the character U+0000 and without half surrogate pairs"
        raise misfit(value, expected, private=True)
    return value


def _boolean_decoder(shape: Shape) -> Decoder:
    private = shape.mark(Private) is not None

    def decode(value: object) -> object:
        """Take a boolean, and no number for one."""
        if value is True or value is False:
            return value
        raise misfit(value, "true or false", private=private)

    return decode


def _whole_decoder(shape: Shape) -> Decoder:
    bounds = shape.mark(Whole) or Whole(least=-LARGEST_WHOLE, most=LARGEST_WHOLE)
    expected = f"a whole number from {bounds.least} to {bounds.most}"

    def decode(value: object) -> object:
        """Take a whole number within the bounds."""
        if type(value) is int and bounds.least <= value <= bounds.most:
            return value
        raise misfit(value, expected)

    return decode


def _number_decoder(shape: Shape) -> Decoder:
    """Keep the digits as they were written; a text of a number is taken too."""
    expected = f"a number of at most {MOST_DIGITS} digits, or such a number as text"
    private = shape.mark(Private) is not None

    def decode(value: object) -> object:
        """Take a number, exactly."""
        number = value if type(value) is Decimal else _number(value)
        if number is None or not is_measurable(number):
            raise misfit(value, expected, private=private)
        return number or number.copy_abs()

    return decode


def _number(value: object) -> Decimal | None:
    if type(value) is int:
        return Decimal(value)
    if type(value) is str and len(value) <= 2 * MOST_DIGITS and _is_number(value):
        return Decimal(value)
    return None


def is_measurable(number: Decimal) -> bool:
    """Whether a number is finite, and of no more digits than a measurement has."""
    # The text of a common number is short; only others are worth taking apart.
    text = str(number)
    if len(text) <= MOST_DIGITS and "E" not in text:
        return number.is_finite()
    _, digits, exponent = number.as_tuple()
    return (
        isinstance(exponent, int)
        and abs(exponent) <= LARGEST_EXPONENT
        and len(digits) <= MOST_DIGITS
    )


def _date_decoder(shape: Shape) -> Decoder:
    private = shape.mark(Private) is not None
    expected = f"a date written YYYY-MM-DD from {FIRST_YEAR} to {LAST_YEAR}"

    def decode(value: object) -> object:
        """Take a calendar date."""
        if type(value) is str and _is_date(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise misfit(value, expected, private=private)

    return lru_cache(maxsize=REMEMBERED)(decode)


def instant_of_text(text: str) -> datetime | None:
    """Return the instant of a text in UTC; None where it is none with an offset."""
    instant = _instant(text) if _is_instant(text) else None
    return instant if instant and FIRST_YEAR <= instant.year <= LAST_YEAR else None


@lru_cache(maxsize=REMEMBERED)
def _decode_instant(value: object) -> object:
    """Take an instant with its offset into UTC."""
    instant = instant_of_text(value) if type(value) is str else None
    if instant is None:
        expected = (
            f"an instant with offset from {FIRST_YEAR} to {LAST_YEAR}, "
            "such as 2026-03-04T10:00:00-06:00 or 2026-03-04T16:00:00Z"
        )
        raise misfit(value, expected)
    return instant


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
        return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
