"""From readings on record to rows of the fold: numbered devices, duplicates told apart.

A reading sent twice is one reading, and a vendor's correction of a reading takes its place; both
stay in the rows, with what became of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from caretally.clock import seconds_of
from caretally.codes import ORIGINS
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.patient_months.columns import DUPLICATE, IN_FORCE, SUPERSEDED, VALUELESS, VOIDED

ReadingRow = tuple[int, str, int, int, int]
"""Second, id, device position, origin, standing."""

ORIGIN_NUMBERS = {origin: number for number, origin in enumerate(ORIGINS)}
STANDINGS = {"superseded": SUPERSEDED, "voided": VOIDED}


def content(reading: ReadingRecorded) -> tuple[object, ...]:
    """Return what makes two readings of one device the same."""
    return (
        reading.metric, reading.measured_at, reading.value, reading.unit,
        frozenset((part.metric, part.value, part.unit) for part in reading.components),
    )  # fmt: skip


def written(entry: Entry) -> tuple[datetime, str]:
    """Return the order in which entries were written down."""
    return entry.recorded_at, entry.id


def replaced_by_vendor(group: Sequence[Entry]) -> dict[str, int]:
    """Tell which readings of one device and vendor id are replaced, and which are repeated."""
    ordered = sorted(group, key=written)
    final = content(_body(ordered[-1]))
    standing: dict[str, int] = {}
    is_kept = False
    for entry in ordered:
        if content(_body(entry)) != final:
            standing[entry.id] = SUPERSEDED
        elif is_kept:
            standing[entry.id] = DUPLICATE
        else:
            is_kept = True
    return standing


def same_again(group: Sequence[Entry]) -> dict[str, int]:
    """Tell which readings of one device and instant repeat an earlier written one."""
    seen: set[tuple[object, ...]] = set()
    standing: dict[str, int] = {}
    for entry in sorted(group, key=written):
        key = content(_body(entry))
        if key in seen:
            standing[entry.id] = DUPLICATE
        seen.add(key)
    return standing


def _body(entry: Entry) -> ReadingRecorded:
    return cast(ReadingRecorded, entry.body)


def repeats(entries: Sequence[Entry]) -> dict[str, int]:
    """Return what became of readings that were sent more than once, by id; all others stand."""
    by_vendor: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        body = _body(entry)
        if body.vendor_reading_id is not None:
            by_vendor.setdefault((body.device, body.vendor_reading_id), []).append(entry)
    standing: dict[str, int] = {}
    for group in by_vendor.values():
        if len(group) > 1:
            standing.update(replaced_by_vendor(group))
    by_instant: dict[tuple[str, object], list[Entry]] = {}
    for entry in entries:
        if entry.id not in standing:
            body = _body(entry)
            by_instant.setdefault((body.device, body.measured_at), []).append(entry)
    for group in by_instant.values():
        if len(group) > 1:
            standing.update(same_again(group))
    return standing


def reading_rows(
    entries: Sequence[Entry], set_aside: Mapping[str, str], devices: dict[str, int]
) -> list[ReadingRow]:
    """Return a patient's readings by second and id; `devices` numbers them and grows."""
    rows: list[ReadingRow] = []
    vendor_ids: list[tuple[int, str]] = []
    for entry in entries:
        body: ReadingRecorded = entry.body  # type: ignore[assignment]
        standing = IN_FORCE
        if set_aside and entry.id in set_aside:
            standing = STANDINGS[set_aside[entry.id]]
        elif body.value is None and not body.components:
            standing = VALUELESS
        device = devices.get(body.device)
        if device is None:
            device = devices[body.device] = len(devices)
        if body.vendor_reading_id is not None:
            vendor_ids.append((device, body.vendor_reading_id))
        second = seconds_of(body.measured_at)
        rows.append((second, entry.id, device, ORIGIN_NUMBERS[body.origin], standing))
    # Readings repeat only where two share a device and an instant, or a device and a vendor's id.
    if len(set(vendor_ids)) < len(vendor_ids) or len({row[0::2] for row in rows}) < len(rows):
        standing_ones = [e for e, row in zip(entries, rows, strict=True) if row[4] == IN_FORCE]
        found = repeats(standing_ones)
        rows = [(*row[:4], found.get(row[1], row[4])) for row in rows]
    rows.sort()
    return rows
