"""How Validic's stream is listened to, for some seconds at a time.

A stream remembers what it told, so that one who comes back hears what was missed. It cannot be
resumed at an event: at first and after a long silence the days since are replayed, and what comes
twice is one reading.

Source: https://helpdocs.validic.com/docs/inform-streaming-api
"""

from __future__ import annotations

from datetime import timedelta

from caretally.devices.pulls import (
    ALL,
    QUERY,
    Ask,
    Key,
    Pace,
    Page,
    PullPlan,
    Subject,
    Turn,
    in_path,
)
from caretally.devices.vendors.validic.events import events_in, holds_more_than_pokes

CONNECT, REPLAY = "connect", "replay"
LISTENS, REPLAYS = 10, 60
"""Seconds."""
SILENCE = timedelta(hours=6)


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the questions: a replay after a silence, and what is told now."""
    stream = in_path(subject.settings.get("stream", ""))
    connect = Ask(name=CONNECT, path=f"/streams/{stream}/connect", listens=LISTENS)
    if subject.until - subject.since < SILENCE:
        return (connect,)
    query = (("resources", "measurement,cgm"), ("date", subject.since.strftime("%Y-%m-%d")))
    return (Ask(name=REPLAY, path="/replay", query=query, listens=REPLAYS), connect)


def read(page: Page) -> Turn:
    """Return what was heard; a stream that says nothing at all, not even that it lives, is dead."""
    if page.ask.name == CONNECT and not any(True for _ in events_in(page.body)):
        return Turn(trouble="the stream gave no sign of life")
    return Turn(holds=holds_more_than_pokes(page.body))


PULL = PullPlan(
    address="https://streams.v2.validic.com",
    subjects=ALL,
    schemes=(),
    key=Key(place=QUERY, name="token"),
    first=first,
    read=read,
    pace=Pace(
        most=2, within=timedelta(seconds=1), every=timedelta(seconds=1),
        overlap=timedelta(minutes=10), reach=timedelta(days=7),
    ),
    settings={"stream": "the id of the stream"},
)  # fmt: skip
