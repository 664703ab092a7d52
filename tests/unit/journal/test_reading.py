"""Files of entries are read to their end, whatever they hold, and every problem is told."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.errors import InputError
from caretally.journal import ndjson, parsing
from caretally.journal.entries import KINDS, Consented
from caretally.journal.lines import LONGEST_LINE
from caretally.journal.ndjson import Reading, Source, read_entries
from caretally.journal.parsing import NotJsonError, parse_line
from tests.unit.journal.samples import changed, line, plainly_covered, raw, short

GOOD = line(raw("died"))


def read(content: bytes, *, lenient: bool = False, name: str = "in.ndjson") -> Reading:
    """Read bytes as a file."""
    return read_entries([Source(name=name, stream=io.BytesIO(content))], lenient=lenient)


def told(reading: Reading) -> list[str]:
    """Return the problems as people see them."""
    return [str(problem) for problem in reading.problems]


def test_all_kinds_in_one_file() -> None:
    lines = [line(raw(kind, id=f"e{number}")) for number, kind in enumerate(KINDS)]
    reading = read(b"".join(lines))
    assert [entry.kind for entry in reading.entries] == list(KINDS)
    assert reading.checked() == reading.entries
    assert reading.place_of("e2") == "in.ndjson:3"
    assert reading.place_of("never seen") == "entry never seen"


def test_every_problem_of_every_line_is_told_with_its_place() -> None:
    bad = line(changed("contact_held", mode="smoke", two_way=1))
    reading = read(GOOD + bad + b"{]\n" + line(raw("died", id="e2")) + bad)
    assert [entry.id for entry in reading.entries] == ["e1", "e2"]
    assert [problem.where for problem in reading.problems] == [
        "in.ndjson:2",
        "in.ndjson:2",
        "in.ndjson:3",
        "in.ndjson:5",
        "in.ndjson:5",
    ]
    assert told(reading)[0] == (
        "in.ndjson:2: body.mode: found 'smoke'; "
        "expected one of telephone, video, in_person, chat, ai_telephone"
    )
    with pytest.raises(InputError) as refused:
        reading.checked()
    assert refused.value.problems == reading.problems
    assert refused.value.exit_status == 2


@pytest.mark.parametrize("content", [b"", b"\n", b" \t\r\n\n", b"\xef\xbb\xbf", b"\r"])
def test_nothing_is_no_problem(content: bytes) -> None:
    assert read(content).checked() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        b"\n\n  \n" + GOOD + b"\n",
        GOOD.rstrip(b"\n"),
        GOOD.replace(b"\n", b"\r\n"),
        json.dumps(raw("died"), separators=("\r, ", " :\t")).encode(),
        GOOD.replace(b'"p1"', b'"\\u0070\\u0031"'),
    ],
)
def test_harmless_variety(content: bytes) -> None:
    assert read(content).checked() == read(GOOD).entries


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no JSON at character"),
        (b"[1, 2]\n", "expected an object"),
        (b'"text"', "expected an object"),
        (b"7", "expected an object"),
        (GOOD.rstrip() + GOOD, "Extra data"),
        (GOOD.rstrip() + b"\r" + GOOD, "Extra data"),
        (b"\n" + b"\xef\xbb\xbf" + GOOD, "no JSON at character 1"),
        (GOOD.replace(b"p1", b"p\xff1"), "no UTF-8 at byte"),
        (GOOD.replace(b"p1", b"\xed\xa0\x80"), "no UTF-8 at byte"),
        (GOOD.decode().rstrip().encode("utf-16"), "no UTF-8 at byte"),
        (b"\0" * 100, "no JSON at character 1"),
        (GOOD.replace(b'"p1"', b"NaN"), "NaN"),
        (GOOD.replace(b'"p1"', b"-Infinity"), "-Infinity"),
        (GOOD.replace(b'"p1"', b"1" * 5000), "too many digits"),
        (GOOD.replace(b'"p1"', b"1e99999999999999999999"), "too many digits"),
        (GOOD.replace(b'"p1"', b"'p1'"), "no JSON at character"),
        (GOOD.replace(b"p1", b"p\t1"), "no JSON at character"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 500_000, "nested too deeply"),
        (b'{"body":' + b"[" * 1_000_000, "nested too deeply"),
    ],
)
def test_lines_that_are_no_entries(content: bytes, says: str) -> None:
    reading = read(content)
    assert reading.entries == ()
    assert len(reading.problems) == 1
    assert says in told(reading)[0]
    assert "p1" not in told(reading)[0]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b'"id":', b'"patient":"p1","id":'),
        GOOD.replace(b'"id":', b'"patient" : "p1","id":'),
        GOOD.replace(b'"id":', b'"p\\u0061tient":"p1","id":'),
        line(short("covered")).replace(b'"from":', b'"payer":"aetna","from":'),
        line(raw("contact_held")).replace(b'"why":', b'"why":"hold","why":', 1),
        b'{"a":{"b":{"c":1,"c":2}}}',
    ],
)
def test_a_key_stands_once(content: bytes) -> None:
    reading = read(content)
    assert [problem.hint for problem in reading.problems] == ["keep one of them"]
    assert "twice in one object" in told(reading)[0]


def test_quotes_and_colons_in_texts_are_no_keys() -> None:
    note = 'she said ":": "no": {":" : 1}'
    reading = read(line(changed("time_logged", note=note)))
    assert reading.checked()[0].body.note == note  # type: ignore[attr-defined]


@given(st.binary(max_size=40))
def test_no_bytes_end_the_reader(content: bytes) -> None:
    assert read(content).entries == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["e1", "died", "p1"]),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "kind", "body", "at", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_ends_the_reader(value: object) -> None:
    reading = read(line(value))
    assert len(reading.entries) + bool(reading.problems) == 1


ODDITIES = st.lists(
    st.sampled_from(
        [
            b'"', b'"a"', b'"b"', b":", b",", b"{", b"}", b"[", b"]", b"1", b"-0", b"1.50", b"1e5",
            b"null", b"true", b'"body"', b" ", b"\t", b'\\"', b"\\u00e9", b"\xc3\xa9", b'"\\ud83d',
        ]
    ),
    max_size=14,
).map(b"".join)  # fmt: skip


def parsed(parse: Callable[[bytes], object], content: bytes) -> str:
    """Return what a parser makes of bytes, a refusal included."""
    try:
        return repr(parse(content))
    except NotJsonError as error:
        return f"refused: {error.found}"


@given(ODDITIES | ODDITIES.map(lambda inside: b'{"a":1,"body":{' + inside + b"}}"))
def test_both_parsers_have_one_meaning(content: bytes) -> None:
    assert parsed(parse_line, content) == parsed(parsing._parse_strictly, content)


def test_the_same_entry_is_read_once(tmp_path: Path) -> None:
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    same = line(raw("died", at="2026-03-04T16:00:00Z", recorded_at="2026-03-04T16:00:00Z"))
    first.write_bytes(GOOD)
    second.write_bytes(same + line(raw("died", id="e2")))
    reading = read_entries([first, str(second)])
    assert [entry.id for entry in reading.checked()] == ["e1", "e2"]
    assert reading.place_of("e2") == f"{second}:2"


def test_the_same_id_with_other_content_is_a_conflict(tmp_path: Path) -> None:
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    first.write_bytes(b"\n" + GOOD)
    second.write_bytes(line(raw("died", patient="p2")))
    (problem,) = read_entries([first, second]).problems
    assert (problem.where, problem.field) == (f"{second}:1", "id")
    assert f"{first}:2" in problem.found


def test_defaults_are_content() -> None:
    plain, full = short("covered"), plainly_covered()
    stated = {**full, "body": {**full["body"], "to": None}}
    assert len(read(line(plain) + line(stated)).checked()) == 1


def test_lenient_reading_skips_and_reports() -> None:
    content = b"".join(
        [
            line({**raw("died"), "kind": "teleported", "galaxy": 9}),
            line(changed("consented", mood="fine", method="verbal")),
            line({**raw("contact_held", id="e2"), "colour": "red"}).replace(
                b'"why"', b'"who":{"a":[1]},"why"'
            ),
            line(changed("consented", mood="fine", scope="everything")),
        ]
    )
    assert len(read(content).problems) == 8
    reading = read(content, lenient=True)
    assert [entry.id for entry in reading.entries] == ["e1", "e2"]
    assert isinstance(reading.entries[0].body, Consented)
    assert [(problem.where, problem.field) for problem in reading.skipped] == [
        ("in.ndjson:1", "kind"),
        ("in.ndjson:2", "body.mood"),
        ("in.ndjson:3", "colour"),
        ("in.ndjson:3", "body.excluded[0].who"),
        ("in.ndjson:3", "body.excluded[1].who"),
        ("in.ndjson:4", "body.mood"),
    ]
    assert [(problem.where, problem.field) for problem in reading.problems] == [
        ("in.ndjson:4", "body.scope")
    ]


def test_what_a_lenient_reading_passes_over_can_hide_a_fault() -> None:
    reading = read(line(changed("covered", note="x", to="2024-01-01")), lenient=True)
    assert [problem.field for problem in reading.skipped] == ["body.note"]
    assert [problem.field for problem in reading.problems] == ["body.to"]


def test_gzip_by_name(tmp_path: Path) -> None:
    packed = tmp_path / "in.ndjson.gz"
    packed.write_bytes(gzip.compress(GOOD) + gzip.compress(line(raw("died", id="e2"))))
    assert len(read_entries(packed).checked()) == 2
    stream = Source(name="body", stream=io.BytesIO(gzip.compress(GOOD)), compressed=True)
    assert len(read_entries(stream).checked()) == 1
    assert not stream.stream.closed


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(GOOD * 1000)[:-20], "ends too early"),
        (gzip.compress(GOOD)[:12], "ends too early"),
        (GOOD, "damaged gzip"),
        (gzip.compress(GOOD)[:10] + b"\xff" * 40, "damaged gzip"),
        (gzip.compress(GOOD)[:-4] + b"\1\1\1\1", "damaged gzip"),
    ],
)
def test_broken_gzip(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "in.ndjson.gz"
    path.write_bytes(content)
    reading = read_entries([path])
    assert len(reading.problems) == 1
    assert says in told(reading)[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing, folder = tmp_path / "missing.ndjson", tmp_path
    reading = read_entries([missing, folder, "a\0b", Source(name="-", stream=io.BytesIO(GOOD))])
    assert [problem.found for problem in reading.problems] == [
        "no such file",
        "a directory",
        "a name that cannot be a file's",
    ]
    assert [problem.where for problem in reading.problems[:2]] == [str(missing), str(folder)]
    assert len(reading.entries) == 1


def test_long_lines_are_passed_over() -> None:
    long_note = line(changed("time_logged", note="x" * 10_000_000))
    (problem,) = read(GOOD + long_note + line(raw("died", id="e2"))).problems
    assert problem.where == "in.ndjson:2"
    assert f"{LONGEST_LINE:,} bytes" in problem.found
    assert [entry.id for entry in read(long_note + GOOD).entries] == ["e1"]
    assert read(long_note.rstrip()).problems[0].found == problem.found


def test_a_line_of_the_greatest_length_is_read() -> None:
    room = LONGEST_LINE - len(line(changed("time_logged", note="")).rstrip())
    longest = line(changed("time_logged", note="x" * room))
    assert len(longest.rstrip()) == LONGEST_LINE
    for content in (longest, longest.rstrip(), longest + GOOD):
        assert read(content).entries[0].kind == "time_logged"
        assert "more than" not in "".join(told(read(content)))
    assert read(line(changed("time_logged", note="x" * (room + 1)))).entries == ()


def test_a_packed_bomb_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caretally.journal.lines.LONGEST_SKIP", 40_000_000)
    path = tmp_path / "bomb.ndjson.gz"
    with gzip.open(path, "wb", compresslevel=1) as bomb:
        for _ in range(50):
            bomb.write(b"0" * 1_000_000)
    tracemalloc.start()
    reading = read_entries([path])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * LONGEST_LINE
    assert [problem.where for problem in reading.problems] == [f"{path}:1"] * 2
    assert "rest of the file was not read" in reading.problems[1].hint


def test_a_file_of_something_else_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "MOST_PROBLEMS", 5)
    content = b"a,b,c\n" * 100
    reading = read_entries([Source(name=name, stream=io.BytesIO(content)) for name in "ab"])
    assert len(reading.problems) == 6
    assert reading.problems[-1].where == "a:5"
