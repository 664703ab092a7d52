"""Invents what devices of many patients send, in a vendor's own words, and knows the truth of it.

One reading a delivery, in the order of sending: some come twice, some late because a gateway was
out of range, some broken on the way, and between them signs of life without a value. The same seed
gives the same stream. Of every delivery it is said what it is and which reading it tells, so that
what a program made of them can be held against it.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from caretally.devices.names import check_digit
from caretally.devices.signatures import body_signature, time_signature
from caretally.devices.unpacked import Posted
from caretally.devices.vendors.registry import SLICES
from caretally.devices.vendors.slices import Sample, Slice
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)
from caretally.synthetic.dice import Dice, spread

VALID, DUPLICATE, LATE, BROKEN = "valid", "duplicate", "late", "broken"
KINDS = (VALID, DUPLICATE, LATE, BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlan:
    """Which program to invent.

    devices: one a patient. end: the instant before which all is measured. duplicates, late, broken:
    of a thousand readings. offset_seconds: of the local time the devices tell. names: of the
    devices, as the vendor knows them; invented where there are fewer than devices. metrics: by
    device name, what it measures; else drawn from what the vendor can send.
    """

    vendor: str
    devices: int
    days: int
    end: datetime
    seed: int = 1
    duplicates: int = 50
    late: int = 30
    broken: int = 10
    offset_seconds: int = -18000
    names: tuple[str, ...] = ()
    metrics: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something a vendor sends, and the truth of it.

    number: from 0, in the order of sending. kind: one of `KINDS`; a duplicate tells the reading of
    `first` again. sample: the reading; of a broken one, what it would have told.
    """

    number: int
    kind: str
    posted: Posted
    sample: Sample
    first: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """A reading on its way: when it is sent, and in which order of those of one instant.

    first: of one that is told twice, both times, the order of the first.
    """

    at: datetime
    order: int
    kind: str
    sample: Sample
    first: int | None = None


BEGIN: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    PRESSURE: ((SYSTOLIC, 112, 158), (DIASTOLIC, 66, 94), (PULSE, 58, 88)),
    WEIGHT: ((WEIGHT, 560, 1180),),
    GLUCOSE: ((GLUCOSE, 84, 210),),
    SATURATION: ((SATURATION, 93, 99), (PULSE, 58, 88)),
    TEMPERATURE: ((TEMPERATURE, 361, 371),),
}
"""What a device's patient has as a rule: by metric, between which numbers."""
SPREAD = {SYSTOLIC: 9, DIASTOLIC: 6, PULSE: 6, WEIGHT: 5, GLUCOSE: 24, SATURATION: 1,
          TEMPERATURE: 3}  # fmt: skip
"""How far a measurement may lie from it."""
TENTHS = {WEIGHT, TEMPERATURE}
MIX = spread((PRESSURE, 55), (WEIGHT, 25), (GLUCOSE, 12), (SATURATION, 6), (TEMPERATURE, 2))


def deliveries(plan: DevicePlan, secret: bytes) -> Iterator[Delivery]:
    """Yield what a plan's devices send, in the order of sending; nothing is held but what is late.

    Raises:
        KeyError: no such vendor.
    """
    vendor = SLICES[plan.vendor]
    waiting: list[_Due] = []
    number = 0
    sent: dict[int, int] = {}
    for due in _measured(plan, vendor):
        heapq.heappush(waiting, due)
        # A day's readings are drawn together; what is sent before that day is complete.
        while waiting and waiting[0].at < due.sample.measured_at - timedelta(days=1):
            yield _delivery(heapq.heappop(waiting), number, sent, vendor, secret)
            number += 1
    while waiting:
        yield _delivery(heapq.heappop(waiting), number, sent, vendor, secret)
        number += 1


def device_names(plan: DevicePlan) -> tuple[str, ...]:
    """Return the names of a plan's devices: those given, then invented radio numbers."""
    given = plan.names[: plan.devices]
    return (*given, *(invented_name(plan.seed, index) for index in range(len(given), plan.devices)))


def invented_name(seed: int, index: int) -> str:
    """Return the number of a radio that nobody has, fifteen digits with the right last one."""
    digits = f"99{seed % 1000:03d}{index:09d}"
    return digits + check_digit(digits)


def metric_of(plan: DevicePlan, vendor: Slice, name: str) -> str:
    """Return what a device measures."""
    if plan.metrics and name in plan.metrics:
        return plan.metrics[name]
    able = [metric for metric in MIX if metric in vendor.metrics]
    return Dice(plan.seed, "metric", name).pick(able)


def _measured(plan: DevicePlan, vendor: Slice) -> Iterator[_Due]:
    """Yield all sendings, day by day."""
    names = device_names(plan)
    metrics = [metric_of(plan, vendor, name) for name in names]
    order = 0
    for day in range(plan.days):
        begin = plan.end - timedelta(days=plan.days - day)
        for index, (name, metric) in enumerate(zip(names, metrics, strict=True)):
            dice = Dice(plan.seed, "day", index, day)
            for turn in range(dice.pick((0, 1, 1, 1, 1, 2, 2))):
                sample = _sample(plan, dice, (name, metric), (begin, day * 4 + turn, turn))
                for due in _sendings(plan, dice, sample, order):
                    yield due
                    order += 1


