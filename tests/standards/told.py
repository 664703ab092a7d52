"""Readings of the cast in every metric that goes out, and what is told of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from caretally.ehr.observations import observations_of, written
from caretally.journal.entries import Component, Entry, ReadingRecorded
from caretally.journal.quantities import BY_LOINC

ZONE = "America/Chicago"
AT = datetime(2026, 3, 4, 16, 0, 30, tzinfo=UTC)
SINGLE = {
    "8867-4": ("70", "/min"), "29463-7": ("72.50", "kg"), "59408-5": ("97", "%"),
    "9279-1": ("16", "/min"), "8310-5": ("98.6", "[degF]"), "41653-7": ("142", "mg/dL"),
    "99504-3": ("142", "mg/dL"), "33452-4": ("410", "L/min"), "20150-9": ("2.41", "L"),
    "8302-2": ("172", "cm"), "39156-5": ("27.4", "kg/m2"), "41982-0": ("31.5", "%"),
    "55423-8": ("4211", "{steps}"), "61006-3": ("4.5", "%"), "8884-9": ("1", "1"),
    "8480-6": ("132", "mm[Hg]"), "3141-9": ("160.2", "[lb_av]"), "2708-6": ("96", "%"),
}  # fmt: skip
OTHER_UNITS = {"29463-7": ("11.4", "[stone_av]"), "41653-7": ("7.9", "mmol/L")}


def entry(name: str, body: ReadingRecorded, **more: Any) -> Entry:
    """Return the entry of a reading of Ada's."""
    return Entry(
        id=name, patient="pat_ada", at=body.measured_at, recorded_at=AT,
        actor="device:dev_ada_cuff", body=body, **more,
    )  # fmt: skip


def reading(metric: str, value: str, unit: str, *, origin: str = "device") -> ReadingRecorded:
    """Return a reading of one number."""
    return ReadingRecorded(
        device="dev_ada_cuff", metric=metric, value=Decimal(value), unit=unit, measured_at=AT,
        received_at=AT, origin=origin,
    )  # fmt: skip


def pressure(unit: str = "mm[Hg]", systolic: str = "132", diastolic: str = "81") -> ReadingRecorded:
    """Return a blood pressure with its pulse."""
    parts = (("8480-6", systolic, unit), ("8462-4", diastolic, unit), ("8867-4", "70", "/min"))
    return ReadingRecorded(
        device="dev_ada_cuff", metric="85354-9", measured_at=AT, origin="device",
        components=tuple(Component(metric=m, value=Decimal(v), unit=u) for m, v, u in parts),
    )  # fmt: skip


def entries() -> list[Entry]:
    """Return readings in every metric, some in other units, by hand and corrected."""
    made = [entry("ent_bp", pressure()), entry("ent_kpa", pressure("kPa", "17.6", "10.8"))]
    made += [entry(f"ent_{m}", reading(m, *told)) for m, told in SINGLE.items()]
    made += [entry(f"ent_other_{m}", reading(m, *told)) for m, told in OTHER_UNITS.items()]
    made.append(entry("ent_manual", reading("29463-7", "72.5", "kg", origin="manual")))
    corrected = entry("ent_new", reading("29463-7", "72.6", "kg"), supersedes="ent_old", reason="x")
    return [*made, corrected]


def resources() -> dict[str, dict[str, Any]]:
    """Return what is told of the readings, by id, as it is after it was written and read."""
    found = (json.loads(written(each)) for each in observations_of(entries(), ZONE))
    return {each["id"]: each for each in found}


assert set(SINGLE) <= set(BY_LOINC)
