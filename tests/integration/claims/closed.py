"""A month of the demonstration that was closed and signed, so that claims can be made of it."""

from __future__ import annotations

from caretally.billability.close import STATEMENT
from caretally.clock import ServiceMonth
from caretally.journal.entries import DecisionSigned
from caretally.practice.closing import Accepted, close
from caretally.practice.office import Office
from caretally.store.billing_tables import DecisionCard
from tests.integration.demonstrated import LAKESIDE, Demo

MONTH = ServiceMonth(2026, 2)


def closed(demo: Demo, month: ServiceMonth = MONTH) -> Office:
    """Close a month of Lakeside and sign all of it; returns the biller's office."""
    office = demo.office("bea")
    found = close(office, month, Accepted(names=(), reason=""))
    if found.entry is None:
        names = tuple(each.name for each in found.checks if each.warns)
        found = close(office, month, Accepted(names=names, reason="seen"))
    assert found.entry is not None, [each.name for each in found.checks]
    sign(demo, month)
    return demo.office("bea")


def sign(demo: Demo, month: ServiceMonth = MONTH) -> None:
    """Let the physician sign every decision of a month that waits."""
    office = demo.office("lin")
    cards = DecisionCard.objects.filter(practice__name=LAKESIDE, month=str(month), state="made")
    office.append([
        office.filing(card.patient).entry(
            DecisionSigned(decision=card.decision, month=str(month), signed_by="stf_lin",
                           statement=STATEMENT)
        )
        for card in cards
    ])  # fmt: skip
