"""Why a reading is held back: every rule by name, in words a nurse can act on.

A rule says what was observed and what was expected. It never says what must have happened: that is
for a person to find out, who then releases the reading or rejects it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A reason to hold a reading back.

    title: for a list. why: what the rule guards against. next: what a person can do about it.
    """

    name: str
    title: str
    why: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """That a reading is held back.

    rule: the name of one of `RULES`. says: what was observed and what was expected.
    """

    rule: str
    says: str


UNKNOWN_DEVICE, NOT_ASSIGNED = "unknown_device", "not_assigned"
IMPOSSIBLE_LOCAL_TIME, NO_TIME = "impossible_local_time", "no_time"
UNKNOWN_ORIGIN, UNKNOWN_UNIT = "unknown_origin", "unknown_unit"
CLOCK_AHEAD, TOO_OLD = "clock_ahead", "too_old"
OUT_OF_BOUNDS, CROSSED_PRESSURES = "out_of_bounds", "crossed_pressures"
UNIT_SWAP, ANOTHER_PERSON = "unit_swap", "another_person"
NOT_STORABLE = "not_storable"

RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            name=UNKNOWN_DEVICE, title="Unknown device",
            why="No name of the device is on the practice's books, so nobody can be told to have "
            "measured this.",
            next="Register the device with the name it sends under; the reading is then filed by "
            "itself.",
        ),
        Rule(
            name=NOT_ASSIGNED, title="Device in nobody's hands",
            why="The device is known, but no patient held it at the instant of the measurement.",
            next="Correct the dates of the assignment, if they are wrong; the reading is then "
            "filed by itself.",
        ),
        Rule(
            name=IMPOSSIBLE_LOCAL_TIME, title="A local time that did not exist",
            why="The reading tells only a local time, and the clocks were put forward over it.",
            next="Release it with the instant at which it was measured.",
        ),
        Rule(
            name=NO_TIME, title="No time of measurement",
            why="A reading without a time belongs to no day.",
            next="Release it with the instant at which it was measured.",
        ),
        Rule(
            name=UNKNOWN_ORIGIN, title="Origin unknown",
            why="The source does not say whether a device measured this or a person typed it, and "
            "only what a device measured makes a data day.",
            next="Find out, and release it as measured by the device or as typed by hand.",
        ),
        Rule(
            name=UNKNOWN_UNIT, title="Unit does not fit",
            why="A number is never guessed into another unit.",
            next="Reject it, and have the vendor or the connection's settings corrected.",
        ),
        Rule(
            name=CLOCK_AHEAD, title="Measured in the future",
            why="The time of the measurement lies after the time it was received.",
            next="Check the device's clock; release it with the instant it was measured at.",
        ),
        Rule(
            name=TOO_OLD, title="Measured long ago",
            why="Devices whose clock was lost tell times of years ago.",
            next="Check the device's clock; release it if the time is right.",
        ),
        Rule(
            name=OUT_OF_BOUNDS, title="Beyond what is possible",
            why="No device for the home measures such a value in a living person.",
            next="Ask for another measurement, and reject this one.",
        ),
        Rule(
            name=CROSSED_PRESSURES, title="Diastolic not below systolic",
            why="The two pressures contradict each other.",
            next="Ask for another measurement, and reject this one.",
        ),
        Rule(
            name=UNIT_SWAP, title="As if in another unit",
            why="The value differs from the patient's recent ones by the factor between two units.",
            next="Look at the device's display and settings; release it if the number is right.",
        ),
        Rule(
            name=ANOTHER_PERSON, title="Unlike the patient",
            why="The weight is too far from the patient's recent ones: scales are used by "
            "several people.",
            next="Ask who stood on the scale; release it if it was the patient.",
        ),
        Rule(
            name=NOT_STORABLE, title="Refused by the record",
            why="The record does not take the reading as it is.",
            next="Release it with a corrected device or time, or reject it.",
        ),
    )
}  # fmt: skip
"""All rules by name, in the order in which they are judged."""


def rule_named(name: str) -> Rule:
    """Return a rule by its name; one that no longer exists is told as what it is.

    What is held back outlives the release that held it, so a name may be unknown here.
    """
    return RULES.get(name) or Rule(
        name=name, title=f"Held back: {name}",
        why="This release does not know the rule; another one held the reading back.",
        next="Look at the value and its delivery; release it if it is right, or reject it.",
    )  # fmt: skip


HEALED_BY_CUSTODY = (UNKNOWN_DEVICE, NOT_ASSIGNED)
"""Rules that may no longer hold once a device is registered or assigned."""
ESTIMATED_TIME, AMBIGUOUS_LOCAL_TIME = "estimated_time", "ambiguous_local_time"
AGAIN_WITHIN_MINUTES, UNLIKE_RECENT = "again_within_minutes", "unlike_recent"
"""Marks of readings that are filed all the same; they stand in the entry's context."""
