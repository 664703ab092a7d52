"""The product decides what the oracle decides, on populations that nobody would invent.

`POPULATIONS` in the environment says how many seeds are tried; the proof tries thousands.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from caretally.journal.entries import Entry
from tests.property.compare import differences, differences_of_seeds
from tests.property.hostile import hostile_entries
from tests.property.strategies import BEGINS, LENGTHS, MONTH, histories, populations

POPULATIONS = int(os.environ.get("POPULATIONS", "150"))
BATCH = 10

slowly = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def said(entries: Sequence[Entry], month: ServiceMonth) -> list[dict[str, Any]]:
    """The product's decisions as JSON."""
    return [decision.to_json() for decision in decide(entries, month)]


def totals(entries: Sequence[Entry], month: ServiceMonth) -> list[dict[str, int]]:
    """The seconds of each decision, without the number of contacts."""
    found = [decision["totals"] for decision in said(entries, month)]
    return [{key: n for key, n in each.items() if key.endswith("_seconds")} for each in found]


@pytest.mark.parametrize("first", range(0, POPULATIONS, BATCH))
def test_hostile_populations_are_decided_alike(first: int) -> None:
    found = differences_of_seeds(range(first, min(first + BATCH, POPULATIONS)))
    assert found == [], "\n".join(found)


def test_a_population_of_many_patients_is_decided_alike() -> None:
    entries, month = hostile_entries(7, patients=12)
    assert differences(entries, month) == []


@slowly
@given(entries=histories())
def test_small_histories_are_decided_alike(entries: list[Entry]) -> None:
    assert differences(entries, MONTH) == []


@slowly
@given(population=populations(), order=st.randoms(use_true_random=False))
def test_the_order_of_lines_carries_no_meaning(
    population: tuple[list[Entry], ServiceMonth], order: random.Random
) -> None:
    entries, month = population
    mixed = list(entries)
    order.shuffle(mixed)
    assert said(mixed, month) == said(entries, month)


@slowly
@given(
    lengths=st.lists(st.sampled_from(LENGTHS), min_size=1, max_size=4),
    which=st.integers(0, 3),
    share=st.integers(1, 1199),
    base=histories(most_spans=0),
    is_live=st.booleans(),
)
def test_splitting_what_overlaps_nothing_changes_no_seconds(
    lengths: list[int], which: int, share: int, base: list[Entry], *, is_live: bool
) -> None:
    spans = apart(lengths, is_live=is_live)
    whole = spans[which % len(spans)]
    length = int((whole.body.end - whole.body.start).total_seconds())  # type: ignore[attr-defined]
    assume(length > 1)
    cut = whole.body.start + timedelta(seconds=1 + share % (length - 1))  # type: ignore[attr-defined]
    first = replace(whole, id=f"{whole.id}-1", body=replace(whole.body, end=cut))
    second = replace(whole, id=f"{whole.id}-2", at=cut, body=replace(whole.body, start=cut))
    halves = [first if each is whole else each for each in spans] + [second]
    assert totals(base + spans, MONTH) == totals(base + halves, MONTH)


def apart(lengths: Sequence[int], *, is_live: bool) -> list[Entry]:
    """Spans of the first patient that overlap nothing; together they may cross the month's end."""
    start = BEGINS[4] - timedelta(seconds=300)
    entries = []
    for number, length in enumerate(lengths):
        end = start + timedelta(seconds=length)
        body: kinds.Body = kinds.TimeLogged(
            program="rpm", category="review", start=start, end=end, performer="nurse"
        )
        if is_live:
            body = kinds.ContactHeld(
                program="rpm",
                mode="telephone",
                start=start,
                end=end,
                performers=("nurse",),
                spoke_with="patient",
                two_way=True,
                topics=("symptoms",),
            )
        entry = Entry(
            id=f"s{number}",
            patient="p1",
            at=start,
            recorded_at=end,
            actor="staff:nurse",
            body=body,
        )
        entries.append(entry)
        start = end + timedelta(seconds=number)
    return entries


@slowly
@given(population=populations(), place=st.integers(0, 10**6), length=st.sampled_from(LENGTHS))
def test_more_live_time_never_loses_the_base(
    population: tuple[list[Entry], ServiceMonth], place: int, length: int
) -> None:
    entries, month = population
    before = [d for d in said(entries, month) if "99457" in [ln["code"] for ln in d["lines"]]]
    assume(before)
    chosen = before[place % len(before)]["patient"]
    starts = [e.at for e in entries if e.kind in ("contact_held", "time_logged")]
    start = starts[place % len(starts)]
    end = start + timedelta(seconds=length)
    call = kinds.ContactHeld(
        program="rpm",
        mode="telephone",
        start=start,
        end=end,
        performers=("n1",),
        spoke_with="patient",
        two_way=True,
        topics=("symptoms",),
    )
    more = Entry(
        id="0-more",
        patient=chosen,
        at=start,
        recorded_at=end,
        actor="staff:n1",
        body=call,
    )
    (after,) = [d for d in said([*entries, more], month) if d["patient"] == chosen]
    assert "99457" in [line["code"] for line in after["lines"]]
