"""Edges of spans that no generated population hits: the longest plausible one, the last second."""

from __future__ import annotations

import pytest

from tests.unit.billability.stories import decided, said

NEXT = "2026-03"


def reasons(*lines: str) -> dict[str, tuple[int, list[str]]]:
    """Counted seconds and reasons by entry."""
    decision = decided(said(f"month: {NEXT}", *lines))
    return {e["id"]: (e["counted_seconds"], e["reasons"]) for e in decision["entries"]}


@pytest.mark.parametrize(
    ("length", "counted", "why"),
    [
        ("8h", 4 * 3600, ["split_at_month"]),
        ("8h 1s", 0, ["implausible_span"]),
        ("7h 59m 59s", 4 * 3600 - 1, ["split_at_month"]),
    ],
)
def test_the_longest_plausible_span_is_split_like_any_other(
    length: str, counted: int, why: list[str]
) -> None:
    told = "start: 2026-02-01"
    found = reasons(told, f"entries: [{{at: 2026-02-28 20:00, time: {length}}}]")
    assert found["e1"] == (counted, why)


def test_a_span_that_ends_with_the_month_is_whole() -> None:
    found = reasons("entries: [{at: 03-31 23:30, time: 30m}, {at: 03-31 23:00, time: 30m}]")
    assert found == {"e1": (1800, []), "e2": (1800, [])}


def test_a_second_beyond_the_month_is_cut_off() -> None:
    found = reasons("entries: [{at: 03-31 23:30, time: 30m 1s}]")
    assert found == {"e1": (1800, ["split_at_month"])}


def test_a_span_of_the_next_month_is_none_of_this_one() -> None:
    found = reasons("entries: [{at: 04-01 00:00, time: 5m}, {at: 03-31 23:59:59, time: 1s}]")
    assert list(found) == ["e2"]


def test_an_attempt_without_an_end_stands_where_it_was_made() -> None:
    found = reasons("entries: [{at: 03-31 23:59:59, attempt: no_answer}]")
    assert found == {"e1": (0, ["not_a_contact"])}
