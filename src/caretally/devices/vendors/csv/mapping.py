"""Which column of a table means what; kept as JSON in the settings of a connection.

Nothing is guessed when a file is read: units, the order of day and month, the decimal sign and the
zone are all stated here, by a person or by an assistant whose guess a person confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from caretally.clock import zone
from caretally.devices.nomenclature import METRICS, spelled_unit
from caretally.devices.refusals import LONGEST_TEXT, refused_shape
from caretally.devices.vendors.csv.times import FORMATS
from caretally.errors import InputError, Problem
from caretally.journal.quantities import PANELS
from caretally.journal.scalars import is_storable

SETTING = "mapping"
"""Under which key of a connection's settings a mapping is kept."""
WHERE = "mapping"
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp1252")
DECIMALS = (".", ",")
SCHEMES = ("serial", "imei", "mac", "device")


class DeviceColumn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What names the device: a column, or one name for the whole file."""

    column: str = ""
    fixed: str = ""
    scheme: str = "serial"


class TimeColumns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When it was measured.

    columns: one, or date and time. format: one of `FORMATS`. zone: IANA name that local times are
    in; empty for the zone of each patient.
    """

    columns: tuple[str, ...] = ()
    format: str = ""
    zone: str = ""


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number of a reading.

    metric: LOINC code. unit: as people or UCUM write it; or a column that tells it. part: of a cell
    such as 132/81 the first or second number; 0 for all of it.
    """

    metric: str
    column: str
    unit: str = ""
    unit_column: str = ""
    part: int = 0


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Numbers of a row that are one reading.

    when_column, when_is: only rows that have this word there, for tables with a number a row.
    """

    metric: str
    values: tuple[Value, ...]
    when_column: str = ""
    when_is: str = ""


class OriginColumn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a device measured it or a person typed it: by the words of a column, or for all."""

    fixed: str = ""
    column: str = ""
    device_words: tuple[str, ...] = ()
    manual_words: tuple[str, ...] = ()


class CsvMapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which column of a table means what.

    header: whether the first row names the columns; a column without a name of its own is #1, #2
    and so on. decimal: the sign in front of a fraction. id_column: tells readings apart.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    header: bool = True
    device: DeviceColumn = DeviceColumn()
    time: TimeColumns = TimeColumns()
    readings: tuple[Group, ...] = ()
    origin: OriginColumn = OriginColumn()
    id_column: str = ""

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is used, with the path of the field that names it."""
        yield "device.column", self.device.column
        for number, column in enumerate(self.time.columns):
            yield f"time.columns.{number}", column
        for number, group in enumerate(self.readings):
            yield f"readings.{number}.when_column", group.when_column
            for place, value in enumerate(group.values):
                yield f"readings.{number}.values.{place}.column", value.column
                yield f"readings.{number}.values.{place}.unit_column", value.unit_column
        yield "origin.column", self.origin.column
        yield "id_column", self.id_column


def read_mapping(text: str | bytes) -> CsvMapping:
    """Return a mapping from its JSON.

    Raises:
        InputError: it is none, or cannot be used.
    """
    try:
        mapping = msgspec.json.decode(text, type=CsvMapping)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        fault = refused_shape("", error).fault
        field = fault.path.strip("/").replace("/", ".")
        problem = Problem(where=WHERE, field=field, found=fault.says, expected="a mapping as JSON")
        raise InputError([problem]) from None
    problems = problems_of(mapping, None)
    if problems:
        raise InputError(problems)
    return mapping


def write_mapping(mapping: CsvMapping) -> str:
    """Return a mapping as JSON."""
    return msgspec.json.encode(mapping).decode()


