"""When an Observation was made: instants with an offset, and local times without one.

A date alone is no time, and a long stretch is a summary; neither is a reading's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from caretally.devices.refusals import Misread
from caretally.devices.vendors.fhir.shapes import Observation

LONGEST = timedelta(hours=1)
"""A measurement takes no longer; an average over a week does."""
FIRST_YEAR, LAST_YEAR = 1900, 2199

_parts = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?)?"
).fullmatch


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as it was told; fields as in `VendorReading`."""

    measured_at: datetime | None = None
    wall: datetime | None = None
    offset_seconds: int | None = None
    offset_origin: str = ""


def moment_of(text: str, path: str) -> Moment:
    """Return the time that a FHIR dateTime tells.

    An offset of zero tells an instant and no local time: many systems store all in UTC.

    Raises:
        Misread: it is none, or a date without a time.
    """
    found = _parts(text)
    if found is None:
        raise Misread(path, "not_a_time", "no dateTime of FHIR")
    if not found["time"]:
        raise Misread(path, "not_a_time", "a date without a time of day")
    try:
        local = datetime.fromisoformat(
            f"{found['date']}T{found['time'][:15]}{found['offset'] or ''}"
        )
        instant = local.astimezone(UTC) if local.tzinfo else None
    except (ValueError, OverflowError):
        raise Misread(path, "not_a_time", "no time of the calendar") from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise Misread(path, "not_a_time", "a year beyond 1900 to 2199")
    if instant is None:
        return Moment(wall=local)
    ahead = local.utcoffset() or timedelta(0)
    if not ahead:
        return Moment(measured_at=instant)
    seconds = ahead.days * 86_400 + ahead.seconds
    return Moment(measured_at=instant, offset_seconds=seconds, offset_origin="source")


def measured_when(observation: Observation, path: str) -> Moment:
    """Return when an Observation was made.

    Raises:
        Misread: it does not say so in a way that a reading can use.
    """
    if observation.effective_date_time:
        return moment_of(observation.effective_date_time, f"{path}/effectiveDateTime")
    if observation.effective_instant:
        return moment_of(observation.effective_instant, f"{path}/effectiveInstant")
    period = observation.effective_period
    if period is not None:
        return begun_when(period.start, period.end, f"{path}/effectivePeriod")
    if bytes(observation.effective_timing):
        says = "a schedule, where the time of a measurement is expected"
        raise Misread(f"{path}/effectiveTiming", "not_a_time", says)
    raise Misread(f"{path}/effectiveDateTime", "missing_field", "no time is told")


def begun_when(start: str, end: str, path: str) -> Moment:
    """Return the beginning of a short stretch."""
    begun = moment_of(start, f"{path}/start")
    ended = moment_of(end, f"{path}/end") if end else begun
    first, last = begun.measured_at or begun.wall, ended.measured_at or ended.wall
    assert first is not None
    assert last is not None
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise Misread(path, "not_a_time", "one end with an offset and one without")
    if not timedelta(0) <= last - first <= LONGEST:
        raise Misread(path, "not_a_time", "a stretch longer than an hour is a summary")
    return begun


def received_when(text: str) -> datetime | None:
    """Return when the sender made it available; None where it does not say so with an offset."""
    try:
        return moment_of(text, "").measured_at if text else None
    except Misread:
        return None
