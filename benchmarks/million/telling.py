"""What vendors tell of a made population, in their own words, with all that goes wrong in a day.

The generator writes the bodies itself, so that neither the program's samples nor its parsers are
believed; it knows what is true and keeps count of it. Bounded in memory: a day at a time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

BEGINS = datetime(2026, 8, 3, 6, tzinfo=UTC)
DAYS = 90
ZONES = {"prac_m0": "America/Phoenix", "prac_m1": "America/Puerto_Rico",
         "prac_m2": "Pacific/Honolulu", "prac_m3": "America/Phoenix"}  # fmt: skip
"""Practices with zones that never put their clocks forward, so that SQL can tell the day."""
KINDS = ("tenovi_scale", "tenovi_cuff", "bodytrace_scale", "smartmeter_cuff", "smartmeter_meter")
VENDORS = ("tenovi", "bodytrace", "smartmeter", "validic")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
AGAIN, OTHERWISE, BY_ROUTE = 0.03, 0.03, 0.08
"""Shares that are told again: whole deliveries, in another body, and by the aggregator."""
LATE, KEPT, BROKEN = 0.03, 0.5, 0.01
"""Shares that come late, that come late of the days before a device is handed on, and broken."""
TO_COME = timedelta(hours=25)
MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device, who holds it, and who from some instant on.

    base: what its readings lie around: tenths of a pound, grams, or mm[Hg].
    """

    number: int
    kind: str
    practice: str
    base: int
    holder: str
    next_holder: str
    handed_at: datetime

    @property
    def name(self) -> str:
        """Its name at its vendor."""
        if self.kind == "bodytrace_scale":
            return f"35{self.number:012d}"
        return f"{self.kind[:2]}-{self.number:06d}"

    @property
    def vendor(self) -> str:
        """Its vendor."""
        return self.kind.split("_")[0]

    def held_by(self, at: datetime) -> str:
        """Return who held it."""
        return self.holder if at < self.handed_at else self.next_holder


class Told(NamedTuple):
    """A delivery: by which vendor, to which practice, when it is received, and its body."""

    vendor: str
    practice: str
    received_at: datetime
    body: bytes


class Reading(NamedTuple):
    """A reading on its way, with what is wrong with it, if anything."""

    device: Device
    at: datetime
    values: tuple[int, ...]
    received_at: datetime
    wrong: str = ""


@dataclass(slots=True)
class Truth:
    """What was told, counted by whoever made it up.

    digest: sum of the digests of all valid readings, so that their order makes no difference.
    """

    valid: int = 0
    told_again: int = 0
    late: int = 0
    across: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    deliveries: int = 0
    digest: int = 0

    def take(self, patient: str, reading: Reading) -> None:
        """Count a valid reading."""
        self.valid += 1
        kind, at = reading.device.kind, int(reading.at.timestamp())
        self.digest = (self.digest + mark(patient, at, numbers(kind, reading.values))) & MASK


def mark(patient: str, at: int, values: tuple[int, ...]) -> int:
    """Return the digest of a reading; values are thousandths of the unit sent."""
    told = f"{patient}|{at}|{values}"
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big")


def numbers(kind: str, values: tuple[int, ...]) -> tuple[int, ...]:
    """Return values in thousandths of the unit that is sent, pulse left out."""
    scale = 100 if kind == "tenovi_scale" else 1000
    return tuple(value * scale for value in values[:2])


