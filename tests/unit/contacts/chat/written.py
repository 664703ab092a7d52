"""Conversations in a line of text, for tests: `P0 N40 P80` is patient, nurse, patient by second.

P patient, C caregiver, N and M two nurses, A an automated message. After the second may stand
`-t30` (typing seen for 30 s before), `-late40` (sent 40 s before it arrived), `=id` (message id)
and `~` (a bare thank you).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from caretally.contacts.chat.live_time import Written
from caretally.contacts.chat.messages import Message, Presence, Span

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
BASE = int(NOON.timestamp())
PEOPLE = {
    "P": ("patient", "patient"),
    "C": ("caregiver", "caregiver:lou"),
    "N": ("staff", "rosa"),
    "M": ("staff", "tom"),
    "A": ("staff", "system:chat"),
}
FORM = re.compile(r"([PCNMA])(\d+)(?:-t(\d+))?(?:-late(\d+))?(?:=(\w+))?(~?)")


def messages(line: str, begins: datetime = NOON) -> list[Message]:
    """Return the messages of a line."""
    found = []
    for place, word in enumerate(line.split()):
        match = FORM.fullmatch(word)
        assert match is not None, word
        who, second, typed, late, name, bare = match.groups()
        side, author = PEOPLE[who]
        at = begins + timedelta(seconds=int(second))
        found.append(
            Message(
                message=name or f"m{place}", side=side, author=author, at=at,
                client_at=at - timedelta(seconds=int(late or 0)),
                composing_at=at - timedelta(seconds=int(typed)) if typed else None,
                is_automated=who == "A", is_bare=bool(bare), characters=20,
            )
        )  # fmt: skip
    return found


def written(line: str, *, begins: datetime = NOON, zone: str = "UTC", **more: object) -> Written:
    """Return a conversation of a line."""
    return Written(messages=messages(line, begins), zone=zone, **{"topics": ["symptoms"], **more})


def seen(who: str, start: int, end: int) -> Presence:
    """Return that somebody was there."""
    side, author = PEOPLE[who]
    return Presence(side=side, author=author, start=BASE + start, end=BASE + end)


def busy(who: str, start: int, end: int) -> Span:
    """Return that a nurse was with somebody else."""
    return Span(start=BASE + start, end=BASE + end, staff=PEOPLE[who][1])


def bounds(spans: tuple[Span, ...]) -> list[tuple[int, int, str]]:
    """Return spans by second of the line."""
    return [(each.start - BASE, each.end - BASE, each.staff) for each in spans]
