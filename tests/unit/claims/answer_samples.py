"""Answers of payers, made by hand for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from caretally.claims.answers import (
    Adjusted,
    ClaimAnswer,
    LineAnswer,
    PaymentAdjustment,
    Remittance,
)

MARCH_31 = date(2026, 3, 31)


def line(paid: str = "41.42", *adjustments: tuple[str, str, str], **named: object) -> LineAnswer:
    """Return the answer to a line of 60.00."""
    told = tuple(Adjusted(group=g, carc=c, amount=Decimal(a)) for g, c, a in adjustments)
    given = {
        "line": "L1", "code": "99457", "units": Decimal(1), "date_of_service": MARCH_31,
        "charge": Decimal("60.00"), "paid": Decimal(paid), "adjustments": told, **named,
    }  # fmt: skip
    return LineAnswer(**given)  # type: ignore[arg-type]


def claim(paid: str, *lines: LineAnswer, **named: object) -> ClaimAnswer:
    """Return the answer to a claim with lines of 60.00."""
    given = {
        "control_number": "C1", "status": "1", "charge": Decimal("60.00") * len(lines),
        "paid": Decimal(paid), "lines": lines, **named,
    }  # fmt: skip
    return ClaimAnswer(**given)  # type: ignore[arg-type]


def remittance(paid: str, *claims: ClaimAnswer, taken: str = "") -> Remittance:
    """Return a remittance."""
    adjustment = PaymentAdjustment(reason="WO", reference="R1", amount=Decimal(taken or "0"))
    return Remittance(
        payer="Medicare", payer_id="12345", payee_npi="1234567893", trace="T1", method="ACH",
        paid_on=MARCH_31, paid=Decimal(paid), claims=claims,
        provider_adjustments=(adjustment,) if taken else (),
    )  # fmt: skip


ORDINARY = (("CO", "45", "8.23"), ("PR", "2", "10.35"))
SOUND = line("41.42", *ORDINARY)