@dataclass(slots=True, kw_only=True)
class Telling:
    """A made population and what is told of it.

    least: devices at least.
    """

    readings: int
    seed: int
    least: int = 20
    truth: Truth = field(default_factory=Truth)
    devices: list[Device] = field(default_factory=list)
    rng: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        """Make the devices up."""
        self.rng = random.Random(self.seed)
        count = max(self.least, min(2_000, self.readings // (DAYS * 2)))
        self.devices = [self.device(number) for number in range(count)]

    @property
    def a_day(self) -> int:
        """How many readings of each device on a day, at most."""
        return -(-self.readings // (len(self.devices) * DAYS))

    def device(self, number: int) -> Device:
        """Return a device; every tenth is handed on in the middle."""
        kind = KINDS[number % len(KINDS)]
        practice = list(ZONES)[number // len(KINDS) % len(ZONES)]
        is_handed = number % 10 == number // 10 % 10
        low, high = {"tenovi_scale": (1100, 2400), "bodytrace_scale": (50_000, 110_000)}.get(
            kind, (110, 145)
        )
        return Device(
            number=number, kind=kind, practice=practice, base=self.rng.randint(low, high),
            holder=f"pat_{number}a", next_holder=f"pat_{number}{'b' if is_handed else 'a'}",
            handed_at=BEGINS + DAYS // 2 * DAY + timedelta(hours=self.rng.randint(0, 23)),
        )  # fmt: skip

    def deliveries(self) -> Iterator[Told]:
        """Yield everything that is told, in about the order in which it is received."""
        pending: dict[int, list[Reading]] = {}
        left = self.readings
        for day in range(DAYS + 12):
            queue = pending.pop(day, [])
            for device in self.devices if day < DAYS else ():
                for each in self.measured(device, day, min(self.a_day, left)):
                    left -= not each.wrong
                    later = (each.received_at - BEGINS).days
                    (queue if later <= day else pending.setdefault(later, [])).append(each)
            for told in self.packed(queue):
                self.truth.deliveries += 1
                yield told
                if self.rng.random() < AGAIN:
                    self.truth.told_again += 1
                    yield told

    def measured(self, device: Device, day: int, count: int) -> Iterator[Reading]:
        """Yield what a device measures on a day: valid readings, and broken ones beside them."""
        slot = 86_400 // max(1, self.a_day)
        for number in range(count):
            seconds = number * slot + self.rng.randint(0, max(1, slot - 900))
            at = BEGINS + day * DAY + timedelta(seconds=seconds)
            delay = timedelta(seconds=self.rng.randint(5, 60))
            is_handed = device.next_holder != device.holder
            is_kept = is_handed and timedelta(0) < device.handed_at - at < 3 * DAY
            is_late = self.rng.random() < (LATE if not is_kept else KEPT)
            if is_late:
                delay += timedelta(hours=self.rng.randint(26, 240))
                self.truth.late += 1
                is_across = device.held_by(at) != device.held_by(at + delay)
                self.truth.across += is_across
            reading = Reading(device, at, self.values(device), at + delay)
            self.truth.take(device.held_by(at), reading)
            yield reading
            if self.rng.random() < BROKEN:
                yield self.broken(reading)

    def values(self, device: Device) -> tuple[int, ...]:
        """Return plausible values of a device."""
        if device.kind.endswith("scale"):
            spread = 20 if device.kind == "tenovi_scale" else 900
            return (device.base + self.rng.randint(-spread, spread),)
        if device.kind == "smartmeter_meter":
            return (self.rng.randint(80, 180),)
        systolic = device.base + self.rng.randint(-12, 12)
        return systolic, systolic - self.rng.randint(35, 55), self.rng.randint(58, 92)

    def broken(self, reading: Reading) -> Reading:
        """Return a reading like another that must not be filed."""
        wrongs = ["metric", "number", "device", "bounds", "ahead", "early"]
        wrongs += [] if reading.device.kind == "bodytrace_scale" else ["time"]
        wrongs += ["crossed"] if reading.device.kind.endswith("cuff") else []
        wrong = self.rng.choice([*wrongs, "document"])
        self.truth.broken[wrong] = self.truth.broken.get(wrong, 0) + 1
        at = reading.at + 300 * SECOND
        if wrong == "ahead":
            at = reading.received_at + TO_COME
        if wrong == "early":
            at = BEGINS - 20 * DAY + (reading.at - BEGINS) / 100
            at = at.replace(microsecond=0)
        return reading._replace(at=at, wrong=wrong, received_at=reading.received_at)

    # --- bodies -----------------------------------------------------------------------------------

    def packed(self, queue: list[Reading]) -> Iterator[Told]:
        """Yield the deliveries of what is received on a day."""
        batches: dict[tuple[str, str], list[Reading]] = {}
        for each in queue:
            kind = each.device.kind
            if each.wrong == "document":
                yield delivery(each.device.vendor, [each], b"<html>busy</html>" + mess(each))
            elif kind == "tenovi_cuff":
                batches.setdefault((each.device.name, "tenovi"), []).append(each)
            elif kind.startswith("smartmeter"):
                batches.setdefault((each.device.practice, "smartmeter"), []).append(each)
            else:
                yield from self.alone(each)
        for (_, vendor), found in batches.items():
            most = 20 if vendor == "smartmeter" else 100
            for begin in range(0, len(found), most):
                yield self.batch(vendor, found[begin : begin + most])

    def alone(self, reading: Reading) -> Iterator[Told]:
        """Yield the delivery of one reading, and perhaps another that tells it again."""
        is_scale = reading.device.kind == "tenovi_scale"
        document = tenovi(reading) if is_scale else bodytrace(reading)
        yield delivery(reading.device.vendor, [reading], encoded(document))
        if reading.wrong:
            return
        if self.rng.random() < OTHERWISE:
            self.truth.told_again += 1
            yield delivery(reading.device.vendor, [reading], encoded([document]))
        if is_scale and self.rng.random() < BY_ROUTE:
            self.truth.told_again += 1
            yield delivery("validic", [reading], encoded([validic(reading)]))

    def batch(self, vendor: str, found: list[Reading]) -> Told:
        """Return a delivery of several readings; some of them stand in it twice."""
        write = tenovi if vendor == "tenovi" else smartmeter
        documents = [write(each) for each in found]
        for document, each in zip(tuple(documents), found, strict=True):
            if not each.wrong and self.rng.random() < OTHERWISE:
                self.truth.told_again += 1
                documents.append(document)
        return delivery(vendor, found, encoded(documents))


def delivery(vendor: str, found: list[Reading], body: bytes) -> Told:
    """Return the delivery of readings."""
    received_at = max(each.received_at for each in found)
    return Told(vendor, found[0].device.practice, received_at, body)


def encoded(document: Any) -> bytes:
    """Return a document as bytes."""
    return json.dumps(document, separators=(",", ":")).encode()


def mess(reading: Reading) -> bytes:
    """Return bytes that make a broken document differ from others."""
    return f"<!-- {reading.device.name} {reading.at.isoformat()} -->".encode()


def zulu(at: datetime) -> str:
    """Return an instant as vendors write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def named(reading: Reading) -> str:
    """Return the name a reading is told under."""
    name = reading.device.name
    if reading.wrong != "device":
        return name
    return f"49{name[2:]}" if reading.device.kind == "bodytrace_scale" else f"ghost-{name}"


def tenovi(reading: Reading) -> dict[str, Any]:
    """Return a measurement as Tenovi sends it."""
    is_scale = reading.device.kind == "tenovi_scale"
    first = f"{reading.values[0] / 10:.1f}" if is_scale else str(reading.values[0])
    second = None if is_scale else str(reading.values[1])
    if reading.wrong == "number":
        first = "n/a"
    if reading.wrong == "bounds":
        first = "1850.4" if is_scale else "400"
    if reading.wrong == "crossed":
        first, second = str(reading.values[1]), str(reading.values[0])
    metric = "weight" if is_scale else "blood_pressure"
    document: dict[str, Any] = {
        "metric": "spirit_level" if reading.wrong == "metric" else metric,
        "device_name": "Tenovi", "hwi_device_id": named(reading), "patient_id": None,
        "hardware_uuid": "A1B2C3D4E5F6", "sensor_code": "10", "value_1": first, "value_2": second,
        "created": zulu(reading.received_at), "timestamp": zulu(reading.at),
        "estimated_timestamp": False, "filter_params": {"measurement_index": 1},
    }  # fmt: skip
    if reading.wrong == "time":
        del document["timestamp"]
    return document


def bodytrace(reading: Reading) -> dict[str, Any]:
    """Return a measurement as BodyTrace sends it."""
    weight: Any = 999_999 if reading.wrong == "bounds" else reading.values[0]
    values = {"unit": 1, "weight": "heavy" if reading.wrong == "number" else weight, "tare": 0}
    if reading.wrong == "metric":
        values = {"unit": 1, "aura": weight}
    return {
        "deviceId": named(reading), "ts": int(reading.at.timestamp()) * 1000,
        "batteryVoltage": 5522, "rssi": -71, "values": values,
    }  # fmt: skip


def smartmeter(reading: Reading) -> dict[str, Any]:
    """Return a measurement as Smart Meter sends it."""
    is_cuff = reading.device.kind == "smartmeter_cuff"
    values: dict[str, Any]
    if is_cuff:
        systolic, diastolic, pulse = reading.values
        if reading.wrong == "crossed":
            systolic, diastolic = diastolic, systolic
        values = {"reading_type": "blood_pressure", "systolic_mmhg": systolic,
                  "diastolic_mmhg": diastolic, "pulse_bpm": pulse}  # fmt: skip
        first = "systolic_mmhg"
    else:
        values = {"reading_type": "blood_glucose", "blood_glucose_mgdl": reading.values[0]}
        first = "blood_glucose_mgdl"
    if reading.wrong in ("number", "bounds"):
        values[first] = "high" if reading.wrong == "number" else 4_000
    if reading.wrong == "metric":
        values["reading_type"] = "aura"
    document = {
        "reading_id": reading.device.number * 100_000_000 + int(reading.at.timestamp()) % 10**8,
        "device_id": named(reading), "device_model": "SM",
        "date_recorded": zulu(reading.at)[:-1], "date_received": zulu(reading.received_at)[:-1],
        "time_zone_offset": -7.0, **values,
    }  # fmt: skip
    if reading.wrong == "time":
        del document["date_recorded"]
    return document


def validic(reading: Reading) -> dict[str, Any]:
    """Return a weight as the aggregator tells it: in kilograms, without seconds."""
    at = zulu(reading.at.replace(second=0))
    kilograms = round(reading.values[0] / 10 * 0.45359237, 1)
    number = f"{reading.device.number}-{int(reading.at.timestamp())}"
    return {
        "id": number, "checksum": number, "created_at": zulu(reading.received_at + DAY),
        "deleted_at": None, "start_time": at, "end_time": at, "log_id": number,
        "metrics": [{"type": "body_weight", "origin": "device", "unit": "kg", "value": kilograms}],
        "offset_origin": "source", "utc_offset": -25200, "type": "measurement", "version": "1.0",
        "source": {"type": "tenovi", "device": {"id": "scale", "diagnostics": []}},
        "user": {"organization_id": "o", "user_id": f"u{reading.device.number}", "uid": "1"},
    }  # fmt: skip
