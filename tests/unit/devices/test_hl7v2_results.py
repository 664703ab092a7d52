"""ORU^R01 becomes readings, or faults named by segment and field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.devices.unpacked import DeviceSign, Posted, Unpacked, VendorReading
from caretally.devices.vendors.hl7v2.er7 import Separators, read_messages, unescaped
from caretally.devices.vendors.hl7v2.slice import SLICE

AT = datetime(2026, 3, 4, 15, tzinfo=UTC)
HEADER = r"MSH|^~\&|Gateway|Home|Caretally|Practice|20260304150005+0000||ORU^R01^ORU_R01|m-1|P|2.6"
ORDER = "OBR|1||ord-7|85354-9^^LN|||20260304100000-0500"
SYSTOLIC = "OBX|1|NM|8480-6^Systolic^LN|1.1|132|mm[Hg]^^UCUM|||||F|||20260304100000-0500||||cuff-7"
DIASTOLIC = "OBX|2|NM|8462-4^^LN|1.2|81|mm[Hg]|||||F|||20260304100000-0500||||cuff-7"
PULSE = "OBX|3|NM|8867-4^^LN|1.3|70|{beats}/min^^UCUM|||||F|||20260304100000-0500||||cuff-7"
WEIGHT = "OBX|1|NM|29463-7^^LN||72.50|kg^^UCUM|||||F|||20260304100000-0500||||scale-3"
PCD = r"""
PID|||SSN3456789^^^Clinic&1.2.3&ISO^MR||Example^Edie
OBR|1|o-1|AB1234^Gateway^6CF049DB5F02^EUI-64|1^m^L|||20260304143000+0000|20260304143100+0000
OBX|1||528391^MDC_DEV_SPEC_PROFILE_BP^MDC|1|||||||X|||20260304143000+0000||||0123456789ABCDEF^EUI-64
OBX|2|ST|531970^MDC_ID_MODEL_MANUFACTURER^MDC|1.0.0.1|Maker||||||R
OBX|3||150020^MDC_PRESS_BLD_NONINV^MDC|1.0.1|||||||X|||20260304143000+0000
OBX|4|NM|150021^MDC_PRESS_BLD_NONINV_SYS^MDC|1.0.1.1|140.5|266016^MDC_DIM_MMHG^MDC|||||R|||20260304143000+0000||AMEAS
OBX|5|NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.0.1.2|95.0|266016^MDC_DIM_MMHG^MDC|||||R|||20260304143000+0000||AMEAS
OBX|6|NM|149546^MDC_PULS_RATE_NON_INV^MDC|1.0.0.2|75.5|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||20260304143000+0000
OBX|7|NM|67996^MDC_ATTR_VAL_BATT_CHARGE^MDC|1.0.0.3|88|262688^MDC_DIM_PERCENT^MDC|||||R|||20260304143000+0000
""".strip().splitlines()


def parsed(*lines: str, end: str = "\r", encoding: str = "utf-8") -> Unpacked:
    """Return what becomes of a message."""
    body = (end.join(lines) + end).encode(encoding)
    return SLICE.parse(Posted(body=body, received_at=AT))


def only(unpacked: Unpacked) -> VendorReading:
    """Return the one reading of a delivery without faults."""
    assert unpacked.faults == ()
    (reading,) = unpacked.readings
    return reading


def put(line: str, field: int, value: str) -> str:
    """Return a segment with a field changed."""
    fields = line.split("|")
    fields += [""] * (field + 1 - len(fields))
    fields[field] = value
    return "|".join(fields)


def values(reading: VendorReading) -> list[tuple[str, str, str]]:
    """Return what was measured, as text."""
    return [(each.metric, str(each.value), each.unit) for each in reading.measured]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_panel_is_one_reading(end: str) -> None:
    reading = only(parsed(HEADER, ORDER, SYSTOLIC, DIASTOLIC, PULSE, end=end))
    assert reading.metric == "85354-9"
    assert values(reading) == [
        ("8480-6", "132", "mm[Hg]"), ("8462-4", "81", "mm[Hg]"), ("8867-4", "70", "/min"),
    ]  # fmt: skip
    assert (reading.measured_at, reading.offset_seconds) == (AT, -18_000)
    assert reading.names == (("hl7v2:device", "cuff-7"),)
    assert (reading.origin, reading.vendor_reading_id) == ("device", "ord-7/85354-9/1")
    assert reading.path == "OBX[1]"


def test_a_message_of_a_personal_health_device() -> None:
    unpacked = parsed(HEADER, *PCD)
    reading = only(unpacked)
    assert reading.names == (
        ("eui64", "0123456789ABCDEF"), ("hl7v2:patient", "Clinic|SSN3456789"),
    )  # fmt: skip
    assert values(reading) == [
        ("8480-6", "140.5", "mm[Hg]"), ("8462-4", "95.0", "mm[Hg]"), ("8867-4", "75.5", "/min"),
    ]  # fmt: skip
    at = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
    assert (reading.measured_at, reading.offset_seconds) == (at, None)
    assert [(each.kind, each.battery_percent, each.at) for each in unpacked.signs] == [
        ("battery", 88, at)
    ]


def test_digits_are_kept() -> None:
    assert values(only(parsed(HEADER, ORDER, WEIGHT))) == [("29463-7", "72.50", "kg")]


@pytest.mark.parametrize(
    ("subs", "metrics"),
    [
        (("", "", "", ""), ["8480-6", "8462-4", "8480-6", "8462-4"]),
        (("1", "1", "2", "2"), ["85354-9", "85354-9"]),
        (("1.1", "1.2", "2.1", "2.2"), ["85354-9", "85354-9"]),
        (("1", "2", "3", "4"), ["8480-6", "8462-4", "8480-6", "8462-4"]),
    ],
)
def test_two_pressures_in_one_order(subs: tuple[str, ...], metrics: list[str]) -> None:
    lines = [
        put(put(line, 4, sub), 5, str(100 + place))
        for place, (line, sub) in enumerate(
            zip((SYSTOLIC, DIASTOLIC, SYSTOLIC, DIASTOLIC), subs, strict=True)
        )
    ]
    assert [each.metric for each in parsed(HEADER, ORDER, *lines).readings] == metrics


def test_values_of_two_times_are_two_readings() -> None:
    later = put(DIASTOLIC, 14, "20260304100500-0500")
    readings = parsed(HEADER, ORDER, put(SYSTOLIC, 4, ""), put(later, 4, "")).readings
    assert [each.metric for each in readings] == ["8480-6", "8462-4"]


@pytest.mark.parametrize(
    ("sent", "told", "at", "wall", "offset"),
    [
        ("20260304150005", "20260304100000", None, datetime(2026, 3, 4, 10), None),  # noqa: DTZ001
        ("20260304150005", "202603041000", None, datetime(2026, 3, 4, 10), None),  # noqa: DTZ001
        ("20260304150005-0500", "20260304100000", AT, None, -18_000),
        ("20260304150005-0500", "20260304150000+0000", AT, None, None),
        ("20260304150005", "20260304100000.123456789-0500", AT.replace(microsecond=123456), None,
         -18_000),
    ],
)  # fmt: skip
def test_times(sent: str, told: str, at: Any, wall: Any, offset: Any) -> None:
    reading = only(parsed(put(HEADER, 6, sent), ORDER, put(WEIGHT, 14, told)))
    assert (reading.measured_at, reading.wall, reading.offset_seconds) == (at, wall, offset)


def test_the_time_of_the_order_counts_where_a_result_has_none() -> None:
    assert only(parsed(HEADER, ORDER, put(WEIGHT, 14, ""))).measured_at == AT


def test_a_removed_result_is_taken_back_by_its_id() -> None:
    first = only(parsed(HEADER, ORDER, SYSTOLIC, DIASTOLIC))
    for status in ("D", "W", "X"):
        unpacked = parsed(HEADER, ORDER, put(SYSTOLIC, 11, status), put(DIASTOLIC, 11, status))
        assert (unpacked.readings, unpacked.faults) == ((), ())
        assert [each.vendor_reading_id for each in unpacked.removals] == [first.vendor_reading_id]


def test_a_removed_result_without_an_id_is_taken_back_by_its_time() -> None:
    (removal,) = parsed(HEADER, put(ORDER, 3, ""), put(WEIGHT, 11, "D")).removals
    assert (removal.vendor_reading_id, removal.begins, removal.ends) == ("", AT, AT)
    assert removal.names == (("hl7v2:device", "scale-3"),)


def test_a_correction_keeps_the_id_and_has_another_version() -> None:
    first = only(parsed(HEADER, ORDER, WEIGHT))
    again = only(parsed(HEADER.replace("m-1", "m-2"), ORDER, put(WEIGHT, 11, "C")))
    assert first.vendor_reading_id == again.vendor_reading_id
    assert (first.version, again.version) == ("", "m-2")


def test_an_own_id_counts_before_that_of_the_order() -> None:
    assert only(parsed(HEADER, ORDER, put(WEIGHT, 21, "w-9"))).vendor_reading_id == "w-9"


@pytest.mark.parametrize(
    ("method", "device", "origin"),
    [
        ("", "scale-3", "device"), ("MMEAS", "scale-3", "manual"), ("ACALC^^MDC", "s", "derived"),
        ("", "", "unknown"), ("AMEAS", "", "device"),
    ],
)  # fmt: skip
def test_origin(method: str, device: str, origin: str) -> None:
    line = put(put(WEIGHT, 17, method), 18, device)
    assert only(parsed(HEADER, "PID|||7^^^Clinic", ORDER, line)).origin == origin


@pytest.mark.parametrize("change", [(8, "INV"), (8, "H~NAV")])
def test_what_a_device_calls_invalid_is_a_sign(change: tuple[int, str]) -> None:
    unpacked = parsed(HEADER, ORDER, put(WEIGHT, *change))
    assert (unpacked.readings, unpacked.faults) == ((), ())
    names = (("hl7v2:device", "scale-3"),)
    assert unpacked.signs == (DeviceSign(names=names, at=AT, kind="fault", path="OBX[1]"),)


def test_a_result_that_could_not_be_obtained_is_a_sign() -> None:
    unpacked = parsed(HEADER, ORDER, put(put(WEIGHT, 11, "X"), 5, ""))
    assert [each.kind for each in unpacked.signs] == ["fault"]
    assert unpacked.removals == ()


def test_doubt_is_marked() -> None:
    reading = only(parsed(HEADER, ORDER, put(put(WEIGHT, 8, "QUES"), 11, "P")))
    assert reading.flags == ("preliminary", "questionable")


REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "text for a number": ((ORDER, put(WEIGHT, 2, "ST")), "not_the_shape", "OBX[1]-2"),
    "no type": ((ORDER, put(WEIGHT, 2, "")), "not_the_shape", "OBX[1]-2"),
    "type that is none": ((ORDER, put(WEIGHT, 2, "ZZ")), "not_the_shape", "OBX[1]-2"),
    "number with its unit": ((ORDER, put(WEIGHT, 5, "72 kg")), "not_a_number", "OBX[1]-5"),
    "number with a comma": ((ORDER, put(WEIGHT, 5, "72,5")), "not_a_number", "OBX[1]-5"),
    "number in parts": ((ORDER, put(WEIGHT, 5, "72^5")), "not_a_number", "OBX[1]-5"),
    "bound": ((ORDER, put(put(WEIGHT, 2, "SN"), 5, ">^72")), "not_a_number", "OBX[1]-5"),
    "range": ((ORDER, put(put(WEIGHT, 2, "SN"), 5, "^72^-^73")), "not_a_number", "OBX[1]-5"),
    "two values": ((ORDER, put(WEIGHT, 5, "72~73")), "not_the_shape", "OBX[1]-5"),
    "no value": ((ORDER, put(WEIGHT, 5, "")), "missing_field", "OBX[1]-5"),
    "null value": ((ORDER, put(WEIGHT, 5, '""')), "missing_field", "OBX[1]-5"),
    "no unit": ((ORDER, put(WEIGHT, 6, "")), "unknown_unit", "OBX[1]-6"),
    "unit of another metric": ((ORDER, put(WEIGHT, 6, "mm[Hg]^^UCUM")), "unknown_unit", "OBX[1]-6"),
    "unit of another system": ((ORDER, put(WEIGHT, 6, "kg^^ISO+")), "unknown_unit", "OBX[1]-6"),
    "unit nobody knows": ((ORDER, put(WEIGHT, 6, "1^x^MDC")), "unknown_unit", "OBX[1]-6"),
    "metric nobody knows": ((ORDER, put(WEIGHT, 3, "9-9^^LN")), "unknown_metric", "OBX[1]-3"),
    "metric of nobody's system": (
        (ORDER, put(WEIGHT, 3, "29463-7^^L")), "unknown_metric", "OBX[1]-3"),
    "measurement of a device nobody knows": (
        (ORDER, put(WEIGHT, 3, "150300^^MDC")), "unknown_metric", "OBX[1]-3"),
    "no metric": ((ORDER, put(WEIGHT, 3, "")), "unknown_metric", "OBX[1]-3"),
    "pending": ((ORDER, put(WEIGHT, 11, "I")), "not_the_shape", "OBX[1]-11"),
    "no status": ((ORDER, put(WEIGHT, 11, "")), "not_the_shape", "OBX[1]-11"),
    "day for a time": ((ORDER, put(WEIGHT, 14, "20260304")), "not_a_time", "OBX[1]-14"),
    "day of no calendar": ((ORDER, put(WEIGHT, 14, "202602301000")), "not_a_time", "OBX[1]-14"),
    "other format": ((ORDER, put(WEIGHT, 14, "2026-03-04")), "not_a_time", "OBX[1]-14"),
    "no time": ((put(ORDER, 7, ""), put(WEIGHT, 14, "")), "missing_field", "OBX[1]-14"),
    "no order, no time": ((put(WEIGHT, 14, ""),), "missing_field", "OBX[1]-14"),
    "no device": ((ORDER, put(WEIGHT, 18, "")), "no_device", "OBX[1]-18"),
    "name that cannot be kept": ((ORDER, put(WEIGHT, 18, "x" * 201)), "too_large", "OBX[1]-18"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    lines, code, path = REFUSED[name]
    unpacked = parsed(HEADER, *lines)
    assert unpacked.readings == ()
    assert [(each.code, each.path) for each in unpacked.faults] == [(code, path)]


@pytest.mark.parametrize("name", REFUSED)
def test_one_refused_keeps_no_other_back(name: str) -> None:
    lines, code, path = REFUSED[name]
    unpacked = parsed(HEADER, *lines, "OBR|2||ord-8", SYSTOLIC, DIASTOLIC)
    assert [each.metric for each in unpacked.readings] == ["85354-9"]
    assert [(each.code, each.path) for each in unpacked.faults] == [(code, path)]


@pytest.mark.parametrize(
    ("header", "code", "path"),
    [
        (put(HEADER, 8, "ADT^A01"), "not_the_shape", "MSH-9"),
        (put(HEADER, 10, "T"), "not_the_shape", "MSH-11"),
        (put(HEADER, 17, "EBCDIC"), "not_readable", "MSH-18"),
        ("MSH|^^^^|a", "not_readable", "MSH-2"), ("MSH|", "not_readable", "MSH"),
        ("PID|x", "not_readable", "MSH"), ("", "not_readable", ""),
    ],
)  # fmt: skip
def test_no_message_of_results(header: str, code: str, path: str) -> None:
    unpacked = parsed(header, *([ORDER, WEIGHT] if header else []))
    assert unpacked.readings == ()
    assert [(each.code, each.path) for each in unpacked.faults] == [(code, path)]


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("UNICODE UTF-8", "utf-8"), ("8859/1", "iso-8859-1"), ("", "utf-8"), ("", "utf-8-sig")],
)
def test_character_sets(word: str, encoding: str) -> None:
    lines = (put(HEADER, 17, word), ORDER, put(WEIGHT, 18, "Gerät-3"))
    assert only(parsed(*lines, encoding=encoding)).names == (("hl7v2:device", "Gerät-3"),)


def test_another_character_set_than_it_says() -> None:
    lines = (put(HEADER, 17, "UNICODE UTF-8"), ORDER, put(WEIGHT, 18, "Gerät-3"))
    assert [each.path for each in parsed(*lines, encoding="iso-8859-1").faults] == ["MSH-18"]


def test_a_batch_of_messages() -> None:
    unpacked = parsed(
        r"FHS|^~\&", r"BHS|^~\&", HEADER, ORDER, WEIGHT, HEADER, ORDER, put(WEIGHT, 5, "x"),
        HEADER, ORDER, SYSTOLIC, DIASTOLIC, "BTS|3", "FTS|1",
    )  # fmt: skip
    assert [each.metric for each in unpacked.readings] == ["29463-7", "85354-9"]
    assert [each.path for each in unpacked.faults] == ["message 2 OBX[1]-5"]


def test_other_separators_and_escapes() -> None:
    lines = [HEADER, ORDER, put(WEIGHT, 18, r"a\S\b\T\c\E\d\X41\e")]
    swapped = [line.replace("|", "%").replace("^", "!") for line in lines]
    assert only(parsed(*swapped)).names == (("hl7v2:device", "a!b&c\\dAe"),)


def test_nothing_of_a_patient_is_in_a_fault() -> None:
    name = "Ada~Lovelace^1815 & more than that"
    lines = [put(WEIGHT, field, name) for field in (2, 3, 5, 6, 11, 14)]
    faults = parsed(HEADER, ORDER, *lines).faults
    assert len(faults) == len(lines)
    assert not [each for each in faults if "1815" in each.says + each.path]


TEXT = st.text(st.characters(codec="ascii", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85"))


@given(st.lists(TEXT.map(lambda text: text.replace("\\", "")), max_size=8))
def test_fields_are_those_of_another_reader(texts: list[str]) -> None:
    line = "|".join(["ZZZ", *texts, "end"])
    (message,) = read_messages(f"{HEADER}\r{line}\r".encode())
    other = hl7.parse(f"{HEADER}\r{line}\r")
    segment = message.segments[0]
    for number in range(1, len(texts) + 1):
        wanted = str(other[1][number])
        assert segment.raw(number) == ("" if wanted == '""' else wanted)


@given(st.lists(st.sampled_from(["\\", "F", "S", ".br", "X41", "X4", "x", "", "Q"]), max_size=12))
def test_escapes_end(pieces: list[str]) -> None:
    signs = Separators("|", "^", "~", "\\", "&")
    text = "".join(pieces)
    assert len(unescaped(text, signs)) <= len(text)
