"""A vendor that is nobody's: signed JSON, small enough to see through in tests of the way in."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from caretally.devices.unpacked import (
    CustodyNotice,
    DeviceSign,
    Fault,
    Fetch,
    Measured,
    Posted,
    Removal,
    Unpacked,
    VendorReading,
    Verdict,
)
from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Slice
from caretally.store.intake_tables import (
    Connection,
    DeviceHealth,
    Inbound,
    IntakeEvent,
    IntakeFault,
    IntakeReading,
    IntakeSource,
)

HEADER = "invented-signature"


def signature(secret: bytes, body: bytes) -> str:
    """Return what proves that a body is of the vendor."""
    return hmac.new(secret, body, sha256).hexdigest()


def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
    """Hold a delivery against secrets."""
    told = posted.headers.get(HEADER, "").encode()
    is_genuine = any(
        hmac.compare_digest(signature(each, posted.body).encode(), told) for each in secrets
    )
    return Verdict(is_genuine=is_genuine, says="" if is_genuine else "another signature")


def parse(posted: Posted) -> Unpacked:
    """Read a list of pressures and of whatever else the vendor tells."""
    try:
        told = json.loads(posted.body)
    except ValueError:
        return Unpacked(faults=(Fault(path="", code="not_readable", says="no JSON"),))
    if told == "break":
        raise RuntimeError("Ada Lovelace")
    readings, signs, notices, removals, fetches, faults = [], [], [], [], [], []
    for number, each in enumerate(told):
        names, path = (("invented", str(each["device"])),), f"/{number}"
        if "sys" in each:
            readings.append(reading(each, names, path))
        elif "battery" in each:
            signs.append(DeviceSign(names=names, kind=each.get("kind", "battery"), path=path,
                                    battery_percent=Decimal(each["battery"])))  # fmt: skip
        elif "status" in each:
            notices.append(CustodyNotice(names=names, status=each["status"], path=path))
        elif "gone" in each:
            removals.append(Removal(names=names, vendor_reading_id=each["gone"], path=path))
        elif "fetch" in each:
            fetches.append(Fetch(names=names, what=each["fetch"], path=path))
        else:
            faults.append(Fault(path=path, code="unknown_metric", says="no metric of ours"))
    return Unpacked(
        readings=tuple(readings), signs=tuple(signs), notices=tuple(notices),
        removals=tuple(removals), fetches=tuple(fetches), faults=tuple(faults),
    )  # fmt: skip


def reading(
    told: Mapping[str, str], names: tuple[tuple[str, str], ...], path: str
) -> VendorReading:
    """Return a pressure."""
    values = (("8480-6", told["sys"]), ("8462-4", told["dia"]))
    return VendorReading(
        names=names, metric="85354-9", origin="device", path=path,
        measured=tuple(
            Measured(metric=metric, value=Decimal(value), unit="mm[Hg]") for metric, value in values
        ),
        measured_at=datetime.fromisoformat(told["at"]).astimezone(UTC),
        vendor_reading_id=told.get("id", ""),
    )  # fmt: skip


def pressure(number: int, device: str = "cuff", **more: str) -> dict[str, str]:
    """Return a pressure as the vendor tells it; another for each number."""
    minute, second = divmod(number, 60)
    return {
        "device": device, "sys": str(100 + number % 60), "dia": "80",
        "at": f"2026-03-25T{12 + minute // 60:02d}:{minute % 60:02d}:{second:02d}Z", **more,
    }  # fmt: skip


INVENTED = Slice(
    name="invented", title="Invented", scheme="invented", metrics=("85354-9",), verify=verify,
    parse=parse, samples=lambda *_: (), secret_words="the key of the signature",  # noqa: S106
    settings={"zone": "zone of wall times"},
)  # fmt: skip
NOTIFIER = replace(
    INVENTED, name="notifier", repeats=True, answers_head=True,
    content_types=("application/x-www-form-urlencoded",),
)  # fmt: skip
OWN = {each.name: each for each in (INVENTED, NOTIFIER)}
SLICES = {**registry.SLICES, **OWN}


def emptied() -> None:
    """Take away what the demonstration's own vendors delivered; once, before the first connection.

    Tests of the way in count what they sent themselves.
    """
    if Connection.objects.filter(vendor__in=OWN).exists():
        return
    for table in (IntakeSource, IntakeFault, IntakeEvent, IntakeReading, Inbound, DeviceHealth):
        table.objects.all().delete()
    Connection.objects.all().delete()
