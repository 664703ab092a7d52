"""Every check before submission: a claim that passes, and one that fails by that check alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from caretally.claims.edits import all_edits, examine
from caretally.claims.findings import STOP, Around
from caretally.claims.records import Claim, ServiceLine
from tests.unit.claims.samples import (
    CLAIM,
    COVERAGE,
    DEVICE_ON,
    HOME,
    MINUTES_ON,
    PERSON,
    PHYSICIAN,
    PRACTICE,
    around,
    line,
)

FIRST_LINE, SECOND_LINE = CLAIM.lines


def billing(**changed: Any) -> dict[str, Any]:
    """Return a change of the billing provider."""
    return {"billing": replace(PRACTICE, **changed)}


def place(**changed: Any) -> dict[str, Any]:
    """Return a change of the billing provider's address."""
    assert PRACTICE.address is not None
    return billing(address=replace(PRACTICE.address, **changed))


def subscriber(**changed: Any) -> dict[str, Any]:
    """Return a change of the subscriber, who is the patient."""
    return {"coverage": replace(COVERAGE, subscriber=replace(PERSON, **changed))}


def covered(**changed: Any) -> dict[str, Any]:
    """Return a change of the coverage."""
    return {"coverage": replace(COVERAGE, **changed)}


def second(**changed: Any) -> dict[str, Any]:
    """Return a change of the second line, whose charge stays."""
    return {"lines": (FIRST_LINE, replace(SECOND_LINE, **changed))}


def lines(*wanted: ServiceLine) -> dict[str, Any]:
    """Return other lines."""
    return {"lines": wanted}


UNSTATED = {"stated_total": None}
FAULTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("npis_pass_their_check_digit", {"rendering": replace(PHYSICIAN, npi="1234567890")}, {}),
    ("npis_pass_their_check_digit", {"supervising": replace(PHYSICIAN, npi="")}, {}),
    ("npis_pass_their_check_digit", billing(npi="12345678930"), {}),
    ("taxonomies_are_well_formed", billing(taxonomy="207Q0000X"), {}),
    ("taxonomies_are_well_formed", billing(taxonomy=""), {}),
    ("taxonomies_are_well_formed", {"rendering": replace(PHYSICIAN, taxonomy="family")}, {}),
    ("tax_id_has_nine_digits", billing(tax_id="00000011"), {}),
    ("billing_address_is_a_place", place(street="PO Box 12"), {}),
    ("billing_address_is_a_place", place(city=""), {}),
    ("billing_zip_has_nine_digits", place(postal_code="60610"), {}),
    ("patient_zip_has_five_or_nine_digits",
     subscriber(address=replace(HOME, postal_code="6061")), {}),
    ("states_are_known", place(state="ZZ"), {}),
    ("states_are_known", subscriber(address=replace(HOME, state="Il")), {}),
    ("contact_can_be_called", billing(phone="555-0142"), {}),
    ("contact_can_be_called", billing(contact=" "), {}),
    ("providers_are_named", {"rendering": replace(PHYSICIAN, first="")}, {}),
    ("people_are_named", subscriber(first=""), {}),
    ("birth_date_is_given", subscriber(birth_on=None), {}),
    ("sex_is_a_letter", subscriber(sex=""), {}),
    ("sex_is_known", subscriber(sex="U"), {}),
    ("patient_address_is_given", subscriber(address=None), {}),
    ("member_id_is_given", covered(member_id="", filing_code="CI"), {}),
    ("medicare_number_is_well_formed", covered(member_id="1EG4TE5SK70"), {}),
    ("payer_takes_claims", covered(payer="self_pay"),
     {"coverages": (("self_pay", date(2026, 1, 1), None),)}),
    ("payer_profile_is_complete", covered(payer_id=""), {}),
    ("payer_profile_is_complete", covered(filing_code="XX"), {}),
    ("payer_profile_is_complete", covered(name=""), {}),
    ("relationship_is_told", covered(relationship="spouse"), {}),
    ("relationship_is_told", {"patient": PERSON}, {}),
    ("has_service_lines", lines(), UNSTATED),
    ("codes_are_valid_on_the_date", second(code="99999"), {}),
    ("codes_are_valid_on_the_date", second(code="99459", units=1), {}),
    ("modifiers_are_well_formed", second(modifiers=("9",)), {}),
    ("units_are_whole", second(units=0), {}),
    ("units_are_whole", second(units=Decimal("1.0")), {}),
    ("amounts_have_two_decimals", second(charge=Decimal("110.000")), {}),
    ("amounts_have_two_decimals", second(expected=Decimal("51.8")), {}),
    ("charges_are_above_nothing", second(charge=Decimal("0.00")), UNSTATED),
    ("total_is_the_sum_of_lines", {}, {"stated_total": Decimal("219.99")}),
    ("units_are_within_the_unit_edit", second(units=2), {}),
    ("pairs_may_stand_together",
     lines(line("99454", MINUTES_ON), line("99091", MINUTES_ON)), {}),
    ("pairs_carry_a_modifier",
     lines(line("99457", MINUTES_ON), line("99091", MINUTES_ON)), {}),
    ("codes_stand_once_a_day",
     lines(line("99458", MINUTES_ON), line("99458", MINUTES_ON, line="b")), {}),
    ("codes_are_on_no_other_live_claim", {}, {"live": (("99457", date(2026, 3, 30)),)}),
    ("codes_are_on_no_other_live_claim", {}, {"live": (("99454", date(2026, 2, 5)),)}),
    ("diagnoses_are_given", {"diagnoses": ("I10", "I10")}, {}),
    ("diagnoses_are_valid_and_complete", {"diagnoses": ("I10", "E11")}, {}),
    ("diagnoses_are_valid_and_complete", {"diagnoses": ("I10", "Q99.99X")}, {}),
    ("diagnoses_can_be_checked",
     {"month": "2026-10", "lines": (line("99457", date(2026, 10, 31), charge=Decimal("220.00")),)},
     {"today": date(2026, 11, 2)}),
    ("principal_diagnosis_is_a_condition", {"diagnoses": ("W01.0XXA",)}, {}),
    ("pointers_point_at_diagnoses", second(pointers=(2,)), {}),
    ("pointers_point_at_diagnoses", second(pointers=(1, 1)), {}),
    ("pointers_point_at_diagnoses", second(pointers=()), {}),
    ("place_of_service_is_known", {"place_of_service": "1"}, {}),
    ("control_numbers_are_unique", {}, {"taken": frozenset({CLAIM.control_number})}),
    ("control_numbers_are_unique", second(line=FIRST_LINE.line), {}),
    ("replaced_claim_is_named", {"frequency": "7"}, {}),
    ("replaced_claim_is_named", {"payer_claim_number": "2026"}, {}),
    ("replaced_claim_is_named", {"frequency": "6"}, {}),
    ("decisions_are_signed", {}, {"signed": frozenset({"dec_2"})}),
    ("date_ranges_are_in_order", second(from_on=date(2026, 4, 1)), {}),
    ("dates_of_service_have_passed", {}, {"today": MINUTES_ON}),
    ("dates_of_service_lie_in_the_month", {"month": "2026-02"}, {}),
    ("service_comes_after_birth", subscriber(birth_on=date(2026, 3, 7)), {}),
    ("service_comes_after_enrollment", {}, {"enrolled_on": date(2026, 3, 7)}),
    ("coverage_is_in_force", {}, {"coverages": (("medicare_ffs", DEVICE_ON, date(2026, 3, 30)),)}),
    ("coverage_is_in_force", {}, {"coverages": (("commercial", DEVICE_ON, None),)}),
    ("service_is_within_filing_time", {}, {"filing_days": 26}),
    ("filing_time_is_not_short", {}, {"filing_days": 27}),
]  # fmt: skip


