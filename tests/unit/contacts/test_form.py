"""A form makes a contact only of a conversation, and says at once what will not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from caretally import codes
from caretally.billability.decide import decide
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.contacts.checks import CLINICAL, Circumstances
from caretally.contacts.commands import notify_provider, record_contact, review_outreach
from caretally.contacts.form import ContactForm
from caretally.errors import InputError
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    ExcludedLeg,
    Finding,
    OutreachReviewed,
    ProviderNotified,
)
from caretally.journal.ndjson import entry_from_json, entry_to_json
from caretally.journal.register import register_of
from caretally.synthetic.cast import cast_entries
from tests.unit.contacts.calls import (
    AROUND,
    ATTEMPT,
    DAY,
    FORM,
    MINUTE,
    REGISTER,
    TEN,
    consent,
    fields,
    filing,
    made,
    register,
)


def leg(begins: int, ends: int, why: str = "hold") -> ExcludedLeg:
    return ExcludedLeg(start=TEN + begins * MINUTE, end=TEN + ends * MINUTE, why=why)


def test_a_conversation_becomes_a_contact_with_all_that_was_recorded() -> None:
    recorded = made(FORM)
    (found,) = recorded.entries
    body = found.body
    assert isinstance(body, ContactHeld)
    assert body.topics == ("medication", "device_data", "symptoms")
    assert (body.findings, body.actions, body.protocol) == (
        FORM.findings, FORM.actions, "hypertension 3",
    )  # fmt: skip
    assert (found.at, found.recorded_at) == (TEN, TEN + 20 * MINUTE)
    assert recorded.notices == ()
    assert entry_from_json(entry_to_json(found)) == found


@pytest.mark.parametrize("outcome", codes.ATTEMPT_OUTCOMES)
def test_every_outcome_of_an_attempt_makes_an_attempt(outcome: str) -> None:
    (found,) = made(replace(ATTEMPT, outcome=outcome)).entries
    assert isinstance(found.body, ContactAttempted)
    assert found.body.outcome == outcome


@pytest.mark.parametrize(
    "told",
    [
        {"two_way": True},
        {"spoke_with": "patient"},
        {"topics": ("symptoms",)},
        {"findings": FORM.findings},
        {"summary": "left a message about the reading"},
        {"part_of_visit": True},
        {"excluded": (leg(0, 1),)},
    ],
)
@pytest.mark.parametrize("outcome", ["voicemail", "no_answer", "message_sent"])
def test_an_attempt_cannot_become_a_contact(outcome: str, told: dict[str, Any]) -> None:
    assert fields(replace(ATTEMPT, outcome=outcome, **told)) == list(told)


@pytest.mark.parametrize("mode", ["sms", "email", "letter"])
def test_messages_one_way_are_never_conversations(mode: str) -> None:
    assert "mode" in fields(replace(FORM, mode=mode))
    made(replace(ATTEMPT, mode=mode, outcome="message_sent", end=None))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"two_way": False}, "two_way"),
        ({"spoke_with": None}, "spoke_with"),
        ({"spoke_with": "wife"}, "body.spoke_with"),
        ({"end": None}, "end"),
        ({"end": TEN - MINUTE}, "end"),
        ({"end": TEN + 21 * MINUTE}, "end"),
        ({"performers": ()}, "performers"),
        ({"performers": ("stf_rn", "stf_rn")}, "performers"),
        ({"performers": ("stf_rn", "stf_x")}, "performers[1]"),
        ({"performers": ("stf_bot",)}, "performers[0]"),
        ({"mode": "ai_telephone"}, "performers[0]"),
        ({"escalated_to": "stf_x"}, "escalated_to"),
        ({"topics": (), "findings": ()}, "topics"),
        ({"topics": ("weather",)}, "body.topics[0]"),
        ({"findings": (Finding(topic="symptoms", says=" "),)}, "findings[0].says"),
        ({"excluded": (leg(-1, 2),)}, "excluded[0]"),
        ({"excluded": (leg(3, 3),)}, "excluded[0]"),
        ({"excluded": (leg(1, 2), leg(11, 13))}, "excluded[1]"),
        ({"excluded": (leg(1, 4), leg(3, 5))}, "excluded"),
        ({"excluded": (leg(0, 4), leg(4, 12))}, "excluded"),
        ({"program": "xyz"}, "body.program"),
    ],
)
def test_what_is_wrong_with_a_conversation(change: dict[str, Any], field: str) -> None:
    assert fields(replace(FORM, **change)) == [field]


def test_nine_hours_are_no_conversation() -> None:
    start = TEN - timedelta(hours=9)
    assert fields(replace(FORM, start=start)) == ["end"]


def test_two_calls_of_two_people_name_both() -> None:
    (found,) = made(replace(FORM, performers=("stf_rn", "stf_two"), excluded=(leg(2, 3),))).entries
    assert isinstance(found.body, ContactHeld)
    assert found.body.performers == ("stf_rn", "stf_two")


def test_the_dead_are_not_talked_with() -> None:
    around = replace(AROUND, has_died=True)
    assert fields(FORM, around) == ["spoke_with"]
    made(replace(FORM, spoke_with="other"), around)


def test_the_chart_is_the_one_looked_at() -> None:
    assert fields(FORM, patient="pat_two") == ["patient"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"spoke_with": "caregiver:cgv_1"}, []),
        ({"spoke_with": "caregiver:cgv_2"}, ["has_caregiver_authority"]),
        ({"spoke_with": "other"}, ["not_a_contact"]),
        ({"topics": ("general",), "findings": ()}, ["not_a_contact"]),
        ({"mode": "chat"}, ["chat_time"]),
        (
            {"mode": "ai_telephone", "performers": ("stf_bot",)},
            ["no_consent_to_ai_voice", "ai_time"],
        ),
        ({"part_of_visit": True}, ["part_of_visit"]),
    ],
)
def test_a_sound_form_says_what_will_not_count(change: dict[str, Any], named: list[str]) -> None:
    assert [each.name for each in made(replace(FORM, **change)).notices] == named


def test_authority_is_that_of_the_date_of_the_call() -> None:
    """The son's authority ends on 4 March; written down later, the call of the 4th still counts."""
    form = replace(FORM, spoke_with="caregiver:cgv_1")
    assert record_contact(AROUND, filing(now=TEN + DAY), form).notices == ()
    next_day = replace(form, start=TEN + DAY, end=TEN + DAY + MINUTE)
    (notice,) = record_contact(AROUND, filing(now=TEN + 2 * DAY), next_day).notices
    assert notice.name == "has_caregiver_authority"
    assert "2026-03-05" in notice.says


