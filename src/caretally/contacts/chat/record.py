"""A measurement as it is recorded, and back: whoever has the entry can compute it again.

The words of messages are not in it; a root over them is, so that the words kept elsewhere can be
held against the entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from caretally.clock import instant_of, seconds_of
from caretally.contacts.chat.live_time import LiveRun, Written, measure
from caretally.contacts.chat.messages import Message, Presence, Span, united
from caretally.contacts.chat.parameters import ALGORITHM, Parameters, listed, parameters_of
from caretally.contacts.form import TALKED, ContactForm
from caretally.journal.chain import leaf_digest, tree_root
from caretally.journal.entries import (
    ChatMeasured,
    ChatSeen,
    ChatSpan,
    ChatTurn,
    ExcludedLeg,
)

PAUSE, ELSEWHERE = "hold", "other_party"
"""Why a part of a contact counts nothing: nobody was active, or the staff was with another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is measured: a conversation, its program, and the root over its messages."""

    conversation: str
    program: str
    content: str


def content_leaf(turn: ChatTurn, text: str) -> bytes:
    """Return a message as the root is made over it."""
    told = [
        turn.message, turn.side, turn.author, turn.at.isoformat(), turn.client_at.isoformat(),
        turn.composing_at.isoformat() if turn.composing_at else "", turn.automated, text,
    ]  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def content_root(leaves: Iterable[bytes]) -> str:
    """Return the root over messages in the order they arrived."""
    return f"sha256:{tree_root([leaf_digest(each) for each in leaves]).hex()}"


def turn_of(message: Message) -> ChatTurn:
    """Return a message as it is recorded."""
    return ChatTurn(
        message=message.message, side=message.side, author=message.author, at=message.at,
        client_at=message.client_at, composing_at=message.composing_at,
        automated=message.is_automated, bare=message.is_bare, characters=message.characters,
    )  # fmt: skip


def message_of(turn: ChatTurn) -> Message:
    """Return a message from a record."""
    return Message(
        message=turn.message, side=turn.side, author=turn.author, at=turn.at,
        client_at=turn.client_at, composing_at=turn.composing_at, is_automated=turn.automated,
        is_bare=turn.bare, characters=turn.characters,
    )  # fmt: skip


def recorded_spans(spans: Iterable[Span]) -> tuple[ChatSpan, ...]:
    """Return spans as they are recorded."""
    return tuple(
        ChatSpan(start=instant_of(each.start), end=instant_of(each.end), staff=each.staff)
        for each in spans
    )


def spans_from(recorded: Iterable[ChatSpan]) -> tuple[Span, ...]:
    """Return spans from a record."""
    return tuple(
        Span(start=seconds_of(each.start), end=seconds_of(each.end), staff=each.staff)
        for each in recorded
    )


def body_of(
    subject: Subject, written: Written, parameters: Parameters, contacts: tuple[str, ...] = ()
) -> ChatMeasured:
    """Measure a conversation and return the entry's body."""
    found = measure(written, parameters)
    return ChatMeasured(
        conversation=subject.conversation, program=subject.program, contacts=contacts,
        algorithm=ALGORITHM, parameters=listed(parameters), zone=written.zone,
        messages=len(written.messages), content=subject.content,
        turns=tuple(turn_of(each) for each in written.messages),
        seen=tuple(
            ChatSeen(
                side=each.side, author=each.author, start=instant_of(each.start),
                end=instant_of(each.end),
            )
            for each in written.presences
        ),
        elsewhere=recorded_spans(written.elsewhere), strangers=tuple(sorted(written.strangers)),
        spans=recorded_spans(found.spans), live_seconds=found.live_seconds,
        topics=tuple(written.topics), counted=found.is_counted, reasons=found.reasons,
    )  # fmt: skip


def written_of(body: ChatMeasured) -> Written:
    """Return what a record was measured from."""
    return Written(
        messages=tuple(message_of(each) for each in body.turns), zone=body.zone,
        presences=tuple(
            Presence(
                side=each.side, author=each.author, start=seconds_of(each.start),
                end=seconds_of(each.end),
            )
            for each in body.seen
        ),
        elsewhere=spans_from(body.elsewhere), topics=body.topics, strangers=body.strangers,
    )  # fmt: skip


def measured_again(body: ChatMeasured) -> ChatMeasured:
    """Return what a record comes to if it is computed again from itself; the same, to the byte.

    Raises:
        TypeError: it was measured with numbers that this version does not know.
    """
    subject = Subject(conversation=body.conversation, program=body.program, content=body.content)
    return body_of(subject, written_of(body), parameters_of(body.parameters), body.contacts)


def contact_form(run: LiveRun, measured: ChatMeasured) -> ContactForm:
    """Return the contact a run becomes; its excluded legs leave exactly the seconds that count."""
    start, end = run.spans[0].start, run.spans[-1].end
    outside = [each.author for each in run.messages if not each.is_staff]
    return ContactForm(
        program=measured.program, mode="chat", outcome=TALKED, start=instant_of(start),
        end=instant_of(end), performers=tuple(dict.fromkeys(each.staff for each in run.spans)),
        spoke_with="patient" if "patient" in outside else outside[0], two_way=True,
        topics=measured.topics, protocol=measured.algorithm,
        summary=f"Written conversation, {len(run.messages)} messages",
        excluded=tuple(legs(run, spans_from(measured.elsewhere))),
    )  # fmt: skip


def legs(run: LiveRun, elsewhere: Iterable[Span]) -> list[ExcludedLeg]:
    """Return the parts between the spans of a run, with why they count nothing."""
    parts = united((each.start, each.end) for each in run.spans)
    others = [(each.start, each.end) for each in elsewhere]
    found = []
    for (_, start), (end, _) in pairwise(parts):
        shared = any(begins < end and ends > start for begins, ends in others)
        found.append(leg(instant_of(start), instant_of(end), ELSEWHERE if shared else PAUSE))
    return found


def leg(start: datetime, end: datetime, why: str) -> ExcludedLeg:
    """Return an excluded leg."""
    return ExcludedLeg(start=start, end=end, why=why)
