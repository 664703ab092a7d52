"""The log of a call reads as it was written, and a changed one shows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from caretally.contacts.wellness_calls.call_log import call_log
from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import Answered, HungUp, KeyPressed, PickedUp
from caretally.contacts.wellness_calls.log_lines import (
    PICKED_UP,
    Begun,
    Fact,
    action_line,
    begun_line,
    differences,
    event_line,
    fact_line,
    linked,
    read_line,
    read_log,
)
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.states import Callee
from caretally.errors import IntegrityError

AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
PACK = installed("heart_failure")
CALLEE = Callee(
    name="Hal", birth_year=1957, practice="Lakeside", callback="555 0100",
    devices={"weight": (Measured(value=Decimal("186.4"), hours_before=3, reading="ent_1"),)},
    limits={"weight_day": Decimal(2)},
)  # fmt: skip
EVENTS = (
    PickedUp(at_ms=0),
    Answered(at_ms=4_000, hypotheses=("yes", "yes"), speech_ms=500),
    KeyPressed(at_ms=9_000, keys="1957"),
    Answered(at_ms=15_000, hypotheses=("yes", "yes"), speech_ms=500),
    Answered(at_ms=22_000, hypotheses=("I have chest pain", "I have chest pain"), speech_ms=900),
    HungUp(at_ms=30_000),
)


def lines(events: tuple[object, ...] = EVENTS) -> list[str]:
    """Return the log of a call, as whoever holds the line writes it."""
    begun = Begun(
        call="call_1", program="rpm", protocol=PACK.name, version=PACK.version, digest=PACK.digest,
        agent="stf_voice", carrier="memory", models=("text 1",), dialed_at=AT, callee=CALLEE,
    )  # fmt: skip
    found = [begun_line(begun), fact_line(Fact(what=PICKED_UP, at=AT))]
    state = begin(CALLEE)
    for event in events:
        found.append(event_line(event))  # type: ignore[arg-type]
        state, actions = step(PACK, state, event)  # type: ignore[arg-type]
        found += [action_line(each, event.at_ms) for each in actions]  # type: ignore[attr-defined]
    return found


def test_a_log_reads_as_it_was_written() -> None:
    read = read_log(lines())
    assert read.events == EVENTS
    assert read.begun.callee == CALLEE
    assert read.answered_at == AT
    assert differences(read, PACK) == ()
    assert read.log(PACK) == call_log(PACK, CALLEE, EVENTS, answered_at=AT)


def test_an_action_that_was_taken_out_shows() -> None:
    whole = lines()
    alert = next(n for n, each in enumerate(whole) if '"raise_alert"' in each)
    assert differences(read_log([*whole[:alert], *whole[alert + 1 :]]), PACK)


def test_an_answer_that_was_changed_shows() -> None:
    changed = [each.replace("chest pain", "no pain") for each in lines()]
    assert differences(read_log(changed), PACK)


def test_a_log_cut_between_an_event_and_its_actions_is_no_other_log() -> None:
    whole = lines()
    event = next(n for n, each in enumerate(whole) if "I have chest pain" in each)
    assert differences(read_log(whole[: event + 1]), PACK) == ()
    assert differences(read_log(whole[: event - 1]), PACK) == ()


def test_another_protocol_shows() -> None:
    assert "protocol" in differences(read_log(lines()), installed("general"))[0]


def test_the_chain_holds_every_line_in_its_place() -> None:
    first, second = lines()[:2]
    assert linked(linked(b"", first), second) != linked(linked(b"", second), first)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"event":"sang"}', '{"action":"say"}', "[1]", '{"begun":3}']
)
def test_a_line_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(IntegrityError):
        read_line(text)


def test_a_log_begins_with_who_was_called() -> None:
    with pytest.raises(IntegrityError, match="begins"):
        read_log(lines()[1:])


def test_a_call_nobody_picked_up_cannot_be_played() -> None:
    with pytest.raises(IntegrityError, match="picked"):
        read_log(lines()[:1]).log(PACK)
