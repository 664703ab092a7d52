"""A closed conversation: measured seconds, contacts, the month's chat total, and corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from caretally.clock import ServiceMonth
from caretally.contacts.chat.record import measured_again
from caretally.errors import InputError, UnknownError
from caretally.journal.canonical import line_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import ChatMeasured, ContactHeld, Entry
from caretally.practice.closing_checks import around_decisions
from caretally.practice.messaging import Desk
from caretally.practice.messaging_measure import Closing, close, correct, so_far
from caretally.store import conversations
from caretally.store.database import scoped
from tests.integration.chat.rooms import later, nurse, outside, say, stays
from tests.integration.demonstrated import LAKESIDE, Demo

MARCH = ServiceMonth(2026, 3)


@pytest.fixture(params=["demo", "demo_postgres"])
def lakeside(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """Return the demonstration on each database, in the scope of its first practice."""
    found: Demo = request.getfixturevalue(request.param)
    with scoped(LAKESIDE):
        yield found


def talk(found: Demo, patient: str, line: str, who: str = "patient") -> Desk:
    """Write a line of messages; returns the nurse's desk after it."""
    desks = {"P": outside(found, patient, who), "N": nurse(found, patient)}
    for word in line.split():
        say(desks[word[0]], int(word[1:]))
    return desks["N"]


def closing(desk: Desk, entry: str, *topics: str, reason: str = "") -> Closing:
    """Return what a nurse says at the end."""
    latest = conversations.latest(desk.place)
    assert latest is not None
    return Closing(entry_id=entry, conversation=latest.conversation, topics=topics, reason=reason)


def in_force(found: Demo, patient: str, kind: type) -> list[Entry]:
    """Return a patient's entries of a kind that count."""
    entries = resolve(found.journal.entries(LAKESIDE, patients=[patient])).in_force
    return [each for each in entries if isinstance(each.body, kind) and each.patient == patient]


def chats(found: Demo, patient: str) -> list[Entry]:
    """Return a patient's contacts by chat."""
    held = in_force(found, patient, ContactHeld)
    return [
        each for each in held if isinstance(each.body, ContactHeld) and each.body.mode == "chat"
    ]


def measured(found: Demo, patient: str) -> ChatMeasured:
    """Return the one measurement in force."""
    (entry,) = in_force(found, patient, ChatMeasured)
    assert isinstance(entry.body, ChatMeasured)
    return entry.body


def totals(found: Demo, patient: str) -> tuple[int, int]:
    """Return the chat seconds and live seconds of the month."""
    facts = found.journal.decision(LAKESIDE, patient, MARCH).month.decided
    return facts.chat_seconds, facts.live_seconds


def test_a_closed_conversation_is_in_the_month_as_chat_and_not_as_live(lakeside: Demo) -> None:
    before = totals(lakeside, "pat_ada")
    desk = talk(lakeside, "pat_ada", "P0 N40 P80 N230 P260 P900 N930 P960")
    wish = closing(desk, "ent_closing_1", "symptoms", "medication")
    for _ in range(2):
        close(later(desk, 1000), wish)
    body = measured(lakeside, "pat_ada")
    assert (body.live_seconds, body.counted, body.messages) == (170, True, 8)
    found = chats(lakeside, "pat_ada")
    assert tuple(each.id for each in found) == body.contacts
    assert [len(each.body.excluded) for each in found] == [1, 0]
    assert {each.body.performers for each in found} == {("stf_rosa",)}
    assert totals(lakeside, "pat_ada") == (before[0] + 170, before[1])
    row = conversations.latest(desk.place)
    assert (row.state, row.topics, row.measured) == ("closed", "symptoms medication", wish.entry_id)


def test_an_open_conversation_is_told_before_the_month_is_closed(lakeside: Demo) -> None:
    def told() -> list[str]:
        found = around_decisions(lakeside.office("bea"), MARCH, datetime(2026, 4, 2, tzinfo=UTC))
        return found.patients.get("conversations_are_measured", [])

    assert told() == []
    desk = talk(lakeside, "pat_ada", "P0 N40 P80")
    assert told() == ["pat_ada"]
    close(later(desk, 1000), closing(desk, "ent_closing_1", "symptoms"))
    assert told() == []


def test_the_record_alone_is_enough_to_compute_it_again(lakeside: Demo) -> None:
    desk = talk(lakeside, "pat_ada", "P0")
    stays(desk, 30, 120)
    talk(lakeside, "pat_ada", "N40 P80 N120")
    close(later(desk, 200), closing(desk, "ent_closing_1", "symptoms"))
    (entry,) = in_force(lakeside, "pat_ada", ChatMeasured)
    body = measured(lakeside, "pat_ada")
    assert body.live_seconds == 90  # rosa was seen from 30 s on
    again = Entry(
        id=entry.id, patient=entry.patient, at=entry.at, recorded_at=entry.recorded_at,
        actor=entry.actor, body=measured_again(body),
    )  # fmt: skip
    assert line_of(again) == line_of(entry)


