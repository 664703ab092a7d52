"""Claims as FHIR are valid by three validators, each of which sees planted faults as well."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from caretally.claims.fhir_claims import write_fhir
from caretally.synthetic.claims import batch_of, claims
from tests.standards.faults import FHIR, FHIRKIT, MEDPLUM, with_part, without
from tests.standards.validators import (
    Case,
    asked_of_fhirkit,
    asked_of_node,
    reason_without_node,
)
from tests.unit.claims.samples import CLAIM, PERSON, PHYSICIAN

Found = dict[str, dict[str, list[str]]]
DEPENDENT = replace(
    CLAIM, claim="clm_2", patient=PERSON, supervising=PHYSICIAN, ordering=PHYSICIAN,
    coverage=replace(CLAIM.coverage, relationship="spouse", group_number="G1"),
    authorization="A1", frequency="7", payer_claim_number="P1",
)  # fmt: skip
VOID = replace(CLAIM, claim="clm_3", frequency="8", payer_claim_number="P1")


def bundles() -> dict[str, Any]:
    """Return claims of all kinds as bundles."""
    made = {
        "invented": batch_of(claims(5, seed=7)),
        "of all kinds": replace(batch_of(claims(1, seed=7)), claims=(CLAIM, DEPENDENT, VOID)),
    }
    return {name: json.loads(write_fhir(batch)) for name, batch in made.items()}


def broken() -> dict[str, Any]:
    """Return a claim with one fault each."""
    good = bundles()["of all kinds"]["entry"][0]["resource"]
    return {
        "no status": without(good, "status"),
        "no patient": without(good, "patient"),
        "no insurance": without(good, "insurance"),
        "no code": without(good, "item", 0, "productOrService"),
        "amount as text": with_part(good, "110.00", "item", 0, "net", "value"),
        "unknown field": with_part(good, "x", "totals"),
    }


@pytest.fixture(scope="module")
def asked() -> Found:
    """Return what the validators of Node find in all of it."""
    reason = reason_without_node()
    if reason:
        pytest.skip(reason)
    return asked_of_node([
        Case(name=name, resource=each) for name, each in {**bundles(), **broken()}.items()
    ])  # fmt: skip


@pytest.mark.parametrize("name", bundles())
def test_claims_that_go_out_are_valid(name: str, asked: Found) -> None:
    assert asked[name] == {MEDPLUM: [], FHIR: []}
    assert asked_of_fhirkit(json.dumps(bundles()[name]).encode()) == []


@pytest.mark.parametrize("name", broken())
def test_broken_claims_are_seen(name: str, asked: Found) -> None:
    seen = {who for who, found in asked[name].items() if found}
    seen |= {FHIRKIT} if asked_of_fhirkit(json.dumps(broken()[name]).encode()) else set()
    assert {MEDPLUM, FHIRKIT} <= seen


def test_amounts_add_up_and_references_stay_inside() -> None:
    for bundle in bundles().values():
        for entry in bundle["entry"]:
            claim = entry["resource"]
            total = sum(Decimal(str(item["net"]["value"])) for item in claim["item"])
            assert total == Decimal(str(claim["total"]["value"]))
            inside = {f"#{each['id']}" for each in claim["contained"]}
            assert set(references(claim)) <= inside


def references(value: Any) -> list[str]:
    """Return every reference in a resource."""
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [each for item in value.values() for each in references(item)]
    return [each for item in value for each in references(item)] if isinstance(value, list) else []


def test_what_a_claim_replaces_is_named() -> None:
    _, dependent, void = (e["resource"] for e in bundles()["of all kinds"]["entry"])
    assert dependent["related"][0]["reference"]["value"] == "P1"
    assert (dependent["status"], void["status"]) == ("active", "cancelled")
