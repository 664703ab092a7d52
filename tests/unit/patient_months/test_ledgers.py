"""A ledger that grew is the one that would be made of everything at once, and says as much."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.patient_months.ledgers import (
    READING_KIND,
    SPAN_KINDS,
    Ledger,
    by_kind,
    grown,
    ledger_of,
    near,
    without_readings,
)
from tests.golden.frozen import populations


def charts() -> Iterator[tuple[str, list[Entry], dict[str, str]]]:
    """Yield the charts of invented patients in any order of entries, and what is set aside."""
    for number, each in enumerate(populations()[:60]):
        resolution = resolve(each.entries)
        own: dict[str, list[Entry]] = {}
        for entry in resolution.known:
            if entry.patient is not None:
                own.setdefault(entry.patient, []).append(entry)
        for patient, entries in own.items():
            random.Random(number).shuffle(entries)
            yield patient, entries, dict(resolution.set_aside)


@pytest.fixture(scope="module", name="ledgers")
def made_at_once() -> list[Ledger]:
    """Ledgers of all charts, made at once."""
    return [ledger_of(name, by_kind(own, aside), aside) for name, own, aside in charts()]


@pytest.mark.parametrize("size", [1, 7])
def test_growing_by_pieces_comes_to_the_same(size: int, ledgers: list[Ledger]) -> None:
    for expected, (patient, entries, aside) in zip(ledgers, charts(), strict=True):
        ledger = ledger_of(patient, {}, aside)
        for first in range(0, len(entries), size):
            before, copied = ledger, without_lists(ledger)
            ledger = grown(ledger, entries[first : first + size], aside)
            assert without_lists(before) == copied
        assert words_of(ledger) == words_of(expected)


def without_lists(ledger: Ledger) -> tuple[object, ...]:
    """Return the content of a ledger, out of reach of whoever changes its lists."""
    return tuple(repr(column) for column in (ledger.spans, ledger.states, ledger.caregivers))


def words_of(ledger: Ledger) -> tuple[object, ...]:
    """Return what a ledger says, whatever numbers it gave to caregivers and devices."""
    named = {number: name for name, number in ledger.caregivers.items()}
    devices = {number: name for name, number in ledger.devices.items()}
    ats, ids, held_by, origins, standings = ledger.readings
    rows = zip(ats, ids, (devices[number] for number in held_by), origins, standings, strict=True)
    states = {
        kind: some for kind, some in ledger.states.items()
        if kind not in {*SPAN_KINDS, READING_KIND}
    }  # fmt: skip
    spans = [row._replace(spoke_with=0) for row in ledger.spans]
    caregivers = [named.get(row.spoke_with - 2) for row in ledger.spans]
    return ledger.patient, spans, caregivers, ledger.longest, list(rows), states


def test_near_keeps_what_touches_a_stretch(ledgers: list[Ledger]) -> None:
    rng, kept, dropped = random.Random(3), 0, 0
    for ledger in ledgers:
        for row in rng.sample(list(ledger.spans), min(3, len(ledger.spans))):
            begin, end = row.start - rng.randrange(90_000), row.start + rng.randrange(90_000)
            found = near(ledger, begin, end).spans
            touching = [
                each
                for each in ledger.spans
                if each.start <= end and max(each.start, each.end) >= begin
            ]
            assert list(found) == touching
            kept, dropped = kept + len(found), dropped + len(ledger.spans) - len(found)
    assert min(kept, dropped) > 100


def test_a_rival_brings_no_readings(ledgers: list[Ledger]) -> None:
    read = max(ledgers, key=lambda ledger: len(ledger.told))
    assert without_readings(read).readings == ((), (), (), (), ())
    assert without_readings(read).spans == read.spans