def test_too_little_content_makes_no_contact(demo: Demo) -> None:
    with scoped(LAKESIDE):
        before = totals(demo, "pat_ada")
        desk = talk(demo, "pat_ada", "P0 N40 P80 N120")
        with pytest.raises(InputError):
            close(later(desk, 190), closing(desk, "ent_closing_0"))
        close(later(desk, 200), closing(desk, "ent_closing_1", "general"))
        body = measured(demo, "pat_ada")
        assert (body.counted, body.reasons) == (False, ("no_clinical_topic",))
        assert (body.live_seconds, body.contacts) == (120, ())
        assert chats(demo, "pat_ada") == []
        assert totals(demo, "pat_ada") == before


def test_other_topics_supersede_what_was_measured(lakeside: Demo) -> None:
    before = totals(lakeside, "pat_ada")
    desk = talk(lakeside, "pat_ada", "P0 N40 P80 P600 N630 P660")
    close(later(desk, 700), closing(desk, "ent_closing_1", "symptoms"))
    first = chats(lakeside, "pat_ada")
    with pytest.raises(InputError):
        correct(later(desk, 800), closing(desk, "ent_closing_2", "medication"))
    correct(later(desk, 800), closing(desk, "ent_closing_2", "medication", reason="wrong topic"))
    second = chats(lakeside, "pat_ada")
    assert [each.supersedes for each in second] == [each.id for each in first]
    assert {each.body.topics for each in second} == {("medication",)}
    assert totals(lakeside, "pat_ada") == (before[0] + 140, before[1])
    correct(later(desk, 900), closing(desk, "ent_closing_3", "general", reason="about a parcel"))
    assert chats(lakeside, "pat_ada") == []
    assert totals(lakeside, "pat_ada") == before
    assert measured(lakeside, "pat_ada").topics == ("general",)


def test_a_conversation_is_closed_by_one(demo: Demo) -> None:
    with scoped(LAKESIDE):
        desk = talk(demo, "pat_ada", "P0 N40 P80")
        close(later(desk, 100), closing(desk, "ent_closing_1", "symptoms"))
        with pytest.raises(UnknownError):
            close(later(desk, 110), closing(desk, "ent_closing_2", "medication"))
        say(outside(demo, "pat_ada"), 120, "One more thing")
        assert len(conversations.rows_of(desk.place)) == 2


@pytest.mark.parametrize("order", [("pat_ada", "pat_edie"), ("pat_edie", "pat_ada")])
def test_one_nurse_with_two_patients_has_no_second_twice(
    demo: Demo, order: tuple[str, str]
) -> None:
    lines = {"pat_ada": "P0 N40 P60 N120", "pat_edie": "P0 N80 P120"}
    with scoped(LAKESIDE):
        for patient, line in lines.items():
            talk(demo, patient, line)
        for place, patient in enumerate(order):
            desk = nurse(demo, patient)
            assert so_far(desk, conversations.latest(desk.place)) == 120
            close(later(desk, 300), closing(desk, f"ent_closing_{place}", "symptoms"))
        found = {patient: measured(demo, patient).live_seconds for patient in lines}
        assert found == {"pat_ada": 80, "pat_edie": 40}
        assert totals(demo, "pat_edie")[0] == 40


def test_a_call_with_another_patient_takes_its_seconds(demo: Demo) -> None:
    with scoped(LAKESIDE):
        talk(demo, "pat_edie", "P0 N40 P80")
        close(later(nurse(demo, "pat_edie"), 90), closing(nurse(demo, "pat_edie"), "ent_a1",
                                                         "symptoms"))  # fmt: skip
        desk = talk(demo, "pat_ada", "P60 N70 P100")
        close(later(desk, 300), closing(desk, "ent_closing_1", "symptoms"))
        body = measured(demo, "pat_ada")
        assert body.live_seconds == 20
        assert [(each.end - each.start).seconds for each in body.elsewhere] == [80]


def test_a_caregiver_without_authority_does_not_count(demo: Demo) -> None:
    with scoped(LAKESIDE):
        desk = talk(demo, "pat_ada", "P0 N40 P80", who="caregiver:nobody")
        close(later(desk, 200), closing(desk, "ent_closing_1", "symptoms"))
        body = measured(demo, "pat_ada")
        assert body.reasons == ("caregiver_without_relation",)
        assert body.strangers == ("caregiver:nobody",)
