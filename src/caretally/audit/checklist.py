"""The mock auditor: which months are drawn, and what of each is there or missing.

The order is the one in which reviewers ask (rulebook section 8.3, after Noridian's list). An item
is there where the facts of the month say so; what stands in a note a person must read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from caretally.audit.findings import plural
from caretally.audit.measures_staff import length
from caretally.audit.rows import BASE_MINUTES, DEVICE, LineRow

THERE, MISSING, NOT_ASKED = "there", "missing", "not asked"
SIXTEEN = {"99454": 16}


class PeriodFacts(NamedTuple):
    """What a device period holds; day: its last, days since 1970."""

    day: int
    data_days: int
    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What is known of a patient's month for a review.

    notes, stretches: how many of its stretches of work say what was found, of how many. signed:
    whether the decision on the month was signed.
    """

    lines: tuple[LineRow, ...]
    periods: tuple[PeriodFacts, ...]
    diagnoses: int
    ordered: bool
    consented: bool
    contacts: int
    live_seconds: int
    setups: int
    management_seconds: int
    notes: int
    stretches: int
    signed: bool


class Item(NamedTuple):
    """One thing a reviewer asks for: there, missing, or not asked by what is billed."""

    name: str
    state: str
    says: str


def drawn(ids: Iterable[str], count: int, seed: str) -> list[str]:
    """Return so many ids as a seed draws them: the same ones whoever asks, in the order drawn."""
    return sorted(ids, key=lambda each: (sha256(f"{seed}\n{each}".encode()).digest(), each))[:count]


def checklist(seen: Reviewed) -> tuple[Item, ...]:
    """Return what of a month is there, in the order in which reviewers ask."""
    devices = [line for line in seen.lines if line.code in DEVICE]
    minutes = any(line.code in BASE_MINUTES for line in seen.lines)
    held = {period.day: period for period in seen.periods}
    days = [(line, held.get(line.day, PeriodFacts(line.day, 0, 0))) for line in devices]
    needed = [(line, period) for line, period in days if line.code in SIXTEEN]
    enough = all(period.data_days >= SIXTEEN[line.code] for line, period in needed)
    told = ", ".join(f"{period.data_days} days for {line.code}" for line, period in days)
    medical = all(period.devices for _, period in days)
    held_by = plural(min((period.devices for _, period in days), default=0), "medical device")
    return (
        item("Condition", seen.diagnoses > 0, plural(seen.diagnoses, "diagnosis", "diagnoses")),
        asked("Days with data where the code asks for 16", enough, told, is_asked=bool(needed)),
        item("Medical necessity: an order", seen.ordered, "order in force"),
        item("Consent", seen.consented, "consent in force"),
        asked("Device that meets the FDA's definition", medical, held_by, is_asked=bool(devices)),
        asked("Live conversation", seen.contacts > 0 and seen.live_seconds > 0,
              f"{plural(seen.contacts, 'conversation')}, {length(seen.live_seconds)} live",
              is_asked=minutes),
        asked("Education and set-up", seen.setups > 0, f"{plural(seen.setups, 'set-up')} recorded",
              is_asked=bool(devices)),
        asked("Supply of a device", medical, held_by, is_asked=bool(devices)),
        asked("Time for the code", seen.management_seconds > 0,
              f"{length(seen.management_seconds)} of management", is_asked=minutes),
        asked("What was found, in a note", seen.notes == seen.stretches,
              f"{seen.notes} of {seen.stretches} stretches of work have words",
              is_asked=minutes and seen.stretches > 0),
        item("Signature", seen.signed, "decision signed" if seen.signed else "decision not signed"),
    )  # fmt: skip


def item(name: str, is_there: bool, says: str) -> Item:  # noqa: FBT001 - a fact, not a switch
    """Return an item that every month must have."""
    return Item(name, THERE if is_there else MISSING, says)


def asked(name: str, is_there: bool, says: str, *, is_asked: bool) -> Item:  # noqa: FBT001
    """Return an item that is asked only beside some codes."""
    return item(name, is_there, says) if is_asked else Item(name, NOT_ASKED, "no such code billed")
