"""When a reading was measured: an instant it tells, or a local time read in the right zone.

The offset that a device told comes first, then the zone of the patient, then that of the practice;
never UTC because nothing else was told. Which one was used is kept with the reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from caretally.clock import zone
from caretally.devices.rules import (
    AMBIGUOUS_LOCAL_TIME,
    IMPOSSIBLE_LOCAL_TIME,
    NO_TIME,
    Hold,
)
from caretally.devices.unpacked import VendorReading

DEVICE, PATIENT, PRACTICE = "device", "patient", "practice"
"""Whose zone a local time was read in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A reading in time.

    zone: whose zone was used and which, such as `patient America/Chicago`; empty where the vendor
    told the instant itself.
    """

    at: datetime
    zone: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone and whose it is: `patient` or `practice`."""

    of: str
    name: str


def placed(reading: VendorReading, home_of: Callable[[], Zone]) -> Placed | Hold:
    """Return when a reading was measured, or why that cannot be told.

    home_of: returns the zone in which a local time is read where the device told no offset.
    """
    told = ""
    if reading.offset_seconds is not None:
        told = f"{reading.offset_origin or DEVICE} {offset_text(reading)}"
    if reading.measured_at is not None:
        return Placed(at=reading.measured_at.astimezone(UTC), zone=told)
    if reading.wall is None:
        return Hold(rule=NO_TIME, says="no time was told; every reading needs one")
    if reading.offset_seconds is not None:
        at = reading.wall.replace(tzinfo=UTC) - timedelta(seconds=reading.offset_seconds)
        return Placed(at=at, zone=told)
    return placed_wall(reading.wall, home_of())


def offset_text(reading: VendorReading) -> str:
    """Return the offset that was told, such as `-05:00`."""
    minutes = (reading.offset_seconds or 0) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def placed_wall(wall: datetime, home: Zone) -> Placed | Hold:
    """Return the instant of a local time in a zone.

    A time that happened twice, when the clocks were put back, is taken for the first and marked: of
    the two instants the earlier cannot lie after the receipt if the later does not. A time that was
    skipped is nobody's to guess.
    """
    local = zone(home.name)
    first = wall.replace(tzinfo=local, fold=0)
    second = wall.replace(tzinfo=local, fold=1)
    at = first.astimezone(UTC)
    if at.astimezone(local).replace(tzinfo=None) != wall.replace(fold=0):
        return Hold(
            rule=IMPOSSIBLE_LOCAL_TIME,
            says=f"local time {wall:%Y-%m-%d %H:%M}, which the clocks of {home.name} skipped",
        )
    is_twice = first.utcoffset() != second.utcoffset()
    return Placed(
        at=at, zone=f"{home.of} {home.name}", flags=(AMBIGUOUS_LOCAL_TIME,) if is_twice else ()
    )
