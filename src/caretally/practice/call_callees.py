"""Whom a call is for, as the engine is told it: name, year of birth, and readings fit to be spoken.

A reading that is more than two days old is not read out as the last one: the patient is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median_low

from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.packs import LANGUAGES, Device, Pack
from caretally.contacts.wellness_calls.states import Callee
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem
from caretally.journal.entries import (
    BillingProfileSet,
    Entry,
    PatientRegistered,
    ReadingRecorded,
)
from caretally.journal.quantities import convert
from caretally.practice.vitals import measured

FRESH, LOOK_BACK = timedelta(hours=48), timedelta(days=8)
USUAL_DAYS, USUAL_COUNT = timedelta(days=30), 5
"""The usual value is the median of so many days, of so many values at least."""
TENTH = Decimal("0.1")


def callee_of(
    record: PatientRecord, pack: Pack, at: datetime, *, callback: str = "", language: str = "en"
) -> Callee:
    """Return whom a call is for.

    callback: the number that patients are told; that of the practice's claims where none is given.

    Raises:
        InputError: name, year of birth, or a number to call back is not on file; all are named.
    """
    registered = record.all_of(PatientRegistered)
    body = registered[-1].body if registered else PatientRegistered()
    number = callback or telephone_of(record)
    practice = practice_of(record)
    wanted = (
        ("name", body.name, "a name on the patient's page"),
        ("birth_date", body.birth_date, "a date of birth: the year is what a callee keys"),
        ("callback", number, "CARETALLY_CALL_CALLBACK, or the telephone of the billing profile"),
        ("language", language in LANGUAGES, "one of " + ", ".join(LANGUAGES)),
    )
    problems = [
        Problem(where=f"patient {record.patient}", field=field, found="nothing", expected=expected)
        for field, held, expected in wanted if not held
    ]  # fmt: skip
    if problems or body.birth_date is None:
        raise InputError(problems)
    return Callee(
        name=body.name or "", birth_year=body.birth_date.year, practice=practice, callback=number,
        language=language,
        devices={name: held for name, each in pack.devices.items()
                 if (held := held_of(record, each, at))},
        baselines=baselines_of(record, pack, at),
    )  # fmt: skip


def telephone_of(record: PatientRecord) -> str:
    """Return the telephone of the practice, as its claims have it; empty without."""
    found = [each.body for each in record.in_force if isinstance(each.body, BillingProfileSet)]
    digits = found[-1].phone if found else ""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits


def practice_of(record: PatientRecord) -> str:
    """Return the name of the practice."""
    roots = [each for each in record.register.practices.values() if each.part_of is None]
    return roots[0].name if roots else ""


def values_of(record: PatientRecord, device: Device, at: datetime) -> list[tuple[Entry, Decimal]]:
    """Return the values of a metric by an instant in the unit that is spoken, the newest first."""
    found = []
    for entry in record.entries(ReadingRecorded):
        body = entry.body
        assert isinstance(body, ReadingRecorded)
        if at - USUAL_DAYS <= entry.at <= at:
            for metric, value, unit in measured(body):
                spoken = convert(value, unit, device.unit) if metric == device.metric else None
                if spoken is not None:
                    found.append((entry, spoken_number(spoken)))
    return sorted(found, key=lambda each: (each[0].at, each[0].id), reverse=True)


def spoken_number(value: Decimal) -> Decimal:
    """Return a number as it is said: with one decimal at most.

    Example:
        >>> spoken_number(Decimal("186.3952")), spoken_number(Decimal("138"))
        (Decimal('186.4'), Decimal('138'))
    """
    short = value.quantize(TENTH)
    return short.to_integral_value() if short == short.to_integral_value() else short


def held_of(record: PatientRecord, device: Device, at: datetime) -> tuple[Measured, ...]:
    """Return what a call may speak of; nothing where the newest is not fresh."""
    found = values_of(record, device, at)
    if not found or found[0][0].at < at - FRESH:
        return ()
    return tuple(
        Measured(value=value, hours_before=int((at - entry.at).total_seconds()) // 3600,
                 reading=entry.id)
        for entry, value in found if entry.at >= at - LOOK_BACK
    )  # fmt: skip


def baselines_of(record: PatientRecord, pack: Pack, at: datetime) -> Mapping[str, Decimal]:
    """Return the usual value by device: the median of the last weeks without the newest."""
    found = {}
    for name, device in pack.devices.items():
        values = [value for _, value in values_of(record, device, at)[1:]]
        if len(values) >= USUAL_COUNT:
            found[name] = median_low(values)
    return found
