"""What goes out is valid by three validators, each of which sees planted faults in the same run."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.fhir.slice import SLICE
from caretally.ehr.observations import (
    fhir_id,
    observations_of,
    search_set,
    transaction,
    written,
)
from caretally.journal.entries import DeviceReturned, Entry
from tests.standards.faults import FHIR, FHIRKIT, MEDPLUM, OURS, faults
from tests.standards.told import AT, ZONE, entries, entry, pressure, reading, resources
from tests.standards.validators import (
    US_CORE,
    Case,
    asked_of_fhirkit,
    asked_of_node,
    reason_without_node,
)
from tests.vendors.kit import GOLDEN

Found = dict[str, dict[str, list[str]]]
SEEN_BY: dict[str, set[str]] = {
    "no status": {MEDPLUM, FHIRKIT, FHIR, OURS},
    "status of no value set": {FHIR, OURS},
    "no category": {MEDPLUM},
    "other category": {MEDPLUM},
    "no code": {MEDPLUM, FHIRKIT, FHIR, OURS},
    "code of another profile": {MEDPLUM, OURS},
    "no subject": {MEDPLUM},
    "no time": {MEDPLUM, OURS},
    "time of no form": {MEDPLUM, FHIRKIT, OURS},
    "two times": {FHIRKIT},
    "half a panel": {MEDPLUM, OURS},
    "component without value": {MEDPLUM, OURS},
    "systolic twice": {MEDPLUM, OURS},
    "two values in a component": {FHIRKIT},
    "value as text": {MEDPLUM, FHIRKIT, FHIR},
    "unknown field": {MEDPLUM, FHIRKIT, FHIR},
    "empty list": {FHIRKIT},
    "list for one": {MEDPLUM, FHIRKIT, FHIR, OURS},
    "number for a text": {MEDPLUM, FHIRKIT, FHIR, OURS},
    "wrong unit system": {OURS},
    "wrong unit in a component": {OURS},
    "device that is a patient": {FHIR, OURS},
}
"""Which validator must see which fault; the last three are for our own reader above all."""


def body_of(resource: Any) -> bytes:
    """Return a resource as JSON."""
    return json.dumps(resource).encode()


def in_bundles() -> dict[str, Any]:
    """Return readings as the answer to a search and as a transaction."""
    base = "https://caretally.example/fhir"
    made = {
        "search set": written(search_set(entries(), ZONE, base)),
        "transaction": written(transaction(entries(), ZONE)),
        "empty search set": written(search_set([], ZONE, base)),
    }
    return {name: json.loads(each) for name, each in made.items()}


def sent_in() -> dict[str, Any]:
    """Return golden deliveries that hold what FHIR allows, as others send it."""
    names = ("single", "array", "manual", "correction", "null_value", "phd", "every_metric")
    return {
        f"golden {name}": json.loads((GOLDEN / "fhir" / f"{name}.json").read_text("utf-8"))
        for name in names
    }


@pytest.fixture(scope="session")
def asked() -> Found:
    """Return what the validators of Node find, in all that is asked in this file."""
    reason = reason_without_node()
    if reason:
        pytest.skip(reason)
    good = resources()
    cases = [
        Case(name=name, resource=each, profile=next(iter(each["meta"].get("profile", ())), ""))
        for name, each in good.items()
    ]
    pattern = good["ent-bp"]
    cases += [
        Case(name=name, resource=each, profile=pattern["meta"]["profile"][0])
        for name, each in faults(pattern).items()
    ]
    cases += [Case(name=n, resource=each) for n, each in {**in_bundles(), **sent_in()}.items()]
    return asked_of_node(cases)


@pytest.mark.parametrize("name", resources())
def test_what_goes_out_is_valid(name: str, asked: Found) -> None:
    assert asked[name] == {MEDPLUM: [], FHIR: []}


@pytest.mark.parametrize("name", [*in_bundles(), *sent_in()])
def test_bundles_and_golden_deliveries_are_valid(name: str, asked: Found) -> None:
    assert asked[name] == {MEDPLUM: [], FHIR: []}


@pytest.mark.parametrize("name", SEEN_BY)
def test_the_validators_of_node_see_what_is_broken(name: str, asked: Found) -> None:
    seen = {validator for validator, found in asked[name].items() if found}
    assert seen == SEEN_BY[name] & {MEDPLUM, FHIR}


def test_every_metric_goes_out_in_its_own_words() -> None:
    for each in observations_of(entries(), ZONE):
        body = written(each)
        assert asked_of_fhirkit(body) == []


@pytest.mark.parametrize("name", SEEN_BY)
def test_fhirkit_and_our_own_reader_see_what_is_broken(name: str) -> None:
    broken = body_of(faults(resources()["ent-bp"])[name])
    ours = SLICE.parse(Posted(body=broken, received_at=AT)).faults
    seen = {FHIRKIT: asked_of_fhirkit(broken), OURS: ours}
    assert {each for each, found in seen.items() if found} == SEEN_BY[name] & {FHIRKIT, OURS}


def test_every_fault_is_seen_and_every_validator_sees_some() -> None:
    assert set(SEEN_BY) == set(faults(resources()["ent-bp"]))
    assert all(SEEN_BY.values())
    assert {each for seen in SEEN_BY.values() for each in seen} == {MEDPLUM, FHIRKIT, FHIR, OURS}


def test_what_goes_out_comes_in_as_it_was() -> None:
    weight = entry("ent_w", reading("29463-7", "72.50", "kg"))
    sent = observations_of([entry("ent_bp", pressure()), weight], ZONE)
    read = [
        reading
        for each in sent
        for reading in SLICE.parse(Posted(body=written(each), received_at=AT)).readings
    ]
    told = [(each.metric, [str(value.value) for value in each.measured], each.measured_at,
             each.origin) for each in read]  # fmt: skip
    assert told == [
        ("85354-9", ["132", "81"], AT, "device"), ("8867-4", ["70"], AT, "device"),
        ("29463-7", ["72.50"], AT, "device"),
    ]  # fmt: skip
    assert read[0].names[0] == ("fhir:device", "urn:caretally:device|dev_ada_cuff")


def test_digits_zone_and_origin_go_out() -> None:
    (weight,) = observations_of([entry("ent_w", reading("29463-7", "72.50", "kg"))], ZONE)
    assert b'"value":72.50' in written(weight)
    assert weight["effectiveDateTime"] == "2026-03-04T10:00:30-06:00"
    (typed,) = observations_of(
        [entry("ent_w", reading("29463-7", "72.5", "kg", origin="manual"))], ZONE
    )
    assert typed["meta"]["security"][0]["code"] == "PATRPT"


@pytest.mark.parametrize(
    ("metric", "sent", "told"),
    [
        ("29463-7", ("11.4", "[stone_av]"), ("72.39", "kg")),
        ("41653-7", ("7.9", "mmol/L"), ("142.33", "mg/dL")),
        ("29463-7", ("160.2", "[lb_av]"), ("160.2", "[lb_av]")),
        ("8480-6", ("17.6", "kPa"), ("132.01", "mm[Hg]")),
    ],
)
def test_a_unit_that_no_profile_takes_is_converted(
    metric: str, sent: tuple[str, str], told: tuple[str, str]
) -> None:
    (made,) = observations_of([entry("ent_1", reading(metric, *sent))], ZONE)
    quantity = made["valueQuantity"]
    assert (quantity["value"], quantity["code"]) == (Decimal(told[0]), told[1])


def test_a_correction_says_so_and_other_entries_are_no_observations() -> None:
    corrected = entry("ent_2", reading("29463-7", "72.6", "kg"), supersedes="ent_1", reason="x")
    assert [each["status"] for each in observations_of([corrected], ZONE)] == ["corrected"]
    other = Entry(
        id="ent_3", patient="pat_ada", at=AT, recorded_at=AT, actor="staff:stf_rosa",
        body=DeviceReturned(device="dev_ada_cuff"),
    )  # fmt: skip
    assert list(observations_of([other], ZONE)) == []
    unknown = entry("ent_4", reading("29463-7", "72.6", "mg/dL"))
    assert list(observations_of([unknown], ZONE)) == []


def test_ids_are_those_that_fhir_allows() -> None:
    assert fhir_id("pat_ada") == "pat-ada"
    assert len(fhir_id("pat_" + "x" * 80)) == 40
    assert fhir_id("pat_é") != fhir_id("pat_è")


def test_profiles_are_those_of_us_core() -> None:
    found = {each["code"]["coding"][0]["code"]: each["meta"].get("profile", [""])[0]
             for each in resources().values()}  # fmt: skip
    assert found["85354-9"] == f"{US_CORE}blood-pressure"
    assert found["59408-5"] == f"{US_CORE}pulse-oximetry"
    assert found["41653-7"] == f"{US_CORE}observation-clinical-result"
