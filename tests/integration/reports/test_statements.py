"""The patient statement: plain words in two languages, nothing guessed, and told when it leaves."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.errors import ForbiddenError
from caretally.journal.entries import BillingProfileSet, TimeLogged
from caretally.journal.entries.closing import WithheldLine
from caretally.practice.closing import close
from caretally.practice.closing_signing import Signing, sign
from caretally.practice.disclosures import disclosures
from caretally.practice.statements import Statement, statement
from caretally.store.models import ClaimCard, DecisionCard
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.reports.test_economics import claim

FEBRUARY, MARCH = ServiceMonth(2026, 2), ServiceMonth(2026, 3)
WORDS = json.loads((files("caretally.practice") / "statement_sentences.json").read_text("utf-8"))
FIELD = re.compile(r"\{(\w+)\}")


def text_of(found: Statement) -> str:
    """Return all that a statement says."""
    parts: list[str] = []
    for each in found.parts:
        parts += [each.head, *each.says, *(said for item in each.items for said in item)]
    return "\n".join([found.title, *found.lead, found.not_final, *parts])


def part(found: Statement, name: str) -> str:
    """Return what one part says."""
    chosen = next(each for each in found.parts if each.name == name)
    return "\n".join([*chosen.says, *(each for item in chosen.items for each in item)])


def signed(demo: Demo, patient: str, withheld: tuple[WithheldLine, ...] = ()) -> None:
    """Close February and sign a patient's decision."""
    close(demo.office("bea"), FEBRUARY)
    card = DecisionCard.objects.get(patient=patient, month="2026-02")
    sign(demo.office("lin"), Signing(decision=card.decision, withheld=withheld))


def test_both_languages_say_the_same_things() -> None:
    english, spanish = (WORDS["languages"][name] for name in ("en", "es"))
    assert english.keys() == spanish.keys()
    for key in english.keys() - {"codes"}:
        assert set(FIELD.findall(english[key])) == set(FIELD.findall(spanish[key])), key
        assert spanish[key].strip()
    assert len(spanish["months"].split()) == len(english["months"].split()) == 12


def test_every_code_that_may_be_billed_has_spanish_words() -> None:
    sheets = load_rulebook().sheets.values()
    codes = {each.code for each in sheets if each.program in ("rpm", "rtm", "any")}
    known = set(WORDS["languages"]["es"]["codes"])
    decided = {code for code in codes if code not in ("99473", "99474", "G0511")}
    assert decided <= known, decided - known


def test_sentences_are_short() -> None:
    for key, sentence in WORDS["languages"]["en"].items():
        if isinstance(sentence, str) and key != "months":
            for each in re.split(r"[.:] ", sentence):
                assert len(each.split()) <= 21, (key, each)


def test_before_the_close_it_is_not_final(demo: Demo) -> None:
    found = statement(demo.office("bea"), "pat_gus", MARCH)
    assert "not final" in found.not_final
    assert "a computer voice called you" in part(found, "talks")
    assert "a computer voice took 29 minutes" in part(found, "not-billed")
    assert "We do not know yet" in part(found, "owed")
    assert "$" not in text_of(found)


def test_a_signed_month_is_final_and_owes_nothing_guessed(demo: Demo) -> None:
    close(demo.office("bea"), FEBRUARY)
    unsigned = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert "has not signed" in unsigned.not_final
    card = DecisionCard.objects.get(patient="pat_ada", month="2026-02")
    sign(demo.office("lin"), Signing(decision=card.decision))
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert found.not_final == ""
    lines = json.loads(card.lines)
    items = next(each.items for each in found.parts if each.name == "billed")
    assert len(items) == len(lines) > 1
    assert "We do not know yet. No bill was sent" in part(found, "owed")


def test_what_the_signer_took_off_is_told_as_not_billed(demo: Demo) -> None:
    close(demo.office("bea"), FEBRUARY)
    card = DecisionCard.objects.get(patient="pat_ada", month="2026-02")
    before = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    made = demo.office("bea").journal.decision(LAKESIDE, "pat_ada", FEBRUARY)
    line = made.lines[0]
    gone = WithheldLine(code=line.code, date_of_service=line.date_of_service, why="not sure")
    sign(demo.office("lin"), Signing(decision=card.decision, withheld=(gone,)))
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert f"code {line.code}" in part(found, "not-billed")
    assert "not sure" not in text_of(found)
    assert len(part(found, "billed")) < len(part(before, "billed"))


