"""Pages of denials, files, amounts and checks: what they show, who may, and what they refuse."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from caretally.claims.checks import KINDS
from caretally.errors import ForbiddenError, InputError
from caretally.practice.claim_checks import Switch, adopted_checks, proposals, switch
from caretally.practice.denial_page import Done, denial_page, undo, work
from caretally.practice.denials import Wanted, denials
from caretally.practice.underpayments import Asked, underpaid
from caretally.store.database import scoped
from caretally.synthetic.payers import Habits, answer
from tests.integration.answers.conftest import COUNT
from tests.integration.answers.sent import cast_batch
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

BASE = f"/p/{LAKESIDE}/"


def text(answer) -> str:
    """Return what a page says, without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_pages_are_empty_in_words(enter: Enter) -> None:
    bea = enter("bea")
    for path, says in (
        ("denials/", "Nothing was denied"), ("remittances/", "No file came yet"),
        ("remittances/underpaid/", "Nothing was paid yet"),
        ("denials/checks/", "No denial speaks for a stricter check"),
    ):  # fmt: skip
        answer = bea.get(BASE + path)
        assert (answer.status_code, says in text(answer)) == (200, True), path


def test_only_those_who_handle_claims_see_them(answered: Demo, enter: Enter) -> None:
    rosa, cora = enter("rosa"), enter("cora")
    for path in ("denials/", "remittances/", "remittances/underpaid/", "denials/checks/"):
        assert rosa.get(BASE + path).status_code == 403, path
    assert cora.get(f"{BASE}denials/").status_code == 403
    assert cora.get(f"{BASE}denials/checks/").status_code == 200
    row = denials(answered.office("bea"), Wanted()).rows[0]
    assert enter("nora").get(f"{BASE}denials/{row.claim}/{row.key}/").status_code == 404
    with pytest.raises(ForbiddenError):
        work(answered.office("rosa"), row.claim, row.key, Done(action="appealed"))


def test_the_worklist_puts_first_what_is_worth_most(answered: Demo, enter: Enter) -> None:
    found = denials(answered.office("bea"), Wanted())
    assert found.count > 3
    order = [each.urgency for each in found.rows]
    assert order == sorted(order)
    assert all(each.deadline and each.days_left for each in found.rows)
    assert found.amount == sum((each.amount for each in found.rows), Decimal(0))
    bea = enter("bea")
    page = text(bea.get(f"{BASE}denials/"))
    assert found.rows[0].name in page
    assert f"{found.amount}" in page
    carc = found.rows[0].refusals[0].carc
    narrowed = denials(answered.office("bea"), Wanted(carc=carc))
    assert narrowed.count > 0
    assert all(carc in {part.carc for part in each.refusals} for each in narrowed.rows)
    assert "No denial of this kind" in text(bea.get(f"{BASE}denials/?carc=none"))


def test_a_denial_is_worked_and_taken_back(answered: Demo, enter: Enter) -> None:
    bea = enter("bea")
    row = denials(answered.office("bea"), Wanted()).rows[0]
    address = f"{BASE}denials/{row.claim}/{row.key}/"
    page = bea.get(address)
    assert page.status_code == 200
    assert row.refusals[0].carc in text(page)
    refused = bea.post(address, {"action": "", "entry": "ent_1"})
    assert refused.status_code == 422
    assert "expected what was done" in text(refused)
    refused = bea.post(address, {"action": "written_off", "entry": "ent_1"})
    assert (refused.status_code, "why nothing more is done" in text(refused)) == (422, True)
    for _ in range(2):
        sent = bea.post(address, {"action": "appealed", "note": "by mail", "entry": "ent_1"})
        assert sent.status_code == 302
    found = denial_page(answered.office("bea"), row.claim, row.key)
    assert (found.row.state, found.row.action, found.undo) == ("worked", "appealed", "ent_1")
    assert [said.worked.note for said in found.history if said.worked] == ["by mail"]
    assert denials(answered.office("bea"), Wanted(state="worked")).count == 1
    assert bea.post(f"{address}undo/", {"undo": "ent_x", "void": "ent_2"}).status_code == 422
    assert bea.post(f"{address}undo/", {"undo": "ent_1", "void": "ent_2"}).status_code == 302
    assert denial_page(answered.office("bea"), row.claim, row.key).row.state == "open"
    with pytest.raises(InputError, match="nothing to take back"):
        undo(answered.office("bea"), row.claim, row.key, ("ent_1", "ent_3"))


