"""The reviewers' list: what is there, missing, or not asked by what is billed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from caretally.audit.checklist import (
    MISSING,
    NOT_ASKED,
    THERE,
    PeriodFacts,
    Reviewed,
    checklist,
    drawn,
)
from caretally.audit.measures import MEASURES
from caretally.audit.rows import LineRow
from caretally.audit.sources import SOURCES

WHOLE = Reviewed(
    lines=(LineRow("99454", 1, 100), LineRow("99457", 1, 110)),
    periods=(PeriodFacts(100, 16, 1), PeriodFacts(130, 3, 1)), diagnoses=1, ordered=True,
    consented=True, contacts=1, live_seconds=300, setups=1, management_seconds=1200, notes=3,
    stretches=3, signed=True,
)  # fmt: skip


def states(seen: Reviewed) -> dict[str, str]:
    """Return the state of each item by its name."""
    return {each.name: each.state for each in checklist(seen)}


def test_a_whole_month_has_everything() -> None:
    assert set(states(WHOLE).values()) == {THERE}


def test_each_missing_fact_is_one_item() -> None:
    lacking: dict[str, Reviewed] = {
        "Condition": replace(WHOLE, diagnoses=0),
        "Days with data where the code asks for 16": replace(
            WHOLE, periods=(PeriodFacts(100, 15, 1),)
        ),
        "Medical necessity: an order": replace(WHOLE, ordered=False),
        "Consent": replace(WHOLE, consented=False),
        "Live conversation": replace(WHOLE, contacts=0),
        "Education and set-up": replace(WHOLE, setups=0),
        "Time for the code": replace(WHOLE, management_seconds=0),
        "What was found, in a note": replace(WHOLE, notes=2),
        "Signature": replace(WHOLE, signed=False),
    }
    for name, seen in lacking.items():
        assert [key for key, state in states(seen).items() if state == MISSING] == [name]


def test_a_device_that_is_no_medical_one_is_missing_twice() -> None:
    found = states(replace(WHOLE, periods=(PeriodFacts(100, 16, 0),)))
    assert found["Supply of a device"] == MISSING
    assert found["Device that meets the FDA's definition"] == MISSING


def test_what_no_billed_code_asks_for_is_not_asked() -> None:
    minutes = states(replace(WHOLE, lines=WHOLE.lines[1:]))
    assert minutes["Education and set-up"] == NOT_ASKED
    assert minutes["Live conversation"] == THERE
    device = states(replace(WHOLE, lines=WHOLE.lines[:1], contacts=0))
    assert device["Live conversation"] == NOT_ASKED
    short = states(replace(WHOLE, lines=(LineRow("99445", 1, 100),)))
    assert short["Days with data where the code asks for 16"] == NOT_ASKED


def test_a_seed_draws_the_same_in_any_order() -> None:
    ids = [f"pat_{number}" for number in range(100)]
    first = drawn(ids, 10, "seed")
    assert drawn(reversed(ids), 10, "seed") == first
    assert drawn(ids, 10, "other") != first
    assert len(set(first)) == 10
    assert drawn(ids[:3], 10, "seed") == sorted(
        drawn(ids[:3], 3, "seed"), key=first_of(ids, "seed")
    )
    assert drawn([], 5, "seed") == []


def first_of(ids: list[str], seed: str) -> Callable[[str], int]:
    """Return the order in which a seed draws ids."""
    order = drawn(ids, len(ids), seed)
    return order.index


def test_every_source_is_cited_and_known() -> None:
    cited = {key for measure in MEASURES.values() for key in measure.sources}
    assert cited <= set(SOURCES)
    assert set(SOURCES) - cited == {"NORDOC"}