def test_what_a_plan_answered_is_what_is_owed(demo: Demo) -> None:
    signed(demo, "pat_ada")
    ClaimCard.objects.all().delete()
    claim("pat_ada", "A1", state="submitted", allowed=0, paid=0, patient_share=0)
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert "Medicare has not answered" in part(found, "owed")
    ClaimCard.objects.filter(claim="clm_A1").update(state="partial", patient_share=1042)
    assert "Your part is $10.42." in part(
        statement(demo.office("bea"), "pat_ada", FEBRUARY), "owed"
    )
    ClaimCard.objects.filter(claim="clm_A1").update(state="reversed", patient_share=0)
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert "took an answer back" in part(found, "owed")
    assert "owe nothing" not in part(found, "owed")
    ClaimCard.objects.filter(claim="clm_A1").update(state="paid", patient_share=0)
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert "You owe nothing" in part(found, "owed")
    spanish = statement(demo.office("bea"), "pat_ada", FEBRUARY, language="es")
    assert "Usted no debe nada" in part(spanish, "owed")


def test_what_is_written_later_makes_a_signed_month_not_final(demo: Demo) -> None:
    signed(demo, "pat_ada")
    office = demo.office("tom")
    start = demo.office("tom").now.replace(month=2, day=20, hour=16, minute=0)
    body = TimeLogged(program="rpm", category="review", start=start,
                      end=start.replace(minute=30), performer=office.caller.staff)  # fmt: skip
    before = part(statement(demo.office("bea"), "pat_ada", FEBRUARY), "billed")
    office.append([office.filing("pat_ada", reason="found later").entry(body)])
    found = statement(demo.office("bea"), "pat_ada", FEBRUARY)
    assert "must look at it again" in found.not_final
    assert part(found, "billed") == before


def test_the_practices_own_number_is_named(demo: Demo) -> None:
    office = demo.office("bea")
    body = BillingProfileSet(
        practice=LAKESIDE, legal_name="LAKESIDE", street="1 Way", city="Chicago", state="IL",
        postal_code="606100042", contact="BEA OKAFOR", phone="3125559999", submitter_id="T",
        receiver_name="R", receiver_id="R",
    )  # fmt: skip
    office.append([office.filing(None).entry(body)])
    found = statement(demo.office("bea"), "pat_ada", MARCH)
    assert "call (312) 555-9999" in part(found, "stop")
    assert "ask for Bea Okafor" in part(found, "ask")
    assert "1-800-633-4227" in part(found, "ask")


def test_a_pdf_is_tagged_and_its_leaving_is_told(demo: Demo, enter: Enter, tmp_path: Path) -> None:
    address = f"/p/{LAKESIDE}/patients/pat_cleo/statement.pdf"
    wrong = enter("bea").post(address, {"month": "2026-03", "to": "anybody"})
    assert wrong.status_code == 422
    count = len(disclosures(demo.office("cora"), "pat_cleo"))
    answer = enter("bea").post(address, {"month": "2026-03", "language": "es", "to": "the patient"})
    assert answer.status_code == 200
    file = tmp_path / "statement.pdf"
    file.write_bytes(answer.content)
    assert (
        subprocess.run(["qpdf", "--check", file], check=False, capture_output=True).returncode == 0
    )
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert "Tagged:          yes" in told
    words = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True)
    assert "marzo de 2026" in words.stdout
    assert len(disclosures(demo.office("cora"), "pat_cleo")) == count + 1


def test_who_may_not_see_money_gets_no_statement(demo: Demo, enter: Enter) -> None:
    with pytest.raises(ForbiddenError):
        statement(demo.office("rosa"), "pat_ada", MARCH)
    for login in ("rosa", "lin", "amir"):
        assert enter(login).get(f"/p/{LAKESIDE}/patients/pat_ada/statement/").status_code == 403
    assert enter("bea").get(f"/p/{LAKESIDE}/patients/pat_nobody/statement/").status_code == 404