def held(claim: Claim, changed: dict[str, Any]) -> Around:
    """Return what a claim is held against, with other values where they are given."""
    return replace(around(), **changed)


def test_the_sample_passes_every_check() -> None:
    assert examine(CLAIM, around()) == ()


@pytest.mark.parametrize(("name", "claim", "beside"), FAULTS)
def test_one_fault_is_found_by_its_check_alone(
    name: str, claim: dict[str, Any], beside: dict[str, Any]
) -> None:
    found = examine(replace(CLAIM, **claim), held(CLAIM, beside))
    assert {each.edit for each in found} == {name}
    for each in found:
        assert each.field
        assert each.mend
        assert each.severity == all_edits()[name].severity


def test_every_check_has_a_claim_that_fails_by_it() -> None:
    assert {name for name, _, _ in FAULTS} == set(all_edits())


def test_findings_name_no_person() -> None:
    secrets = ("Lindqvist", "Ada", "1954", "1EG4TE5MK70", "Birch")
    for _, claim, beside in FAULTS:
        for each in examine(replace(CLAIM, **claim), held(CLAIM, beside)):
            text = f"{each.found} {each.mend} {each.problem('claim').field}"
            assert not any(secret in text for secret in secrets)


def test_a_claim_that_stands_in_for_another_may_ask_for_its_codes_again() -> None:
    again = replace(CLAIM, frequency="7", payer_claim_number="2026A1")
    live = {"live": (("99457", MINUTES_ON), ("99454", DEVICE_ON))}
    assert examine(again, held(again, live)) == ()


@pytest.mark.parametrize(("day", "stops"), [(date(2026, 2, 5), True), (date(2026, 2, 4), False)])
def test_a_device_code_may_come_again_after_thirty_days(day: date, stops: bool) -> None:
    found = examine(CLAIM, held(CLAIM, {"live": (("99454", day),)}))
    assert [each.severity for each in found] == [STOP] * stops


def test_unit_edits_are_of_a_date_and_not_of_a_month() -> None:
    claim = replace(CLAIM, lines=(line("99458", MINUTES_ON, units=3),))
    assert examine(claim, held(claim, UNSTATED)) == ()
