"""From readings on record to rows of the fold: numbered devices, duplicates told apart.

A reading sent twice is one reading, and a vendor's correction of a reading takes its place; both
stay in the rows, with what became of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import lt
from typing import Any, cast

from caretally.clock import seconds_of
from caretally.codes import ORIGINS
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.patient_months.columns import DUPLICATE, IN_FORCE, SUPERSEDED, VALUELESS, VOIDED

Columns = Sequence[Sequence[Any]]
"""Second, id, device position, origin and standing of readings."""

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


NO_READINGS: Columns = ((), (), (), (), ())


def reading_columns(
    entries: Sequence[Entry], set_aside: Mapping[str, str], devices: dict[str, int]
) -> Columns:
    """Return a patient's readings by second and id; `devices` numbers them and grows.

    Column by column, since a month has a hundred readings where it has ten of anything else.
    """
    if not entries:
        return NO_READINGS
    bodies: list[ReadingRecorded] = [entry.body for entry in entries]  # type: ignore[misc]
    for name in dict.fromkeys([body.device for body in bodies]):
        devices.setdefault(name, len(devices))
    held_by = [devices[body.device] for body in bodies]
    ats = [seconds_of(body.measured_at) for body in bodies]
    ids = [entry.id for entry in entries]
    origins = [ORIGIN_NUMBERS[body.origin] for body in bodies]
    standings = standings_of(bodies, ids, set_aside)
    is_ordered = all(map(lt, ats, islice(ats, 1, None)))
    if (not is_ordered and len(set(zip(held_by, ats, strict=True))) < len(ats)) or renames(bodies):
        standing_ones = [e for e, s in zip(entries, standings, strict=True) if s == IN_FORCE]
        found = repeats(standing_ones)
        standings = [found.get(name, s) for name, s in zip(ids, standings, strict=True)]
    columns = ats, ids, held_by, origins, standings
    return columns if is_ordered else tuple(zip(*sorted(zip(*columns, strict=True)), strict=True))


def standings_of(
    bodies: Iterable[ReadingRecorded], ids: Iterable[str], set_aside: Mapping[str, str]
) -> list[int]:
    """Return for each reading whether it stands, repeats left aside."""
    standings = [
        VALUELESS if body.value is None and not body.components else IN_FORCE for body in bodies
    ]
    if set_aside:
        for place, name in enumerate(ids):
            if name in set_aside:
                standings[place] = STANDINGS[set_aside[name]]
    return standings


def renames(bodies: Iterable[ReadingRecorded]) -> bool:
    """Tell whether two readings of one device share a vendor's id."""
    names = [body.vendor_reading_id for body in bodies]
    if None not in names and len(set(names)) == len(names):
        return False
    named = [
        (body.device, body.vendor_reading_id)
        for body in bodies
        if body.vendor_reading_id is not None
    ]
    return len(set(named)) < len(named)
