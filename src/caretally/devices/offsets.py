"""How far a local time is from UTC, where vendors do not say in what unit they tell it."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

LEAST_HOURS, MOST_HOURS = -12, 14
QUARTER = 900


def offset_of(number: Decimal | int | None, unit_seconds: int) -> int | None:
    """Return the seconds of an offset told in a unit; None where no place on earth has it.

    Example:
        >>> offset_of(Decimal("-5.0"), 3600), offset_of(Decimal("5.75"), 3600)
        (-18000, 20700)
        >>> offset_of(15, 3600) is None, offset_of(Decimal("-5.1"), 3600) is None
        (True, True)
    """
    if number is None or (isinstance(number, Decimal) and not number.is_finite()):
        return None
    return _offset_of(number, unit_seconds)


@lru_cache(maxsize=1024)
def _offset_of(number: Decimal | int, unit_seconds: int) -> int | None:
    # Bounded before anything is reckoned: a number of a document may have any exponent.
    if not -MOST_HOURS * 3600 <= number <= MOST_HOURS * 3600:
        return None
    seconds = number * unit_seconds
    is_offset = LEAST_HOURS * 3600 <= seconds <= MOST_HOURS * 3600 and seconds % QUARTER == 0
    return int(seconds) if is_offset else None


def offset_of_any_unit(number: Decimal | int | None) -> int | None:
    """Return the seconds of an offset in hours, minutes or seconds; None where it is none of them.

    Offsets are quarters of hours from -12 to +14 hours, so a number that is one in hours is none in
    minutes, and one in minutes is none in seconds; only nothing is the same in all.

    Example:
        >>> [offset_of_any_unit(each) for each in (-5, -300, -18000, 0)]
        [-18000, -18000, -18000, 0]
        >>> offset_of_any_unit(-100) is None
        True
    """
    found = (offset_of(number, unit_seconds) for unit_seconds in (3600, 60, 1))
    return next((offset for offset in found if offset is not None), None)
