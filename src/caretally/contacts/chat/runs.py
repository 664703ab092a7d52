"""Runs of a conversation: which messages belong together, and which pauses between them count.

Between two neighboring messages of a run lies a gap. It counts where the earlier message was
answered in time: the next one came within the answer gap, and it is of the other side, or of the
same side and was itself answered in time. So a second thought, sent before the answer came, counts;
a longer pause stays in the run and counts nothing; nothing counts after the last message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from caretally.clock import seconds_of
from caretally.contacts.chat.messages import Message, Span
from caretally.contacts.chat.parameters import Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Messages without a long silence between them.

    spans: the seconds that count, before presence and sharing. answered_pairs: neighbors of
    opposite sides that followed each other in time.
    """

    messages: tuple[Message, ...]
    spans: tuple[Span, ...]
    answered_pairs: int

    @property
    def start(self) -> int:
        """The second of its first message, or of the typing before it that counts."""
        return min([self.messages[0].second, *(each.start for each in self.spans)])

    @property
    def end(self) -> int:
        """The second of its last message."""
        return self.messages[-1].second


def kept(messages: Iterable[Message], parameters: Parameters) -> list[Message]:
    """Return the messages that people wrote then and there, in order, each once."""
    by_id: dict[str, Message] = {}
    for each in sorted(messages, key=lambda message: message.place):
        by_id.setdefault(each.message, each)
    return [
        each
        for each in by_id.values()
        if not each.is_automated and not each.is_offline(parameters.offline_lag_seconds)
    ]


def runs(messages: Iterable[Message], parameters: Parameters) -> tuple[Run, ...]:
    """Return the runs of a conversation in order; those that are not live have no spans."""
    parts: list[list[Message]] = []
    for each in kept(messages, parameters):
        silence = each.second - parts[-1][-1].second if parts else 0
        if parts and silence <= parameters.run_gap_seconds:
            parts[-1].append(each)
        else:
            parts.append([each])
    return tuple(run_of(part, parameters) for part in parts)


def run_of(messages: Sequence[Message], parameters: Parameters) -> Run:
    """Return messages as a run."""
    limit = parameters.answer_gap_seconds
    pairs = sum(
        before.is_staff != after.is_staff and after.second - before.second <= limit
        for before, after in pairwise(messages)
    )
    is_live = pairs >= parameters.least_answered_pairs
    spans = counted(messages, parameters) if is_live else []
    return Run(messages=tuple(messages), spans=tuple(spans), answered_pairs=pairs)


def counted(messages: Sequence[Message], parameters: Parameters) -> list[Span]:
    """Return the gaps of a run that count, with whose time each is.

    A gap is of the staff member who wrote the message that ends it, else of the one who wrote that
    which begins it, else, between two messages from outside, of the one who then answered.
    """
    found: list[Span] = []
    answerer = ""
    for before, after in reversed(list(pairwise(messages))):
        if after.second - before.second > parameters.answer_gap_seconds:
            answerer = ""
            continue
        if before.is_staff != after.is_staff:
            answerer = after.author if after.is_staff else before.author
        elif answerer and after.is_staff:
            answerer = after.author
        if answerer:
            found.append(Span(start=before.second, end=after.second, staff=answerer))
    first = messages[0]
    if answerer and first.composing_at is not None:
        found.append(composing(first, answerer, parameters))
    return [each for each in reversed(found) if each.end > each.start]


def composing(first: Message, answerer: str, parameters: Parameters) -> Span:
    """Return the typing before the first message of a run, as far as it counts."""
    begun = seconds_of(first.composing_at or first.at)
    start = max(begun, first.second - parameters.composing_cap_seconds)
    return Span(start=start, end=first.second, staff=first.author if first.is_staff else answerer)
