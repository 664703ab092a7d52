"""The cast is stable, complete and lives as its stories say."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import pytest

from caretally.journal.corrections import resolve
from caretally.journal.entries import ContactHeld, Enrolled, Entry, ReadingRecorded, TimeLogged
from caretally.journal.ndjson import read_entries, write_entries
from caretally.synthetic.cast import STORIES, cast_entries
from caretally.synthetic.stories import Story

ENTRIES = cast_entries()


def spans_of(entry: Entry) -> tuple[tuple[str, datetime, datetime], ...]:
    """Return who was busy from when to when."""
    body = entry.body
    if isinstance(body, ContactHeld):
        return tuple((staff, body.start, body.end) for staff in body.performers)
    if isinstance(body, TimeLogged):
        return ((body.performer, body.start, body.end),)
    return ()


def test_it_is_told_the_same_every_time() -> None:
    assert cast_entries() == ENTRIES
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


def test_everybody_of_the_house_is_there() -> None:
    patients = {entry.patient for entry in ENTRIES if entry.patient}
    names = ("ada", "ben", "cleo", "dev", "edie", "fay", "gus", "hal")
    assert patients == {f"pat_{name}" for name in names} | {"pat_fay_harbor"}
    assert {story.patient for story in STORIES} == patients


def test_the_reader_takes_every_entry_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("cast") / "cast.ndjson"
    write_entries(ENTRIES, path)
    read = read_entries([path])
    assert read.problems == ()
    assert read.entries == ENTRIES


def test_its_corrections_hold() -> None:
    resolution = resolve(ENTRIES)
    assert sorted(resolution.set_aside.values()) == ["superseded", "voided"]


def test_nobody_works_twice_at_a_time() -> None:
    busy: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for entry in resolve(ENTRIES).in_force:
        for staff, start, end in spans_of(entry):
            busy[staff].append((start, end, entry.id))
    for spans in busy.values():
        spans.sort()
        clashes = [(a, b) for a, b in pairwise(spans) if b[0] < a[1]]
        assert clashes == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.patient)
def test_everybody_lives_through_the_demonstration_month(story: Story) -> None:
    mine = [entry for entry in ENTRIES if entry.patient == story.patient]
    assert any(isinstance(entry.body, Enrolled) for entry in mine)
    days = {e.at.date() for e in mine if isinstance(e.body, ReadingRecorded) and e.at.month == 3}
    assert len(days) >= 28


def test_edie_is_one_second_short() -> None:
    march = [
        (end - start).seconds
        for entry in ENTRIES
        if entry.patient == "pat_edie" and entry.at.month == 3
        for _, start, end in spans_of(entry)
    ]
    assert sum(march) == 19 * 60 + 59
