"""What every vendor slice is held to, and where its golden deliveries lie.

A golden delivery is a body as the vendor sends it, `golden/<vendor>/<case>.<any>`, and beside it
`<case>.expected.json`: with which headers, settings and at what time it came, and what is made of
it. `python -m tests.vendors.write` writes the second part; the diff is what is reviewed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.registry import SLICES
from caretally.devices.vendors.slices import Sample, Slice
from caretally.journal.quantities import (
    BODY_FAT,
    BODY_MASS_INDEX,
    BREATHS,
    BY_LOINC,
    CONTINUOUS_GLUCOSE,
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    HEIGHT,
    PANELS,
    PEAK_FLOW,
    PERFUSION,
    PRESSURE,
    PULSE,
    RHYTHM,
    SATURATION,
    STEPS,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = ".expected.json"
RECEIVED_AT = datetime(2026, 11, 2, 13, 10, tzinfo=UTC)
MEASURED_AT = datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)
SECRET, OLDER, WRONG = b"correct:horse-battery", b"older:staple", b"wrong:secret"
CASES = (
    "single", "array", "strings", "numbers", "null_value", "missing_offset", "duplicate",
    "deletion", "correction", "unknown_metric", "unknown_unit", "dst_edge", "heartbeat", "manual",
)  # fmt: skip
"""Beginnings of names of golden deliveries; a vendor has each, or says why it does not apply."""
VALUES: Mapping[str, Mapping[str, str]] = {
    PRESSURE: {SYSTOLIC: "132", DIASTOLIC: "81", PULSE: "70"},
    PULSE: {PULSE: "70"}, RHYTHM: {RHYTHM: "1"}, WEIGHT: {WEIGHT: "82.50"},
    SATURATION: {SATURATION: "97"}, PERFUSION: {PERFUSION: "4.5"}, BREATHS: {BREATHS: "16"},
    TEMPERATURE: {TEMPERATURE: "37.1"}, GLUCOSE: {GLUCOSE: "142"},
    CONTINUOUS_GLUCOSE: {CONTINUOUS_GLUCOSE: "142"}, PEAK_FLOW: {PEAK_FLOW: "410"},
    FORCED_VOLUME: {FORCED_VOLUME: "2.41"}, STEPS: {STEPS: "4211"}, HEIGHT: {HEIGHT: "172"},
    BODY_MASS_INDEX: {BODY_MASS_INDEX: "27.4"}, BODY_FAT: {BODY_FAT: "31.5"},
}  # fmt: skip
"""What is asked of `samples`, by metric of the reading."""
ROUNDING = {
    SYSTOLIC: "0.5", DIASTOLIC: "0.5", PULSE: "0.5", WEIGHT: "0.05", TEMPERATURE: "0.06",
    GLUCOSE: "0.6", CONTINUOUS_GLUCOSE: "0.6", SATURATION: "0.5", PEAK_FLOW: "0.5",
    FORCED_VOLUME: "0.01", HEIGHT: "0.5",
}  # fmt: skip
"""How far a vendor's own rounding may take a value, in the metric's unit; else nothing at all."""


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A delivery on disk, and what is expected of it."""

    vendor: str
    case: str
    posted: Posted
    expected: object

    @property
    def name(self) -> str:
        """Its name in the reports of tests."""
        return f"{self.vendor}-{self.case}"


def bodies_of(vendor: str) -> Iterator[Path]:
    """Yield the files of a vendor's bodies."""
    for path in sorted((GOLDEN / vendor).glob("*")):
        if not path.name.endswith(EXPECTED) and path.name != "about.json":
            yield path


def expectation(path: Path) -> dict[str, object]:
    """Return what stands beside a body; of a new one the usual circumstances."""
    beside = path.parent / (path.stem + EXPECTED)
    if beside.exists():
        known: dict[str, object] = json.loads(beside.read_text(encoding="utf-8"))
        return known
    return {"posted": {"received_at": RECEIVED_AT.isoformat().replace("+00:00", "Z")}}


def posted_of(path: Path, circumstances: object) -> Posted:
    """Return a delivery with the body of a file."""
    told = msgspec.convert({"body": b"", **dict(circumstances or {})}, Posted)  # type: ignore[call-overload]
    return msgspec.structs.replace(told, body=path.read_bytes())


def golden_of(vendor: str) -> Iterator[Golden]:
    """Yield a vendor's golden deliveries."""
    for path in bodies_of(vendor):
        expected = expectation(path)
        yield Golden(
            vendor=vendor, case=path.stem, posted=posted_of(path, expected["posted"]),
            expected=expected.get("unpacked"),
        )  # fmt: skip


