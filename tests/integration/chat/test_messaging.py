"""Messages on both databases: stored once, in order, marked, screened; nobody writes elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from caretally.errors import ConflictError, ForbiddenError, InputError, UnknownError
from caretally.journal.entries import AlertRaised
from caretally.practice.messaging import MOST_A_MINUTE, MOST_CHARACTERS, staff_desk
from caretally.practice.messaging_news import got, news, sign
from caretally.store import conversations
from caretally.store.database import scoped
from caretally.store.models import ChatMessage
from tests.integration.chat.rooms import TEN, later, nurse, outside, say
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo


@pytest.fixture(params=["demo", "demo_postgres"])
def lakeside(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """Return the demonstration on each database, in the scope of its first practice."""
    found: Demo = request.getfixturevalue(request.param)
    with scoped(LAKESIDE):
        yield found


def texts(found: Demo, patient: str = "pat_ada") -> list[str]:
    """Return all messages of a patient in order."""
    rows = ChatMessage.objects.filter(practice__name=LAKESIDE, patient=patient).order_by("id")
    return [each.text for each in rows]


def test_a_message_is_stored_once_however_often_it_is_sent(lakeside: Demo) -> None:
    ada, rosa = outside(lakeside, "pat_ada"), nurse(lakeside, "pat_ada")
    first = say(ada, 0, "Good morning", message="msg-1-good-morning")
    again = say(ada, 5, "Good morning", message="msg-1-good-morning")
    assert (again.pk, again.server_at) == (first.pk, TEN)
    with pytest.raises(ConflictError):
        say(rosa, 9, "Mine", message="msg-1-good-morning")
    say(rosa, 20, "Good morning, Ada")
    assert texts(lakeside) == ["Good morning", "Good morning, Ada"]
    assert len(conversations.rows_of(ada.place)) == 1


def test_many_who_write_at_once_lose_nothing(lakeside: Demo) -> None:
    desks = [outside(lakeside, "pat_ada"), nurse(lakeside, "pat_ada")]
    say(desks[0], 0, "First")

    def write(number: int) -> None:
        with scoped(LAKESIDE):
            for _ in range(2):  # as a client does that heard nothing
                say(desks[number % 2], 1, f"Word {number}", message=f"msg-word-{number:04}")
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(16)))
    rows = list(ChatMessage.objects.filter(patient="pat_ada").order_by("id"))
    assert sorted(each.text for each in rows[1:]) == sorted(f"Word {n}" for n in range(16))
    assert [each.server_at for each in rows] == sorted(each.server_at for each in rows)
    assert len({each.conversation for each in rows}) == 1


def test_marks_and_signs_reach_the_other_side(lakeside: Demo) -> None:
    ada, rosa = outside(lakeside, "pat_ada"), nurse(lakeside, "pat_ada")
    first, second = say(ada, 0), say(ada, 10)
    assert (news(later(ada, 11)).delivered, news(later(ada, 11)).read) == (0, 0)
    got(later(rosa, 12), second.pk, is_read=False)
    got(later(rosa, 13), first.pk, is_read=True)
    sign(later(rosa, 14), is_typing=True)
    found = news(later(ada, 15), first.pk)
    assert (found.delivered, found.read) == (second.pk, first.pk)
    assert [each.number for each in found.messages] == [second.pk]
    assert [(each.name, each.is_staff, each.is_typing) for each in found.here] == [
        ("Rosa Delgado", True, True)
    ]
    assert not news(later(ada, 25)).here[0].is_typing
    assert news(later(ada, 60)).here == ()
    # one's own messages are marked by nobody of one's own side
    got(later(ada, 16), second.pk, is_read=True)
    assert ChatMessage.objects.get(pk=second.pk).read_at is None


def test_signs_make_stretches(lakeside: Demo) -> None:
    ada = outside(lakeside, "pat_ada")
    say(ada, 0)
    for second in (15, 30, 90, 100):
        sign(later(ada, second))
    name = conversations.latest(ada.place).conversation
    found = [(each.from_at, each.to_at) for each in conversations.presences_of(ada.place, name)]
    assert found == [
        (TEN + timedelta(seconds=15), TEN + timedelta(seconds=30)),  # a message is no sign
        (TEN + timedelta(seconds=90), TEN + timedelta(seconds=100)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [("  ", "msg-empty-one"), ("x" * (MOST_CHARACTERS + 1), "msg-long-one"), ("hello", "no id!")],
)
def test_what_cannot_be_a_message_is_refused(demo: Demo, text: str, message: str) -> None:
    with scoped(LAKESIDE), pytest.raises(InputError):
        say(outside(demo, "pat_ada"), 0, text, message=message)
    assert texts(demo) == []


def test_nobody_writes_faster_than_people_do(demo: Demo) -> None:
    with scoped(LAKESIDE):
        ada = outside(demo, "pat_ada")
        for number in range(MOST_A_MINUTE):
            say(ada, 0, f"Word {number}", message=f"msg-fast-{number}")
        with pytest.raises(InputError):
            say(ada, 30, "One more", message="msg-fast-more")
        say(ada, 61, "Later", message="msg-fast-later")


def test_only_those_who_may_write_here_write(demo: Demo) -> None:
    with scoped(LAKESIDE):
        for login in ("bea", "amir", "otto"):
            with pytest.raises(ForbiddenError):
                staff_desk(demo.office(login), "pat_ada")
    with scoped(HARBOR), pytest.raises(UnknownError):
        nurse(demo, "pat_ada", "nora", HARBOR)


def alerts(found: Demo) -> list[AlertRaised]:
    """Return the alerts that messages raised."""
    entries = found.journal.entries(LAKESIDE, patients=["pat_ada"])
    bodies = (each.body for each in entries)
    return [b for b in bodies if isinstance(b, AlertRaised) and b.rule == "message_red_flag"]


def test_a_red_flag_raises_an_alert_before_anybody_reads(lakeside: Demo) -> None:
    ada = outside(lakeside, "pat_ada")
    for _ in range(2):
        say(ada, 0, "My chest hurts and I can't breathe", message="msg-red-flag")
    found = alerts(lakeside)
    assert [(each.level, each.says) for each in found] == [
        ("emergent", "Wrote in a message: chest pain, breathless")
    ]
    shown = news(later(ada, 1)).messages
    assert [each.is_automated for each in shown] == [False, True]
    assert "911" in shown[1].text
    assert shown[1].name == ""


def test_milder_signs_are_urgent_and_denials_are_none(lakeside: Demo) -> None:
    ada = outside(lakeside, "pat_ada")
    say(ada, 0, "No chest pain today", message="msg-denied-one")
    assert alerts(lakeside) == []
    say(ada, 5, "My ankles are swollen", message="msg-swelling")
    assert [each.level for each in alerts(lakeside)] == ["urgent"]
    assert len(news(later(ada, 6)).messages) == 2


def test_staff_who_write_of_symptoms_raise_nothing(demo: Demo) -> None:
    with scoped(LAKESIDE):
        say(nurse(demo, "pat_ada"), 0, "Do you have chest pain?")
        assert alerts(demo) == []


def test_at_night_a_program_says_when_somebody_reads(demo: Demo) -> None:
    night = 12 * 3600
    with scoped(LAKESIDE):
        ada = outside(demo, "pat_ada", language="es")
        say(ada, night, "Hola")
        say(ada, night + 60, "Una pregunta")
        say(ada, night + 5 * 3600, "Y otra")
        found = [each.is_automated for each in news(later(ada, night + 6 * 3600)).messages]
        assert found == [False, True, False, False, True]
        assert "911" in texts(demo)[1]
        assert "Los leemos" in texts(demo)[1]
