"""Ids that anybody can make before asking: a prefix that says of what, and a UUID of version 7.

They sort by the time they were made and repeat nothing about a person. Nothing here reads a clock
or draws by chance; the caller gives both, so that a test can make the same id twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from caretally.clock import instant_of

PracticeId = NewType("PracticeId", str)
StaffId = NewType("StaffId", str)
PatientId = NewType("PatientId", str)
CaregiverId = NewType("CaregiverId", str)
DeviceId = NewType("DeviceId", str)
EntryId = NewType("EntryId", str)
DecisionId = NewType("DecisionId", str)
TimerId = NewType("TimerId", str)

RANDOM_BYTES = 10
"""How many random bytes an id takes; six of their eighty bits are left unused."""
_MILLISECOND = timedelta(milliseconds=1)


def uuid7(now: datetime, random: bytes) -> UUID:
    """Return the UUID of version 7 (RFC 9562) of an instant and ten random bytes.

    Raises:
        ValueError: another number of bytes, or an instant before 1970.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"{len(random)} random bytes; an id takes {RANDOM_BYTES}")
    milliseconds = (now - instant_of(0)) // _MILLISECOND
    if not 0 <= milliseconds < 1 << 48:
        raise ValueError(f"{now.isoformat()} is outside of what an id can hold")
    drawn = int.from_bytes(random, "big")
    high, low = drawn >> 68, drawn & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def new_id(prefix: str, now: datetime, random: bytes) -> str:
    """Return an id with a prefix such as `ent`.

    Example:
        >>> new_id("ent", instant_of(0), bytes(10))
        'ent_00000000000070008000000000000000'
    """
    return f"{prefix}_{uuid7(now, random).hex}"


def entry_id(now: datetime, random: bytes) -> EntryId:
    """Return the id of an entry."""
    return EntryId(new_id("ent", now, random))


def patient_id(now: datetime, random: bytes) -> PatientId:
    """Return the id of a chart."""
    return PatientId(new_id("pat", now, random))


def practice_id(now: datetime, random: bytes) -> PracticeId:
    """Return the id of a practice."""
    return PracticeId(new_id("prac", now, random))


def staff_id(now: datetime, random: bytes) -> StaffId:
    """Return the id of a staff member or an agent."""
    return StaffId(new_id("stf", now, random))


def caregiver_id(now: datetime, random: bytes) -> CaregiverId:
    """Return the id of a caregiver."""
    return CaregiverId(new_id("cgv", now, random))


def device_id(now: datetime, random: bytes) -> DeviceId:
    """Return the id of a device."""
    return DeviceId(new_id("dev", now, random))


def decision_id(now: datetime, random: bytes) -> DecisionId:
    """Return the id of a decision."""
    return DecisionId(new_id("dec", now, random))


def timer_id(now: datetime, random: bytes) -> TimerId:
    """Return the id of a timer."""
    return TimerId(new_id("tmr", now, random))


def made_at(identifier: str) -> datetime | None:
    """Return when an id was made, to the millisecond; None where it tells nothing."""
    try:
        made = UUID(hex=identifier.rpartition("_")[2])
    except ValueError:
        return None
    return instant_of(0) + (made.int >> 80) * _MILLISECOND if made.version == 7 else None
