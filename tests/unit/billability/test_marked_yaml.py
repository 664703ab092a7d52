"""Values read from a sheet's YAML, and what is said, to the word, of those that are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from caretally.yaml_lines import Problems, Row, read_table

TEXT = """\
word: one
number: 12
day: 2026-03-01
bad_day: 1 March
short_day: 20260301
nothing:
null_word: null
list: [a, b]
empty: []
mapped: {inner: x}
rows:
  - {a: 1}
  - plain
yes_or_no: "true"
cited: [KNOWN, UNKNOWN]
"""


def read(text: str = TEXT) -> Row:
    """The mapping of a file, and the problems so far."""
    problems = Problems()
    problems.sources.add("KNOWN")
    return Row(read_table(text, "file.yaml", problems), problems)


def told(row: Row) -> list[str]:
    """What was said."""
    return [str(problem) for problem in row.problems.found]


RIGHT: list[tuple[Callable[[Row], Any], Any]] = [
    (lambda row: row.text("word"), "one"),
    (lambda row: row.text("absent", "else"), "else"),
    (lambda row: row.text("absent", ""), ""),
    (lambda row: row.whole("number"), 12),
    (lambda row: row.day("day"), date(2026, 3, 1)),
    (lambda row: row.day("nothing"), None),
    (lambda row: row.day("null_word"), None),
    (lambda row: row.day("absent"), None),
    (lambda row: row.words("list"), ("a", "b")),
    (lambda row: row.words("empty", required=False), ()),
    (lambda row: row.words("absent", required=False), ()),
    (lambda row: row.flag("yes_or_no", default=False), True),
    (lambda row: row.flag("absent", default=True), True),
    (lambda row: row.flag("absent", default=False), False),
    (lambda row: row.one_of("word", ("one", "two")), "one"),
    (lambda row: row.one_of("absent", ("one", "two"), "two"), "two"),
    (lambda row: row.row("mapped").text("inner"), "x"),
    (lambda row: row.row("absent").written(), ()),
    (lambda row: row.rows("absent"), ()),
    (lambda row: row.place("day"), "file.yaml:3"),
    (lambda row: row.place("absent"), "file.yaml:1"),
]


@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_what_is_well_is_read(number: int) -> None:
    ask, meant = RIGHT[number]
    row = read()
    assert ask(row) == meant
    assert told(row) == []


WRONG: list[tuple[Callable[[Row], Any], Any, str]] = [
    (lambda row: row.text("absent"), "", "1: absent: found nothing; expected text"),
    (lambda row: row.text("list"), "", "8: list: found a list; expected text"),
    (lambda row: row.text("list", "x"), "x", "8: list: found a list; expected text"),
    (
        lambda row: row.whole("word"),
        0,
        "1: word: found 'one'; expected a whole number of zero or more",
    ),
    (
        lambda row: row.day("bad_day"),
        date.min,
        "4: bad_day: found '1 March'; expected a date written YYYY-MM-DD",
    ),
    (
        lambda row: row.day("short_day"),
        date.min,
        "5: short_day: found '20260301'; expected a date written YYYY-MM-DD",
    ),
    (
        lambda row: row.dated("nothing"),
        date.min,
        "6: nothing: found nothing; expected a date written YYYY-MM-DD",
    ),
    (lambda row: row.words("word"), (), "1: word: found 'one'; expected a list of words"),
    (lambda row: row.words("empty"), (), "9: empty: found a list; expected a list of words"),
    (lambda row: row.words("absent"), (), "1: absent: found nothing; expected a list of words"),
    (lambda row: row.words("rows"), (), "11: rows: found a list; expected a list of words"),
    (
        lambda row: row.cites("cited"),
        ("KNOWN", "UNKNOWN"),
        "15: cited: found the unknown source 'UNKNOWN'; expected a key of sources.yaml",
    ),
    (lambda row: row.rows("word"), (), "1: word: found 'one'; expected a list of mappings"),
    (
        lambda row: row.row("word").written(),
        (),
        "1: word: found 'one'; expected a mapping of keys to values",
    ),
    (
        lambda row: row.row("mapped").text("other"),
        "",
        "10: mapped.other: found nothing; expected text",
    ),
    (
        lambda row: row.one_of("word", ("two", "three")),
        "one",
        "1: word: found 'one'; expected one of two, three",
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_is_wrong_is_told_by_line_and_word(number: int) -> None:
    ask, meant, said = WRONG[number]
    row = read()
    assert ask(row) == meant
    place, _, rest = said.partition(":")
    assert told(row) == [f"file.yaml:{place}:{rest}"]


def test_an_item_that_is_no_mapping_is_told_by_its_number() -> None:
    row = read()
    assert [each.written() for each in row.rows("rows")] == [("a",), ()]
    (said,) = told(row)
    assert said.endswith(": rows[2]: found 'plain'; expected a mapping of keys to values")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "2: a: found the key twice; expected every key once"),
        ("a: &x 1\nb: *x\n", "1: found an alias (*name); expected the value written out"),
        ("a: !!int 1\n", "1: found the tag tag:yaml.org,2002:int; expected a plain value"),
        ("a: 1\nb: !x 1\n", "2: found the tag !x; expected a plain value"),
        ("- a\n", "1: found a list; expected a mapping of keys to values"),
        ("", "1: found nothing; expected a mapping of keys to values"),
    ],
)
def test_files_that_are_no_plain_mapping(text: str, said: str) -> None:
    assert told(read(text)) == [f"file.yaml:{said}"]


def test_a_file_that_is_no_yaml_is_told_with_its_line() -> None:
    row = read("a: 1\nb: [\n")
    (said,) = told(row)
    assert said.startswith("file.yaml:3: found ")
    assert said.endswith("; expected one YAML document")
    assert row.problems.unreadable == {"file.yaml"}
    assert row.written() == ()


def test_what_nobody_asked_for_is_refused() -> None:
    row = read("a: 1\nb: 2\nc: 3\n")
    row.text("c")
    row.text("a")
    row.finish()
    assert told(row) == ["file.yaml:2: b: found a key that nothing reads; expected one of a, c"]
