"""How the two practices of the cast stand on their claims: profiles, payers and prices.

All of it is invented. Payer ids begin with TEST, so that no file of the cast can reach anybody.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import BillingProfileSet, Body, FeeSet, PayerProfileSet

FROM_ON = date(2025, 1, 1)
PRICES = (
    ("99453", "45.00"), ("99454", "115.00"), ("99445", "115.00"), ("99457", "110.00"),
    ("99458", "90.00"), ("99470", "60.00"), ("99091", "120.00"), ("98975", "45.00"),
    ("98976", "115.00"), ("98977", "115.00"), ("98980", "110.00"), ("98981", "90.00"),
)  # fmt: skip
"""What Lakeside charges for a unit."""
CONTRACTED = (
    ("99453", "24.10"), ("99454", "58.40"), ("99457", "61.25"), ("99458", "47.10"),
    ("99470", "30.85"),
)  # fmt: skip
"""What its contract with the commercial payer says."""
MEDICARE = PayerProfileSet(
    payer="medicare_ffs", name="MEDICARE PART B TEST", payer_id="TEST06102", filing_code="MB",
    filing_days=365, appeal_days=120,
)  # fmt: skip
ADVANTAGE = PayerProfileSet(
    payer="medicare_advantage", name="LAKESHORE ADVANTAGE TEST", payer_id="TESTMA016",
    filing_code="16", filing_days=180, appeal_days=60,
)  # fmt: skip
COMMERCIAL = PayerProfileSet(
    payer="commercial", name="PRAIRIE COMMERCIAL TEST", payer_id="TESTCI001", filing_code="CI",
    filing_days=180, appeal_days=180,
)  # fmt: skip


def lakeside(practice: str) -> tuple[Body, ...]:
    """Return profile, payers and prices of Lakeside Family Medicine."""
    profile = BillingProfileSet(
        practice=practice, legal_name="LAKESIDE FAMILY MEDICINE", street="1200 North Shore Walk",
        city="Chicago", state="IL", postal_code="606100042", contact="BEA OKAFOR",
        phone="3125550142", submitter_id="TESTLAKE1", receiver_name="CLEARING HOUSE TEST",
        receiver_id="TESTCLEAR", place_of_service="11", locality_state="IL", locality="16",
    )  # fmt: skip
    return (
        profile, MEDICARE, ADVANTAGE, COMMERCIAL,
        *(FeeSet(code=code, charge=charge, from_on=FROM_ON) for code, charge in PRICES),
        *(FeeSet(code=code, charge=charge, from_on=FROM_ON, payer="commercial")
          for code, charge in CONTRACTED),
    )  # fmt: skip


def harbor(practice: str) -> tuple[Body, ...]:
    """Return profile, payer and prices of Harbor Heart Clinic."""
    profile = BillingProfileSet(
        practice=practice, legal_name="HARBOR HEART CLINIC", street="88 Harbor Light Street",
        city="Chicago", state="IL", postal_code="606160077", contact="ILONA VARGA",
        phone="3125550177", submitter_id="TESTHARB1", receiver_name="CLEARING HOUSE TEST",
        receiver_id="TESTCLEAR", place_of_service="11", locality_state="IL", locality="16",
    )  # fmt: skip
    fees = (FeeSet(code=code, charge=charge, from_on=FROM_ON) for code, charge in PRICES[:6])
    return (profile, MEDICARE, *fees)
