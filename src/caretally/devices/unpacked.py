"""What a vendor's parser makes of a delivery: readings, signs of life, notices, and faults.

A parser is a pure function. It never raises because of what was sent, drops nothing in silence, and
guesses nothing: what it does not understand becomes a fault with the path in the document. Numbers
go from text to Decimal; units and codes are mapped, values are never converted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

SchemedName: TypeAlias = tuple[str, str]
"""Under which name something is known to others: scheme (imei, serial, mac, tenovi:device,
withings:user and the like) and the name itself."""


class Measured(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A value as it was sent.

    metric: LOINC code. unit: UCUM.
    """

    metric: str
    value: Decimal
    unit: str


class VendorReading(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A reading as a vendor told it, in LOINC and UCUM.

    names: the device's names, the surest first; the first that the practice knows is the device.
    metric: LOINC code of the reading; of a blood pressure the panel, 85354-9.
    measured: its value, or the values measured together.
    measured_at: the instant, aware, in UTC; None where only `wall` is known.
    wall: local time without offset, naive; read in the patient's zone, never as UTC.
    offset_seconds: of the local time from UTC, where the vendor told it.
    offset_origin: who told the offset: device, source, profile; empty where none was told.
    received_at: when the vendor received it.
    origin: device, manual, derived or unknown.
    vendor_reading_id: the vendor's id; empty where it has none.
    is_estimated: whether the vendor says that the time is a guess.
    version: what changes when the vendor corrects a reading under the same id.
    context: circumstances such as meal or position, in the vendor's words mapped to ours.
    flags: marks of quality, such as irregular_heartbeat, ambiguous_user, inconclusive.
    path: where in the document, as a JSON pointer or the like.
    """

    names: tuple[SchemedName, ...]
    metric: str
    measured: tuple[Measured, ...]
    measured_at: datetime | None = None
    wall: datetime | None = None
    offset_seconds: int | None = None
    offset_origin: str = ""
    received_at: datetime | None = None
    origin: str
    vendor_reading_id: str = ""
    is_estimated: bool = False
    version: str = ""
    context: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    path: str = ""


class DeviceSign(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A sign of life or of trouble: battery, signal, heartbeat; never a reading.

    battery_percent: 0 to 100, where the vendor tells it or it follows from the voltage.
    signal: as the vendor tells it, such as `-71 dBm`.
    kind: heartbeat, battery, low_battery, weak_signal or fault.
    """

    names: tuple[SchemedName, ...]
    at: datetime | None = None
    kind: str
    battery_percent: Decimal | None = None
    signal: str = ""
    path: str = ""


class CustodyNotice(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A vendor's word on where a device is.

    status: one of `codes.DEVICE_STATUSES`. says: the vendor's own word. replaces: names of the
    device it stands in for.
    """

    names: tuple[SchemedName, ...]
    status: str
    says: str = ""
    at: datetime | None = None
    order: str = ""
    tracking: str = ""
    replaces: tuple[SchemedName, ...] = ()
    path: str = ""


class Removal(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A vendor says that a reading is none any more.

    vendor_reading_id: empty where a stretch of time is meant. metrics: LOINC codes of what is
    taken back in that stretch; none where all is.
    """

    names: tuple[SchemedName, ...]
    vendor_reading_id: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    metrics: tuple[str, ...] = ()
    path: str = ""


class Fetch(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A vendor says that there is something to be fetched.

    names: of whom or of which device. what: the vendor's word for the kind of values.
    """

    names: tuple[SchemedName, ...]
    what: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    path: str = ""


class Fault(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something in a delivery that is not understood; it goes into quarantine.

    path: where in the document. code: one of `FAULTS`. says: in words, without any content of the
    document beyond names of fields, units and metrics.
    """

    path: str
    code: str
    says: str


class Passed(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something that was understood and holds nothing to be read, such as a goal the user set.

    says: why, in words, without any content beyond names of fields, units and metrics.
    """

    path: str
    says: str


FAULTS = (
    "not_readable", "not_the_shape", "missing_field", "not_a_number", "not_a_time",
    "unknown_metric", "unknown_unit", "no_device", "unknown_origin", "too_large",
)  # fmt: skip


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """All that a delivery holds."""

    readings: tuple[VendorReading, ...] = ()
    signs: tuple[DeviceSign, ...] = ()
    notices: tuple[CustodyNotice, ...] = ()
    removals: tuple[Removal, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    faults: tuple[Fault, ...] = ()
    passed: tuple[Passed, ...] = ()


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as it was sent.

    headers: names in lower case. settings: of the connection, such as the zone of wall times.
    """

    body: bytes
    headers: Mapping[str, str] = {}
    received_at: datetime
    settings: Mapping[str, str] = {}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a delivery is from whom it says; `says` is for the operator, never for the sender."""

    is_genuine: bool
    says: str = ""


Verify: TypeAlias = Callable[[Posted, tuple[bytes, ...]], Verdict]
"""Holds a delivery against secrets, the newest first; an older one counts during a rotation."""
Parse: TypeAlias = Callable[[Posted], Unpacked]