def all_golden() -> list[Golden]:
    """Return the golden deliveries of all vendors."""
    return [each for vendor in SLICES for each in golden_of(vendor)]


def plain(unpacked: Unpacked) -> object:
    """Return what was unpacked as it is written to a file, with every digit of every number."""
    everything = json.loads(msgspec.json.encode(unpacked), parse_float=str)
    return {kind: found for kind, found in everything.items() if found}


@dataclass(frozen=True, kw_only=True)
class About:
    """What the kit must know of a vendor: `golden/<vendor>/about.json`.

    elements: JSON pointers of the lists whose elements are counted; `""` is the document itself.
    does_not_apply: by case, `samples` or `verify`, why the vendor has none.
    settings: of the connection, for samples.
    only_beside: metrics that come beside others only, of which no samples are made.
    closed: names of objects in which every name is a metric, so that none may be added.
    """

    elements: tuple[str, ...]
    does_not_apply: Mapping[str, str]
    settings: Mapping[str, str]
    only_beside: tuple[str, ...]
    closed: tuple[str, ...]


def about(vendor: str) -> About:
    """Return what the kit must know of a vendor."""
    path = GOLDEN / vendor / "about.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return About(
        elements=tuple(known.get("elements", [""])),
        does_not_apply=known.get("does_not_apply", {}),
        settings=known.get("settings", {}),
        only_beside=tuple(known.get("only_beside", ())),
        closed=tuple(known.get("closed", ())),
    )


def elements_in(document: object, pointers: tuple[str, ...]) -> list[str]:
    """Return the paths of the elements of a document; of one without a list the document's own."""
    found: list[str] = []
    for pointer in pointers:
        inner = document
        for part in pointer.split("/")[1:]:
            inner = inner.get(part) if isinstance(inner, dict) else None
        if isinstance(inner, list):
            found.extend(f"{pointer}/{number}" for number in range(len(inner)))
            if not inner:
                return []
    return found or [""]


def paths_in(unpacked: Unpacked) -> set[str]:
    """Return the paths of all that was found."""
    return {
        each.path
        for found in (
            unpacked.readings, unpacked.signs, unpacked.notices, unpacked.removals,
            unpacked.fetches, unpacked.faults, unpacked.passed,
        )
        for each in found
    }  # fmt: skip


def dropped(document: object, unpacked: Unpacked, pointers: tuple[str, ...]) -> list[str]:
    """Return the elements of which nothing is told; those that went into others are allowed for."""
    paths = paths_in(unpacked)
    if "" in paths or is_about_all(unpacked, pointers):
        return []
    missing = [
        element
        for element in elements_in(document, pointers)
        if not any(path == element or path.startswith(f"{element}/") for path in paths)
    ]
    joined = sum(len(reading.measured) - 1 for reading in unpacked.readings)
    return missing if len(missing) > joined else []


def is_about_all(unpacked: Unpacked, pointers: tuple[str, ...]) -> bool:
    """Tell whether something is said of the whole document, such as that its kind is not read."""
    return any(
        not any(each.path == pointer or each.path.startswith(f"{pointer}/") for pointer in pointers)
        for each in (*unpacked.faults, *unpacked.passed)
    )


def sampled_metrics(slice_: Slice) -> list[str]:
    """Return the metrics of which a slice makes samples."""
    parts = {part for whole in PANELS.values() for part in whole}
    parts.update(about(slice_.name).only_beside)
    return [metric for metric in slice_.metrics if metric not in parts]


def sample_of(metric: str, number: int) -> Sample:
    """Return a measurement to be told in a vendor's words."""
    return Sample(
        device=f"867420{number:09d}", metric=metric,
        values={code: Decimal(value) for code, value in VALUES[metric].items()},
        measured_at=MEASURED_AT + timedelta(minutes=number), received_at=RECEIVED_AT,
        number=number, offset_seconds=-18000,
    )  # fmt: skip


def with_settings(posted: Posted, settings: Mapping[str, str]) -> Posted:
    """Return a sample as it comes to a connection with settings."""
    return msgspec.structs.replace(posted, settings={**settings, **posted.settings})


def is_near(metric: str, found: Decimal, wanted: Decimal) -> bool:
    """Tell whether a value is the one asked for, but for the vendor's rounding."""
    most = Decimal(ROUNDING.get(BY_LOINC[metric].loinc, ROUNDING.get(metric, "0")))
    return abs(found - wanted) <= most
