"""Pages of the close: checks, closing February, signing, returning, and what comes late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from caretally.clock import ServiceMonth
from caretally.practice.closing import close
from caretally.practice.closing_queue import close_waiting
from caretally.store.billing_tables import ClosingRun, DecisionCard
from caretally.store.decision_cards import decode_lines
from tests.integration.closing.test_signing import minutes_of_lin
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

FEBRUARY = ServiceMonth(2026, 2)
BASE = f"/p/{LAKESIDE}/close/"
PAGE = f"{BASE}2026-02/"


@pytest.fixture
def closed(demo: Demo) -> Demo:
    """Return the demonstration with February closed."""
    assert close(demo.office("bea"), FEBRUARY).is_new
    return demo


def text_of(client: Client, address: str) -> str:
    """Return a page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def with_lines() -> list[DecisionCard]:
    """Return the decisions with lines, by patient."""
    return list(DecisionCard.objects.exclude(lines="[]").order_by("patient"))


def test_months_are_listed_and_only_over_ones_open(enter: Enter, demo: Demo) -> None:
    page = text_of(enter("bea"), BASE)
    assert f'href="{PAGE}"' in page
    assert f'href="{BASE}2026-03/"' not in page
    assert "Not over yet" in page
    assert "blocks" not in text_of(enter("bea"), PAGE)
    assert "Blocks" in text_of(enter("bea"), f"{BASE}2026-03/")


def test_who_neither_closes_nor_signs_sees_nothing(enter: Enter, demo: Demo) -> None:
    for login in ("rosa", "amir", "otto"):
        assert enter(login).get(BASE).status_code == 403
        assert enter(login).get(PAGE).status_code == 403
        assert enter(login).post(f"{PAGE}close").status_code == 403
    assert enter("lin").post(f"{PAGE}close").status_code == 403
    assert enter("bea").post(f"{PAGE}sign").status_code == 403
    assert enter("bea").get(f"{BASE}2026-13/").status_code == 404
    assert DecisionCard.objects.count() == 0


def test_warnings_must_be_let_pass_by_name(enter: Enter, demo: Demo) -> None:
    bea = enter("bea")
    answer = bea.post(f"{PAGE}close", {})
    assert answer.status_code == 422
    assert "was not closed" in answer.content.decode()
    assert DecisionCard.objects.count() == 0
    names = [name for name in WARNINGS if f'value="{name}"' in text_of(bea, PAGE)]
    assert names
    answer = bea.post(f"{PAGE}close", {"accepted": names})
    assert answer.status_code == 422
    assert 'id="reason-wrong"' in answer.content.decode()
    answer = bea.post(f"{PAGE}close", {"accepted": names, "reason": "looked at all"}, follow=True)
    assert "is closed" in answer.content.decode()
    assert "looked at all" in answer.content.decode()
    assert DecisionCard.objects.count() > 0


WARNINGS = (
    "forgotten_timers_are_settled", "spans_are_plausible", "conversations_are_measured",
    "held_readings_are_settled",
    "intake_faults_are_settled", "notes_are_complete", "evidence_is_on_record",
    "staff_are_in_one_place", "lines_stand_under_every_reading", "entries_are_timely",
    "live_time_is_ample",
)  # fmt: skip


def test_a_decision_is_signed_with_a_line_withheld(enter: Enter, closed: Demo) -> None:
    lin, card = enter("lin"), with_lines()[0]
    line = decode_lines(card.lines)[0]
    name = f"{line.code}_{line.date_of_service}"
    address = f"{PAGE}{card.patient}/"
    assert "I have looked at what this decision rests on" in text_of(lin, address)
    form = {"decision": card.decision, "entry": "ent_form_1", "withhold": name}
    answer = lin.post(f"{address}sign", form)
    assert answer.status_code == 422
    assert f'id="wrong_{name}"' in answer.content.decode()
    form[f"why_{name}"] = "a doubt"
    assert lin.post(f"{address}sign", form).status_code == 302
    assert lin.post(f"{address}sign", form).status_code == 302
    page = text_of(lin, address)
    assert "withheld: a doubt" in page
    assert "Signed by" in page
    answer = lin.post(f"{address}undo", {"decision": card.decision, "reason": ""})
    assert answer.status_code == 422
    lin.post(f"{address}undo", {"decision": card.decision, "reason": "too early"})
    assert DecisionCard.objects.get(decision=card.decision).state == "made"


def test_a_decision_is_returned(enter: Enter, closed: Demo) -> None:
    lin, card = enter("lin"), with_lines()[0]
    address = f"{PAGE}{card.patient}/"
    assert lin.post(f"{address}return", {"decision": card.decision}).status_code == 422
    lin.post(f"{address}return", {"decision": card.decision, "why": "whose minutes?"})
    assert "whose minutes?" in text_of(enter("bea"), f"{PAGE}?kind=returned")


def test_forms_that_are_not_of_the_page_store_nothing(enter: Enter, closed: Demo) -> None:
    lin, card = enter("lin"), with_lines()[0]
    address = f"{PAGE}{card.patient}/"
    for form in ({"decision": "dec_none"}, {"decision": card.decision, "withhold": "x"}):
        assert lin.post(f"{address}sign", form).status_code in (302, 404)
    wrong = {"which": "all_none", "form": "f"}
    assert lin.post(f"{PAGE}sign", wrong).status_code == 422
    assert lin.get(f"{PAGE}pat_nobody/").status_code == 404
    assert not DecisionCard.objects.filter(state="signed").exists()


def test_what_comes_late_is_shown_and_decided_anew(enter: Enter, closed: Demo) -> None:
    bea, card = enter("bea"), with_lines()[0]
    closed.journal.append(LAKESIDE, [minutes_of_lin(closed, card.patient)],
                          received_at=closed.office("lin").now)  # fmt: skip
    page = text_of(bea, PAGE)
    assert "Changed since the close" in page
    assert "ent_late" in page
    assert "Changed since" in text_of(enter("lin"), f"{PAGE}{card.patient}/")
    bea.post(f"{PAGE}redecide", {"patient": [card.patient]})
    assert "Changed since the close" not in text_of(bea, PAGE)
    page = text_of(enter("lin"), f"{PAGE}{card.patient}/")
    assert "Earlier decisions, kept as they were" in page
    assert card.decision in page
    timeline = text_of(enter("lin"), f"/p/{LAKESIDE}/patients/{card.patient}/timeline/")
    assert card.decision in timeline


def test_the_worker_closes_what_a_page_put_in(
    enter: Enter, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = demo.office("bea")
    monkeypatch.setattr("caretally.practice.closing_queue.LARGE", 0)
    bea = enter("bea")
    bea.post(f"{PAGE}close", {})
    bea.post(f"{PAGE}close", {})
    assert "Waiting for the worker" in text_of(bea, PAGE)
    assert close_waiting(demo.journal, office.now + timedelta(seconds=5)) == 1
    page = text_of(bea, PAGE)
    assert "The last run stored nothing" in page
    names = [name for name in WARNINGS if f'value="{name}"' in page]
    assert names
    assert DecisionCard.objects.count() == 0
    bea.post(f"{PAGE}close", {"accepted": names, "reason": "looked at all"})
    assert close_waiting(demo.journal, office.now + timedelta(seconds=9)) == 1
    run = ClosingRun.objects.get()
    assert (run.state, run.begun_by) == ("closed", office.caller.actor)
    assert close_waiting(demo.journal, office.now + timedelta(hours=1)) == 0
    assert "Closed" in text_of(enter("bea"), PAGE)