def _sample(
    plan: DevicePlan, dice: Dice, device: tuple[str, str], when: tuple[datetime, int, int]
) -> Sample:
    """Return one measurement; morning and evening ones are hours apart."""
    (name, metric), (begin, number, turn) = device, when
    at = begin + timedelta(seconds=dice.below(11 * 3600) + turn * 12 * 3600)
    usual = Dice(plan.seed, "usual", name)
    values = {
        code: _value(code, usual.between(low, high) + dice.hump(-SPREAD[code], SPREAD[code]))
        for code, low, high in BEGIN[metric]
    }
    if SATURATION in values:
        values[SATURATION] = min(values[SATURATION], Decimal(100))
    arrived = at + timedelta(seconds=dice.between(4, 90))
    return Sample(
        device=name, metric=metric, values=values, measured_at=at.replace(microsecond=0),
        received_at=arrived, number=number, offset_seconds=plan.offset_seconds,
    )  # fmt: skip


def _value(code: str, drawn: int) -> Decimal:
    """Return a drawn number as it is measured."""
    return Decimal(drawn).scaleb(-1) if code in TENTHS else Decimal(drawn)


def _sendings(plan: DevicePlan, dice: Dice, sample: Sample, order: int) -> Iterator[_Due]:
    """Yield when a measurement is sent: once, late, broken, or a second time."""
    draw = dice.below(1000)
    if draw < plan.broken:
        yield _Due(sample.received_at, order, BROKEN, sample)
        return
    if draw < plan.broken + plan.late:
        # A gateway that was out of range keeps what it hears for hours to days.
        late = sample.received_at + timedelta(minutes=dice.between(8 * 60, 5 * 24 * 60))
        yield _Due(min(late, plan.end), order, LATE, sample)
        return
    is_told_twice = draw < plan.broken + plan.late + plan.duplicates
    yield _Due(sample.received_at, order, VALID, sample, order if is_told_twice else None)
    if is_told_twice:
        again = sample.received_at + timedelta(seconds=dice.between(30, 6 * 3600))
        yield _Due(min(again, plan.end), order + 1, DUPLICATE, sample, order)


def _delivery(
    due: _Due, number: int, sent: dict[int, int], vendor: Slice, secret: bytes
) -> Delivery:
    """Return what is sent, in the vendor's words."""
    sample = due.sample
    (posted,) = vendor.samples((sample,), secret)
    posted = msgspec.structs.replace(posted, received_at=due.at)
    first = None
    if due.kind == BROKEN:
        posted = broken(vendor, posted, secret, number)
    elif due.kind == DUPLICATE:
        assert due.first is not None
        first = sent.pop(due.first)
        posted = told_again(vendor, posted, secret, number)
    elif due.first is not None:
        sent[due.first] = number
    return Delivery(number=number, kind=due.kind, posted=posted, sample=sample, first=first)


def is_pushed(vendor: Slice) -> bool:
    """Tell whether a vendor's deliveries carry readings, so that they can be invented."""
    able = [metric for metric in dict.fromkeys(MIX) if metric in vendor.metrics]
    if not able:
        return False
    at = datetime(2026, 1, 1, tzinfo=UTC)
    values = {code: _value(code, low) for code, low, _ in BEGIN[able[0]]}
    sample = Sample(device=invented_name(1, 1), metric=able[0], values=values, measured_at=at,
                    received_at=at, number=1)  # fmt: skip
    told = vendor.samples((sample,), b"secret")
    is_genuine = bool(told) and vendor.verify(told[0], (b"secret",)).is_genuine
    return len(told) == 1 and is_genuine and bool(vendor.parse(told[0]).readings)


def signed_at(vendor: Slice, posted: Posted, secret: bytes, at: datetime) -> Posted:
    """Return a delivery signed at another time, where the signature tells the time."""
    told = msgspec.structs.replace(posted, received_at=at)
    return _resent(vendor, told, told.body, secret)


def told_again(vendor: Slice, posted: Posted, secret: bytes, number: int) -> Posted:
    """Return a delivery once more: every other time with a field more, so with another body."""
    document = _document(posted.body)
    if number % 2 or not isinstance(document, dict | list):
        return posted
    first = document[0] if isinstance(document, list) else document
    if not isinstance(first, dict):
        return posted
    first["zz_sent_again"] = number
    return _resent(vendor, posted, json.dumps(document).encode(), secret)


def broken(vendor: Slice, posted: Posted, secret: bytes, number: int) -> Posted:
    """Return a delivery that was broken on the way: cut short, or with a value that is none."""
    body = posted.body[: len(posted.body) * 2 // 3]
    document = _document(posted.body)
    places = list(_numbers(document, ()))
    if number % 2 and places:
        place = places[number % len(places)]
        changed = json.dumps(_with(document, place, "?")).encode()
        told = vendor.parse(msgspec.structs.replace(posted, body=changed))
        if told.faults and not told.readings:
            body = changed
    return _resent(vendor, posted, body, secret)


def _document(body: bytes) -> object:
    try:
        return json.loads(body, parse_float=str)
    except ValueError:
        return None


def _numbers(document: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to everything in a document that is no list and no object."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _numbers(value, (*path, name))
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from _numbers(value, (*path, place))
    elif document is not None and path:
        yield path


def _with(document: object, path: tuple[str | int, ...], value: object) -> object:
    """Return a document with another value in one place."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(document, dict):
        return {n: _with(v, rest, value) if n == first else v for n, v in document.items()}
    assert isinstance(document, list)
    return [_with(v, rest, value) if n == first else v for n, v in enumerate(document)]


def _resent(vendor: Slice, posted: Posted, body: bytes, secret: bytes) -> Posted:
    """Return a delivery with another body, signed anew where the signature is over the body."""
    signature = body_signature(secret, posted.body)
    headers = {
        name: body_signature(secret, body) if value == signature
        else time_signature(secret, body, posted.received_at) if value.startswith("t=")
        else value
        for name, value in posted.headers.items()
    }  # fmt: skip
    changed = msgspec.structs.replace(posted, body=body, headers=headers)
    return changed if vendor.verify(changed, (secret,)).is_genuine else posted
