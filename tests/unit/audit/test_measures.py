"""Every measure at nothing, one, and just below, at and above what makes its alarm ring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from math import comb

import pytest

from caretally.audit.chances import odds_against, odds_words
from caretally.audit.findings import Figure, Finding, exceeds, percent
from caretally.audit.likeness import copies, made_ready, prepared
from caretally.audit.measures import HOUSE, MEASURES, OIG, take_all
from caretally.audit.measures_staff import LEAST_SPANS, by_day, outside, union
from caretally.audit.rows import Audited, LineRow, MonthRow, NoteRow, WorkRow, YearRow
from caretally.clock import ServiceMonth, day_number, seconds_of

MARCH = ServiceMonth(2026, 3)
CHICAGO = "America/Chicago"
NOON = seconds_of(datetime(2026, 3, 4, 18, 0, tzinfo=UTC))
"""Noon of a working day in Chicago."""
DAY, HOUR = 86_400, 3_600
EMPTY = Audited(month=MARCH, zone=CHICAGO)
LAST = day_number(MARCH.last_day)


def taken(name: str, audited: Audited) -> Finding:
    """Return what one measure finds."""
    return MEASURES[name].take(audited)


def patients(count: int, row: MonthRow, first: int = 0) -> tuple[MonthRow, ...]:
    """Return so many patients alike."""
    return tuple(row._replace(patient=f"pat_{number}") for number in range(first, first + count))


def work(lengths: Iterable[int], *, staff: str = "stf_a", apart: int = HOUR) -> tuple[WorkRow, ...]:
    """Return stretches of these lengths, one after the other from noon."""
    found, at = [], NOON
    for number, seconds in enumerate(lengths):
        found.append(WorkRow(f"ent_{staff}_{number}", f"pat_{number % 7}", staff, at, at + seconds,
                             at + seconds))  # fmt: skip
        at += max(apart, seconds + 60)
    return tuple(found)


def spread(count: int) -> list[int]:
    """Return lengths of which none is like another, and none round."""
    return [301 + 7 * number + (300 if (301 + 7 * number) % 300 == 0 else 0)
            for number in range(count)]  # fmt: skip


def test_every_measure_says_what_how_whose_and_when_it_rings() -> None:
    assert len(MEASURES) >= 20
    for measure in MEASURES.values():
        assert measure.says.endswith(".")
        assert measure.how.endswith(".")
        assert measure.published.endswith(".")
        assert measure.alarm.endswith(".")
        assert measure.confidence in {"H", "M", "L"}
        assert measure.subject in {OIG, HOUSE}
        assert measure.sources or measure.published.startswith("none")


def test_nothing_on_record_rings_no_alarm() -> None:
    found = take_all(EMPTY)
    assert [each.measure.name for each in found] == list(MEASURES)
    assert [each.measure.name for each in found if each.finding.rings] == []
    assert all(each.finding.figure.part == 0 for each in found)


@pytest.mark.parametrize(
    ("new", "before", "rings"),
    [(20, 8, True), (19, 0, False), (20, 0, True), (20, 9, False), (25, 10, True), (24, 10, False)],
)
def test_a_spike_needs_both_growth_and_size(new: int, before: int, *, rings: bool) -> None:
    row = MonthRow("", is_new=True)
    audited = replace(EMPTY, patients=patients(new, row), before=patients(before, row, 100))
    found = taken("spike_in_enrollees", audited)
    assert (found.rings, found.figure.part, found.count) == (rings, new, new)


@pytest.mark.parametrize("flag", ["lacks_visit", "is_claimed_elsewhere"])
def test_one_patient_is_enough_where_any_rings(flag: str) -> None:
    name = "no_prior_relationship" if flag == "lacks_visit" else "several_practices"
    rows = (MonthRow("pat_a"), MonthRow("pat_b")._replace(**{flag: True}))
    found = taken(name, replace(EMPTY, patients=rows))
    assert found.rings
    assert found.figure == Figure(1, 2)
    assert [case.patient for case in found.cases] == ["pat_b"]


def test_other_practices_are_named() -> None:
    rows = (MonthRow("pat_a", others=("prac_x",)),)
    assert "prac_x" in taken("several_practices", replace(EMPTY, patients=rows)).cases[0].says


@pytest.mark.parametrize(("apart", "rings"), [(29, True), (30, False), (31, False)])
def test_two_periods_in_one_month_are_no_second_device(apart: int, *, rings: bool) -> None:
    lines = (LineRow("99454", 1, LAST - apart), LineRow("99445", 1, LAST))
    here = replace(EMPTY, patients=(MonthRow("pat_a", lines),))
    assert taken("several_device_codes", here).rings is rings
    across = replace(EMPTY, patients=(MonthRow("pat_a", lines[1:]),),
                     before=(MonthRow("pat_a", lines[:1]),))  # fmt: skip
    assert taken("several_device_codes", across).rings is rings


def test_two_units_of_a_device_code_are_found() -> None:
    row = MonthRow("pat_a", (LineRow("99454", 2, LAST), LineRow("99457", 1, LAST)))
    found = taken("several_device_codes", replace(EMPTY, patients=(row,)))
    assert found.rings
    assert "2 units" in found.cases[0].says


@pytest.mark.parametrize(("without", "rings"), [(1, False), (2, True)])
def test_no_management_rings_above_a_fifth(without: int, *, rings: bool) -> None:
    device, minutes = LineRow("99454", 1, LAST), LineRow("99470", 1, LAST)
    rows = (*patients(without, MonthRow("", (device,))),
            *patients(4, MonthRow("", (device, minutes)), 50))  # fmt: skip
    assert taken("no_management", replace(EMPTY, patients=rows)).rings is rings


def test_components_and_size_are_told_and_never_ring() -> None:
    whole = YearRow("pat_a", 6, has_setup=True, has_device=True, has_management=True)
    rows = tuple(whole._replace(patient=f"pat_{n}", services=11) for n in range(9))
    year = (*rows, whole._replace(has_setup=False, has_management=False))
    audited = replace(EMPTY, year=year)
    found = taken("three_components", audited)
    assert (found.figure, found.rings) == (Figure(1, 10), False)
    assert found.cases[0].says == "lacks set-up and management"
    assert "OIG looks" in taken("routine_biller", audited).says
    assert "below" in taken("routine_biller", replace(audited, year=year[:9])).says


@pytest.mark.parametrize(
    ("same", "others", "rings"), [(9, 11, False), (10, 40, False), (10, 39, True), (20, 0, True)]
)
def test_identical_durations(same: int, others: int, *, rings: bool) -> None:
    audited = replace(EMPTY, work=work([437] * same + spread(others)))
    assert taken("identical_durations", audited).rings is rings


@pytest.mark.parametrize(
    ("rounds", "others", "rings"), [(9, 11, False), (10, 40, False), (10, 39, True)]
)
def test_round_minutes(rounds: int, others: int, *, rings: bool) -> None:
    lengths = [300 * (1 + number % 6) for number in range(rounds)] + spread(others)
    found = taken("round_minutes", replace(EMPTY, work=work(lengths)))
    assert found.rings is rings
    if rings:
        assert "in a million" in found.cases[0].says
        assert len(found.cases[0].entries) == rounds


def test_few_stretches_are_not_judged() -> None:
    audited = replace(EMPTY, work=work([300] * (LEAST_SPANS - 1)))
    assert not taken("round_minutes", audited).bars
    assert not taken("identical_durations", audited).rings


def test_the_program_itself_is_no_person() -> None:
    rows = tuple(row._replace(is_agent=True) for row in work([300] * 40))
    audited = replace(EMPTY, work=rows)
    for name in ("round_minutes", "identical_durations", "impossible_days", "night_work"):
        assert taken(name, audited).figure.part == 0


def at(hour: int, seconds: int, number: int = 0, staff: str = "stf_a") -> WorkRow:
    """Return a stretch that begins so many hours after local midnight of 4 March."""
    begins = NOON + (hour - 12) * HOUR
    return WorkRow(f"ent_{staff}_{number}", "pat_a", staff, begins, begins + seconds, begins)


@pytest.mark.parametrize(("more", "rings"), [(0, False), (1, True)])
def test_a_day_beyond_capacity(more: int, *, rings: bool) -> None:
    rows = (at(6, 8 * HOUR), at(13, 4 * HOUR + more, 1))
    audited = replace(EMPTY, work=rows, capacity=11 * HOUR)
    found = taken("impossible_days", audited)
    assert found.rings is rings
    assert [case.on for case in found.cases] == (["2026-03-04"] if rings else [])


def test_more_than_a_day_has_rings_even_if_the_seconds_are_the_same() -> None:
    rows = tuple(at(6, 9 * HOUR, number) for number in range(3))
    audited = replace(EMPTY, work=rows, capacity=16 * HOUR)
    assert "27 h with what is claimed twice" in taken("impossible_days", audited).cases[0].says
    assert not taken("impossible_days", replace(audited, work=rows[:2])).rings


def test_a_day_is_cut_at_local_midnight_also_when_the_clock_jumps() -> None:
    begins = seconds_of(datetime(2026, 3, 8, 5, 0, tzinfo=UTC))
    row = WorkRow("ent_x", "pat_a", "stf_a", begins, begins + 26 * HOUR, begins)
    days = by_day([row], CHICAGO)
    assert [sum(e - b for b, e in parts) // HOUR for parts in days.values()] == [1, 23, 2]


def test_night_outside_of_calls() -> None:
    rows = (at(23, 1200), at(11, 1200, 1), at(28, 7200, 2))
    audited = replace(EMPTY, work=rows)
    found = taken("night_work", audited)
    assert [(case.on, case.says) for case in found.cases] == [
        ("2026-03-04", "1 h 20 min at night, not on call")
    ]
    calls = {"stf_a": ((NOON, NOON + DAY),)}
    assert taken("night_work", replace(audited, on_call=calls)).figure.part == 0


@pytest.mark.parametrize(("seconds", "count"), [(599, 0), (600, 1)])
def test_a_few_minutes_at_night_are_not_told(seconds: int, count: int) -> None:
    assert taken("night_work", replace(EMPTY, work=(at(23, seconds),))).figure.part == count


def test_two_practices_at_once() -> None:
    rows = work([600, 600])
    there = ((rows[0].begins + 300, rows[0].ends + 300),)
    audited = replace(EMPTY, work=rows, elsewhere={"stf_a": there})
    found = taken("two_places", audited)
    assert found.rings
    assert found.figure == Figure(5)
    assert found.cases[0].entries == (rows[0].entry,)
    beside = {"stf_a": ((rows[0].ends, rows[0].ends + 60),)}
    assert not taken("two_places", replace(audited, elsewhere=beside)).rings


NOTE = "Spoke about salt and the new tablets, pressure at home is steady, no dizziness at all."


def notes(texts: Iterable[str], first: int = 0) -> tuple[NoteRow, ...]:
    """Return notes of different patients."""
    return tuple(
        NoteRow(f"ent_{number}", f"pat_{number}", "stf_a", LAST, text)
        for number, text in enumerate(texts, first)
    )


def different(count: int) -> list[str]:
    """Return notes that share no run of words."""
    return [" ".join(f"w{number}x{place}" for place in range(14)) for number in range(count)]


@pytest.mark.parametrize(
    ("same", "others", "rings"), [(9, 0, False), (10, 90, False), (10, 89, True)]
)
def test_cloned_notes(same: int, others: int, *, rings: bool) -> None:
    audited = replace(EMPTY, notes=notes([NOTE] * same + different(others)))
    found = taken("cloned_notes", audited)
    assert found.rings is rings
    assert found.figure == Figure(same, same + others)


def test_notes_alike_but_for_a_word_signs_and_case_are_copies() -> None:
    long = " ".join(f"word{number}" for number in range(80))
    near = long.upper().replace("WORD7 ", "another, ")
    far = " ".join(f"word{number}" for number in range(0, 160, 2))
    assert copies(prepared([long, near, far])) == [[0, 1]]


def test_copies_of_the_month_before_count_and_those_of_one_chart_do_not() -> None:
    same_chart = tuple(row._replace(patient="pat_one") for row in notes([NOTE] * 12))
    assert taken("cloned_notes", replace(EMPTY, notes=same_chart)).figure.part == 0
    before = replace(EMPTY, notes=same_chart[:1], earlier_notes=same_chart[1:])
    assert taken("cloned_notes", before).figure == Figure(1, 1)


def test_short_notes_are_not_compared() -> None:
    assert made_ready(0, "Readings of the week gone through; feels well.") is None
    assert copies(prepared(["one two three"] * 30)) == []


@pytest.mark.parametrize(
    ("typed", "measured", "rings"),
    [(3600, 10_800, False), (3601, 10_800, True), (3599, 600, False)],
)
def test_attested_time(typed: int, measured: int, *, rings: bool) -> None:
    first, second = work([typed, measured])
    audited = replace(EMPTY, work=(first._replace(is_attested=True), second))
    found = taken("attested_time", audited)
    assert (found.rings, found.figure) == (rings, Figure(typed, typed + measured))


@pytest.mark.parametrize(
    ("late", "others", "rings"), [(4, 0, False), (5, 95, False), (5, 94, True)]
)
def test_late_entries(late: int, others: int, *, rings: bool) -> None:
    rows = work(spread(late + others))
    late_rows = [row._replace(recorded=row.ends + 72 * HOUR + 1) for row in rows[:late]]
    just = [row._replace(recorded=row.ends + 72 * HOUR) for row in rows[late:]]
    found = taken("late_entries", replace(EMPTY, work=(*late_rows, *just)))
    assert (found.rings, found.figure.part) == (rings, late)


def test_entries_after_the_close() -> None:
    rows = work([600, 700])
    assert taken("entries_after_close", replace(EMPTY, work=rows)).says == "the month is not closed"
    closed = replace(EMPTY, work=rows, closed_at=rows[1].recorded)
    assert not taken("entries_after_close", closed).rings
    found = taken("entries_after_close", replace(closed, closed_at=rows[1].recorded - 1))
    assert (found.rings, found.cases[0].entries) == (True, (rows[1].entry,))


@pytest.mark.parametrize(
    ("without", "others", "rings"), [(2, 0, False), (3, 57, False), (3, 56, True)]
)
def test_time_without_trace(without: int, others: int, *, rings: bool) -> None:
    rows = (*patients(without, MonthRow("", management_seconds=900)),
            *patients(others, MonthRow("", management_seconds=900, data_days=1), 100))  # fmt: skip
    assert taken("time_without_trace", replace(EMPTY, patients=rows)).rings is rings


def test_data_of_the_month_before_or_a_conversation_is_a_trace() -> None:
    rows = patients(4, MonthRow("", management_seconds=900))
    before = patients(4, MonthRow("", data_days=3))
    assert not taken("time_without_trace", replace(EMPTY, patients=rows, before=before)).rings
    talked = tuple(row._replace(contacts=1) for row in rows)
    assert not taken("time_without_trace", replace(EMPTY, patients=talked)).rings


@pytest.mark.parametrize(
    ("shut", "seen", "rings"), [(9, 0, False), (10, 190, False), (10, 189, True)]
)
def test_unopened_charts(shut: int, seen: int, *, rings: bool) -> None:
    rows = work(spread(shut + seen + 5))
    told = [row._replace(has_opened=False) for row in rows[:shut]]
    told += [row._replace(has_opened=True) for row in rows[shut : shut + seen]]
    found = taken("unopened_charts", replace(EMPTY, work=(*told, *rows[shut + seen :])))
    assert (found.rings, found.figure) == (rings, Figure(shut, shut + seen))


def test_time_out_of_service_and_off_the_staff_ring_at_one() -> None:
    first, second = work([600, 700])
    dead = replace(EMPTY, work=(first._replace(out_of_service="is_alive"), second))
    assert taken("time_out_of_service", dead).cases[0].says == "10 min after death"
    strange = replace(EMPTY, work=(first, second._replace(is_staff=False)))
    assert taken("time_off_staff", strange).rings
    assert not taken("time_off_staff", dead).rings


@pytest.mark.parametrize(
    ("above", "below", "rings"), [(9, 0, False), (10, 2, True), (10, 3, False), (12, 3, True)]
)
def test_bunching_at_a_threshold(above: int, below: int, *, rings: bool) -> None:
    rows = (*patients(above, MonthRow("", management_seconds=1259)),
            *patients(below, MonthRow("", management_seconds=1199), 100),
            *patients(30, MonthRow("", management_seconds=1260), 200))  # fmt: skip
    found = taken("bunching_at_thresholds", replace(EMPTY, patients=rows))
    assert found.rings is rings
    assert sum(each.months for each in found.bins) == above + below + 30


@pytest.mark.parametrize(
    ("short", "others", "rings"), [(4, 0, False), (5, 20, False), (5, 19, True)]
)
def test_short_live_contact(short: int, others: int, *, rings: bool) -> None:
    minutes = (LineRow("99457", 1, LAST),)
    rows = (*patients(short, MonthRow("", minutes, live_seconds=299)),
            *patients(others, MonthRow("", minutes, live_seconds=300), 100))  # fmt: skip
    assert taken("short_live_contact", replace(EMPTY, patients=rows)).rings is rings


def test_agents_time_is_told_and_never_rings() -> None:
    rows = (MonthRow("pat_a", management_seconds=600, ai_seconds=1800),)
    found = taken("agent_time", replace(EMPTY, patients=rows))
    assert (found.figure, found.rings) == (Figure(1800, 2400), False)


@pytest.mark.parametrize(
    ("claimed", "says"),
    [
        ((("99457", 1), ("99458", 2)), ""),
        ((("99457", 1), ("99458", 3)), "1 of 99458"),
        ((("99454", 1), ("99457", 1), ("99457", 1)), "1 of 99454, 1 of 99457"),
        ((), ""),
    ],
)
def test_claims_beyond_the_record(claimed: tuple[tuple[str, int], ...], says: str) -> None:
    lines = (LineRow("99457", 1, LAST), LineRow("99458", 2, LAST))
    audited = replace(EMPTY, patients=(MonthRow("pat_a", lines, claimed=claimed),))
    found = taken("claims_beyond_record", audited)
    assert found.rings is bool(says)
    assert [case.says.removeprefix("claimed and not borne out: ") for case in found.cases] == (
        [says] if says else []
    )


# --- arithmetic -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "draws"), [(1, 1), (1, 300), (3, 20), (5, 40), (2, 900)])
def test_odds_are_those_of_the_binomial(hits: int, draws: int) -> None:
    chance = Fraction(1, 300)
    tail = sum(comb(draws, count) * chance**count * (1 - chance) ** (draws - count)
               for count in range(hits, draws + 1))  # fmt: skip
    assert abs(odds_against(hits, draws, 300) - 1 / tail) <= 1 + Fraction(1, 10**6) / tail


def test_odds_of_many_draws_come_soon_and_are_told_in_words() -> None:
    assert odds_against(4_000, 20_000, 300) > 10**9
    assert odds_words(1) == "usual by chance"
    assert odds_words(250) == "about once in 250 by chance"


def test_shares_are_exact() -> None:
    assert percent(1000 * 1 // 3) == "33.3 %"
    assert Figure(1, 0).permille == 0
    assert not exceeds(Figure(0, 0), 20)
    assert not exceeds(Figure(1, 5), 20)
    assert exceeds(Figure(200_001, 1_000_000), 20)


def test_stretches_are_halfopen() -> None:
    assert union([(5, 6), (1, 3), (3, 4), (2, 2)]) == ((1, 4), (5, 6))
    assert outside((0, 10), [(2, 4), (9, 12)]) == [(0, 2), (4, 9)]
    assert outside((0, 10), []) == [(0, 10)]
