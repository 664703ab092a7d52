"""Observations of FHIR R4 become readings, or a fault with its place; nothing else."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.unpacked import DeviceSign, Posted, Removal, Unpacked, VendorReading
from caretally.devices.vendors.fhir.slice import SLICE

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
MDC = "urn:iso:std:iso:11073:10101"
AT = datetime(2026, 3, 4, 15, tzinfo=UTC)


def concept(*codes: str, system: str = LOINC) -> dict[str, Any]:
    """Return codes of a system."""
    return {"coding": [{"system": system, "code": code} for code in codes]}


def quantity(value: Any, code: str) -> dict[str, Any]:
    """Return a number with its unit."""
    return {"value": value, "unit": code, "system": UCUM, "code": code}


PRESSURE: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "bp-1",
    "status": "final",
    "category": [concept("vital-signs", system="http://terminology.hl7.org/CodeSystem/observation-category")],
    "code": concept("85354-9"),
    "subject": {"reference": "Patient/ada"},
    "effectiveDateTime": "2026-03-04T10:00:00-05:00",
    "issued": "2026-03-04T15:00:20Z",
    "device": {"identifier": {"value": "cuff-7"}},
    "component": [
        {"code": concept("8480-6"), "valueQuantity": quantity(132, "mm[Hg]")},
        {"code": concept("8462-4"), "valueQuantity": quantity(81, "mm[Hg]")},
        {"code": concept("8867-4"), "valueQuantity": quantity(70, "{beats}/min")},
    ],
}  # fmt: skip
WEIGHT: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "w-1",
    "status": "final",
    "code": concept("29463-7"),
    "effectiveDateTime": "2026-03-04T15:00:00Z",
    "device": {"reference": "Device/scale-3"},
    "valueQuantity": quantity(72.5, "kg"),
}


def parsed(content: Any, content_type: str = "application/fhir+json") -> Unpacked:
    """Return what becomes of a document."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"content-type": content_type}
    return SLICE.parse(Posted(body=body, headers=headers, received_at=AT))


def changed(of: dict[str, Any], *path: str | int, to: Any = None) -> dict[str, Any]:
    """Return a resource with one thing in it changed; without it where nothing is put there."""
    made = copy.deepcopy(of)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return made


def only(unpacked: Unpacked) -> VendorReading:
    """Return the one reading of a delivery without faults."""
    assert unpacked.faults == ()
    (reading,) = unpacked.readings
    return reading


def bundle(
    *resources: dict[str, Any], sort: str = "collection", method: str = ""
) -> dict[str, Any]:
    """Return resources in a Bundle."""
    request = {"request": {"method": method, "url": "Observation"}} if method else {}
    return {
        "resourceType": "Bundle", "type": sort,
        "entry": [{"resource": each, **request} for each in resources],
    }  # fmt: skip


def test_a_panel_is_one_reading_with_its_coincident_pulse() -> None:
    reading = only(parsed(PRESSURE))
    assert reading.metric == "85354-9"
    assert [(each.metric, str(each.value), each.unit) for each in reading.measured] == [
        ("8480-6", "132", "mm[Hg]"), ("8462-4", "81", "mm[Hg]"), ("8867-4", "70", "/min"),
    ]  # fmt: skip
    assert reading.measured_at == AT
    assert (reading.offset_seconds, reading.offset_origin) == (-18_000, "source")
    assert reading.received_at == datetime(2026, 3, 4, 15, 0, 20, tzinfo=UTC)
    assert reading.names == (("fhir:device", "cuff-7"), ("fhir:subject", "Patient/ada"))
    assert (reading.origin, reading.vendor_reading_id) == ("device", "bp-1")


@pytest.mark.parametrize("digits", ["72.50", "72.5", "72", "0.0725e3", "72.500000000000000000001"])
def test_a_number_keeps_its_digits(digits: str) -> None:
    body = json.dumps(WEIGHT).replace("72.5", digits).encode()
    (measured,) = only(parsed(body)).measured
    assert measured.value == Decimal(digits)
    assert measured.value.as_tuple() == Decimal(digits).as_tuple()


def test_a_number_written_as_text_is_taken() -> None:
    reading = only(parsed(changed(WEIGHT, "valueQuantity", "value", to="72.50")))
    assert str(reading.measured[0].value) == "72.50"


def test_zero_offset_tells_no_local_time() -> None:
    reading = only(parsed(WEIGHT))
    assert (reading.measured_at, reading.offset_seconds, reading.offset_origin) == (AT, None, "")


