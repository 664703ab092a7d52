"""Devices that fell silent or are about to: since when, and what is the likely cause.

A silence has a cause that is looked for from far to near: the vendor sends nothing at all, the
patient is away, the gateway is off, the battery was low, the signal was weak. One cause is one
concern of a patient, however many readings are missing. Nothing here is a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

SILENT, LOW_BATTERY, WEAK_SIGNAL, NEVER_CONNECTED = (
    "silent", "low_battery", "weak_signal", "never_connected",
)  # fmt: skip
KINDS = (SILENT, NEVER_CONNECTED, LOW_BATTERY, WEAK_SIGNAL)
VENDOR_OUTAGE, PATIENT_AWAY, GATEWAY_OFFLINE = "vendor_outage", "patient_away", "gateway_offline"
BATTERY_LOW, SIGNAL_WEAK, FAULTY, UNKNOWN = "battery_low", "signal_weak", "device_fault", "unknown"
CAUSE_WORDS: Mapping[str, str] = {
    VENDOR_OUTAGE: "nothing at all arrives from the vendor: it is probably not the device",
    PATIENT_AWAY: "the patient is in a facility",
    GATEWAY_OFFLINE: "every device of its gateway is silent: the gateway is probably unplugged",
    BATTERY_LOW: "its battery was low when it was last heard of",
    SIGNAL_WEAK: "its signal was weak when it was last heard of",
    FAULTY: "it told of a fault when it was last heard of",
    UNKNOWN: "nothing it told explains it: ask whether it is in use",
}
LOWEST_DBM = Decimal(-105)
"""A cellular signal below this is weak; devices lose messages there."""
LOW_PERCENT = Decimal(20)
LEAST_OF_MANY = 2
"""Devices that must be silent together before a gateway or a vendor is thought of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long nothing may be heard before somebody is told."""

    silent: timedelta = timedelta(days=3)
    delivered: timedelta = timedelta(days=5)
    vendor: timedelta = timedelta(days=1)


USUAL = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A device in a patient's hands, as far as it was heard of.

    vendor: whose connection it comes by. gateway: name of the box it sends through. since: since
    when the patient has it. delivered_at: when it arrived, where that was told. sign_at: the last
    sign of life, readings included. battery: percent, and signal and trouble as last told.
    is_away: whether the patient is in a facility now.
    """

    device: str
    patient: str
    vendor: str
    since: datetime
    gateway: str = ""
    delivered_at: datetime | None = None
    sign_at: datetime | None = None
    reading_at: datetime | None = None
    battery: Decimal | None = None
    signal: str = ""
    trouble: str = ""
    is_away: bool = False

    @property
    def heard_at(self) -> datetime | None:
        """When it was last heard of."""
        return max(filter(None, (self.sign_at, self.reading_at)), default=None)

    @property
    def has_low_battery(self) -> bool:
        """Whether its battery was low when last told."""
        told = self.battery is not None and self.battery <= LOW_PERCENT
        return told or self.trouble == LOW_BATTERY

    @property
    def has_weak_signal(self) -> bool:
        """Whether its signal was weak when last told."""
        strength = dbm_of(self.signal)
        return self.trouble == WEAK_SIGNAL or (strength is not None and strength < LOWEST_DBM)

    def is_silent(self, at: datetime, patience: Patience = USUAL) -> bool:
        """Tell whether nothing was heard of it for too long, after it was heard of once."""
        heard = self.heard_at
        return heard is not None and at - max(heard, self.since) > patience.silent

    def never_connected(self, at: datetime, patience: Patience = USUAL) -> bool:
        """Tell whether it was never heard of, long after it came into the patient's hands."""
        came = self.delivered_at or self.since
        heard = self.heard_at
        return (heard is None or heard < self.since) and at - came > patience.delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConcern:
    """Something about a device that a person should see to.

    since: since when. cause: one of `CAUSE_WORDS`. key: the same as long as it is the same trouble.
    """

    patient: str
    device: str
    kind: str
    since: datetime
    cause: str
    says: str
    key: str


