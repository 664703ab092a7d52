"""Pages of claims: what a biller sees and does from a signed month to a file."""

from __future__ import annotations

import pytest
from django.test import Client

from caretally.practice.claiming import month_cards
from caretally.store.billing_tables import ClaimCard, ExchangedFile
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import Demo, Enter

HERE = "/p/prac_lakeside/claims/"
THERE = "/p/prac_harbor/claims/"


def text(response: object) -> str:
    """Return the page of a response."""
    return str(response.content.decode())  # type: ignore[attr-defined]


def followed(client: Client, path: str, **typed: str) -> str:
    """Post a form and return the page it leads to."""
    return text(client.post(path, {"month": str(MONTH), **typed}, follow=True))


def test_an_open_month_says_what_to_do_first(demo: Demo, enter: Enter) -> None:
    page = text(enter("bea").get(f"{HERE}?month=2026-03"))
    assert "2026-03 is not closed" in page
    assert "Prepare claims" not in page


def test_a_biller_prepares_checks_and_sends(demo: Demo, enter: Enter) -> None:
    office = closed(demo)
    bea = enter("bea")
    assert "signed decisions have" in text(bea.get(f"{HERE}?month={MONTH}"))
    assert "claims prepared" in followed(bea, f"{HERE}prepare")
    page = text(bea.get(f"{HERE}send/?month={MONTH}"))
    assert "What will happen" in page
    assert "What stays" not in page
    page = followed(bea, f"{HERE}send/", form="837p")
    file = ExchangedFile.objects.get()
    assert file.name in page
    assert "Files that left" in page
    got = bea.get(f"{HERE}files/{file.name}")
    assert got.content == bytes(file.body)
    assert file.name in got["Content-Disposition"]
    card = month_cards(office, MONTH)[0]
    page = text(bea.get(f"{HERE}claim/{card.claim}/"))
    assert "left in a file (837p)" in page
    assert "Prepare one in its place" in page
    assert "submitted" in text(bea.get(f"{HERE}?month={MONTH}&state=submitted"))


def test_a_claim_is_taken_back_by_another(demo: Demo, enter: Enter) -> None:
    closed(demo)
    bea = enter("bea")
    followed(bea, f"{HERE}prepare")
    followed(bea, f"{HERE}send/", form="837p")
    card = ClaimCard.objects.get(patient="pat_ada")
    page = text(bea.post(f"{HERE}claim/{card.claim}/correct", {"what": "void"}, follow=True))
    assert "takes it back is prepared" in page
    assert "payer claim number" in page
    assert "stops" in page


def test_a_price_that_is_none_is_refused_at_its_field(demo: Demo, enter: Enter) -> None:
    bea = enter("bea")
    typed = {"entry": "ent_x", "code": "99457", "charge": "1.234", "from_on": "2026-01-01"}
    got = bea.post(f"{HERE}prices/new", typed)
    assert got.status_code == 422
    assert 'id="e-charge"' in text(got)
    assert 'id="e-code"' not in text(got)
    got = bea.post(f"{HERE}prices/new", typed | {"charge": "120", "from_on": "2026-03-01"})
    assert got.status_code == 302
    assert "$120.00" in text(bea.get(f"{HERE}prices/"))


def test_a_fee_schedule_starts_from_medicares_amounts(demo: Demo, enter: Enter) -> None:
    bea = enter("bea")
    typed = {"percent": "150", "from_on": "2026-03-01"}
    assert bea.post(f"{HERE}prices/start", typed).status_code == 302
    assert "$77.66" in text(bea.get(f"{HERE}prices/"))
    got = bea.post(f"{HERE}prices/start", {"percent": "10", "from_on": "2026-03-01"})
    assert got.status_code == 422
    assert 'id="e-percent"' in text(got)


def test_a_billing_profile_is_checked_field_by_field(demo: Demo, enter: Enter) -> None:
    bea = enter("bea")
    typed = {
        "entry": "ent_p", "practice": "prac_lakeside", "legal_name": "LAKESIDE",
        "street": "PO Box 1",
        "city": "Chicago", "state": "XX", "postal_code": "60610", "contact": "B", "phone": "12",
        "submitter_id": "A", "receiver_name": "R", "receiver_id": "REC", "locality_state": "IL",
        "locality": "99x",
    }  # fmt: skip
    got = bea.post(f"{HERE}parties/practice/new", typed)
    assert got.status_code == 422
    for field in ("street", "state", "postal_code", "phone", "submitter_id", "locality"):
        assert f'id="e-{field}"' in text(got), field
    right = typed | {
        "street": "1 Way", "state": "il", "postal_code": "60610-0042", "phone": "(312) 555-0199",
        "submitter_id": "SUB", "locality": "16",
    }  # fmt: skip
    assert bea.post(f"{HERE}parties/practice/new", right).status_code == 302
    assert "3125550199" in text(bea.get(f"{HERE}parties/"))


def test_a_payer_is_entered_and_changed(demo: Demo, enter: Enter) -> None:
    bea = enter("bea")
    typed = {"entry": "ent_q", "payer": "aetna", "name": "AETNA TEST", "payer_id": "T-1",
             "filing_code": "CI", "date_policy": "month_end", "filing_days": "90"}  # fmt: skip
    got = bea.post(f"{HERE}parties/payer/new", typed)
    assert got.status_code == 422
    assert 'id="e-payer_id"' in text(got)
    assert bea.post(f"{HERE}parties/payer/new", typed | {"payer_id": "T1"}).status_code == 302
    assert "AETNA TEST" in text(bea.get(f"{HERE}parties/payer/aetna/"))


@pytest.mark.parametrize("login", ["rosa", "lin", "otto", "amir"])
def test_others_see_no_claims(demo: Demo, enter: Enter, login: str) -> None:
    assert enter(login).get(HERE).status_code == 403
    assert enter(login).post(f"{HERE}prepare").status_code == 403


def test_claims_of_another_practice_are_not_there(demo: Demo, enter: Enter) -> None:
    closed(demo)
    bea = enter("bea")
    followed(bea, f"{HERE}prepare")
    assert bea.get(THERE).status_code == 404
    assert bea.get(f"{HERE}claim/clm_none/").status_code == 404
    assert bea.get(f"{HERE}files/bat_none").status_code == 404
