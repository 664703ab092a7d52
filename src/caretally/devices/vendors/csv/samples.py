"""Tables as a portal exports them, for simulators and tests."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta, timezone

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.bearer import shown
from caretally.devices.vendors.csv.mapping import (
    SETTING,
    CsvMapping,
    DeviceColumn,
    Group,
    OriginColumn,
    TimeColumns,
    Value,
    write_mapping,
)
from caretally.devices.vendors.slices import Sample
from caretally.journal.quantities import (
    BY_LOINC,
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

SINGLE = (PULSE, WEIGHT, SATURATION, GLUCOSE, TEMPERATURE)
COLUMNS = ("Reading", "Serial", "Taken", "Kind", "Value", "Second", "Third", "Entry")
MAPPING = CsvMapping(
    device=DeviceColumn(column="Serial"),
    time=TimeColumns(columns=("Taken",), format="iso"),
    readings=(
        Group(
            metric=PRESSURE, when_column="Kind", when_is=PRESSURE,
            values=(
                Value(metric=SYSTOLIC, column="Value", unit="mm[Hg]"),
                Value(metric=DIASTOLIC, column="Second", unit="mm[Hg]"),
                Value(metric=PULSE, column="Third", unit="/min"),
            ),
        ),
        *(
            Group(
                metric=metric, when_column="Kind", when_is=metric,
                values=(Value(metric=metric, column="Value", unit=BY_LOINC[metric].unit),),
            )
            for metric in SINGLE
        ),
    ),
    origin=OriginColumn(column="Entry", device_words=("device",), manual_words=("manual",)),
    id_column="Reading",
)  # fmt: skip
METRICS = (PRESSURE, *SINGLE)
CONTENT_TYPE = "text/csv"


def samples(measured: tuple[Sample, ...], secret: bytes) -> tuple[Posted, ...]:
    """Return one table of all measurements."""
    if not measured:
        return ()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(row_of(each) for each in measured)
    settings = {SETTING: write_mapping(MAPPING)}
    received_at = max(each.received_at for each in measured)
    return (
        Posted(body=out.getvalue().encode(), headers=shown(secret, CONTENT_TYPE),
               received_at=received_at, settings=settings),
    )  # fmt: skip


def row_of(sample: Sample) -> tuple[str, ...]:
    """Return a measurement as cells."""
    metrics = (SYSTOLIC, DIASTOLIC, PULSE) if sample.metric == PRESSURE else (sample.metric,)
    values = [sample.values.get(metric) for metric in metrics]
    told = ["" if value is None else format(value, "f") for value in (*values, None, None)]
    zone = timezone(timedelta(seconds=sample.offset_seconds))
    at = sample.measured_at.astimezone(zone if sample.offset_seconds else UTC)
    return (
        f"{sample.device}-{sample.number}", sample.device, at.isoformat(timespec="seconds"),
        sample.metric, *told[:3], sample.origin,
    )  # fmt: skip
