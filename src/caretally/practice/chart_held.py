"""Readings of a patient that the intake holds back, as the entries they would become.

They count for nothing until somebody releases them; a chart shows them apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from caretally.clock import instant_of, seconds_of
from caretally.devices.unpacked import VendorReading
from caretally.journal.entries import Component, Entry, ReadingRecorded
from caretally.practice.chart_records import Stretch
from caretally.practice.office import Office
from caretally.practice.vitals import ESTIMATED, HELD
from caretally.store.database import Row
from caretally.store.intake_tables import HELD as HELD_BACK

MOST = 500
"""Held readings that a chart shows at most, the latest."""
MICROSECONDS = 1_000_000
SQL = (
    "SELECT id, content, measured_us, received_us, device, rule FROM store_intakereading "
    "WHERE practice_id = %s AND state = %s AND patient = %s AND measured_us >= %s "
    "AND measured_us < %s ORDER BY measured_us DESC LIMIT %s"
)


def held_readings(office: Office, patient: str, stretch: Stretch) -> tuple[Entry, ...]:
    """Return the readings of a stretch that are held back; the caller may see the patient."""
    begins, ends = (seconds_of(at) * MICROSECONDS for at in (stretch.begins, stretch.ends))
    book = office.book()
    rows = office.db.rows(SQL, book.number, HELD_BACK, patient, begins, ends, MOST)
    return tuple(entry for row in reversed(rows) for entry in entry_of(patient, row))


def entry_of(patient: str, row: Row) -> Iterator[Entry]:
    """Yield the entry that a row would become; a content nobody can read any more makes none."""
    number, content, measured_us, received_us, device, rule = row
    try:
        read = msgspec.json.decode(content, type=VendorReading)
    except msgspec.MsgspecError:
        return
    at, received_at = (instant_of(each // MICROSECONDS) for each in (measured_us, received_us))
    circumstances = [ESTIMATED, rule] if read.is_estimated else [rule]
    body = ReadingRecorded(
        device=device or "unknown", metric=read.metric, measured_at=at, origin=read.origin,
        components=tuple(
            Component(metric=each.metric, value=each.value, unit=each.unit)
            for each in read.measured
        ),
        received_at=received_at, context="; ".join(filter(None, circumstances)),
    )  # fmt: skip
    yield Entry(
        id=f"{HELD}{number}", patient=patient, at=at, recorded_at=received_at,
        actor="system:intake", body=body,
    )  # fmt: skip