def test_a_time_without_offset_is_wall_time() -> None:
    reading = only(parsed(changed(WEIGHT, "effectiveDateTime", to="2026-03-04T10:00:00")))
    assert reading.measured_at is None
    assert reading.wall == datetime(2026, 3, 4, 10)  # noqa: DTZ001 - a wall time


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"effectiveInstant": "2026-03-04T15:00:00.123456789Z"}, AT.replace(microsecond=123456)),
        ({"effectivePeriod": {"start": "2026-03-04T15:00:00Z", "end": "2026-03-04T15:00:40Z"}}, AT),
        ({"effectivePeriod": {"start": "2026-03-04T15:00:00Z"}}, AT),
    ],
)
def test_other_ways_to_tell_the_time(told: dict[str, Any], at: datetime) -> None:
    assert only(parsed(changed(WEIGHT, "effectiveDateTime") | told)).measured_at == at


@pytest.mark.parametrize(
    ("told", "code", "path"),
    [
        ({}, "missing_field", "/effectiveDateTime"),
        ({"effectiveDateTime": "2026-03-04"}, "not_a_time", "/effectiveDateTime"),
        ({"effectiveDateTime": "2026-03"}, "not_a_time", "/effectiveDateTime"),
        ({"effectiveDateTime": "2026-02-30T10:00:00Z"}, "not_a_time", "/effectiveDateTime"),
        ({"effectiveDateTime": "0001-01-01T00:00:00+14:00"}, "not_a_time", "/effectiveDateTime"),
        ({"effectiveDateTime": "2026-03-04T10:00:60Z"}, "not_a_time", "/effectiveDateTime"),
        ({"effectiveTiming": {"event": ["2026-03-04"]}}, "not_a_time", "/effectiveTiming"),
        ({"effectivePeriod": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-07T00:00:00Z"}},
         "not_a_time", "/effectivePeriod"),
        ({"effectivePeriod": {"start": "2026-03-04T15:01:00Z", "end": "2026-03-04T15:00:00Z"}},
         "not_a_time", "/effectivePeriod"),
        ({"effectivePeriod": {"start": "2026-03-04T15:00:00Z", "end": "2026-03-04T15:00:00"}},
         "not_a_time", "/effectivePeriod"),
    ],
)  # fmt: skip
def test_what_is_no_time_of_a_reading(told: dict[str, Any], code: str, path: str) -> None:
    unpacked = parsed(changed(WEIGHT, "effectiveDateTime") | told)
    assert unpacked.readings == ()
    assert [(each.code, each.path) for each in unpacked.faults] == [(code, path)]


SYSTOLIC = ("component", 0, "valueQuantity")
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    # The three faults that no validator of FHIR sees.
    "wrong unit system": (
        changed(PRESSURE, *SYSTOLIC, "system", to="http://example.org/units"),
        "unknown_unit", "/component/0/valueQuantity/system"),
    "wrong UCUM code in a component": (
        changed(PRESSURE, *SYSTOLIC, "code", to="kg"),
        "unknown_unit", "/component/0/valueQuantity/code"),
    "device that is a patient": (
        changed(PRESSURE, "device", to={"reference": "Patient/ada"}), "not_the_shape", "/device"),
    "subject that is a device": (
        changed(PRESSURE, "subject", to={"reference": "https://ehr.example/r4/Device/7/_history/2"}),
        "not_the_shape", "/subject"),
    "type that is another": (
        changed(PRESSURE, "device", to={"type": "Location", "identifier": {"value": "x"}}),
        "not_the_shape", "/device"),
    "unit without system": (
        changed(WEIGHT, "valueQuantity", "system"), "unknown_unit", "/valueQuantity/system"),
    "unit in words only": (
        changed(WEIGHT, "valueQuantity", "code"), "unknown_unit", "/valueQuantity/code"),
    "mmHg, which is no UCUM": (
        changed(PRESSURE, *SYSTOLIC, "code", to="mmHg"),
        "unknown_unit", "/component/0/valueQuantity/code"),
    "half a pressure": (
        changed(PRESSURE, "component", 1), "missing_field", "/component"),
    "pulse under the code of a pressure": (
        changed(PRESSURE, "component", 2, "code", to=concept("8480-6")),
        "unknown_unit", "/component/2/valueQuantity/code"),
    "two systolic pressures": (
        changed(PRESSURE, "component", 2, to=PRESSURE["component"][0]),
        "not_the_shape", "/component"),
    "component without value": (
        changed(PRESSURE, *SYSTOLIC) , "missing_field", "/component/0/valueQuantity"),
    "component with an absent value": (
        changed(PRESSURE, "component", 0,
                to={"code": concept("8480-6"), "dataAbsentReason": concept("error")}),
        "missing_field", "/component/0/dataAbsentReason"),
    "unknown metric": (
        changed(WEIGHT, "code", to=concept("98979-8")), "unknown_metric", "/code"),
    "unknown metric in a component": (
        changed(PRESSURE, "component", 2, "code", to=concept("1234-5")),
        "unknown_metric", "/component/2/code"),
    "code in words only": (
        changed(WEIGHT, "code", to={"text": "weight"}), "unknown_metric", "/code"),
    "comparator": (
        changed(WEIGHT, "valueQuantity", "comparator", to=">"),
        "not_a_number", "/valueQuantity/comparator"),
    "number that is none": (
        changed(WEIGHT, "valueQuantity", "value", to="NaN"),
        "not_a_number", "/valueQuantity/value"),
    "number beyond measure": (
        changed(WEIGHT, "valueQuantity", "value", to="1e99"),
        "not_a_number", "/valueQuantity/value"),
    "number as truth": (
        changed(WEIGHT, "valueQuantity", "value", to=True),
        "not_a_number", "/valueQuantity/value"),
    "text for a quantity": (
        changed(WEIGHT, "valueQuantity") | {"valueString": "72.5 kg"},
        "not_a_number", "/valueString"),
    "no value": (changed(WEIGHT, "valueQuantity"), "missing_field", "/valueQuantity"),
    "registered only": (changed(WEIGHT, "status", to="registered"), "not_the_shape", "/status"),
    "status that is none": (changed(WEIGHT, "status", to="done"), "not_the_shape", "/status"),
    "no status": (changed(WEIGHT, "status"), "missing_field", ""),
    "no code": (changed(WEIGHT, "code"), "missing_field", ""),
    "neither device nor subject": (changed(WEIGHT, "device"), "no_device", "/device"),
    "another resource": ({"resourceType": "Condition"}, "not_the_shape", "/resourceType"),
    "no resource": ({"status": "final"}, "missing_field", ""),
    "removed without id": (
        changed(changed(WEIGHT, "id"), "status", to="entered-in-error"), "missing_field", "/id"),
    "number for a text": (changed(WEIGHT, "status", to=7), "not_the_shape", "/status"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    resource, code, path = REFUSED[name]
    unpacked = parsed(resource)
    assert unpacked.readings == ()
    assert [(each.code, each.path) for each in unpacked.faults] == [(code, path)]


@pytest.mark.parametrize("name", REFUSED)
def test_one_refused_keeps_no_other_back(name: str) -> None:
    resource, code, path = REFUSED[name]
    unpacked = parsed(bundle(resource, WEIGHT, PRESSURE))
    assert [each.metric for each in unpacked.readings] == ["29463-7", "85354-9"]
    assert [(each.code, each.path) for each in unpacked.faults] == [
        (code, f"/entry/0/resource{path}")
    ]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_reading_that_is_none_any_more_is_removed(status: str) -> None:
    unpacked = parsed(changed(WEIGHT, "status", to=status))
    names = (("fhir:device", "Device/scale-3"),)
    assert unpacked == Unpacked(removals=(Removal(names=names, vendor_reading_id="w-1"),))


@pytest.mark.parametrize("status", ["amended", "corrected"])
def test_a_correction_has_another_version(status: str) -> None:
    first, again = only(parsed(WEIGHT)), only(parsed(changed(WEIGHT, "status", to=status)))
    assert first.vendor_reading_id == again.vendor_reading_id == "w-1"
    assert (first.version, again.version) == ("", status)


def test_the_version_of_the_server_counts() -> None:
    told = WEIGHT | {"meta": {"versionId": "3", "lastUpdated": "2026-03-04T16:00:00Z"}}
    assert only(parsed(told)).version == "3"


def test_preliminary_values_are_marked() -> None:
    assert only(parsed(changed(WEIGHT, "status", to="preliminary"))).flags == ("preliminary",)


def test_an_absent_value_is_a_sign_and_no_reading() -> None:
    told = changed(WEIGHT, "valueQuantity") | {"dataAbsentReason": concept("error")}
    unpacked = parsed(told)
    assert (unpacked.readings, unpacked.faults) == ((), ())
    names = (("fhir:device", "Device/scale-3"),)
    assert unpacked.signs == (DeviceSign(names=names, at=AT, kind="fault"),)


def test_a_panel_of_references_holds_others_together() -> None:
    told = changed(WEIGHT, "valueQuantity") | {
        "code": concept("85353-1"), "hasMember": [{"reference": "Observation/w-1"}],
    }  # fmt: skip
    unpacked = parsed(told)
    assert [each.path for each in unpacked.passed] == [""]
    assert unpacked == Unpacked(passed=unpacked.passed)


REPORTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
CLOCK = {
    "resourceType": "Observation", "id": "clock", "status": "final",
    "code": concept("67975", system=MDC),
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        ({}, "device"),
        ({"performer": [{"reference": "Patient/ada"}]}, "device"),
        ({"meta": {"security": [{"system": REPORTED, "code": "PATRPT"}]}}, "manual"),
        ({"meta": {"security": [{"system": "other", "code": "PATRPT"}]}}, "device"),
        ({"derivedFrom": [{"reference": "Observation/a"}]}, "derived"),
        ({"derivedFrom": [{"reference": "Observation/clock"}]}, "device"),
    ],
)
def test_origin(told: dict[str, Any], origin: str) -> None:
    unpacked = parsed(bundle(WEIGHT | told, CLOCK))
    assert [each.origin for each in unpacked.readings] == [origin]


@pytest.mark.parametrize(
    ("performer", "origin"),
    [
        ([], "unknown"),
        ([{"reference": "Practitioner/lin"}], "unknown"),
        ([{"reference": "Patient/ada"}], "manual"),
        ([{"reference": "RelatedPerson/r"}], "manual"),
        ([{"reference": "Patient/ada"}, {"reference": "Practitioner/lin"}], "unknown"),
    ],
)
def test_origin_without_a_device(performer: list[dict[str, Any]], origin: str) -> None:
    told = changed(PRESSURE, "device") | {"performer": performer}
    reading = only(parsed(told))
    assert reading.origin == origin
    assert reading.names == (("fhir:subject", "Patient/ada"),)


DEVICE = {
    "resourceType": "Device", "id": "scale-3", "serialNumber": "SC-3",
    "identifier": [
        {"system": "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680", "value": "FEEDABEEDEAD77C3"},
        {"type": concept("BTMAC"), "value": "A4-C1-38-0B-5E-11"},
        {"system": "https://maker.example/devices", "value": "77"},
        {"value": " "},
    ],
}  # fmt: skip
OWN_NAMES = (
    ("eui64", "FEEDABEEDEAD77C3"), ("mac", "A4-C1-38-0B-5E-11"),
    ("fhir:device", "https://maker.example/devices|77"), ("serial", "SC-3"),
)  # fmt: skip


def test_a_device_in_the_bundle_gives_its_names() -> None:
    reading = only(parsed(bundle(DEVICE, WEIGHT)))
    assert reading.names == (*OWN_NAMES, ("fhir:device", "Device/scale-3"))


def test_a_contained_device_gives_its_names() -> None:
    told = WEIGHT | {"contained": [DEVICE], "device": {"reference": "#scale-3"}}
    assert only(parsed(told)).names == OWN_NAMES


def test_a_part_of_a_device_leads_to_it() -> None:
    part = {"resourceType": "DeviceMetric", "id": "m", "source": {"reference": "Device/scale-3"}}
    told = changed(WEIGHT, "device", to={"reference": "DeviceMetric/m"})
    reading = only(parsed(bundle(DEVICE, part, told)))
    assert reading.names == (*OWN_NAMES, ("fhir:device", "DeviceMetric/m"))


def test_a_reference_within_a_transaction_leads_to_the_device() -> None:
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": DEVICE, "request": {"method": "POST"}},
        {"resource": changed(WEIGHT, "device", to={"reference": "urn:uuid:1"}),
         "request": {"method": "POST"}},
    ]  # fmt: skip
    told = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert only(parsed(told)).names == OWN_NAMES


