"""What is made of a stream's entries before any month is asked for, kept beside them on the shelf.

Only preparation is kept: which entries count, and their rows. It is true of exactly so many of the
stream's first entries; what came after is added, and totals are worked out from all rows anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretally.journal.corrections import resolve
from caretally.journal.entries import Enrolled, Entry, PracticeRegistered
from caretally.patient_months.ledgers import (
    Ledger,
    PracticeLedger,
    by_kind,
    grown,
    ledger_of,
    practice_ledger,
)
from caretally.patient_months.rows import Frame
from caretally.store.ties import targets_of

SetAside = Mapping[str, str]
"""Why entries do not count, by id."""


@dataclass(slots=True)
class Made:
    """What was made of a stream, each with the number of entries it was made of.

    Every field is replaced whole, so that threads need not wait for one another. frame: with the
    very objects it was made of.
    """

    zones: tuple[int, frozenset[str]] = (0, frozenset())
    set_aside: tuple[int, SetAside] = (0, {})
    ledger: tuple[int, SetAside, Ledger] | None = None
    practice: tuple[int, SetAside, PracticeLedger] | None = None
    frame: tuple[tuple[object, ...], Frame] | None = None


Entries = tuple[Entry, ...]


def zones_told(made: Made, entries: Entries) -> frozenset[str]:
    """Return the zones that enrollments and practices of a stream name, corrected ones too."""
    count, zones = made.zones
    if count < len(entries):
        bodies = (entry.body for entry in entries[count:])
        named = (b.time_zone for b in bodies if isinstance(b, Enrolled | PracticeRegistered))
        zones = zones.union(zone for zone in named if zone is not None)
        made.zones = len(entries), zones
    return zones


def own_set_aside(made: Made, entries: Entries) -> SetAside:
    """Return what a stream's corrections set aside, where none reaches into another stream."""
    count, set_aside = made.set_aside
    if count < len(entries):
        if any(map(targets_of, entries[count:])):
            set_aside = resolve(entries).set_aside
        made.set_aside = len(entries), set_aside
    return set_aside


def ledger_for(made: Made, entries: Entries, patient: str, set_aside: SetAside) -> Ledger:
    """Return a patient's ledger; made whole where a correction changed what counts."""
    if made.ledger is not None and made.ledger[1] == set_aside:
        count, _, ledger = made.ledger
        if count == len(entries):
            return ledger
        ledger = grown(ledger, entries[count:], set_aside)
    else:
        ledger = ledger_of(patient, by_kind(entries, set_aside), set_aside)
    made.ledger = len(entries), set_aside, ledger
    return ledger


def practice_for(made: Made, entries: Entries, set_aside: SetAside) -> PracticeLedger:
    """Return the ledger of a practice's own stream."""
    if made.practice is not None and made.practice[:2] == (len(entries), set_aside):
        return made.practice[2]
    ledger = practice_ledger(by_kind(entries, set_aside))
    made.practice = len(entries), set_aside, ledger
    return ledger
