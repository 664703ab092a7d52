"""The note of a contact or attempt, made from what was recorded and from nothing else.

The same entry gives the same note, word for word. What was not recorded is not in it: a note that
says more than its entry is how audits are lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caretally.clock import seconds_of, zone
from caretally.codes import TOPICS
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, ExcludedLeg
from caretally.journal.register import Register

MODE_WORDS = {
    "telephone": "Telephone call",
    "video": "Video call",
    "in_person": "Conversation in person",
    "chat": "Text chat",
    "ai_telephone": "Telephone call by an AI agent",
    "sms": "Text message",
    "email": "E-mail",
    "letter": "Letter",
}
TOPIC_WORDS = {
    "device_data": "Device data",
    "symptoms": "Symptoms",
    "medication": "Medication",
    "care_plan": "Care plan",
    "general": "General",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Both totals of the month after the entry, where the caller has them; in seconds."""

    live_seconds: int
    management_seconds: int


def note(entry: Entry, register: Register, clocks: Clocks | None = None) -> str:
    """Return the note of a contact or an attempt, a line a statement.

    Raises:
        ValueError: the entry is of another kind.
    """
    body = entry.body
    if isinstance(body, ContactHeld):
        lines = contact_lines(entry, body, register)
    elif isinstance(body, ContactAttempted):
        lines = attempt_lines(entry, body, register)
    else:
        raise ValueError(f"entry {entry.id} is of kind {entry.kind}; notes are of contacts")
    if entry.actor.removeprefix("staff:") not in body.performers:
        lines.append(f"Written by {entry.actor}.")
    if clocks is not None:
        lines.append(
            f"Month so far: live {clock(clocks.live_seconds)}, "
            f"management {clock(clocks.management_seconds)}."
        )
    return "\n".join(lines)


def contact_lines(entry: Entry, body: ContactHeld, register: Register) -> list[str]:
    """Return what a contact says."""
    whom = f"{MODE_WORDS[body.mode]} for {body.program.upper()} with {spoken_with(body.spoke_with)}"
    when = stretch(entry, body.start, body.end, register)
    lines = [
        f"{whom}, {when}; {clock(talked_seconds(body))} of conversation.",
        f"By {people(entry, body.performers, register)}.",
        f"Two-way: {'yes' if body.two_way else 'no'}.",
        *(f"Not counted: {leg_words(leg)}." for leg in body.excluded),
    ]
    if body.part_of_visit:
        lines.append("Part of a billed visit.")
    if body.protocol:
        lines.append(f"Protocol: {body.protocol}.")
    lines += topic_lines(body)
    if body.summary:
        lines.append(f"Summary: {body.summary}")
    lines += [f"Action: {action}" for action in body.actions]
    if body.escalated_to:
        lines.append(f"Escalated to {body.escalated_to}.")
    return lines


def topic_lines(body: ContactHeld) -> list[str]:
    """Return the topics in the order of the protocol: what was found, or that it was touched."""
    lines = []
    for topic in TOPICS:
        said = [each.says for each in body.findings if each.topic == topic]
        if said:
            lines += [f"{TOPIC_WORDS[topic]}: {words}" for words in said]
        elif topic in body.topics:
            lines.append(f"{TOPIC_WORDS[topic]}: talked about, nothing written down.")
    return lines


def attempt_lines(entry: Entry, body: ContactAttempted, register: Register) -> list[str]:
    """Return what an attempt says."""
    when = stretch(entry, body.start or entry.at, body.end, register)
    how, outcome = MODE_WORDS[body.mode].lower(), body.outcome.replace("_", " ")
    return [
        f"Attempt for {body.program.upper()} by {how}, {when}: {outcome}.",
        f"By {people(entry, body.performers, register)}.",
        "No conversation; no time counts.",
    ]


def stretch(entry: Entry, start: datetime, end: datetime | None, register: Register) -> str:
    """Return a stretch as local times, with the zone's name."""
    name = register.zone_of(entry.patient or "", start, program=_program(entry))
    local = start.astimezone(zone(name))
    until = f" to {end.astimezone(zone(name)):%H:%M:%S}" if end else ""
    return f"{local:%Y-%m-%d %H:%M:%S}{until} {name}"


def people(entry: Entry, performers: Iterable[str], register: Register) -> str:
    """Return who did it, each with the roles of that date."""
    day = register.day_of(entry.patient or "", entry.at, program=_program(entry))
    named = []
    for person in performers:
        roles = " and ".join(sorted(register.roles_on(person, day))) or "not registered"
        named.append(f"{person} ({roles})")
    return ", ".join(named) or "nobody"


def spoken_with(who: str) -> str:
    """Return who was on the other side."""
    kind, _, name = who.partition(":")
    return {"patient": "the patient", "other": "another party"}.get(kind, f"caregiver {name}")


def leg_words(leg: ExcludedLeg) -> str:
    """Return what a leg was and how long it took."""
    seconds = seconds_of(leg.end) - seconds_of(leg.start)
    return f"{leg.why.replace('_', ' ')}, {clock(seconds)}"


def talked_seconds(body: ContactHeld) -> int:
    """Return the seconds of a contact outside its excluded legs, each second once."""
    at, end, talked = seconds_of(body.start), seconds_of(body.end), 0
    for begins, ends in sorted(
        (seconds_of(leg.start), seconds_of(leg.end)) for leg in body.excluded
    ):
        talked += max(0, min(begins, end) - at)
        at = max(at, ends)
    return talked + max(0, end - at)


def clock(seconds: int) -> str:
    """Return seconds as minutes and seconds, nothing rounded.

    Example:
        >>> clock(1199)
        '19:59'
    """
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds >= 0 else f"-{clock(-seconds)}"


def _program(entry: Entry) -> str | None:
    body = entry.body
    return body.program if isinstance(body, ContactHeld | ContactAttempted) else None