def test_the_evidence_is_that_of_the_decision(answered: Demo) -> None:
    rows = denials(answered.office("bea"), Wanted()).rows
    pages = [denial_page(answered.office("bea"), each.claim, each.key) for each in rows]
    stood = [each.stood for each in pages if each.stood.criteria]
    assert stood, "no denial of the sample is about a rule of the decision"
    for each in stood:
        assert each.known_until is not None
        assert all(one.says and one.status in {"met", "unmet"} for one in each.criteria)
        assert all(one.cites for one in each.criteria)


def test_files_are_taken_and_shown(answered: Demo, enter: Enter) -> None:
    bea = enter("bea")
    office = answered.office("bea")
    npi = office.register().practices[LAKESIDE].npi
    assert npi
    batch = cast_batch(COUNT, npi)
    told = answer(batch, seed=4, habits=Habits(rejects=300))
    sent = SimpleUploadedFile("a.277", told.status_277ca)
    taken = bea.post(f"{BASE}remittances/", {"answers": sent})
    assert taken.status_code == 302
    page = text(bea.get(taken["Location"]))
    assert f"{COUNT} answers" in page
    assert "Rejected" in page
    off = answer(batch, seed=8, habits=Habits(unbalanced="claim")).remittances[0]
    taken = bea.post(f"{BASE}remittances/", {"answers": SimpleUploadedFile("b", off)})
    page = text(bea.get(taken["Location"]))
    assert "Nothing of this payment was posted" in page
    assert "off by" in page
    assert "Does not add up" in text(bea.get(f"{BASE}remittances/"))
    for body, says in ((b"", "no file"), (b"hello", "expected"), (None, "no file")):
        form = {} if body is None else {"answers": SimpleUploadedFile("c", body)}
        refused = bea.post(f"{BASE}remittances/", form)
        assert refused.status_code == 422, body
        assert "Nothing was kept" in text(refused)
        assert says in text(refused) or body == b""
    assert bea.get(f"{BASE}remittances/ans_none/").status_code == 404


def test_what_falls_short_is_listed(answered: Demo, enter: Enter) -> None:
    office = answered.office("bea")
    everything = underpaid(office, Asked())
    assert everything.sums.count > 0
    lines = everything.sums
    assert lines.allowed == lines.paid + lines.share or lines.allowed > lines.paid
    low = underpaid(office, Asked(tolerance=Decimal("0.01")))
    assert low.count <= everything.count
    bea = enter("bea")
    assert str(lines.paid) in text(bea.get(f"{BASE}remittances/underpaid/"))
    for bad in ("many", "-1", "NaN", "Infinity"):
        assert bea.get(f"{BASE}remittances/underpaid/?tolerance={bad}").status_code == 422


def test_checks_are_proposed_and_switched_by_a_person(answered: Demo, enter: Enter) -> None:
    office = answered.office("bea")
    assert adopted_checks(office) == ()
    found = proposals(office)
    assert found
    assert all(each.claims and each.check.kind in KINDS and not each.is_on for each in found)
    first = found[0].check
    form = {"check": first.name, "payer": first.payer, "turn": "on", "entry": "ent_c1"}
    cora = enter("cora")
    for _ in range(2):
        assert cora.post(f"{BASE}denials/checks/", form).status_code == 302
    assert [(each.name, each.payer) for each in adopted_checks(office)] == [
        (first.name, first.payer)
    ]
    held = [each for each in proposals(office) if each.is_on]
    assert held[0].claims == found[0].claims
    assert "On" in text(cora.get(f"{BASE}denials/checks/"))
    form |= {"turn": "off", "entry": "ent_c2"}
    assert enter("bea").post(f"{BASE}denials/checks/", form).status_code == 302
    assert adopted_checks(office) == ()
    refused = cora.post(f"{BASE}denials/checks/", {"check": "pray", "turn": "on"})
    assert refused.status_code == 422
    with scoped(LAKESIDE), pytest.raises(ForbiddenError):
        switch(answered.office("rosa"), Switch(name=first.name))
