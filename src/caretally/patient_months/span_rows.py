"""From contacts, attempts and logged time on record to rows of the fold.

Words become positions in the tuples of `caretally.codes`, instants whole seconds. Nothing is
judged here: an entry that ends before it starts becomes a row like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from caretally.clock import seconds_of
from caretally.codes import CATEGORIES, CONTACT_MODES, PROGRAMS, REVIEW_CODE, TOPICS
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, TimeLogged
from caretally.patient_months.columns import (
    ATTEMPT,
    CAREGIVERS,
    CONTACT,
    IN_FORCE,
    OTHER,
    PATIENT,
    SUPERSEDED,
    TIME,
    VOIDED,
)  # fmt: skip

PROGRAM_NUMBERS = {word: number for number, word in enumerate(PROGRAMS)}
MODE_NUMBERS = {word: number for number, word in enumerate(CONTACT_MODES)}
CATEGORY_NUMBERS = {word: number for number, word in enumerate(CATEGORIES)}
TOPIC_BITS = {word: 1 << number for number, word in enumerate(TOPICS)}
STANDINGS = {"superseded": SUPERSEDED, "voided": VOIDED}


class SpanRow(NamedTuple):
    """One span with its own words as numbers; sorts by start, then id."""

    start: int
    id: str
    end: int
    kind: int
    program: int
    mode: int
    spoke_with: int
    two_way: int
    topics: int
    category: int
    part_of_visit: int
    marked: int
    standing: int
    recorded: int
    performers: tuple[str, ...]
    legs: tuple[tuple[int, int], ...]


def contact_row(
    entry: Entry, body: ContactHeld, standing: int, caregivers: dict[str, int]
) -> SpanRow:
    """Return the row of a contact; `caregivers` numbers those spoken with and grows."""
    spoke_with = PATIENT if body.spoke_with == "patient" else OTHER
    if body.spoke_with.startswith("caregiver:"):
        name = body.spoke_with.partition(":")[2]
        spoke_with = CAREGIVERS + caregivers.setdefault(name, len(caregivers))
    return SpanRow(
        seconds_of(body.start), entry.id, seconds_of(body.end), CONTACT,
        PROGRAM_NUMBERS[body.program], MODE_NUMBERS[body.mode], spoke_with, int(body.two_way),
        sum(TOPIC_BITS[topic] for topic in set(body.topics)), 0, int(body.part_of_visit), 0,
        standing, seconds_of(entry.recorded_at), tuple(dict.fromkeys(body.performers)),
        tuple((seconds_of(leg.start), seconds_of(leg.end)) for leg in body.excluded),
    )  # fmt: skip


def attempt_row(entry: Entry, body: ContactAttempted, standing: int) -> SpanRow:
    """Return the row of an attempt; one without an end is an instant."""
    start = seconds_of(body.start or entry.at)
    end = seconds_of(body.end) if body.end else start
    return SpanRow(
        start, entry.id, end, ATTEMPT, PROGRAM_NUMBERS[body.program], 0, OTHER, 0, 0, 0, 0, 0,
        standing, seconds_of(entry.recorded_at), (), (),
    )  # fmt: skip


def time_row(entry: Entry, body: TimeLogged, standing: int) -> SpanRow:
    """Return the row of logged time."""
    return SpanRow(
        seconds_of(body.start), entry.id, seconds_of(body.end), TIME,
        PROGRAM_NUMBERS[body.program], 0, OTHER, 0, 0, CATEGORY_NUMBERS[body.category], 0,
        int(body.intended_code == REVIEW_CODE), standing, seconds_of(entry.recorded_at),
        (body.performer,), (),
    )  # fmt: skip


def span_rows(
    entries: Iterable[Entry], set_aside: Mapping[str, str], caregivers: dict[str, int]
) -> list[SpanRow]:
    """Return a patient's spans by start and id; `caregivers` numbers those spoken with."""
    rows = []
    for entry in entries:
        body = entry.body
        standing = STANDINGS[set_aside[entry.id]] if entry.id in set_aside else IN_FORCE
        if isinstance(body, ContactHeld):
            rows.append(contact_row(entry, body, standing, caregivers))
        elif isinstance(body, TimeLogged):
            rows.append(time_row(entry, body, standing))
        elif isinstance(body, ContactAttempted):
            rows.append(attempt_row(entry, body, standing))
    rows.sort()
    return rows
