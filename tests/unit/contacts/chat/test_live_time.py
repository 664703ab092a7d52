"""The edge cases of written conversations, with what each comes to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from caretally.contacts.chat.content import is_bare
from caretally.contacts.chat.live_time import measure
from caretally.contacts.chat.parameters import Parameters, listed, parameters_of
from caretally.contacts.chat.sharing import claim, dealt
from tests.unit.contacts.chat.written import bounds, busy, seen, written

USUAL = Parameters()
CASES = [
    ("1 lone outbound message", "N0", 0, 1),
    ("2 reply after two hours", "N0 P7200", 0, 2),
    ("3 one prompt reply", "P0 N60", 0, 1),
    ("4 six brisk messages", "P0 N40 P80 N120 P160 N200", 200, 1),
    ("5 silence of ten minutes in the middle", "P0 N30 P60 P660 N690 P720", 120, 2),
    ("6 a pause of 150 s stays in the run", "P0 N40 P80 N230 P260", 110, 1),
    ("7 automatic replies", "P0 A5 P60 A65 P120 A125", 0, 1),
    ("8 five messages without an answer", "P0 P20 P40 P60 P80", 0, 1),
    ("9 a second thought before the answer", "P0 P20 N60 P90", 90, 1),
    ("10 delivered late, typed offline", "P0 N40 P80-late31", 0, 1),
    ("11 the same message twice", "P0=a N40=b P80=c P95=c", 80, 1),
    ("12 typing before the first message", "P0-t25 N40 P80", 105, 1),
    ("13 long typing before the first message", "P0-t600 N40 P80", 140, 1),
]
"""Name, line, seconds, runs; cases 14 and 15 have tests of their own."""


@pytest.mark.parametrize(("line", "seconds", "count"), [each[1:] for each in CASES],
                         ids=[each[0] for each in CASES])  # fmt: skip
def test_an_edge_case_comes_to(line: str, seconds: int, count: int) -> None:
    found = measure(written(line), USUAL)
    assert (found.live_seconds, found.all_runs) == (seconds, count)


def test_14_a_run_across_the_end_of_a_month_is_split() -> None:
    begins = datetime(2026, 4, 1, 4, 59, tzinfo=UTC)  # 23:59 in Chicago
    found = measure(written("P0 N40 P80 N120", begins=begins, zone="America/Chicago"), USUAL)
    assert [each.seconds for each in found.spans] == [60, 60]
    assert len(found.runs) == 1


def test_15_one_nurse_with_two_patients_has_no_second_twice() -> None:
    first, second = written("P0 N40 P60 N120"), written("P0 N80 P120")
    alone = [measure(each, USUAL).live_seconds for each in (first, second)]
    assert alone == [120, 120]
    lost = dealt([claim("a", first, USUAL), claim("b", second, USUAL)])
    shared = [
        measure(written("P0 N40 P60 N120", elsewhere=lost["a"]), USUAL),
        measure(written("P0 N80 P120", elsewhere=lost["b"]), USUAL),
    ]
    assert [each.live_seconds for each in shared] == [80, 40]
    assert bounds(shared[0].spans) == [(0, 40, "rosa"), (80, 120, "rosa")]
    assert bounds(shared[1].spans) == [(40, 80, "rosa")]


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("P0 N120 P240", 240),
        ("P0 N121 P242", 0),
        ("P0 N40 P80 N200", 200),
        ("P0 N40 P80 N201", 80),
        ("P0 N30 P210 N240", 60),
        ("P0 N30 P211 N241", 0),
        ("P0 N40 P80-late30", 80),
        ("P0-t60 N40 P80", 140),
        ("P0-t61 N40 P80", 140),
        ("P0-t25 P150 N160 P170", 20),
        ("P0 N40 P80 P100 P120", 80),
        ("P0 P100 P200 N250 P260", 260),
        ("N0 N50 P90 N100", 100),
    ],
    ids=[
        "an answer after 120 s is in time", "after 121 s it is not", "the last pair at 120 s",
        "the last pair at 121 s", "180 s of silence stay in the run", "181 s end it",
        "30 s on the way are no lag", "60 s of typing count whole", "61 s are cut",
        "typing before a message nobody answered in time", "nothing after the last answer",
        "a chain of second thoughts", "second thoughts of the nurse",
    ],
)  # fmt: skip
def test_each_limit_has_two_sides(line: str, seconds: int) -> None:
    assert measure(written(line), USUAL).live_seconds == seconds


def test_presence_narrows_where_it_was_seen() -> None:
    line = "P0 N80 P120"
    assert measure(written(line, presences=[seen("N", 60, 130)]), USUAL).live_seconds == 60
    both = [seen("N", 0, 130), seen("P", 0, 30), seen("C", 20, 40), seen("P", 70, 125)]
    assert bounds(measure(written(line, presences=both), USUAL).spans) == [
        (0, 40, "rosa"), (70, 120, "rosa"),
    ]  # fmt: skip
    long_ago = [seen("N", -900, -600)]
    assert measure(written(line, presences=long_ago), USUAL).live_seconds == 120
    other_nurse = [seen("M", 0, 10)]
    assert measure(written(line, presences=other_nurse), USUAL).live_seconds == 120


def test_two_nurses_in_one_run_have_their_own_seconds() -> None:
    found = measure(written("P0 N30 P60 M100 P110"), USUAL)
    assert bounds(found.spans) == [(0, 60, "rosa"), (60, 110, "tom")]


def test_work_on_record_elsewhere_is_left_out() -> None:
    found = measure(written("P0 N40 P80", elsewhere=[busy("N", 30, 50), busy("M", 0, 80)]), USUAL)
    assert bounds(found.spans) == [(0, 30, "rosa"), (50, 80, "rosa")]


@pytest.mark.parametrize(
    ("line", "more", "reasons"),
    [
        ("P0 N40 P80", {}, ()),
        ("P0 N40 P80~", {}, ("too_few_patient_messages",)),
        ("P0 N40 P80", {"topics": ["general"]}, ("no_clinical_topic",)),
        ("C0 N40 C80", {"strangers": ["caregiver:lou"]}, ("caregiver_without_relation",)),
        ("C0 N40 C80", {"strangers": ["caregiver:ida"]}, ()),
        ("P0 N40 P80", {"strangers": ["rosa"]}, ("staff_not_registered",)),
        ("P0 N40", {}, ("no_live_run", "too_few_patient_messages")),
    ],
)
def test_content_is_asked_for(line: str, more: dict[str, object], reasons: tuple[str, ...]) -> None:
    found = measure(written(line, **more), USUAL)
    assert found.reasons == reasons
    assert found.is_counted is (reasons == ())


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("ok", True), ("Thank you so much!", True), ("👍", True), ("", True), ("Sí, gracias", True),
        ("yes", True), ("ok my weight is 181", False), ("Chest hurts", False), ("181", False),
    ],
)  # fmt: skip
def test_thanks_alone_tell_nothing(text: str, bare: bool) -> None:
    assert is_bare(text) is bare


def test_parameters_come_back_from_a_record() -> None:
    odd = Parameters(answer_gap_seconds=90, least_patient_messages=3)
    assert parameters_of(listed(odd)) == odd


def test_a_second_is_dealt_to_who_is_written_to_next() -> None:
    claims = [claim("a", written("P0 N50 P100"), USUAL), claim("b", written("P0 N70 P100"), USUAL)]
    lost = dealt(claims)
    assert bounds(lost["b"]) == [(0, 50, "rosa")]
    # after 70 rosa writes in neither; she wrote last in b
    assert bounds(lost["a"]) == [(50, 100, "rosa")]
