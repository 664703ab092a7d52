"""Whose a reading is: the patient who held the device at the instant of the measurement.

Not who holds it now: devices keep readings for days while they are out of reach, and are handed on
meanwhile. A reading that cannot be bound is held back, never given to the likeliest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from caretally.devices.names import name_of
from caretally.devices.rules import NOT_ASSIGNED, UNKNOWN_DEVICE, Hold
from caretally.devices.unpacked import SchemedName, VendorReading
from caretally.devices.zones import Placed, Zone, placed

WHEN = "%Y-%m-%d %H:%M UTC"


class Stretch(Protocol):
    """A stretch in which a device was in one place; the patient is empty in stock."""

    @property
    def patient(self) -> str:
        """Who held it."""
        ...

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it lasts at an instant."""
        ...


class HasNames(Protocol):
    """Something told under names of a device, such as a reading."""

    @property
    def names(self) -> tuple[SchemedName, ...]:
        """Scheme and value, the surest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A reading with its device, its patient and its instant."""

    device: str
    patient: str
    placed: Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbound:
    """A reading that is nobody's, as far as it is known; device is empty where that is unknown."""

    hold: Hold
    device: str = ""


HomeOf = Callable[[str], Zone]
"""Returns the zone in which a patient's local times are read; of nobody, the practice's."""


def names_in(reading: HasNames) -> tuple[str, ...]:
    """Return the names of a reading's device as they are looked up, the surest first."""
    return tuple(name_of(scheme, value) for scheme, value in reading.names)


def device_of(reading: HasNames, devices: Mapping[str, str]) -> str:
    """Return the device of a reading: the first of its names that is known; empty for none.

    devices: by name, as `name_of` writes them.
    """
    return next((devices[name] for name in names_in(reading) if name in devices), "")


def bound(
    reading: VendorReading, device: str, custody: Sequence[Stretch], home_of: HomeOf
) -> Bound | Unbound:
    """Return whose a reading is.

    device: empty where no name is known. custody: where the device was, in order.
    """
    if not device:
        schemes = ", ".join(dict.fromkeys(scheme for scheme, _ in reading.names)) or "none"
        says = f"a device of which no name is on record; names were told as {schemes}"
        return Unbound(hold=Hold(rule=UNKNOWN_DEVICE, says=says))
    if reading.measured_at is None and reading.offset_seconds is None:
        return bound_by_wall(reading, device, custody, home_of)
    when = placed(reading, partial(home_of, ""))
    if isinstance(when, Hold):
        return Unbound(hold=when, device=device)
    holder = holder_at(custody, when.at)
    if not holder:
        return Unbound(hold=in_nobodys_hands(when.at), device=device)
    return Bound(device=device, patient=holder, placed=when)


def bound_by_wall(
    reading: VendorReading, device: str, custody: Sequence[Stretch], home_of: HomeOf
) -> Bound | Unbound:
    """Return whose a reading is that tells a local time only.

    The time is read in each holder's zone; the first who held the device then has measured it.
    """
    refused: Hold | None = None
    for holder in dict.fromkeys(each.patient for each in custody if each.patient):
        when = placed(reading, partial(home_of, holder))
        if isinstance(when, Hold):
            refused = refused or when
        elif holder_at(custody, when.at) == holder:
            return Bound(device=device, patient=holder, placed=when)
    if refused is None:
        when = placed(reading, partial(home_of, ""))
        refused = when if isinstance(when, Hold) else in_nobodys_hands(when.at)
    return Unbound(hold=refused, device=device)


def holder_at(custody: Sequence[Stretch], at: datetime) -> str:
    """Return who held a device at an instant; empty for nobody."""
    return next((each.patient for each in custody if each.holds_at(at)), "")


def in_nobodys_hands(at: datetime) -> Hold:
    """Return why a reading is held that was measured while nobody held the device."""
    return Hold(
        rule=NOT_ASSIGNED, says=f"measured at {at.strftime(WHEN)}, when no patient held the device"
    )
