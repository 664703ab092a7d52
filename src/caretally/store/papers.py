"""The papers a patient's month is worked out from: rows of the chart, the practice and rivals.

They say what the whole journal of the practice would, and hold no more of it than matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import is_

from caretally.billability.decide import Judge, folded
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth, seconds_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.patient_months.ledgers import (
    CUSTODY_KINDS,
    Ledger,
    PracticeLedger,
    near,
    without_readings,
)
from caretally.patient_months.rows import BuiltPart, Frame, assemble, frame_of
from caretally.patient_months.window_rows import CodeTable, custodies
from caretally.store.gathering import around, by_patient, connected, correcting, rivals
from caretally.store.preparing import Made, SetAside, ledger_for, own_set_aside, practice_for
from caretally.store.shelf import Shelf
from caretally.store.streams import CORRECTIONS, OWN, STAFF, Book, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is known for working out one patient's months.

    beside: all other patients that the chart is tied to; the devices they held matter in any month.
    overlaps: when somebody was with another patient at the same time, in seconds, by patient.
    """

    own: Ledger
    practice: PracticeLedger
    beside: Sequence[Ledger]
    overlaps: Mapping[str, Sequence[tuple[int, int]]]
    made: Made

    def decided(self, judge: Judge, month: ServiceMonth) -> Decision:
        """Return the decision on the patient's month."""
        built = self.part(judge, month)
        number = built.words.patients.index(self.own.patient)
        out = folded(built.part, only=number)
        return judge.decide_patient(built, out, number, month, None)

    def part(self, judge: Judge, month: ServiceMonth) -> BuiltPart:
        """Return the rows of the patient and of the month's rivals, ready to be folded."""
        begin, end = map(seconds_of, around(month))
        ledgers = [near(self.own, begin, end)]
        for other in self.beside:
            overlaps = self.overlaps.get(other.patient, ())
            if any(begins <= end and ends >= begin for begins, ends in overlaps):
                ledgers.append(without_readings(near(other, begin, end)))
        ledgers.sort(key=lambda ledger: ledger.patient)
        frame = self.frame(ledgers, judge.codes)
        return assemble(ledgers, self.practice, frame, month, judge.rules(month))

    def frame(self, ledgers: Sequence[Ledger], codes: CodeTable) -> Frame:
        """Return the windows of some patients, made before if they are made of the same."""
        rests_on: tuple[object, ...] = (
            self.practice, codes, *(ledger.states for ledger in self.beside),
            *chain.from_iterable((each.states, each.caregivers, each.devices) for each in ledgers),
        )  # fmt: skip
        kept = self.made.frame
        if kept is not None and len(kept[0]) == len(rests_on) and all(map(is_, kept[0], rests_on)):
            return kept[1]
        held = custodies(
            chain(self.practice.stock, *(custody(each) for each in (self.own, *self.beside)))
        )
        frame = frame_of(ledgers, self.practice, held, codes)
        self.made.frame = rests_on, frame
        return frame


def custody(ledger: Ledger) -> Iterable[Entry]:
    """Yield what is in force about devices in a patient's hands."""
    for kind in CUSTODY_KINDS:
        yield from ledger.states.get(kind, ())


def papers(book: Book, stream: Stream, shelf: Shelf, months: Sequence[ServiceMonth]) -> Papers:
    """Return what is known of a patient, enough to work out some months.

    Raises:
        InputError: what is stored contradicts itself; appending never lets that happen.
    """
    overlaps = rivals(book, stream, months) if stream.ties & STAFF else []
    found = connected(book, stream, {rival for rival, _, _ in overlaps})
    held = {each.id: shelf.held_for(book.db, each) for each in found}
    aside = across_streams(book, shelf, found)
    ledgers: dict[int, Ledger] = {}
    practice = PracticeLedger({}, {}, ())
    for each in found:
        made, entries = held[each.id].made, held[each.id].entries
        set_aside = aside[each.id] if each.id in aside else own_set_aside(made, entries)
        if each.name == OWN:
            practice = practice_for(made, entries, set_aside)
        elif each.patient is not None:
            ledgers[each.id] = ledger_for(made, entries, each.patient, set_aside)
    return Papers(
        own=ledgers.pop(stream.id), practice=practice, beside=list(ledgers.values()),
        overlaps=by_patient(overlaps, found), made=held[stream.id].made,
    )  # fmt: skip


def across_streams(book: Book, shelf: Shelf, found: Iterable[Stream]) -> dict[int, SetAside]:
    """Return what is set aside in the streams that corrections tie to others, by stream."""
    tied = [each for each in found if each.ties & CORRECTIONS]
    if not tied:
        return {}
    own = {each.id: shelf.entries(book.db, each) for each in tied}
    have = {entry.id: entry for entries in own.values() for entry in entries}
    others = [e for e in correcting(book, own) if e.id not in have]
    set_aside = resolve([*have.values(), *others]).set_aside
    return {
        number: {entry.id: set_aside[entry.id] for entry in entries if entry.id in set_aside}
        for number, entries in own.items()
    }
