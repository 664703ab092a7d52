"""Signatures and what comes after the close, in the demonstration, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caretally.clock import ServiceMonth
from caretally.errors import ForbiddenError, InputError, UnknownError
from caretally.journal.entries import (
    DecisionMade,
    DecisionSuperseded,
    Entry,
    EntryVoided,
    PolicyAdopted,
    TimeLogged,
    WithheldLine,
)
from caretally.practice.closing import close, decision_in_force, signed_decisions, standing_lines
from caretally.practice.closing_changes import difference_of, differences, redecide
from caretally.practice.closing_signing import (
    Signing,
    bench_of,
    is_clean,
    send_back,
    sign,
    sign_many,
    signer,
    take_back,
    which,
)
from caretally.store.billing_tables import ClaimCard, DecisionCard
from caretally.store.database import scoped
from caretally.store.decision_cards import decode_lines
from caretally.store.models import Practice
from tests.integration.demonstrated import LAKESIDE, Demo

FEBRUARY = ServiceMonth(2026, 2)


@pytest.fixture(params=["demo", "demo_postgres"])
def closed(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """Return the demonstration with February closed, on each database."""
    demo: Demo = request.getfixturevalue(request.param)
    with scoped(LAKESIDE, "default"):
        assert close(demo.office("bea"), FEBRUARY).is_new
        yield demo


def cards() -> list[DecisionCard]:
    """Return the decisions with lines, by patient."""
    return list(DecisionCard.objects.exclude(lines="[]").order_by("patient"))


def minutes_of_lin(demo: Demo, patient: str) -> Entry:
    """Return ten minutes of February that the practitioner writes down now."""
    logged = next(e for e in demo.journal.entries(LAKESIDE) if isinstance(e.body, TimeLogged))
    assert isinstance(logged.body, TimeLogged)
    office = demo.office("lin")
    start = datetime(2026, 2, 11, 11, tzinfo=UTC)
    body = replace(logged.body, performer=office.caller.staff, category="review", start=start,
                   end=start + timedelta(minutes=10), program="rpm", note=None)  # fmt: skip
    return Entry(id="ent_late", patient=patient, at=start, recorded_at=office.now,
                 actor=office.caller.actor, supersedes=None, reason="noted", body=body)  # fmt: skip


def test_a_practitioner_signs_once_and_withholds(closed: Demo) -> None:
    card = cards()[0]
    line = decode_lines(card.lines)[0]
    withheld = (WithheldLine(code=line.code, date_of_service=line.date_of_service, why="a doubt"),)
    lin = closed.office("lin")
    assert sign(lin, Signing(decision=card.decision, withheld=withheld)) is not None
    assert sign(lin, Signing(decision=card.decision)) is None
    found = signed_decisions(closed.office("bea"), FEBRUARY)
    assert [each.card.decision for each in found] == [card.decision]
    assert line not in found[0].lines
    assert len(found[0].lines) == len(decode_lines(card.lines)) - 1


def test_no_line_can_be_added_and_none_withheld_without_a_reason(closed: Demo) -> None:
    card = cards()[0]
    line = decode_lines(card.lines)[0]
    for each in (
        WithheldLine(code="99999", date_of_service=line.date_of_service, why="none of its"),
        WithheldLine(code=line.code, date_of_service=line.date_of_service, why=" "),
    ):
        with pytest.raises(InputError):
            sign(closed.office("lin"), Signing(decision=card.decision, withheld=(each,)))
    assert DecisionCard.objects.get(decision=card.decision).state == "made"


def test_only_practitioners_sign(closed: Demo) -> None:
    for login in ("rosa", "bea", "cora"):
        with pytest.raises(ForbiddenError):
            signer(closed.office(login))
    with pytest.raises(UnknownError):
        sign(closed.office("lin"), Signing(decision="dec_none"))


def test_what_is_returned_says_why_and_can_be_signed_later(closed: Demo) -> None:
    card, lin = cards()[0], closed.office("lin")
    with pytest.raises(InputError):
        send_back(lin, card.decision, "  ")
    send_back(lin, card.decision, "whose minutes are these?")
    found = DecisionCard.objects.get(decision=card.decision)
    assert (found.state, found.says) == ("returned", "whose minutes are these?")
    assert sign(closed.office("lin"), Signing(decision=card.decision)) is not None
    assert DecisionCard.objects.get(decision=card.decision).state == "signed"


def test_a_signature_is_taken_back_until_a_claim_is_made(closed: Demo) -> None:
    card, lin = cards()[0], closed.office("lin")
    sign(lin, Signing(decision=card.decision))
    take_back(closed.office("lin"), card.decision, "too early")
    assert DecisionCard.objects.get(decision=card.decision).state == "made"
    sign(closed.office("lin"), Signing(decision=card.decision))
    claim(card)
    with pytest.raises(InputError):
        take_back(closed.office("lin"), card.decision, "too late")


def test_what_was_returned_twice_is_taken_back_one_by_one(closed: Demo) -> None:
    card = cards()[0]
    for why in ("whose minutes are these?", "and whose are those?"):
        send_back(closed.office("lin"), card.decision, why)
    states = []
    for _ in range(2):
        take_back(closed.office("lin"), card.decision, "cleared up")
        found = DecisionCard.objects.get(decision=card.decision)
        states.append((found.state, found.says))
    assert states == [("returned", "whose minutes are these?"), ("made", "")]


def claim(card: DecisionCard, **told: Any) -> None:
    """Put a claim of a decision on its card."""
    ClaimCard.objects.create(
        practice=Practice.objects.get(name=LAKESIDE), stream_id=card.stream_id,
        patient=card.patient, month=card.month, claim="clm_1", control_number="C1", frequency="1",
        payer="medicare_ffs", decisions=f'["{card.decision}"]', total=100,
        prepared_on="2026-03-26", **told,
    )  # fmt: skip


def test_four_eyes_unless_nobody_else_could_sign(closed: Demo) -> None:
    card = cards()[0]
    closed.journal.append(LAKESIDE, [minutes_of_lin(closed, card.patient)],
                          received_at=closed.office("lin").now)  # fmt: skip
    redecide(closed.office("bea"), FEBRUARY, [card.patient])
    lin = closed.office("lin")
    bench = bench_of(lin, lin.caller.staff, FEBRUARY)
    again = decision_in_force(lin, card.patient, FEBRUARY)
    assert again is not None
    assert again.stream_id in bench.own
    assert not replace(bench, four_eyes=True, others=0).needs_others(again)
    assert replace(bench, four_eyes=True, others=1).needs_others(again)
    assert not replace(bench, four_eyes=False, others=1).needs_others(again)
    body = PolicyAdopted(policy="four_eyes", value="yes", from_on=lin.today(), owner="stf")
    entry = Entry(id="ent_policy", patient=None, at=lin.now, recorded_at=lin.now,
                  actor="system:tests", supersedes=None, reason=None, body=body)  # fmt: skip
    lin.append([entry])
    assert bench_of(closed.office("lin"), lin.caller.staff, FEBRUARY).four_eyes
    assert sign(closed.office("lin"), Signing(decision=again.decision)) is not None
    assert DecisionCard.objects.get(decision=again.decision).own_time


def test_clean_ones_are_signed_together_exactly_as_shown(closed: Demo) -> None:
    for card in cards():
        DecisionCard.objects.filter(pk=card.pk).update(
            flags="[]", holds="[]", lines=card.lines.replace('["interactive_only"]', "[]")
        )
    lin = closed.office("lin")
    bench = bench_of(lin, signer(lin), FEBRUARY)
    clean = [card for card in cards() if is_clean(card, bench)]
    assert len(clean) > 1
    with pytest.raises(InputError):
        sign_many(lin, FEBRUARY, clean, (which(clean[1:]), "form_1"))
    assert sign_many(lin, FEBRUARY, clean, (which(clean), "form_1")) == len(clean)
    assert DecisionCard.objects.filter(state="signed").count() == len(clean)
    with pytest.raises(InputError):
        sign_many(closed.office("lin"), FEBRUARY, clean, (which(clean), "form_1"))


def test_lines_at_risk_are_signed_together_only_by_policy(closed: Demo) -> None:
    lin = closed.office("lin")
    bench = bench_of(lin, signer(lin), FEBRUARY)
    at_risk = [c for c in cards() if "interactive_only" in c.lines and c.flags == "[]"]
    assert at_risk
    assert not any(is_clean(card, bench) for card in at_risk)
    body = PolicyAdopted(
        policy="sign_at_risk_together", value="yes", from_on=lin.today(), owner="x"
    )
    lin.append([lin.filing(None).entry(body)])
    bench = bench_of(closed.office("lin"), lin.caller.staff, FEBRUARY)
    clean = [card for card in at_risk if is_clean(card, bench)]
    assert clean
    assert sign_many(lin, FEBRUARY, clean, (which(clean), "form_2")) == len(clean)


def test_late_minutes_are_a_difference_and_ask_for_a_replacement(closed: Demo) -> None:
    card = next(card for card in cards() if "99457" not in card.lines and '"9945' in card.lines)
    sign(closed.office("lin"), Signing(decision=card.decision))
    first = DecisionCard.objects.get(decision=card.decision)
    claim(card, submitted_on="2026-03-26", state="submitted")
    late = minutes_of_lin(closed, card.patient)
    assert isinstance(late.body, TimeLogged)
    whole = replace(late, body=replace(late.body, end=late.body.start + timedelta(hours=2)))
    closed.journal.append(LAKESIDE, [whole], received_at=closed.office("lin").now)
    assert signed_decisions(closed.office("bea"), FEBRUARY) == []
    found = difference_of(closed.office("bea"), card.patient, FEBRUARY)
    assert found is not None
    assert [entry.id for entry in found.because] == ["ent_late"]
    if found.changes:
        assert found.proposes == "replacement"
    made = redecide(closed.office("bea"), FEBRUARY, [card.patient])
    assert [body.replaces for body in made] == [card.decision]
    assert differences(closed.office("bea"), FEBRUARY) == ()
    assert redecide(closed.office("bea"), FEBRUARY, [card.patient]) == ()
    again = decision_in_force(closed.office("bea"), card.patient, FEBRUARY)
    assert again is not None
    assert (again.state, again.replaces) == ("made", card.decision)
    assert again.proposes == found.proposes
    before = DecisionCard.objects.get(decision=card.decision)
    assert before.state == "replaced"
    assert (before.lines, before.digest, before.signed_by) == (
        first.lines, first.digest, first.signed_by
    )  # fmt: skip
    stored = closed.journal.entries(LAKESIDE, patients=[card.patient])
    assert sum(isinstance(e.body, DecisionMade) for e in stored) == 2
    assert sum(isinstance(e.body, DecisionSuperseded) for e in stored) == 1
    assert standing_lines(again)


def test_what_came_late_and_was_taken_back_makes_a_decision_of_its_own(closed: Demo) -> None:
    card = next(card for card in cards() if "99457" not in card.lines and '"9945' in card.lines)
    late = minutes_of_lin(closed, card.patient)
    bea = closed.office("bea")
    closed.journal.append(LAKESIDE, [late], received_at=bea.now)
    (second,) = redecide(closed.office("bea"), FEBRUARY, [card.patient])
    back = closed.office("lin").filing(card.patient, reason="another patient's")
    closed.journal.append(
        LAKESIDE, [back.entry(EntryVoided(entry="ent_late"))], received_at=bea.now
    )
    (third,) = redecide(closed.office("bea"), FEBRUARY, [card.patient])
    assert (second.replaces, third.replaces) == (card.decision, second.decision)
    assert third.lines == tuple(decode_lines(card.lines))
    assert third.decision not in {card.decision, second.decision}
    assert sign(closed.office("lin"), Signing(decision=third.decision)) is not None
