"""What a vendor says of where a device is, made into an entry; a notice told twice is one entry.

A notice changes nobody's custody: who holds a device is what people wrote down. It says where the
device is on its way, and what the vendor did with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from caretally.devices.names import name_of
from caretally.devices.unpacked import CustodyNotice
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import DeviceStatusRecorded, Entry

LATE_AFTER = timedelta(hours=72)
"""Entries about what is longer ago must say why they come so late."""
TOLD_LATE = "told late by the vendor"
MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A notice with its circumstances.

    connection: by which it came. received_at: when. now: when it is written down.
    """

    notice: CustodyNotice
    connection: str
    vendor: str
    received_at: datetime
    now: datetime

    @property
    def at(self) -> datetime:
        """When it holds from: as the vendor says, unless that is yet to come."""
        told = self.notice.at or self.received_at
        return min(told, self.received_at, self.now)


def names_of(notice: CustodyNotice) -> list[str]:
    """Return the names a notice gives a device, the surest first."""
    return [name_of(scheme, value) for scheme, value in notice.names]


def status_entry(device: str, arrived: Arrived, actor: str) -> tuple[Entry, ...]:
    """Return the entry of a notice about a device.

    Raises:
        InputError: what the vendor told can be no entry.
    """
    notice, at = arrived.notice, arrived.at
    told = (arrived.connection, device, notice.status, notice.order, notice.tracking,
            notice.at.isoformat() if notice.at else "")  # fmt: skip
    filing = Filing(
        id=f"ent_{sha256(chr(0).join(told).encode()).hexdigest()[:32]}", patient=None,
        now=arrived.now, at=at, actor=actor,
        reason=TOLD_LATE if arrived.now - at > LATE_AFTER else None,
    )  # fmt: skip
    body = DeviceStatusRecorded(
        device=device, status=notice.status, source=cut(f"{arrived.vendor}: {notice.says}")
        if notice.says else arrived.vendor,
        order=cut(notice.order), tracking=cut(notice.tracking),
    )  # fmt: skip
    return Draft.of(filing, body).filed()


def cut(text: str) -> str | None:
    """Return a vendor's text no longer than an entry takes; None of an empty one."""
    return text.strip()[:MOST_CHARACTERS] or None
