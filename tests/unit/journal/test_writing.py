"""What is written is one form to the byte, and is read as what it was."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.errors import ExchangeError
from caretally.journal.entries import KINDS, Body, Entry
from caretally.journal.entries.shapes import OneOf, Shaped, Whole, ZoneName
from caretally.journal.fields import Field, Shape, fields_of
from caretally.journal.ndjson import (
    Source,
    entry_from_json,
    entry_to_json,
    line_of,
    read_entries,
    write_entries,
)
from tests.unit.journal.samples import accepted, changed, plainly_covered, raw

ENTRIES = tuple(accepted(raw(kind, id=f"e{number}")) for number, kind in enumerate(KINDS))

INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30)
IDS = NAMES.filter(lambda text: not text.isspace())
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
NUMBERS = st.decimals(-(10**12), 10**12, allow_nan=False, places=None).filter(
    lambda number: (
        len(number.as_tuple().digits) <= 40 and abs(int(number.as_tuple().exponent)) <= 40
    )
)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw what a field may hold."""
    if shape.many:
        return st.lists(values(replace(shape, many=False)), max_size=3).map(tuple)
    if one_of := shape.mark(OneOf):
        return st.sampled_from(one_of.words)
    if shape.mark(ZoneName):
        return st.sampled_from(["America/New_York", "Pacific/Kiritimati", "UTC"])
    if shaped := shape.mark(Shaped):
        return {
            "id": IDS,
            "label": NAMES,
            **{
                brief: st.from_regex(shaped.pattern, fullmatch=True)
                for brief in ("billing code", "US dollars", "month", "digest", "local time")
            },
        }.get(shaped.brief, IDS.map(lambda name: f"caregiver:{name}"))
    if whole := shape.mark(Whole):
        return st.integers(whole.least, whole.most)
    scalars: dict[type, st.SearchStrategy[Any]] = {
        str: TEXTS,
        bool: st.booleans(),
        Decimal: NUMBERS,
        date: DATES,
        datetime: INSTANTS,
    }
    return scalars[shape.of] if shape.of in scalars else records(shape.of)


def records(record: type) -> st.SearchStrategy[Any]:
    """Draw a record."""

    def of_field(field: Field) -> st.SearchStrategy[Any]:
        drawn = values(field.shape)
        return drawn if field.required else st.just(field.default) | drawn

    return st.fixed_dictionaries(
        {field.attribute: of_field(field) for field in fields_of(record)}
    ).map(lambda drawn: record(**drawn))


def in_order(body: Body) -> Body:
    """Let the dates of a body run forward."""
    first, last = getattr(body, "from_on", None), getattr(body, "to_on", None)
    if first is None or last is None:
        return body
    return replace(body, from_on=min(first, last), to_on=max(first, last))  # type: ignore[call-arg]


@st.composite
def entries(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Entry:
    """Draw an entry that the contract allows."""
    record = draw(st.sampled_from(list(KINDS.values())))
    body = in_order(draw(records(record)))
    begins = getattr(body, record.begins) if record.begins else None
    patients = {"patient": IDS, "practice": st.none(), "either": st.none() | IDS}
    return Entry(
        id=draw(IDS),
        patient=draw(patients[record.about]),
        at=begins or draw(INSTANTS),
        recorded_at=draw(INSTANTS),
        actor="staff:" + draw(IDS),
        supersedes=draw(st.none() | IDS),
        reason="because " + draw(TEXTS),
        body=body,
    )


@given(entries())
def test_written_out_defaults_stay_valid(entry: Entry) -> None:
    made = entry_to_json(replace(entry, supersedes=None))
    shortened = {key: value for key, value in made.items() if key != "recorded_at"}
    accepted_at_first = accepted(shortened)
    unexplained = entry_to_json(replace(accepted_at_first, reason=None))
    if entry.kind != "entry_voided":
        assert accepted(unexplained) == replace(accepted_at_first, reason=None)


@given(entries())
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    written = line_of(entry)
    (again,) = read_entries([Source(name="f", stream=io.BytesIO(written))]).checked()
    assert again == entry
    assert line_of(again) == written
    assert entry_from_json(entry_to_json(entry)) == entry


def test_the_canonical_form() -> None:
    entry = accepted(plainly_covered() | {"recorded_at": "2026-03-04T17:00:00.500+00:00"})
    assert line_of(entry) == (
        b'{"id":"e1","kind":"covered","patient":"p1","at":"2026-03-04T16:00:00Z",'
        b'"recorded_at":"2026-03-04T17:00:00.500000Z","actor":"staff:s1",'
        b'"body":{"payer":"medicare_ffs","from":"2025-01-01"}}\n'
    )


@pytest.mark.parametrize("digits", ["72.50", "1E+3", "0.0", "120", "-1.10", "1E-7"])
def test_numbers_are_written_with_their_digits(digits: str) -> None:
    entry = accepted(changed("reading_recorded", value=Decimal(digits)))
    assert f'"value":{digits},'.encode() in line_of(entry)
    assert json.loads(line_of(entry))["body"]["value"] == float(digits)


def test_false_and_empty_are_left_out_only_where_they_are_the_default() -> None:
    body = entry_to_json(accepted(changed("contact_held", part_of_visit=False, topics=[])))["body"]
    assert isinstance(body, dict)
    assert "part_of_visit" not in body
    assert body["topics"] == []
    assert entry_to_json(ENTRIES[0])["patient"] is None


@pytest.mark.parametrize("name", ["out.ndjson", "out.ndjson.gz"])
def test_files_are_the_same_to_the_byte(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / name, tmp_path / f"other.{name}"
    assert write_entries(ENTRIES, first) == len(ENTRIES)
    write_entries(read_entries(first).checked(), str(second))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted([first, second])
    content = gzip.decompress(first.read_bytes()) if name.endswith("gz") else first.read_bytes()
    assert content == b"".join(line_of(entry) for entry in ENTRIES)


def test_nothing_is_left_half_written(tmp_path: Path) -> None:
    target = tmp_path / "out.ndjson"
    target.write_bytes(b"before")

    def broken() -> Iterator[Entry]:
        yield ENTRIES[0]
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        write_entries(broken(), target)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="cannot be written"):
        write_entries(ENTRIES, tmp_path / "missing" / "out.ndjson")
    with pytest.raises(ExchangeError, match="cannot be written"):
        write_entries(ENTRIES, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_microseconds_are_kept() -> None:
    at = datetime(2026, 3, 4, 16, tzinfo=UTC) + timedelta(microseconds=1)
    entry = replace(ENTRIES[-2], at=at, recorded_at=at)
    assert entry_from_json(entry_to_json(entry)).at == at
