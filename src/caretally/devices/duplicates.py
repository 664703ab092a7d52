"""The same reading told twice by two routes, and a reading that its vendor corrects.

A delivery that comes again is known by the key of its readings and never gets here. What gets here
is told by another connection: an aggregator tells what the vendor told already, perhaps in another
unit, rounded, and with the seconds cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from caretally.devices.seen import Number, Seen, values_of
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.journal.quantities import convert

RouteOf = Callable[[str], int | None]
EXACTLY = timedelta(0)
SAME_INSTANT = timedelta(seconds=60)
"""Apart at most, to be the same measurement told twice: routes cut off seconds, none more."""
HALF = Decimal("0.5")


def told_before(seen: Seen, body: ReadingRecorded, route_of: RouteOf, route: int) -> Entry | None:
    """Return the reading on record that told the same already; None where this one is news.

    route_of: returns the number of the connection by which an entry came, None where it came by
    none. route: that of this reading.
    """
    return told_at_once(seen, body) or told_by_other_route(seen, body, route_of, route)


def told_at_once(seen: Seen, body: ReadingRecorded) -> Entry | None:
    """Return a reading of the same device and instant, where all values are known of them.

    A vendor may tell a pulse with the pressure in one place and by itself in another.
    """
    known: dict[str, tuple[Number, Entry]] = {}
    for entry in seen.near(body.measured_at, EXACTLY):
        if (
            isinstance(entry.body, ReadingRecorded)
            and entry.body.device == body.device
            and entry.body.measured_at == body.measured_at
            and entry.body.origin == body.origin
        ):
            known |= {metric: (value, entry) for metric, value in values_of(entry.body).items()}
    values = values_of(body)
    if not values or not all(
        metric in known and is_same(value, known[metric][0]) for metric, value in values.items()
    ):
        return None
    return known[next(iter(values))][1]


def told_by_other_route(
    seen: Seen, body: ReadingRecorded, route_of: RouteOf, route: int
) -> Entry | None:
    """Return the reading on record that another connection told already; None for none."""
    values = values_of(body)
    for entry in seen.near(body.measured_at, SAME_INSTANT):
        known = entry.body
        if not isinstance(known, ReadingRecorded) or known.origin != body.origin:
            continue
        if is_told_by(values, values_of(known)) and route_of(entry.id) not in (None, route):
            return entry
    return None


def is_told_by(values: Mapping[str, Number], known: Mapping[str, Number]) -> bool:
    """Tell whether all values of a reading stand in another, within rounding; none never do."""
    return bool(values) and all(
        metric in known and is_same(value, known[metric]) for metric, value in values.items()
    )


def is_same(one: Number, other: Number) -> bool:
    """Tell whether two values are the same but for rounding.

    In one unit they may differ by half of the coarser's last digit; in two units by half of the
    last digit of each, since then both may have been rounded.
    """
    value = convert(one[0], one[1], other[1])
    if value is None:
        return False
    step = last_digit(one[0])
    moved = convert(one[0] + step, one[1], other[1])
    mine = abs(moved - value) if moved is not None else step
    theirs = last_digit(other[0])
    slack = max(mine, theirs) if one[1] == other[1] else mine + theirs
    exact = one[1] == other[1] and mine == theirs
    return value == other[0] if exact else abs(value - other[0]) <= slack * HALF


def last_digit(value: Decimal) -> Decimal:
    """Return what one more in the last digit that was sent would add.

    Example:
        >>> last_digit(Decimal("84.25")), last_digit(Decimal("120"))
        (Decimal('0.01'), Decimal('1'))
    """
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)


def corrects(seen: Seen, body: ReadingRecorded) -> Entry | None:
    """Return the reading on record that a vendor corrects by this one; None where it does not."""
    if body.vendor_reading_id is None:
        return None
    known = seen.by_vendor.get((body.device, body.vendor_reading_id))
    return seen.by_id[known] if known is not None else None


def earlier_in_minutes(seen: Seen, body: ReadingRecorded, within: timedelta) -> Entry | None:
    """Return another reading of the same kind shortly before or after; None for none."""
    values = values_of(body)
    for entry in seen.near(body.measured_at, within):
        known = entry.body
        if isinstance(known, ReadingRecorded) and values.keys() & values_of(known).keys():
            return entry
    return None


def is_measured_in(entry: Entry, begins: datetime | None, ends: datetime | None) -> bool:
    """Tell whether a reading lies in a stretch; its beginning counts, its end does not."""
    return (begins is None or begins <= entry.at) and (ends is None or entry.at < ends)
