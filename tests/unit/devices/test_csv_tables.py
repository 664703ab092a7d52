"""Tables become readings by a stated mapping; the assistant proposes one and asks for the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.csv.guessing import answered, guess, with_reading
from caretally.devices.vendors.csv.mapping import (
    CsvMapping,
    DeviceColumn,
    Group,
    OriginColumn,
    TimeColumns,
    Value,
    problems_of,
    read_mapping,
    write_mapping,
)
from caretally.devices.vendors.csv.preview import preview
from caretally.devices.vendors.csv.slice import SLICE
from caretally.devices.vendors.csv.times import told_time
from caretally.errors import InputError

PORTAL = (
    "Serial No,Date,Time,Systolic,Diastolic,Pulse,Weight (lb),Glucose,Entry\n"
    "A1,03/04/2026,10:00 AM,132,81,70,150.50,,auto\n"
    "A1,03/05/2026,12:10 PM,118,76,,,,typed\n"
    "A2,03/06/2026,12:00 AM,,,,,110,auto\n"
)
PROPOSED = CsvMapping(
    device=DeviceColumn(column="Serial No"),
    time=TimeColumns(columns=("Date", "Time"), format="month/day/year"),
    readings=(
        Group(metric="85354-9", values=(
            Value(metric="8480-6", column="Systolic", unit="mm[Hg]"),
            Value(metric="8462-4", column="Diastolic", unit="mm[Hg]"),
            Value(metric="8867-4", column="Pulse", unit="/min"),
        )),
        Group(metric="29463-7",
              values=(Value(metric="29463-7", column="Weight (lb)", unit="[lb_av]"),)),
        Group(metric="41653-7", values=(Value(metric="41653-7", column="Glucose", unit="mg/dL"),)),
    ),
    origin=OriginColumn(column="Entry", device_words=("auto",), manual_words=("typed",)),
)  # fmt: skip
ANSWERS = {"time.format": "month/day/year", "readings.2.values.0.unit": "mg/dL"}


def read(text: str | bytes, mapping: CsvMapping = PROPOSED) -> Unpacked:
    """Return what becomes of a table."""
    body = text.encode() if isinstance(text, str) else text
    settings = {"mapping": write_mapping(mapping)}
    return SLICE.parse(Posted(body=body, received_at=datetime.now(UTC), settings=settings))


def wall(*parts: int) -> datetime:
    """Return a time as it hangs on the wall."""
    return datetime(*parts)  # type: ignore[arg-type, misc]  # noqa: DTZ001


def test_rows_become_readings() -> None:
    unpacked = read(PORTAL)
    assert unpacked.faults == ()
    told = [
        (each.names, each.metric, [str(m.value) for m in each.measured], each.wall, each.origin)
        for each in unpacked.readings
    ]
    assert told == [
        ((("serial", "A1"),), "85354-9", ["132", "81", "70"], wall(2026, 3, 4, 10), "device"),
        ((("serial", "A1"),), "29463-7", ["150.50"], wall(2026, 3, 4, 10), "device"),
        ((("serial", "A1"),), "85354-9", ["118", "76"], wall(2026, 3, 5, 12, 10), "manual"),
        ((("serial", "A2"),), "41653-7", ["110"], wall(2026, 3, 6), "device"),
    ]
    assert [each.path for each in unpacked.readings][:2] == ["line 2, 85354-9", "line 2, 29463-7"]


def test_the_assistant_proposes_what_is_plain_and_asks_for_the_rest() -> None:
    proposal = guess(PORTAL.encode())
    assert [each.field for each in proposal.questions] == list(ANSWERS)
    assert proposal.questions[0].choices == (
        ("month/day/year", "03/04/2026 is March 4"), ("day/month/year", "03/04/2026 is April 3"),
    )  # fmt: skip
    assert [each.field for each in problems_of(proposal.mapping, proposal.columns)] == list(ANSWERS)
    mapping = answered(proposal.mapping, ANSWERS)
    assert mapping == PROPOSED
    assert problems_of(mapping, proposal.columns) == ()
    assert read_mapping(write_mapping(mapping)) == mapping


def test_a_day_beyond_twelve_settles_the_order() -> None:
    proposal = guess(PORTAL.replace("03/06", "03/26").encode())
    assert proposal.mapping.time.format == "month/day/year"
    proposal = guess(PORTAL.replace("03/06", "26/03").encode())
    assert proposal.mapping.time.format == "day/month/year"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Zeit;Gewicht\n", ("device.column", "time.columns", "time.format", "origin.fixed")),
        ("IMEI;Taken at;Weight (kg)\n35;2026-03-04 10:00;72,5\n", ("decimal", "origin.fixed")),
        ("imei,timestamp,SpO2,pulse\n35,1793624698,97,70\n", ("origin.fixed",)),
        ("imei,timestamp,SpO2,pulse\n35,1793624698000,97,70\n", ("origin.fixed",)),
    ],
)
def test_what_is_asked(table: str, expected: tuple[str, ...]) -> None:
    assert tuple(each.field for each in guess(table.encode()).questions) == expected


def test_a_pair_in_one_cell_is_taken_apart() -> None:
    table = "Serial,Taken,BP,Source\nA1,2026-03-04T10:00:00-05:00,132/81,cuff\n"
    mapping = guess(table.encode()).mapping
    (reading,) = read(table, mapping).readings
    assert [(each.metric, str(each.value)) for each in reading.measured] == [
        ("8480-6", "132"), ("8462-4", "81"),
    ]  # fmt: skip
    assert (reading.measured_at, reading.offset_seconds) == (
        datetime(2026, 3, 4, 15, tzinfo=UTC), -18_000,
    )  # fmt: skip
    faults = read(table.replace("132/81", "132/81/70"), mapping).faults
    assert [each.path for each in faults] == ["line 2, column BP"]


def test_a_number_a_row() -> None:
    kinds = {"weight": "29463-7", "spo2": "59408-5"}
    mapping = CsvMapping(
        delimiter=";", decimal=",", device=DeviceColumn(fixed="hub-1", scheme="device"),
        time=TimeColumns(columns=("at",), format="iso"), origin=OriginColumn(fixed="device"),
        readings=tuple(
            Group(metric=metric, when_column="kind", when_is=kind,
                  values=(Value(metric=metric, column="value", unit_column="unit"),))
            for kind, metric in kinds.items()
        ), id_column="no",
    )  # fmt: skip
    table = (
        "no;at;kind;value;unit\n1;2026-03-04T10:00;Weight;72,50;kg\n2;2026-03-04T10:00;spo2;97;%\n"
        "3;2026-03-04T10:00;mood;5;\n4;2026-03-04T10:00;weight;72.5;kg\n"
        "5;2026-03-04T10:00;weight;72;mg/dL\n"
    )
    unpacked = read(table, mapping)
    told = [(each.vendor_reading_id, str(each.measured[0].value)) for each in unpacked.readings]
    assert told == [("1/29463-7", "72.50"), ("2/59408-5", "97")]
    assert [(each.path, each.code) for each in unpacked.faults] == [
        ("line 4", "unknown_metric"), ("line 5, column value", "not_a_number"),
        ("line 6, column unit", "unknown_unit"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "path", "code"),
    [
        (",03/04/2026,10:00 AM,132,81,70,,,auto", "column Serial No", "no_device"),
        ("A1,2026-03-04,10:00 AM,132,81,70,,,auto", "column Date", "not_a_time"),
        ("A1,13/04/2026,10:00 AM,132,81,70,,,auto", "column Date", "not_a_time"),
        ("A1,03/04/2026,13:00 PM,132,81,70,,,auto", "column Date", "not_a_time"),
        ("A1,,,132,81,70,,,auto", "column Date", "missing_field"),
        ("A1,03/04/2026,10:00 AM,132,,70,,,auto", "column Diastolic", "missing_field"),
        ("A1,03/04/2026,10:00 AM,13O,81,70,,,auto", "column Systolic", "not_a_number"),
        ('A1,03/04/2026,10:00 AM,,,,"150,5",,auto', "column Weight (lb)", "not_a_number"),
        ("A1,03/04/2026,10:00 AM,,,,=1+1,,auto", "column Weight (lb)", "not_a_number"),
        ("A1,03/04/2026,10:00 AM,,,,,,auto", "", "missing_field"),
        ("A1,03/04/2026,10:00 AM,132,81,70,,,auto,more", "", "not_the_shape"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(row: str, path: str, code: str) -> None:
    unpacked = read(f"{PORTAL}\n\n{row}\n")
    assert len(unpacked.readings) == 4
    expected = f"line 7, {path}" if path else "line 7"
    assert [(each.path, each.code) for each in unpacked.faults] == [(expected, code)]


def test_a_line_is_counted_through_quoted_line_ends() -> None:
    table = 'Serial,Taken,Weight (kg),Note,Entry\nA,2026-03-04T10:00,72,"two\nlines",auto\n'
    bad = table + "B,now,72,,auto\n"
    mapping = guess(table.encode()).mapping
    assert [each.path for each in read(bad, mapping).faults] == ["line 4, column Taken"]


def test_a_word_of_origin_that_nobody_explained_is_unknown() -> None:
    table = PORTAL.replace("typed", "nurse")
    assert [each.origin for each in read(table).readings][2] == "unknown"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("\ufeff" + PORTAL, "utf-8"), (PORTAL.replace("A1", "Ä1"), "utf-8"),
        (PORTAL.replace("A1", "Ä1"), "utf-16"), (PORTAL.replace("A1", "Ä1"), "cp1252"),
        (PORTAL.replace("\n", "\r\n"), "utf-8"),
    ],
)  # fmt: skip
def test_encodings(body: str, encoding: str) -> None:
    content = body.encode(encoding)
    proposal = guess(content)
    assert proposal.mapping.encoding == encoding
    mapping = msgspec.structs.replace(PROPOSED, encoding=encoding)
    unpacked = read(content, mapping)
    assert (len(unpacked.readings), unpacked.faults) == (4, ())
    assert unpacked.readings[0].names[0][1] in {"A1", "Ä1"}


def test_bytes_of_another_encoding_are_a_fault() -> None:
    (fault,) = read(PORTAL.replace("A1", "Ä1").encode("cp1252")).faults
    assert fault.code == "not_readable"


@pytest.mark.parametrize(
    "body",
    ["", "\n\n", 'Serial No,"Date', "Serial,Date\n", "a" * 20_000, "," * 600, "\0\0"],
)
def test_garbage_is_a_fault(body: str) -> None:
    unpacked = read(body)
    assert unpacked.readings == ()
    assert len(unpacked.faults) == 1


def test_an_open_quote_ends_the_file_and_keeps_what_stands_before() -> None:
    unpacked = read(PORTAL + 'A1,"03/04/2026,10:00 AM,1,2,3,,,auto\n')
    assert len(unpacked.readings) == 4
    assert [(each.path, each.code) for each in unpacked.faults] == [("line 5", "not_readable")]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"time":7}', '{"readings":[]}', "\udcff"])
def test_a_mapping_that_is_none_is_a_fault(text: str) -> None:
    settings = {"mapping": text}
    posted = Posted(body=PORTAL.encode(), received_at=datetime.now(UTC), settings=settings)
    unpacked = SLICE.parse(posted)
    assert unpacked.readings == ()
    assert [each.code for each in unpacked.faults] == ["not_the_shape"]


FAULTY: dict[str, CsvMapping] = {
    "delimiter": msgspec.structs.replace(PROPOSED, delimiter="x"),
    "encoding": msgspec.structs.replace(PROPOSED, encoding="rot13"),
    "decimal": msgspec.structs.replace(PROPOSED, decimal=","),
    "device.column": msgspec.structs.replace(PROPOSED, device=DeviceColumn()),
    "device.scheme": msgspec.structs.replace(
        PROPOSED, device=DeviceColumn(column="Serial No", scheme="a b")),
    "time.columns": msgspec.structs.replace(
        PROPOSED, time=TimeColumns(columns=(), format="iso")),
    "time.format": msgspec.structs.replace(PROPOSED, time=TimeColumns(columns=("Date",))),
    "time.zone": msgspec.structs.replace(
        PROPOSED, time=TimeColumns(columns=("Date",), format="iso", zone="Boston")),
    "origin": msgspec.structs.replace(PROPOSED, origin=OriginColumn()),
    "origin.fixed": msgspec.structs.replace(PROPOSED, origin=OriginColumn(fixed="magic")),
    "readings": msgspec.structs.replace(PROPOSED, readings=()),
    "readings.0.metric": msgspec.structs.replace(
        PROPOSED, readings=(Group(metric="1-2", values=()),)),
    "readings.0.values": msgspec.structs.replace(
        PROPOSED, readings=(Group(metric="29463-7", values=()),)),
    "readings.0.when_is": msgspec.structs.replace(
        PROPOSED, readings=(msgspec.structs.replace(PROPOSED.readings[1], when_column="Date"),)),
    "readings.0.values.0.unit": with_reading(
        msgspec.structs.replace(PROPOSED, readings=()), "29463-7", ("Glucose",)),
    "readings.0.values.0.column": with_reading(
        msgspec.structs.replace(PROPOSED, readings=()), "8867-4", ("",)),
    "id_column": msgspec.structs.replace(PROPOSED, id_column="Number"),
}  # fmt: skip


@pytest.mark.parametrize("field", FAULTY)
def test_what_is_wrong_with_a_mapping_is_named_by_its_field(field: str) -> None:
    columns = tuple(PORTAL.splitlines()[0].split(","))
    assert field in [each.field for each in problems_of(FAULTY[field], columns)]
    if field != "id_column":
        with pytest.raises(InputError):
            read_mapping(write_mapping(FAULTY[field]))


def test_columns_of_another_file_are_no_readings() -> None:
    unpacked = read(PORTAL.replace("Systolic", "Upper"))
    assert unpacked.readings == ()
    assert "readings.0.values.0.column" in unpacked.faults[0].says


@pytest.mark.parametrize(
    ("text", "form", "zone", "at", "estimated"),
    [
        ("2026-03-04T10:00:00Z", "iso", "", "2026-03-04T10:00:00+00:00", False),
        ("2026-03-04 10:00", "iso", "America/Chicago", "2026-03-04T16:00:00+00:00", False),
        ("11/01/2026 1:30 AM", "month/day/year", "America/New_York", "2026-11-01T05:30:00+00:00",
         True),
        ("3/4/26 10:00", "month/day/year", "UTC", "2026-03-04T10:00:00+00:00", False),
        ("04.03.2026 22:15:30", "day.month.year", "UTC", "2026-03-04T22:15:30+00:00", False),
        ("1793624698000", "epoch_milliseconds", "", "2026-11-02T13:04:58+00:00", False),
        ("1793624698", "epoch_seconds", "", "2026-11-02T13:04:58+00:00", False),
    ],
)  # fmt: skip
def test_times(text: str, form: str, zone: str, at: str, estimated: bool) -> None:
    told = told_time(text, form, zone)
    assert told is not None
    assert (told.measured_at, told.is_estimated) == (datetime.fromisoformat(at), estimated)


@pytest.mark.parametrize(
    ("text", "form", "zone"),
    [
        ("2026-03-08 02:30", "iso", "America/New_York"), ("2026-03-04", "iso", ""),
        ("1793624698000", "epoch_seconds", ""), ("-5", "epoch_seconds", ""),
        ("１２", "epoch_seconds", ""), ("9999-12-31T23:59:59-12:00", "iso", ""),
        ("2026/13/01 10:00", "year/month/day", ""), ("10:00", "month/day/year", ""),
        ("3/4/026 10:00", "month/day/year", ""), ("", "iso", ""), ("9" * 400, "epoch_seconds", ""),
    ],
)  # fmt: skip
def test_no_times(text: str, form: str, zone: str) -> None:
    assert told_time(text, form, zone) is None


def test_a_preview_shows_first_rows_and_troubled_ones() -> None:
    table = PORTAL + "A1,03/04/2026,10:00 AM,1,2,3,,,auto\n" * 30 + ",03/04/2026,1:00,,,,5,,auto\n"
    shown = preview(table.encode(), PROPOSED, most=5)
    assert [row.line for row in shown.rows] == [2, 3, 4, 5, 6, 35]
    assert (shown.total_rows, shown.total_readings, shown.total_faults) == (34, 34, 1)
    assert shown.rows[0].readings[0].measured[0].value == Decimal(132)


def test_a_preview_without_answers_says_what_is_missing() -> None:
    shown = preview(PORTAL.encode(), guess(PORTAL.encode()).mapping)
    assert shown.rows == ()
    assert "time.format" in shown.faults[0].says


def test_nothing_to_propose_from() -> None:
    with pytest.raises(Misread):
        guess(b"")


def test_answers_for_places_that_are_not_there_change_nothing() -> None:
    assert answered(PROPOSED, {"readings.9.values.0.unit": "kg", "time.format": ""}) == PROPOSED