def test_a_reference_within_a_transaction_to_a_patient_is_refused() -> None:
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p"}},
        {"resource": changed(WEIGHT, "device", to={"reference": "urn:uuid:1"})},
    ]
    unpacked = parsed({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert [each.path for each in unpacked.faults] == ["/entry/1/resource/device"]


def test_the_id_of_something_to_be_created_is_nobodys() -> None:
    told = WEIGHT | {"identifier": [{"system": "https://gw.example", "value": "r-9"}]}
    assert only(parsed(bundle(told, method="PUT"))).vendor_reading_id == "w-1"
    created = parsed(bundle(told, sort="transaction", method="POST"))
    assert only(created).vendor_reading_id == "https://gw.example|r-9"


@pytest.mark.parametrize(
    ("url", "own_id"),
    [("Observation/w-1", "w-1"), ("Observation?identifier=https://gw.example|r-9",
                                  "https://gw.example|r-9")],
)  # fmt: skip
def test_a_transaction_may_take_back(url: str, own_id: str) -> None:
    entries = [{"request": {"method": "DELETE", "url": url}}]
    unpacked = parsed({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert [each.vendor_reading_id for each in unpacked.removals] == [own_id]


def test_a_transaction_may_not_take_back_many() -> None:
    entries = [{"request": {"method": "DELETE", "url": "Observation?status=final"}}]
    unpacked = parsed({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert [each.path for each in unpacked.faults] == ["/entry/0/request/url"]


@pytest.mark.parametrize("sort", ["batch", "transaction", "collection", "searchset"])
def test_sorts_of_bundles(sort: str) -> None:
    unpacked = parsed(bundle(WEIGHT, PRESSURE, {"resourceType": "Patient", "id": "ada"}, sort=sort))
    assert (len(unpacked.readings), unpacked.faults) == (2, ())
    assert [each.path for each in unpacked.readings] == ["/entry/0/resource", "/entry/1/resource"]


def test_other_bundles_are_refused() -> None:
    assert [each.path for each in parsed(bundle(WEIGHT, sort="document")).faults] == ["/type"]


@pytest.mark.parametrize("content_type", ["application/fhir+ndjson", "application/json"])
def test_one_a_line(content_type: str) -> None:
    lines = b"\n".join(json.dumps(each).encode() for each in (WEIGHT, {"a": 1}, PRESSURE))
    unpacked = parsed(b"\n" + lines + b"\r\n\n", content_type)
    assert [each.metric for each in unpacked.readings] == ["29463-7", "85354-9"]
    assert [each.path for each in unpacked.faults] == ["line 3"]


def test_a_document_over_lines_is_one() -> None:
    assert only(parsed(json.dumps(PRESSURE, indent=1).encode())).metric == "85354-9"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"resourceType":"\xff"}', b"[" * 100_000,
     b'{"resourceType":"Observation","code":' + b'{"a":' * 50_000],
)  # fmt: skip
def test_garbage_is_a_fault(body: bytes) -> None:
    unpacked = parsed(body)
    assert unpacked.readings == ()
    assert len(unpacked.faults) == 1


def test_codes_of_devices_are_read() -> None:
    told = {
        **PRESSURE, "code": concept("150020", system=MDC),
        "component": [
            {"code": concept("150021", system=MDC), "valueQuantity": quantity(16.0, "kPa")},
            {"code": concept("150022", system=MDC), "valueQuantity": quantity(10.5, "kPa")},
        ],
    }  # fmt: skip
    reading = only(parsed(told))
    assert reading.metric == "85354-9"
    assert [each.unit for each in reading.measured] == ["kPa", "kPa"]


def test_oxygen_given_is_no_measurement_of_the_patient() -> None:
    told = {
        **WEIGHT, "code": concept("2708-6", "59408-5"), "valueQuantity": quantity(97, "%"),
        "component": [{"code": concept("3151-8"), "valueQuantity": quantity(2, "L/min")}],
    }  # fmt: skip
    reading = only(parsed(told))
    assert [(each.metric, each.unit) for each in reading.measured] == [("2708-6", "%")]


def test_nothing_of_a_patient_is_in_a_fault() -> None:
    name_told = "Ada-Lovelace-1815"
    broken = [
        changed(WEIGHT, "status", to=name_told),
        changed(WEIGHT, "effectiveDateTime", to=name_told),
        changed(WEIGHT, "valueQuantity", "value", to=name_told),
        changed(WEIGHT, "id", to={"name": name_told}),
        changed(WEIGHT, "device", to={"identifier": [name_told]}),
    ]
    for each in parsed(bundle(*broken)).faults:
        assert name_told not in each.says + each.path
    assert len(parsed(bundle(*broken)).faults) == len(broken)
