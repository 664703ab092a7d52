"""One member of staff, several conversations at once: who gets a second that more than one claims.

A person who writes with two patients at the same time attends to one of them at any moment. A
second that several conversations claim of the same person goes to the one in which the person
writes next, because that is what the person was reading and composing. Where the person writes in
none of them again, it goes to the one in which the person wrote last, and between two alike to that
with the smaller id. Every second is dealt once, so no person is ever credited with more seconds
than passed: two conversations that were each live through the same 120 seconds come to 120 in all,
such as 80 and 40, never 240.

Seconds that are on record already, of conversations measured before or of work for other patients,
stay where they are; they are told to `measure` as they are and dealt no more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from caretally.contacts.chat.live_time import Written, measure
from caretally.contacts.chat.messages import Bounds, Span, joined
from caretally.contacts.chat.parameters import Parameters
from caretally.contacts.chat.runs import kept

NEVER = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a conversation would come to if nobody were with anybody else.

    wrote: by member of staff the seconds in which the person wrote, in order.
    """

    conversation: str
    spans: tuple[Span, ...]
    wrote: Mapping[str, Sequence[int]]

    def holds(self, staff: str, bounds: Bounds) -> bool:
        """Tell whether it claims a stretch of a person's time."""
        return any(
            each.staff == staff and each.start <= bounds[0] and bounds[1] <= each.end
            for each in self.spans
        )

    def turn(self, staff: str, second: int) -> tuple[int, int, str]:
        """Return what decides about a stretch that ends at a second: the smallest has it."""
        wrote = self.wrote.get(staff, ())
        after, before = bisect_left(wrote, second), bisect_right(wrote, second - 1)
        following = wrote[after] if after < len(wrote) else NEVER
        return following, -(wrote[before - 1] if before else 0), self.conversation


def claim(conversation: str, written: Written, parameters: Parameters) -> Claim:
    """Return what a conversation claims, presence and what is on record elsewhere considered."""
    wrote: dict[str, list[int]] = {}
    for each in kept(written.messages, parameters):
        if each.is_staff:
            wrote.setdefault(each.author, []).append(each.second)
    spans = tuple(joined(measure(written, parameters).spans))
    return Claim(conversation=conversation, spans=spans, wrote=wrote)


def dealt(claims: Sequence[Claim]) -> dict[str, tuple[Span, ...]]:
    """Return by conversation the seconds that went to others, in order."""
    lost: dict[str, list[Span]] = {each.conversation: [] for each in claims}
    people = sorted({span.staff for each in claims for span in each.spans})
    for staff in people:
        for bounds in pieces(staff, claims):
            rivals = [each for each in claims if each.holds(staff, bounds)]
            if len(rivals) < 2:
                continue
            winner = min(rivals, key=lambda each: each.turn(staff, bounds[1]))
            for each in rivals:
                if each is not winner:
                    lost[each.conversation].append(
                        Span(start=bounds[0], end=bounds[1], staff=staff)
                    )
    return {name: tuple(joined(spans)) for name, spans in lost.items()}


def pieces(staff: str, claims: Iterable[Claim]) -> list[Bounds]:
    """Return a person's time cut wherever a claim begins or ends, and wherever the person wrote."""
    edges = {
        edge
        for each in claims
        for span in each.spans
        if span.staff == staff
        for edge in (span.start, span.end)
    }
    edges |= {second for each in claims for second in each.wrote.get(staff, ())}
    return list(pairwise(sorted(edges)))
