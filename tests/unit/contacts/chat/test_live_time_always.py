"""What holds of every written conversation, however strange."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from caretally.contacts.chat.live_time import Written, measure
from caretally.contacts.chat.messages import Message, Presence, Span
from caretally.contacts.chat.parameters import Parameters
from caretally.contacts.chat.record import (
    Subject,
    body_of,
    contact_form,
    measured_again,
    written_of,
)
from caretally.contacts.chat.sharing import claim, dealt
from caretally.journal.canonical import line_of
from caretally.journal.entries import ChatMeasured, Entry
from caretally.journal.ndjson import entry_from_json
from tests.unit.contacts.chat.written import PEOPLE

LAST_MINUTES_OF_MARCH = datetime(2026, 4, 1, 4, 50, tzinfo=UTC)
"""In Chicago April begins ten minutes later."""
ZONE = "America/Chicago"
USUAL = Parameters()


@st.composite
def message(draw: st.DrawFn) -> Message:
    """Draw a message within half an hour around the end of a month."""
    who = draw(st.sampled_from("PPNNCM"))
    side, author = PEOPLE[who]
    at = LAST_MINUTES_OF_MARCH + timedelta(
        seconds=draw(st.integers(0, 1_800)), microseconds=draw(st.sampled_from((0, 999_999)))
    )
    typed = draw(st.sampled_from((None, 5, 61, 500)))
    return Message(
        message=f"m{draw(st.integers(0, 60))}", side=side, author=author, at=at,
        client_at=at - timedelta(seconds=draw(st.sampled_from((0, 0, 0, 30, 31)))),
        composing_at=None if typed is None else at - timedelta(seconds=typed),
        is_automated=draw(st.booleans()) and draw(st.booleans()),
        is_bare=draw(st.booleans()), characters=draw(st.integers(0, 400)),
    )  # fmt: skip


@st.composite
def presence(draw: st.DrawFn) -> Presence:
    """Draw that somebody was there."""
    side, author = PEOPLE[draw(st.sampled_from("PNCM"))]
    start = int(LAST_MINUTES_OF_MARCH.timestamp()) + draw(st.integers(-60, 1_800))
    return Presence(side=side, author=author, start=start, end=start + draw(st.integers(0, 900)))


@st.composite
def conversation(draw: st.DrawFn) -> Written:
    """Draw a conversation."""
    start = int(LAST_MINUTES_OF_MARCH.timestamp())
    busy = draw(st.lists(st.tuples(st.integers(0, 1_800), st.integers(1, 300)), max_size=3))
    return Written(
        messages=tuple(draw(st.lists(message(), max_size=25))), zone=ZONE,
        presences=tuple(draw(st.lists(presence(), max_size=3))),
        elsewhere=tuple(
            Span(start=start + begins, end=start + begins + length, staff="rosa")
            for begins, length in busy
        ),
        topics=tuple(draw(st.lists(st.sampled_from(("symptoms", "general")), max_size=2))),
        strangers=tuple(draw(st.sampled_from(((), ("tom",), ("caregiver:lou",))))),
    )  # fmt: skip


def seconds_by_staff(spans: tuple[Span, ...]) -> dict[str, list[int]]:
    """Return every second of spans by whose it is."""
    found: dict[str, list[int]] = {}
    for each in spans:
        found.setdefault(each.staff, []).extend(range(each.start, each.end))
    return found


@settings(max_examples=60, deadline=None)
@given(conversation(), st.randoms(use_true_random=False))
def test_the_order_of_messages_carries_no_meaning(written: Written, random: Random) -> None:
    shuffled = list(written.messages)
    random.shuffle(shuffled)
    assert measure(replace(written, messages=shuffled), USUAL) == measure(written, USUAL)


@settings(max_examples=60, deadline=None)
@given(conversation(), st.lists(message(), max_size=5))
def test_automated_messages_change_nothing(written: Written, more: list[Message]) -> None:
    automated = [
        replace(each, message=f"auto{place}", is_automated=True) for place, each in enumerate(more)
    ]
    with_more = replace(written, messages=(*written.messages, *automated))
    assert measure(with_more, USUAL) == measure(written, USUAL)


@settings(max_examples=60, deadline=None)
@given(conversation())
def test_no_second_is_counted_twice_or_outside_of_the_messages(written: Written) -> None:
    found = measure(written, USUAL)
    seconds = [second for each in found.spans for second in range(each.start, each.end)]
    assert len(seconds) == len(set(seconds)) == found.live_seconds
    if found.spans:
        last = max(each.second for each in written.messages)
        first = min(each.second for each in written.messages)
        assert first - USUAL.composing_cap_seconds <= seconds[0]
        assert seconds[-1] < last


@settings(max_examples=40, deadline=None)
@given(st.lists(conversation(), min_size=2, max_size=4))
def test_nobody_has_more_seconds_than_passed(several: list[Written]) -> None:
    claims = [claim(f"con{place}", each, USUAL) for place, each in enumerate(several)]
    lost = dealt(claims)
    assert lost == dealt(claims[::-1])
    spans: list[Span] = []
    for place, each in enumerate(several):
        elsewhere = (*each.elsewhere, *lost[f"con{place}"])
        spans += measure(replace(each, elsewhere=elsewhere), USUAL).spans
    claimed = {span for each in claims for span in each.spans}
    for staff, seconds in seconds_by_staff(tuple(spans)).items():
        assert len(seconds) == len(set(seconds))
        # and nothing is lost: who claimed a second alone or with others, somebody has it
        assert set(seconds) == set(seconds_by_staff(tuple(claimed))[staff])


@settings(max_examples=40, deadline=None)
@given(conversation())
def test_the_end_of_a_month_adds_and_takes_nothing(written: Written) -> None:
    split, whole = measure(written, USUAL), measure(replace(written, zone="UTC"), USUAL)
    assert split.live_seconds == whole.live_seconds
    edge = int(datetime(2026, 4, 1, 5, tzinfo=UTC).timestamp())
    assert all(each.end <= edge or each.start >= edge for each in split.spans)


@settings(max_examples=40, deadline=None)
@given(conversation())
def test_a_record_comes_to_the_same_when_it_is_computed_again(written: Written) -> None:
    subject = Subject(conversation="con_1", program="rpm", content="sha256:" + "0" * 64)
    odd = Parameters(answer_gap_seconds=100, composing_cap_seconds=20)
    line = line_of(entry(body_of(subject, written, odd, ("ent_a",))))
    read = entry_from_json(json.loads(line))
    assert isinstance(read.body, ChatMeasured)
    assert line_of(entry(measured_again(read.body))) == line
    assert measure(written_of(read.body), odd).live_seconds == read.body.live_seconds


@settings(max_examples=40, deadline=None)
@given(conversation())
def test_contacts_hold_exactly_the_seconds_that_count(written: Written) -> None:
    subject = Subject(conversation="con_1", program="rpm", content="sha256:" + "0" * 64)
    body = body_of(subject, written, USUAL)
    for run in measure(written, USUAL).runs:
        form = contact_form(run, body)
        assert form.end is not None
        left_out = sum((leg.end - leg.start).total_seconds() for leg in form.excluded)
        assert (form.end - form.start).total_seconds() - left_out == run.seconds


def entry(body: ChatMeasured) -> Entry:
    """Return an entry of a body."""
    at = LAST_MINUTES_OF_MARCH + timedelta(days=1)
    return Entry(id="ent_1", patient="pat_ada", at=at, recorded_at=at, actor="staff:rosa",
                 body=body)  # fmt: skip
