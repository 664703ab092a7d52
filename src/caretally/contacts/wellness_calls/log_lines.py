"""The event log of a call as lines of JSON: what happened, what was done, and what followed.

A line is stored before what it tells takes effect, and chained to the line before. From the events
alone the call is played again; a log whose actions are not those of its events was changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import zip_longest
from typing import Any, TypeAlias, get_args

import msgspec

from caretally.contacts.wellness_calls.actions import Action
from caretally.contacts.wellness_calls.call_log import CallLog, call_log
from caretally.contacts.wellness_calls.engine import replay
from caretally.contacts.wellness_calls.events import Happening
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.states import Callee
from caretally.errors import IntegrityError

PICKED_UP = "picked_up"
ALERT_WRITTEN, PAGED, ACKNOWLEDGED, BRIDGED = "alert_written", "paged", "acknowledged", "bridged"
"""What the desk tells of an alert: stored, somebody called, taken on, on the line."""


def name_of(kind: type) -> str:
    """Return how lines call an event or an action.

    Example:
        >>> from caretally.contacts.wellness_calls.actions import RaiseAlert
        >>> name_of(RaiseAlert)
        'raise_alert'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


EVENTS: Mapping[str, Any] = {name_of(each): each for each in get_args(Happening)}
ACTIONS: Mapping[str, Any] = {name_of(each): each for each in get_args(Action)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The first line: who is called, along which protocol, by what.

    protocol, version, digest: of the pack. agent: staff id of the registered agent. models: what
    hears and speaks. dialed_at: when it was dialed.
    """

    call: str
    program: str
    protocol: str
    version: str
    digest: str
    agent: str
    carrier: str
    models: tuple[str, ...]
    dialed_at: datetime
    callee: Callee
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something the engine wanted done."""

    at_ms: int
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that the engine does not know of, such as that an alert was stored.

    at_ms: of the call. of: whereof, in a word. alert: id of an alert. staff: whose. at: the instant
    by the clock on the wall.
    """

    what: str
    at_ms: int = 0
    of: str = ""
    alert: str = ""
    staff: str = ""
    at: datetime | None = None


Line: TypeAlias = Begun | Happening | Done | Fact


def begun_line(begun: Begun) -> str:
    """Return the first line of a log."""
    return written({"begun": begun})


def event_line(event: Happening) -> str:
    """Return the line of an event.

    Example:
        >>> from caretally.contacts.wellness_calls.events import KeyPressed
        >>> event_line(KeyPressed(at_ms=1200, keys="1"))
        '{"event":"key_pressed","at_ms":1200,"keys":"1"}'
    """
    return written({"event": name_of(type(event)), **fields_of(event)})


def action_line(action: Action, at_ms: int) -> str:
    """Return the line of an action, at the time of the event it follows from."""
    return written({"action": name_of(type(action)), "at_ms": at_ms, **fields_of(action)})


def fact_line(fact: Fact) -> str:
    """Return the line of a fact; what is empty is left out."""
    told = {key: value for key, value in fields_of(fact).items() if value not in {"", None}}
    return written({"fact": told.pop("what"), **told})


def fields_of(record: object) -> dict[str, Any]:
    """Return the fields of a record as JSON has them."""
    found: dict[str, Any] = msgspec.to_builtins(record)
    return found


def written(content: Mapping[str, Any]) -> str:
    """Return a line."""
    return msgspec.json.encode(content).decode()


def read_line(text: str) -> Line:
    """Return what a line tells.

    Raises:
        IntegrityError: it is none of a log.
    """
    try:
        content = msgspec.json.decode(text)
        if "begun" in content:
            return msgspec.convert(content["begun"], Begun)
        if "event" in content:
            kind = EVENTS[content.pop("event")]
            event: Happening = msgspec.convert(content, kind)
            return event
        if "action" in content:
            kind, at_ms = ACTIONS[content.pop("action")], content.pop("at_ms")
            return Done(at_ms=at_ms, action=msgspec.convert(content, kind))
        return msgspec.convert({"what": content.pop("fact"), **content}, Fact)
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError):
        raise IntegrityError("a line of a call's log does not read as one") from None


def linked(before: bytes, line: str) -> bytes:
    """Return the digest of a line: over the digest before, and the line."""
    return sha256(before + line.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCall:
    """A log that was read.

    events: in order; so are all. done: actions with their times.
    """

    begun: Begun
    events: tuple[Happening, ...]
    done: tuple[Done, ...]
    facts: tuple[Fact, ...]

    @property
    def answered_at(self) -> datetime | None:
        """When somebody picked up; None where nobody did."""
        return next((each.at for each in self.facts if each.what == PICKED_UP), None)

    def fact(self, what: str, *, alert: str = "") -> Fact | None:
        """Return the first fact of a kind, about an alert where one is named."""
        found = (f for f in self.facts if f.what == what and (not alert or f.alert == alert))
        return next(found, None)

    def log(self, pack: Pack) -> CallLog:
        """Return the call, played again from its events.

        Raises:
            IntegrityError: nobody picked up, so that there is nothing to play.
        """
        if self.answered_at is None or not self.events:
            raise IntegrityError("nobody picked this call up")
        return call_log(pack, self.begun.callee, self.events, answered_at=self.answered_at)


def read_log(lines: Iterable[str]) -> WrittenCall:
    """Return a log.

    Raises:
        IntegrityError: a line is none of a log, or the first does not tell who was called.
    """
    read = [read_line(each) for each in lines]
    if not read or not isinstance(read[0], Begun):
        raise IntegrityError("the log of a call begins with who was called")
    return WrittenCall(
        begun=read[0],
        events=tuple(each for each in read[1:] if not isinstance(each, Begun | Done | Fact)),
        done=tuple(each for each in read if isinstance(each, Done)),
        facts=tuple(each for each in read if isinstance(each, Fact)),
    )


def differences(written_call: WrittenCall, pack: Pack) -> tuple[str, ...]:
    """Return where a log tells other actions than follow from its events; none of a true one.

    The last event of a call that was cut off may be without its actions.
    """
    expected = due(written_call, pack)
    found = [f"protocol {written_call.begun.digest}, here is {pack.digest}"
             for _ in (1,) if written_call.begun.digest != pack.digest]  # fmt: skip
    last_ms = written_call.events[-1].at_ms if written_call.events else 0
    for number, (was, wanted) in enumerate(zip_longest(written_call.done, expected), 1):
        is_cut = was is None and wanted is not None and wanted.at_ms == last_ms
        if was != wanted and not is_cut:
            found.append(f"action {number}: {told(was)} is told, {told(wanted)} follows")
    return tuple(found)


def due(written_call: WrittenCall, pack: Pack) -> Sequence[Done]:
    """Return the actions that follow from the events of a log, with their times."""
    steps = replay(pack, written_call.begun.callee, written_call.events)
    return [
        Done(at_ms=event.at_ms, action=action)
        for event, (_, actions) in zip(written_call.events, steps, strict=True)
        for action in actions
    ]


def told(done: Done | None) -> str:
    """Return an action in short, without a word that was said."""
    return "nothing" if done is None else f"{name_of(type(done.action))} at {done.at_ms} ms"