def concerns(
    watched: Sequence[Watched],
    vendors: Mapping[str, datetime],
    at: datetime,
    patience: Patience = USUAL,
) -> tuple[DeviceConcern, ...]:
    """Return what a person should see to, by patient and device.

    vendors: when anything last arrived from each vendor that is connected; devices of others are
    not watched, for nothing of them could be heard.
    """  # fmt: skip
    heeded = [each for each in watched if each.vendor in vendors]
    silent = {each.device for each in heeded if each.is_silent(at, patience)}
    gateways = dark_gateways(heeded, silent)
    found = [
        concern
        for each in heeded
        for concern in concerns_of(each, at, patience, silence_cause(each, vendors, gateways, at))
    ]
    return tuple(sorted(found, key=lambda each: (each.patient, each.device, each.kind)))


def concerns_of(
    each: Watched, at: datetime, patience: Patience, cause: str
) -> Iterator[DeviceConcern]:
    """Yield what should be seen to about one device."""
    if each.never_connected(at, patience):
        came = each.delivered_at or each.since
        says = f"The device was never heard of since it came on {came:%Y-%m-%d}."
        yield concern_of(each, NEVER_CONNECTED, came, (cause, says))
    elif each.is_silent(at, patience):
        heard = each.heard_at or each.since
        days = (at - heard).days
        yield concern_of(each, SILENT, heard,
                         (cause, f"Nothing was heard of the device for {days} days."))  # fmt: skip
    elif each.has_low_battery:
        told = f" ({each.battery.normalize():f} %)" if each.battery is not None else ""
        since = each.sign_at or each.since
        yield concern_of(each, LOW_BATTERY, since,
                         (BATTERY_LOW, f"The battery of the device is low{told}."))  # fmt: skip
    elif each.trouble == WEAK_SIGNAL:
        yield concern_of(each, WEAK_SIGNAL, each.sign_at or each.since,
                         (SIGNAL_WEAK, "The signal of the device is weak."))  # fmt: skip


def concern_of(each: Watched, kind: str, since: datetime, told: tuple[str, str]) -> DeviceConcern:
    """Return a concern.

    A silence is the same as long as it began at the same instant; a low battery is told anew in
    another month, for batteries are changed.
    """
    cause, says = told
    named = kind in {SILENT, NEVER_CONNECTED}
    began = since.isoformat() if named else f"{since:%Y-%m}"
    why = f" Likely cause: {CAUSE_WORDS[cause]}." if named else ""
    return DeviceConcern(
        patient=each.patient, device=each.device, kind=kind, since=since, cause=cause,
        says=says + why, key=f"{kind} {each.device} {each.patient} {began}",
    )  # fmt: skip


def silence_cause(
    each: Watched, vendors: Mapping[str, datetime], gateways: frozenset[str], at: datetime
) -> str:
    """Return why a device is probably silent, the farthest cause first."""
    if at - vendors[each.vendor] > USUAL.vendor:
        return VENDOR_OUTAGE
    if each.is_away:
        return PATIENT_AWAY
    if each.gateway and each.gateway in gateways:
        return GATEWAY_OFFLINE
    if each.has_low_battery:
        return BATTERY_LOW
    if each.has_weak_signal:
        return SIGNAL_WEAK
    return FAULTY if each.trouble == "fault" else UNKNOWN


def dark_gateways(watched: Iterable[Watched], silent: set[str]) -> frozenset[str]:
    """Return the gateways all of whose devices are silent, where there are several."""
    devices: dict[str, set[str]] = {}
    for each in watched:
        if each.gateway:
            devices.setdefault(each.gateway, set()).add(each.device)
    return frozenset(
        gateway
        for gateway, found in devices.items()
        if len(found) >= LEAST_OF_MANY and found <= silent
    )


def dbm_of(signal: str) -> Decimal | None:
    """Return the strength of a signal that was told in dBm; None where it was not."""
    number, _, unit = signal.strip().partition(" ")
    if unit.lower() != "dbm":
        return None
    try:
        strength = Decimal(number)
    except InvalidOperation:
        return None
    return strength if strength.is_finite() else None