def problems_of(mapping: CsvMapping, columns: Collection[str] | None) -> tuple[Problem, ...]:
    """Return why a mapping cannot be used.

    columns: those of a file, as `table.column_names` has them; None where no file is at hand.
    """
    found = [*dialect_problems(mapping), *place_problems(mapping)]
    for number, group in enumerate(mapping.readings):
        found += group_problems(group, f"readings.{number}")
    found += [
        problem(field, "a name that cannot be kept", "a name of a usual length")
        for field, name in mapping.columns()
        if len(name) > LONGEST_TEXT or not is_storable(name)
    ]
    if columns is not None:
        found += [
            problem(field, "a column that the file does not have", "the name of a column")
            for field, name in mapping.columns()
            if name and name not in columns
        ]
    return tuple(found)


def problem(field: str, found: str, expected: str) -> Problem:
    """Return a problem of a mapping."""
    return Problem(where=WHERE, field=field, found=found, expected=expected)


def dialect_problems(mapping: CsvMapping) -> Iterator[Problem]:
    """Yield what is wrong with how the file is written."""
    for field, told, known in (
        ("delimiter", mapping.delimiter, DELIMITERS),
        ("encoding", mapping.encoding, ENCODINGS),
        ("decimal", mapping.decimal, DECIMALS),
    ):
        if told not in known:
            yield problem(field, "another", f"one of {', '.join(map(repr, known))}")
    if mapping.decimal == mapping.delimiter:
        yield problem("decimal", "the same sign as between columns", "another sign")


def place_problems(mapping: CsvMapping) -> Iterator[Problem]:
    """Yield what is wrong with device, time and origin."""
    device, time, origin = mapping.device, mapping.time, mapping.origin
    if bool(device.column) == bool(device.fixed):
        yield problem("device.column", "not exactly one", "a column, or one name for all rows")
    if not device.scheme or " " in device.scheme:
        yield problem("device.scheme", "no scheme", f"such as {', '.join(SCHEMES)}")
    if not 1 <= len(time.columns) <= 2 or not all(time.columns):
        yield problem("time.columns", "not one or two columns", "a column, or date and time")
    if time.format not in FORMATS:
        yield problem("time.format", "none that is known", f"one of {', '.join(FORMATS)}")
    if time.zone and not is_zone(time.zone):
        yield problem("time.zone", "no zone", "an IANA time zone, or nothing for each patient's")
    if origin.fixed not in {"", "device", "manual", "derived"}:
        yield problem("origin.fixed", "another word", "device, manual or derived")
    if bool(origin.fixed) == bool(origin.column):
        expected = "a column with words, or one origin for all rows"
        yield problem("origin", "not exactly one", expected)
    if not mapping.readings:
        yield problem("readings", "none", "one or more")


def group_problems(group: Group, path: str) -> Iterator[Problem]:
    """Yield what is wrong with one reading of a row."""
    metrics = [value.metric for value in group.values]
    needed = PANELS.get(group.metric, (group.metric,))
    if group.metric not in METRICS:
        yield problem(f"{path}.metric", "no metric that is taken", "a LOINC code such as 29463-7")
    elif not set(needed) <= set(metrics):
        yield problem(f"{path}.values", "too few", f"values for {' and '.join(needed)}")
    if len(set(metrics)) < len(metrics):
        yield problem(f"{path}.values", "the same metric twice", "each once")
    if bool(group.when_column) != bool(group.when_is):
        yield problem(f"{path}.when_is", "a column without a word", "both or neither")
    for number, value in enumerate(group.values):
        yield from value_problems(value, f"{path}.values.{number}")


def value_problems(value: Value, path: str) -> Iterator[Problem]:
    """Yield what is wrong with one number."""
    if not value.column:
        yield problem(f"{path}.column", "none", "the name of a column")
    if value.part not in {0, 1, 2}:
        yield problem(f"{path}.part", "another number", "0, 1 or 2")
    if bool(value.unit) == bool(value.unit_column):
        yield problem(f"{path}.unit", "not exactly one", "a unit, or the column that tells it")
    elif value.unit and spelled_unit(value.metric, value.unit) is None:
        yield problem(f"{path}.unit", "no unit of this metric", "a unit such as kg or mm[Hg]")


def is_zone(name: str) -> bool:
    """Tell whether a time zone of this name is known."""
    try:
        return bool(zone(name))
    except ValueError:
        return False
