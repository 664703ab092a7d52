"""One row of a table into readings, by a mapping; each cell that is wrong is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caretally.devices.nomenclature import number_of, spelled_unit
from caretally.devices.refusals import Misread, usual
from caretally.devices.refusals import told as shown
from caretally.devices.unpacked import Fault, Measured, SchemedName, VendorReading
from caretally.devices.vendors.csv.mapping import CsvMapping, Group, Value
from caretally.devices.vendors.csv.times import Told, told_time
from caretally.journal.quantities import PANELS

Cells = Mapping[str, str]
"""Cells of a row by the names of their columns."""


def readings_of(mapping: CsvMapping, cells: Cells, line: int) -> Iterator[VendorReading | Fault]:
    """Yield the readings of a row, and a fault for each that is not understood.

    A reading whose cells are all empty was not measured; of one with some empty that is a fault.
    """
    path = f"line {line}"
    meant = [each for each in mapping.readings if is_meant(each, cells)]
    if not meant:
        says = "no reading of the mapping is for such a row"
        yield Fault(path=path, code="unknown_metric", says=says)
        return
    measured = [each for each in meant if any(cells.get(value.column) for value in each.values)]
    if not measured:
        yield Fault(path=path, code="missing_field", says="a row without any value")
        return
    try:
        names, told = name_in(mapping, cells, path), time_in(mapping, cells, path)
    except Misread as refused:
        yield refused.fault
        return
    for group in measured:
        try:
            yield reading_of(mapping, group, (cells, path, names, told))
        except Misread as refused:
            yield refused.fault


def reading_of(
    mapping: CsvMapping, group: Group, row: tuple[Cells, str, tuple[SchemedName, ...], Told]
) -> VendorReading:
    """Return one reading of a row.

    row: its cells, its path, the names of the device and the time.

    Raises:
        Misread: a number or unit is not understood.
    """
    cells, path, names, told = row
    needed = PANELS.get(group.metric, (group.metric,))
    # A pulse beside a pressure may be missing; half of a pressure may not.
    values = [each for each in group.values if each.metric in needed or cells.get(each.column)]
    own_id = usual(cells.get(mapping.id_column, ""), f"{path}, column {mapping.id_column}")
    if own_id and len(mapping.readings) > 1:
        # One id a row, several readings in it: each needs a name of its own.
        own_id = f"{own_id}/{group.metric}"
    return VendorReading(
        names=names,
        metric=group.metric,
        measured=tuple(number_in(mapping, value, cells, path) for value in values),
        measured_at=told.measured_at,
        wall=told.wall,
        offset_seconds=told.offset_seconds,
        offset_origin=told.offset_origin,
        is_estimated=told.is_estimated,
        origin=origin_in(mapping, cells),
        vendor_reading_id=own_id,
        path=f"{path}, {group.metric}",
    )


def is_meant(group: Group, cells: Cells) -> bool:
    """Tell whether a reading of the mapping is for such a row."""
    if not group.when_column:
        return True
    return cells.get(group.when_column, "").casefold() == group.when_is.casefold()


def name_in(mapping: CsvMapping, cells: Cells, path: str) -> tuple[SchemedName, ...]:
    """Return the name of the device.

    Raises:
        Misread: the cell is empty.
    """
    name = mapping.device.fixed or cells.get(mapping.device.column, "")
    if not name:
        raise refused(path, mapping.device.column, "no_device", "no name of a device")
    return ((mapping.device.scheme, usual(name, f"{path}, column {mapping.device.column}")),)


def time_in(mapping: CsvMapping, cells: Cells, path: str) -> Told:
    """Return when a row was measured.

    Raises:
        Misread: the cell tells no time in the format of the mapping.
    """
    columns = mapping.time.columns
    text = " ".join(cells.get(column, "") for column in columns).strip()
    told = told_time(text, mapping.time.format, mapping.time.zone)
    if told is None:
        says = f"no date and time written as {mapping.time.format}"
        raise refused(path, columns[0], "not_a_time" if text else "missing_field", says)
    return told


def number_in(mapping: CsvMapping, value: Value, cells: Cells, path: str) -> Measured:
    """Return one number of a reading.

    Raises:
        Misread: the cell holds none, or its unit is none of the metric.
    """
    text = cells.get(value.column, "")
    if value.part:
        parts = [part.strip() for part in text.split("/")]
        text = parts[value.part - 1] if len(parts) == 2 else ""
    if not text:
        raise refused(path, value.column, "missing_field", "no value, beside others that are there")
    number = number_of(text if mapping.decimal == "." else with_point(text))
    if number is None:
        says = "a decimal comma, which the mapping does not have" if "," in text else "no number"
        raise refused(path, value.column, "not_a_number", says)
    told = value.unit or cells.get(value.unit_column, "")
    unit = spelled_unit(value.metric, told)
    if unit is None:
        says = f"{shown(told)} is no unit of {value.metric} that is taken"
        raise refused(path, value.unit_column or value.column, "unknown_unit", says)
    return Measured(value.metric, number, unit)


def with_point(text: str) -> str:
    """Return a number that has a comma in front of its fraction with a point there.

    Example:
        >>> with_point("72,5"), with_point("1.072,5"), with_point("72.5")
        ('72.5', '', '')
    """
    return "" if "." in text else text.replace(",", ".", 1)


def origin_in(mapping: CsvMapping, cells: Cells) -> str:
    """Return the origin of a row: unknown where its word is none of the mapping's."""
    origin = mapping.origin
    if origin.fixed:
        return origin.fixed
    word = cells.get(origin.column, "").casefold()
    if word in {each.casefold() for each in origin.device_words}:
        return "device"
    return "manual" if word in {each.casefold() for each in origin.manual_words} else "unknown"


def refused(path: str, column: str, code: str, says: str) -> Misread:
    """Return the refusal of a cell, named by line and column."""
    return Misread(f"{path}, column {column}", code, says)
