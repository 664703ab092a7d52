"""A claim that passes every check, and what it is held against; tests change one thing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from caretally.billability.fees import load_fees
from caretally.billability.sheets import load_rulebook
from caretally.claims.findings import Around
from caretally.claims.icd10 import diagnoses
from caretally.claims.records import Address, Claim, Coverage, Person, Provider, ServiceLine

HOME = Address(street="14 Birch Court", city="Chicago", state="IL", postal_code="606141101")
PERSON = Person(
    last="Lindqvist", first="Ada", birth_on=date(1954, 8, 17), sex="F", address=HOME
)  # fmt: skip
PRACTICE = Provider(
    last="LAKESIDE FAMILY MEDICINE", npi="1245319599", taxonomy="207Q00000X", tax_id="000000011",
    address=Address(
        street="1200 North Shore Walk", city="Chicago", state="IL", postal_code="606100042"
    ),
    contact="BEA OKAFOR", phone="3125550142",
)  # fmt: skip
PHYSICIAN = Provider(last="Lin", first="Wei", npi="1234567893", taxonomy="207Q00000X")
COVERAGE = Coverage(
    payer="medicare_ffs", name="MEDICARE PART B TEST", payer_id="TEST06102", filing_code="MB",
    member_id="1EG4TE5MK70", subscriber=PERSON,
)  # fmt: skip
DEVICE_ON, MINUTES_ON = date(2026, 3, 6), date(2026, 3, 31)


def line(code: str, on: date, **changed: object) -> ServiceLine:
    """Return a service line, with other values where they are given."""
    said: dict[str, object] = {
        "line": f"{code}L1", "code": code, "units": 1, "date_of_service": on,
        "charge": Decimal("110.00"), "expected": Decimal("51.77"),
    }  # fmt: skip
    return ServiceLine(**(said | changed))  # type: ignore[arg-type]


CLAIM = Claim(
    claim="clm_1", control_number="C0000000000000001", patient_id="pat_ada", month="2026-03",
    diagnoses=("I10",), lines=(line("99454", DEVICE_ON), line("99457", MINUTES_ON)),
    billing=PRACTICE, rendering=PHYSICIAN, coverage=COVERAGE, decisions=("dec_1",),
)  # fmt: skip


@lru_cache(maxsize=1)
def around() -> Around:
    """Return what the sample is held against."""
    return Around(
        rulebook=load_rulebook(), fees=load_fees(), diagnoses=diagnoses(), today=date(2026, 4, 2),
        coverages=(("medicare_ffs", date(2026, 1, 1), None),), enrolled_on=date(2026, 1, 5),
        filing_days=365, stated_total=Decimal("220.00"), signed=frozenset({"dec_1"}),
    )  # fmt: skip
