"""People who write with each other in tests, at named seconds of the demonstration's morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from caretally.practice.caller import Caller
from caretally.practice.messaging import Desk, post, staff_desk
from caretally.practice.office import Office
from caretally.store import conversations
from caretally.store.conversations import Draft, Writer
from caretally.store.models import ChatMessage
from caretally.store.portal_tables import CAREGIVER_SIDE, PATIENT_SIDE
from tests.integration.demonstrated import LAKESIDE, Demo

TEN = datetime(2026, 3, 26, 14, 10, tzinfo=UTC)
"""A Thursday, ten past nine in Chicago."""
WORDS = {"P": "My weight is up two pounds", "N": "How is your breathing today", "C": "She sleeps"}


def nurse(demo: Demo, patient: str, login: str = "rosa", practice: str = LAKESIDE) -> Desk:
    """Return a nurse's desk before a patient's conversation."""
    return staff_desk(demo.office(login, practice), patient)


def outside(demo: Demo, patient: str, who: str = PATIENT_SIDE, language: str = "en") -> Desk:
    """Return the desk of the patient, or of a caregiver."""
    office = demo.office("rosa")
    caller = Caller(
        user=None, login="portal", practice=office.practice, scopes=frozenset({"see_patients"})
    )
    visiting = Office(journal=office.journal, caller=caller, now=office.now)
    side = PATIENT_SIDE if who == PATIENT_SIDE else CAREGIVER_SIDE
    return Desk(
        office=visiting, chart=visiting.chart(visiting.card(patient)), language=language,
        writer=Writer(side=side, author=who),
    )  # fmt: skip


def say(
    desk: Desk, second: int, text: str = "", *, message: str = "", typed: int = 0
) -> ChatMessage:
    """Write a message some seconds after ten past nine."""
    at = TEN + timedelta(seconds=second)
    words = text or WORDS["N" if desk.writer.is_staff else "P"]
    name = f"msg-{desk.chart.patient}-{desk.writer.author}-{second}".replace(":", "-")
    draft = Draft(
        message=message or name,
        text=words, client_at=at, composing_at=at - timedelta(seconds=typed) if typed else None,
    )  # fmt: skip
    return post(desk.at(at), draft)


def stays(desk: Desk, start: int, end: int) -> None:
    """Have somebody give a sign every ten seconds."""
    latest = conversations.latest(desk.place)
    assert latest is not None
    for second in range(start, end + 1, 10):
        at = TEN + timedelta(seconds=second)
        conversations.seen(desk.place, latest.conversation, desk.writer, at)


def later(desk: Desk, second: int) -> Desk:
    """Return a desk some seconds after ten past nine."""
    return replace(desk.at(TEN + timedelta(seconds=second)))
