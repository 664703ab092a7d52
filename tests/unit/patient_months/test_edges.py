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


@pytest.mark.parametrize(
    ("begins", "ends", "is_in_month"),
    [
        ("2026-04-01 00:00", "2026-04-03 10:00", False),
        ("03-31 23:59:59", "2026-04-03 10:00", True),
        ("2026-02-20 10:00", "03-01 00:00", False),
        ("2026-02-20 10:00", "03-01 00:00:01", True),
    ],
)
def test_a_stay_touches_the_month_or_not(begins: str, ends: str, is_in_month: bool) -> None:
    body = f"{{setting: inpatient, from: {begins}, to: {ends}}}"
    line = f"{{at: {begins}, kind: stay_recorded, body: {body}}}"
    decision = decided(said(f"month: {NEXT}", f"entries: [{line}]"))
    assert ("stay_in_month" in decision["flags"]) == is_in_month


@pytest.mark.parametrize(("left", "is_billed"), [("03-01 00:00", True), ("03-01 00:00:01", False)])
def test_primary_care_that_ended_at_midnight_is_over(left: str, is_billed: bool) -> None:
    leaving = f"{{at: {left}, kind: disenrolled, body: {{program: apcm, reason: moved}}}}"
    call = "{at: 03-05 10:00, contact: 25m, program: ccm}"
    decision = decided(
        said(
            f"month: {NEXT}",
            "also: [ccm, apcm]",
            "start: 2026-01-05",
            f"entries: [{leaving}, {call}]",
        )
    )
    lines = [line["code"] for line in decision["sister_lines"]]
    assert ("99490" in lines) == is_billed


@pytest.mark.parametrize(
    ("known", "is_reachable"), [("2026-03-31 23:50", True), ("2026-03-31 23:50:01", False)]
)
def test_what_no_longer_fits_into_the_month_is_unreachable(
    known: str, *, is_reachable: bool
) -> None:
    call = "{at: 03-05 10:00, recorded: 03-05 11:00, contact: 10m}"
    decision = decided(said(f"month: {NEXT}", f"as_of: {known}", f"entries: [{call}]"))
    told = {each["code"]: each for each in decision["next"]}
    reached = {"code": "99457", "missing": {"management_seconds": 600}, "by": "2026-03-31"}
    why = "More is missing than fits in before 2026-03-31 ends."
    shut = {"code": "99457", "unreachable": True, "why": why}
    assert told["99457"] == (reached if is_reachable else shut)
    assert told["99458"] == {"code": "99458", "unreachable": True, "why": why}


def test_a_device_that_was_only_returned_was_nobody_s() -> None:
    returned = "{at: 03-02 09:00, kind: device_returned, body: {device: dev_lost}}"
    with_return = decided(said(f"month: {NEXT}", f"entries: [{returned}]"))
    assert with_return["lines"] == decided(said(f"month: {NEXT}", "entries: []"))["lines"]
