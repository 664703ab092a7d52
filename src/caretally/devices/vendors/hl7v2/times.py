"""Times of HL7 v2: as precise as they are written, with an offset or without one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from caretally.devices.refusals import Misread

FIRST_YEAR, LAST_YEAR = 1900, 2199
_time = re.compile(
    r"(?P<date>[0-9]{8})(?P<clock>[0-9]{4}(?:[0-9]{2}(?:\.[0-9]{1,9})?)?)?(?P<offset>[+-][0-9]{4})?"
).fullmatch
_offset = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<minutes>[0-9]{2})$").search


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as it was told; fields as in `VendorReading`."""

    measured_at: datetime | None = None
    wall: datetime | None = None
    offset_seconds: int | None = None
    offset_origin: str = ""


def moment_of(text: str, usual_offset: str, path: str) -> Moment:
    """Return the time that a field tells.

    usual_offset: that of MSH-7, which counts throughout a message where a time tells none itself.

    Raises:
        Misread: it is none, or a date without a time.
    """
    found = _time(text)
    if found is None:
        raise Misread(path, "not_a_time", "no time of HL7")
    if not found["clock"]:
        raise Misread(path, "not_a_time", "a date without a time of day")
    clock = found["clock"].partition(".")
    try:
        local = datetime.strptime(found["date"] + clock[0], form_of(clock[0]))  # noqa: DTZ007 - wall
    except ValueError:
        raise Misread(path, "not_a_time", "no time of the calendar") from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise Misread(path, "not_a_time", "a year beyond 1900 to 2199")
    local = local.replace(microsecond=int(clock[2].ljust(6, "0")[:6]) if clock[2] else 0)
    ahead = offset_of(found["offset"] or usual_offset)
    if ahead is None:
        return Moment(wall=local)
    instant = (local - ahead).replace(tzinfo=UTC)
    seconds = ahead.days * 86_400 + ahead.seconds
    if not seconds:
        return Moment(measured_at=instant)
    return Moment(measured_at=instant, offset_seconds=seconds, offset_origin="source")


def form_of(clock: str) -> str:
    """Return how date and time of day are written."""
    return "%Y%m%d%H%M%S" if len(clock) == 6 else "%Y%m%d%H%M"


def offset_told(text: str) -> str:
    """Return the offset at the end of a time; empty where there is none."""
    found = _offset(text)
    return found[0] if found else ""


def offset_of(text: str) -> timedelta | None:
    """Return how far a local time is ahead; None where nothing tells, or no place is there."""
    found = _offset(text)
    if found is None:
        return None
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    if ahead > timedelta(hours=14) or int(found["minutes"]) > 59:
        return None
    return -ahead if found["sign"] == "-" else ahead
