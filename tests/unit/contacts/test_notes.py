"""A note says what its entry says, in fixed words; copies and equal durations show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally import codes
from caretally.clock import ServiceMonth
from caretally.contacts.copies import (
    CopyRule,
    Written,
    copied_notes,
    groups,
    is_alike,
    like,
    repeated_durations,
    words_of,
    written,
)
from caretally.contacts.notes import MODE_WORDS, TOPIC_WORDS, Clocks, note
from caretally.contacts.queries import conversations
from caretally.journal.entries import Entry, ExcludedLeg, Finding, TimeLogged
from tests.unit.contacts.calls import (
    ATTEMPT,
    DAY,
    FORM,
    MINUTE,
    REGISTER,
    TEN,
    attempt,
    contact,
    entry,
    made,
)

WHEN, ZONE = "2026-03-04 10:00:00 to ", "America/Chicago"
RULE = CopyRule(patients=3, months=3, entries=4)


def test_the_note_of_a_contact() -> None:
    hold = ExcludedLeg(start=TEN + MINUTE, end=TEN + 2 * MINUTE, why="other_party")
    form = replace(
        FORM, excluded=(hold,), escalated_to="stf_doc", summary="Feels well.", part_of_visit=True
    )
    (found,) = made(form).entries
    clocks = Clocks(live_seconds=660, management_seconds=1199)
    assert note(found, REGISTER, clocks).splitlines() == [
        f"Telephone call for RPM with the patient, {WHEN}10:12:00 {ZONE}; 11:00 of conversation.",
        "By stf_rn (rn).",
        "Two-way: yes.",
        "Not counted: other party, 1:00.",
        "Part of a billed visit.",
        "Protocol: hypertension 3.",
        "Device data: mean of the week 138 over 84",
        "Symptoms: no dizziness",
        "Medication: talked about, nothing written down.",
        "Summary: Feels well.",
        "Action: evening tablet moved to bedtime",
        "Escalated to stf_doc.",
        "Month so far: live 11:00, management 19:59.",
    ]
    assert note(found, REGISTER) == note(found, REGISTER)


def test_the_note_of_an_attempt_claims_nothing() -> None:
    (found,) = made(ATTEMPT).entries
    assert note(found, REGISTER).splitlines() == [
        f"Attempt for RPM by telephone call, {WHEN}10:01:00 {ZONE}: voicemail.",
        "By stf_rn (rn).",
        "No conversation; no time counts.",
    ]


def test_who_wrote_for_others_and_who_is_a_stranger_is_said() -> None:
    found = entry(contact(TEN, performers=("stf_x",), spoke_with="caregiver:cgv_1"))
    said = note(found, REGISTER)
    assert "with caregiver cgv_1" in said
    assert "By stf_x (not registered)." in said
    assert "Written by staff:stf_rn." in said
    with pytest.raises(ValueError, match="notes are of contacts"):
        note(entry(work()), REGISTER)


def test_overlapping_legs_are_taken_off_once() -> None:
    legs = tuple(
        ExcludedLeg(start=TEN + a * MINUTE, end=TEN + b * MINUTE, why="hold")
        for a, b in ((1, 3), (2, 4), (4, 9))
    )
    assert "; 1:00 of conversation." in note(entry(contact(TEN, excluded=legs)), REGISTER)


def test_every_word_of_the_vocabulary_has_words() -> None:
    assert set(MODE_WORDS) == {*codes.CONTACT_MODES, *codes.ATTEMPT_MODES}
    assert set(TOPIC_WORDS) == set(codes.TOPICS)


def work(text: str | None = "Trend read.", minutes: int = 20, person: str = "stf_rn") -> TimeLogged:
    return TimeLogged(
        program="rpm", category="review", start=TEN, end=TEN + minutes * MINUTE, performer=person,
        note=text,
    )  # fmt: skip


def texts(*said: tuple[str, str], **changes: Any) -> tuple[Written, ...]:
    """Return texts by patient, as they are compared."""
    entries = [
        entry(work(text), id=f"e{number}", patient=patient, **changes)
        for number, (patient, text) in enumerate(said)
    ]
    return written(entries, REGISTER)


LONG = "Reviewed the readings of the week with the patient, all of them inside the goals agreed."


def test_one_text_over_several_patients_is_flagged() -> None:
    same = texts(("p1", LONG), ("p2", LONG.upper()), ("p3", LONG.replace(",", " ;")))
    (found,) = copied_notes(same, RULE)
    assert (found.entries, found.patients, found.months) == (("e0", "e1", "e2"), 3, 1)
    assert copied_notes(same[:2], RULE) == ()
    assert copied_notes(same, CopyRule()) == ()


def test_one_text_over_several_months_is_flagged() -> None:
    march = texts(("p1", LONG))[0]
    months = [ServiceMonth(2026, month) for month in (1, 2, 3)]
    same = [replace(march, entry=str(m), month=m) for m in months]
    assert copied_notes(same, RULE)[0].months == 3
    assert copied_notes(same[1:], RULE) == ()


def test_nearly_the_same_is_alike_and_other_words_are_not() -> None:
    one, near, other = texts(
        ("p1", LONG * 3), ("p2", LONG * 3 + " Fine."), ("p3", "Daughter asked about the scale.")
    )
    assert is_alike(one, near, 90)
    assert not is_alike(one, other, 90)
    assert like(near, (one, other), RULE) == ("e0",)


def test_other_readings_make_another_note() -> None:
    one, other = texts(
        ("p1", "Mean 138 over 84, no dizziness"), ("p2", "Mean 121 over 70, no dizziness")
    )
    assert not is_alike(one, other, 90)


def test_entries_without_words_are_no_copies() -> None:
    assert texts(("p1", ""), ("p2", " ... ")) == ()
    assert written([entry(attempt(TEN))], REGISTER) == ()
    findings = (Finding(topic="symptoms", says="No pain"),)
    (found,) = written([entry(contact(TEN, findings=findings, actions=("rest",)))], REGISTER)
    assert found.words == ("no", "pain", "rest")


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=12))
def test_groups_hold_every_text_once_and_its_first_is_like_all(said: list[list[str]]) -> None:
    found = texts(*((f"p{n}", " ".join(words)) for n, words in enumerate(said)))
    made_groups = groups(found, 90)
    assert sorted(each.entry for group in made_groups for each in group) == sorted(
        each.entry for each in found
    )
    for group in made_groups:
        assert all(is_alike(group[0], each, 90) for each in group)
    same: dict[tuple[str, ...], int] = {}
    for number, group in enumerate(made_groups):
        assert all(same.setdefault(each.words, number) == number for each in group)


@given(st.text())
def test_words_are_lower_and_bare(text: str) -> None:
    assert all(word.isalnum() for word in words_of(text))


def test_equal_durations_of_a_person_are_flagged() -> None:
    def spans(*minutes: int, person: str = "stf_rn") -> list[Entry]:
        return [entry(work(None, m, person), id=f"{person}{n}") for n, m in enumerate(minutes)]

    (found,) = repeated_durations([*spans(20, 20, 7, 20, 20), *spans(20, 20, person="b")], RULE)
    assert (found.person, found.seconds, len(found.entries), found.of) == ("stf_rn", 1200, 4, 5)
    assert repeated_durations(spans(20, 20, 20, 20, 1, 2, 3, 4, 5), RULE) == ()
    two = [entry(contact(TEN, performers=("a", "b")), id=str(n)) for n in range(4)]
    assert [each.person for each in repeated_durations(two, RULE)] == ["a", "b"]


def test_conversations_come_latest_first() -> None:
    old, new = entry(contact(TEN - DAY), id="e1"), entry(attempt(TEN), id="e2")
    other = entry(contact(TEN), id="e3", patient="pat_two")
    assert conversations([old, entry(work(), id="e4"), other, new], "pat_one") == (new, old)
