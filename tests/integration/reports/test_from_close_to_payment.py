"""What reports and statements say of money is what a payer answered, from the close to the cent."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from caretally.practice.claim_files import Wanted, batch_of, ready, send
from caretally.practice.claiming import prepare
from caretally.practice.remitting import import_answers
from caretally.practice.reports import Asked, Report
from caretally.practice.reports_catalogue import report
from caretally.practice.statements import Statement, statement
from caretally.store.database import scoped
from caretally.synthetic.payers import Habits, answer
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.reports.plainly import in_force

WANTED = Wanted(month=MONTH)
HABITS = Habits(rejects=0, partial=300, denies=300, corrects=0, moves=())


@pytest.fixture
def paid(demo: Demo) -> Demo:
    """Return the demonstration with February closed, signed, claimed, sent and answered."""
    with scoped(LAKESIDE):
        office = closed(demo)
        prepare(office, MONTH)
        batch = batch_of(office, WANTED, [each.claim for each in ready(office, WANTED)])
        send(office, WANTED)
        answers = answer(batch, seed=3, habits=HABITS)
        for body in (answers.acknowledgment_999, answers.status_277ca, *answers.remittances):
            import_answers(demo.office("bea"), body)
    return demo


def entries(demo: Demo) -> list[dict[str, Any]]:
    """Return the exported entries in force."""
    return in_force(demo.journal.lines(practice=LAKESIDE))


def in_cents(text: str) -> int:
    """Return an amount of an entry in cents."""
    return int(Decimal(text) * 100)


def values(found: Report) -> dict[str, Any]:
    """Return the figures by name."""
    return {each.label: each.cell.value for each in found.figures}


def test_economics_sum_what_was_asked_and_answered(paid: Demo) -> None:
    found = report(Asked(office=paid.office("bea"), month=MONTH), "economics")
    told = entries(paid)
    asked = [each["body"] for each in told if each["kind"] == "claim_prepared"]
    answered = [each["body"] for each in told if each["kind"] in ("claim_paid", "claim_denied")]
    figures = values(found)
    assert asked
    assert answered
    assert figures["Charged"] == sum(in_cents(each["total"]) for each in asked)
    assert figures["Paid"] == sum(in_cents(each["paid"]) for each in answered) > 0
    lines = [line for each in asked for line in each["lines"]]
    assert figures["Expected"] == sum(in_cents(x["expected"]) for x in lines if "expected" in x)
    by_code: Counter[str] = Counter()
    for each in answered:
        for line in each["lines"]:
            by_code[line["code"]] += in_cents(line["paid"])
    rows = {row[0].value: row[8].value for row in found.tables[1].rows}
    assert {code: rows[code] for code in by_code} == dict(by_code)
    summary = values(report(Asked(office=paid.office("bea"), month=MONTH), "summary"))
    assert summary["Paid"] == figures["Paid"]
    assert summary["Decisions signed"] > 0


def test_the_statement_says_what_the_plan_says(paid: Demo) -> None:
    shares: Counter[str] = Counter()
    for each in entries(paid):
        if each["kind"] in ("claim_paid", "claim_denied"):
            for line in each["body"]["lines"]:
                for why in line.get("adjustments", ()):
                    if why["group"] == "PR":
                        shares[each["patient"]] += in_cents(why["amount"])
    assert any(shares.values())
    for patient, share in shares.items():
        found = statement(paid.office("bea"), patient, MONTH)
        assert found.not_final == ""
        if share:
            assert f"Your part is ${share // 100}.{share % 100:02}." in owed(found)
        else:
            assert "You owe nothing" in owed(found)
        assert "On the bill: $" in json.dumps([part.items for part in found.parts])


def owed(found: Statement) -> str:
    """Return what is said of what the patient owes."""
    return " ".join(next(part.says for part in found.parts if part.name == "owed"))
