"""Deliveries read by their vendors' parsers: readings, signs of life, notices, faults.

A batch is one transaction: killed at any point, it is read again and leaves the same. A delivery
that cannot be read becomes a fault and holds nobody up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import TypeAlias

import msgspec

from caretally.clock import instant_of_microseconds, microseconds_of
from caretally.devices.names import name_of
from caretally.devices.unpacked import (
    CustodyNotice,
    DeviceSign,
    Fault,
    Fetch,
    Posted,
    Removal,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors import registry
from caretally.store.database import ALL, Database, scoped
from caretally.store.intake import (
    Delivered,
    EventRow,
    FaultRow,
    Read,
    ReadingRow,
    SignRow,
    alone,
    still_waiting,
    store_read,
    waiting_deliveries,
)
from caretally.store.intake_tables import CUSTODY, FETCH, REMOVAL
from caretally.store.stored_journal import StoredJournal

LOG = logging.getLogger("caretally.unpacking")
BATCH = 500
"""Deliveries of one transaction: enough to share its cost, few enough that others wait little."""
MOST_BATCHES = 4
"""In one go, so that what was read is filed soon."""
KEY_BYTES = 16
MOST_FAULTS, MOST_TEXT = 5_000, 500
"""Faults that are told of one delivery, and characters of a text about it."""
NOT_READABLE = "not_readable"
Beside: TypeAlias = CustodyNotice | Removal | Fetch
KINDS: Mapping[type[object], str] = {CustodyNotice: CUSTODY, Removal: REMOVAL, Fetch: FETCH}

encode = msgspec.json.Encoder().encode


def unpack_due(kept: StoredJournal, at: datetime, limit: int = BATCH) -> int:
    """Read deliveries that wait, batch after batch; returns how many were read.

    Where there are many, the next batch is read by its parsers while the one before is written.
    """
    db = kept.db
    with scoped(ALL, db.alias), alone(db, "unpack") as is_alone:
        if not is_alone:
            return 0
        delivered = waiting_deliveries(db, limit)
        if len(delivered) < limit:
            return settled(db, read_all(delivered), at)
        with ThreadPoolExecutor(1, "parsers") as parsers:
            return settled_in_turn(db, parsers, delivered, at)


def settled_in_turn(
    db: Database, parsers: Executor, delivered: Sequence[Delivered], at: datetime
) -> int:
    """Read and store batches that overlap, some at most; returns of how many deliveries."""
    total, limit = 0, len(delivered)
    reading = parsers.submit(read_all, delivered)
    for _ in range(MOST_BATCHES):
        read = reading.result()
        following = waiting_deliveries(db, limit, after=read[-1].delivered.number)
        if following:
            reading = parsers.submit(read_all, following)
        total += settled(db, read, at)
        if not following:
            break
    return total


def settled(db: Database, read: Sequence[Read], at: datetime) -> int:
    """Store what was read, unless somebody else did meanwhile; returns of how many deliveries."""
    if not read:
        return 0
    with db.atomic():
        left = still_waiting(db, [each.delivered.number for each in read])
        own = [each for each in read if each.delivered.number in left]
        store_read(db, own, at, microseconds_of(at))
    return len(own)


def read_all(delivered: Iterable[Delivered]) -> list[Read]:
    """Read deliveries, each by itself."""
    return [read_one(each) for each in delivered]


def read_one(delivered: Delivered) -> Read:
    """Read a delivery with the present parser of its vendor; whatever is in it, never raises."""
    slice_ = registry.SLICES.get(delivered.vendor)
    if slice_ is None:
        fault = Fault(path="", code=NOT_READABLE, says="the program knows this vendor no more")
        return refused(delivered, "", fault)
    try:
        read = Read(delivered=delivered, adapter=slice_.adapter)
        found = slice_.parse(posted_of(delivered))
        fill(read, found)
    except Exception as error:  # noqa: BLE001 - one delivery must hold nobody up
        # its kind alone: the text of an error may repeat what was sent
        kind = type(error).__name__
        LOG.error("delivery %d broke the parser of %s: %s", delivered.number, slice_.name, kind)
        fault = Fault(path="", code=NOT_READABLE, says=f"the parser broke: {kind}")
        return refused(delivered, slice_.adapter, fault)
    if read.faults and not (read.readings or read.events or read.signs):
        read.is_refused = any(each.code == NOT_READABLE for each in read.faults)
    return read


def refused(delivered: Delivered, adapter: str, fault: Fault) -> Read:
    """Return a delivery that cannot be read at all."""
    read = Read(delivered=delivered, adapter=adapter, is_refused=True)
    read.faults = list(fault_rows(delivered, [fault]))
    return read


def posted_of(delivered: Delivered) -> Posted:
    """Return a stored delivery as its parser takes it."""
    return Posted(
        body=delivered.body, headers=texts_in(delivered.headers),
        received_at=instant_of_microseconds(delivered.received_us),
        settings=texts_in(delivered.settings),
    )  # fmt: skip


@lru_cache(maxsize=256)
def texts_in(text: str) -> dict[str, str]:
    """Return JSON of names and texts; many deliveries share theirs."""
    return msgspec.json.decode(text, type=dict[str, str])


def fill(read: Read, found: Unpacked) -> None:
    """Turn what a parser found into rows.

    Raises:
        ValueError: a text that no database stores.
    """
    delivered = read.delivered
    read.readings = [
        reading_row(delivered, element, reading) for element, reading in enumerate(found.readings)
    ]
    if found.notices or found.removals or found.fetches:
        told: tuple[Beside, ...] = (*found.notices, *found.removals, *found.fetches)
        read.events = [event_row(delivered, each) for each in told]
    if found.signs:
        read.signs = [sign_row(delivered, each) for each in found.signs if each.names]
    if found.faults:
        read.faults = list(fault_rows(delivered, found.faults))


def reading_row(delivered: Delivered, element: int, reading: VendorReading) -> ReadingRow:
    """Return a reading as it is stored."""
    name = surest(reading.names)
    measured_at = reading.measured_at
    measured_us = None if measured_at is None else microseconds_of(measured_at)
    return ReadingRow(
        delivered.practice, delivered.connection, delivered.number, element,
        key_of(name, reading, measured_us), name, encode(reading).decode(), measured_us,
        delivered.received_us,
    )  # fmt: skip


def key_of(name: str, reading: VendorReading, measured_us: int | None) -> bytes:
    """Return what makes a reading the same wherever it comes from again.

    The digits that were sent make no difference: 120 and 120.0 are one value.
    """
    moment = reading.wall.isoformat() if measured_us is None and reading.wall else measured_us
    told = f"{name}\n{reading.metric}\n{moment}"
    for each in reading.measured:
        told += f"\n{each.metric} {plain(each.value)} {each.unit}"
    return blake2b(told.encode(), digest_size=KEY_BYTES).digest()


def plain(value: Decimal) -> str:
    """Return a number as the shortest digits of its value.

    Example:
        >>> plain(Decimal("120.0")), plain(Decimal("1.2E+2")), plain(Decimal("0.50"))
        ('120', '120', '0.5')
    """
    text = str(value)
    if text.isdigit():
        return text
    text = format(value, "f") if "E" in text else text
    return text.rstrip("0").rstrip(".") if "." in text else text


def surest(names: Sequence[SchemedName]) -> str:
    """Return the surest name as it is stored; empty where there is none.

    Raises:
        ValueError: a name that no database stores.
    """
    return stored_name(*names[0]) if names else ""


@lru_cache(maxsize=65_536)
def stored_name(scheme: str, value: str) -> str:
    """Return a name as it is stored and looked up; devices tell theirs again and again.

    Raises:
        ValueError: a name that no database stores.
    """
    name = name_of(scheme, value)
    if "\0" in name:
        raise ValueError("a name with a NUL")
    name.encode()
    return name


TROUBLES = ("low_battery", "weak_signal", "fault")
CLEARS = ("battery", "heartbeat")
"""Signs of a device that is well: they end the trouble told before."""


def sign_row(delivered: Delivered, sign: DeviceSign) -> SignRow:
    """Return a sign of life as it is stored."""
    told_us = delivered.received_us if sign.at is None else microseconds_of(sign.at)
    moment = min(told_us, delivered.received_us)
    trouble = sign.kind if sign.kind in TROUBLES else "" if sign.kind in CLEARS else None
    has_charge = sign.battery_percent is not None
    return SignRow(
        delivered.practice, surest(sign.names), moment, 0, moment if has_charge else 0,
        str(sign.battery_percent) if has_charge else "", storable(sign.signal), trouble,
    )  # fmt: skip


def event_row(delivered: Delivered, told: Beside) -> EventRow:
    """Return something told beside readings as it is stored."""
    kind = KINDS[type(told)]
    # where it stood in the document is no part of what was told
    content = encode(msgspec.structs.replace(told, path=""))
    key = blake2b(kind.encode() + b"\n" + content, digest_size=KEY_BYTES).digest()
    return EventRow(
        delivered.practice, delivered.connection, delivered.number, key, kind, surest(told.names),
        encode(told).decode(), delivered.received_us,
    )  # fmt: skip


def fault_rows(delivered: Delivered, faults: Sequence[Fault]) -> Iterator[FaultRow]:
    """Yield faults as they are stored; of very many only the first, and how many more."""
    place = (delivered.practice, delivered.connection, delivered.number)
    for each in faults[:MOST_FAULTS]:
        yield FaultRow(*place, storable(each.path), each.code, storable(each.says))
    if len(faults) > MOST_FAULTS:
        more = f"{len(faults) - MOST_FAULTS} more faults in this delivery"
        yield FaultRow(*place, "", "too_large", more)


def storable(text: str) -> str:
    """Return a text as every database stores it, bounded."""
    return text[:MOST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}").encode(
        "utf-8", "replace"
    ).decode()  # fmt: skip