def test_a_text_without_consent_is_told_and_kept() -> None:
    text = replace(ATTEMPT, mode="sms", outcome="message_sent")
    assert [each.name for each in made(text).notices] == ["no_consent_to_sms"]
    around = Circumstances(register=register(consent("sms")), patient="pat_one")
    assert made(text, around).notices == ()


def test_an_attempt_from_afar_has_an_order_of_time() -> None:
    assert fields(replace(ATTEMPT, end=TEN - MINUTE)) == ["end"]
    assert "mode" in fields(replace(ATTEMPT, mode="in_person"))
    assert fields(replace(ATTEMPT, performers=("stf_x",))) == ["performers[0]"]
    made(replace(ATTEMPT, mode="ai_telephone", performers=("stf_bot",)))


def test_clinical_topics_are_the_rulebooks() -> None:
    dated = load_rulebook().counting["clinical_topics"].on(date(2026, 1, 1))
    assert dated is not None
    assert set(dated.words or ()) == CLINICAL


def test_outreach_is_written_down_by_and_for_registered_people() -> None:
    told = ProviderNotified(program="rpm", provider="stf_doc", why="unreachable")
    (found,) = notify_provider(REGISTER, filing(), told)
    assert found.kind == "provider_notified"
    review = OutreachReviewed(program="rpm", reviewer="stf_doc", outcome="continue")
    assert review_outreach(REGISTER, filing(), review)[0].kind == "outreach_reviewed"
    for command, body, field in (
        (notify_provider, replace(told, provider="stf_x"), "body.provider"),
        (review_outreach, replace(review, reviewer="stf_x"), "body.reviewer"),
    ):
        with pytest.raises(InputError) as refused:
            command(REGISTER, filing(), body)  # type: ignore[operator]
        assert [each.field for each in refused.value.problems] == [field]


def test_forms_are_compared_by_content() -> None:
    assert ContactForm.__hash__ is not None
    assert replace(FORM) == FORM


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, 720),
        ({"spoke_with": "caregiver:cgv_x"}, 0),
        ({"spoke_with": "other"}, 720),
        ({"topics": ("general",), "findings": ()}, 0),
        ({"mode": "chat"}, 0),
        ({"mode": "ai_telephone", "performers": ("stf_wren",)}, 0),
        ({"part_of_visit": True}, 0),
    ],
)
def test_a_notice_is_the_reason_of_the_decision(change: dict[str, Any], counted: int) -> None:
    """Ada of the cast is called once more; what the form says is what the month says."""
    form = replace(FORM, performers=("stf_rosa",))
    form = replace(form, **change)
    around = Circumstances(register=register_of(cast_entries()), patient="pat_ada")
    circumstances = filing(id="ent_more", patient="pat_ada", actor="staff:stf_rosa")
    recorded = record_contact(around, circumstances, form)
    decisions = decide((*cast_entries(), *recorded.entries), ServiceMonth(2026, 3))
    (decision,) = (each for each in decisions if each.month.patient == "pat_ada")
    said: Any = decision.to_json()["entries"]
    (found,) = (each for each in said if each["id"] == "ent_more")
    told = {each.name for each in recorded.notices if not each.name.startswith("no_consent_to")}
    if form.spoke_with != "other":
        assert told <= set(found["reasons"])
        assert bool(told) == bool(found["reasons"])
    assert found["counted_seconds"] == counted
