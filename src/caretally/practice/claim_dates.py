"""On which day the count of a line was reached: the month decided again with less and less of it.

Only payers that date services by it are asked for it; nothing is counted here a second way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from caretally.claims.dates_of_service import THRESHOLD_DAY, Reached, reached
from caretally.claims.parties import Profiles
from caretally.clock import ServiceMonth
from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import DecidedLine, Entry, ReadingRecorded
from caretally.patient_months.ledgers import SPAN_KINDS
from caretally.patient_months.rows import Record
from caretally.practice.office import Office
from caretally.store.gathering import gather
from caretally.store.streams import Stream

PERIOD = timedelta(days=31)


def is_asked(profiles: Profiles) -> bool:
    """Tell whether any payer dates services by the day the count was reached."""
    return any(each.date_policy == THRESHOLD_DAY for each in profiles.payers.values())


def reached_in(
    office: Office,
    stream: Stream,
    record: PatientRecord,
    month: ServiceMonth,
    lines: tuple[DecidedLine, ...],
) -> Reached:
    """Return when the count of each line was reached, as the patient's days are counted."""
    chart = gather(office.book(), stream, office.journal.desk.shelf, months=[month])
    whole = chart.of_month(month)
    judge = office.journal.desk.judge

    def judged(day: date) -> Mapping[tuple[str, date], int]:
        known = [entry for entry in whole.known if not comes_after(entry, record, day)]
        part = Record(known=known, set_aside=whole.set_aside)
        found = next(each for each in judge.decide(part, month) if each.patient == record.patient)
        return {(line.code, line.date_of_service): line.units for line in found.lines}

    first = month.first_day - PERIOD
    days = [first + timedelta(days=n) for n in range((month.last_day - first).days + 1)]
    wanted = [(line.code, line.date_of_service, line.units) for line in lines]
    return reached(wanted, days, judged)


def comes_after(entry: Entry, record: PatientRecord, day: date) -> bool:
    """Tell whether an entry is something counted that came after a local date."""
    if entry.kind not in SPAN_KINDS and not isinstance(entry.body, ReadingRecorded):
        return False
    return record.day_of(entry.at) > day
