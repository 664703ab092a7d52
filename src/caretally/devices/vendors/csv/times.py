"""Times in tables, in a format that is stated: 03/04 is never read by luck."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from caretally.clock import EPOCH, zone

ISO, EPOCH_SECONDS, EPOCH_MILLISECONDS = "iso", "epoch_seconds", "epoch_milliseconds"
MONTH_FIRST, DAY_FIRST = "month/day/year", "day/month/year"
YEAR_FIRST, DAY_DOTS = "year/month/day", "day.month.year"
DATES: Mapping[str, str] = {
    MONTH_FIRST: "%m/%d/%Y", DAY_FIRST: "%d/%m/%Y", YEAR_FIRST: "%Y/%m/%d", DAY_DOTS: "%d.%m.%Y",
}  # fmt: skip
"""How a date is written, by the name of its format; two digits of a year are taken as 20..."""
FORMATS = (ISO, *DATES, EPOCH_SECONDS, EPOCH_MILLISECONDS)
FIRST_YEAR, LAST_YEAR = 1900, 2199
LATEST_EPOCH = 7_258_118_400
"""2200-01-01 as seconds since 1970."""

_split = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P=s)(?P<c>[0-9]{1,4})[T ]+"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?"
    r" ?(?P<half>[AaPp])?(?:\.?[Mm]\.?)?"
).fullmatch
_iso = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r" ?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
).fullmatch
_orders: Mapping[str, str] = {
    MONTH_FIRST: "mdy", DAY_FIRST: "dmy", YEAR_FIRST: "ymd", DAY_DOTS: "dmy",
}  # fmt: skip


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A time of a table; fields as in `VendorReading`."""

    measured_at: datetime | None = None
    wall: datetime | None = None
    offset_seconds: int | None = None
    offset_origin: str = ""
    is_estimated: bool = False


def told_time(text: str, format_name: str, zone_name: str) -> Told | None:
    """Return the time that a cell tells in a stated format; None where it tells none.

    zone_name: of local times; empty where they are in the zone of each patient.
    """
    written = " ".join(text.split())
    try:
        if format_name in {EPOCH_SECONDS, EPOCH_MILLISECONDS}:
            return counted(written, 1_000 if format_name == EPOCH_MILLISECONDS else 1)
        local = iso_time(written) if format_name == ISO else dated(written, _orders[format_name])
        if local is None or not FIRST_YEAR <= local.year <= LAST_YEAR:
            return None
        return placed(local, zone_name)
    except (ValueError, OverflowError):
        return None


def counted(text: str, a_second: int) -> Told | None:
    """Return the instant of a count since 1970."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    seconds = Decimal(text) / a_second
    if not 0 < seconds < LATEST_EPOCH:
        return None
    micros = int(seconds * 1_000_000)
    return Told(measured_at=EPOCH + timedelta(microseconds=micros))


def iso_time(text: str) -> datetime | None:
    """Return a time written as ISO 8601 has it, with or without offset."""
    if not _iso(text):
        return None
    return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))


def dated(text: str, order: str) -> datetime | None:
    """Return a local time from a date whose parts stand in an order such as mdy."""
    found = _split(text)
    if found is None:
        return None
    parts = dict(zip(order, (found["a"], found["b"], found["c"]), strict=True))
    if len(parts["y"]) not in {2, 4} or len(parts["m"]) > 2 or len(parts["d"]) > 2:
        return None
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    hour = hour_of(int(found["hour"]), (found["half"] or "").lower())
    return datetime(  # noqa: DTZ001 - a wall time; its zone follows
        year,
        int(parts["m"]),
        int(parts["d"]),
        hour,
        int(found["minute"]),
        int(found["second"] or 0),
    )


def hour_of(hour: int, half: str) -> int:
    """Return an hour of 24 from one with a or p behind it.

    Raises:
        ValueError: there is no such hour.
    """
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no hour of twelve")
    return hour % 12 + (12 if half == "p" else 0)


def placed(local: datetime, zone_name: str) -> Told | None:
    """Return a time as an instant where its offset or zone is told, else as it hangs on the wall.

    An hour that a clock shows twice in autumn is taken as the first, and marked as estimated; one
    that it skips in spring is no time.
    """
    if local.tzinfo is not None:
        return told_at(local, "source")
    if not zone_name:
        return Told(wall=local)
    there = local.replace(tzinfo=zone(zone_name))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != local:
        return None
    is_twice = there.utcoffset() != there.replace(fold=1).utcoffset()
    return told_at(there, "profile", is_estimated=is_twice)


def told_at(there: datetime, who: str, *, is_estimated: bool = False) -> Told:
    """Return an instant with its offset and who told it; an offset of zero is none."""
    ahead = there.utcoffset() or timedelta(0)
    seconds = ahead.days * 86_400 + ahead.seconds
    return Told(
        measured_at=there.astimezone(UTC), offset_seconds=seconds or None,
        offset_origin=who if seconds else "", is_estimated=is_estimated,
    )  # fmt: skip
