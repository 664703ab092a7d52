"""What a user may get wrong: each refusal says where, what, and how to mend it, and ends with 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from caretally.cli import deciding
from caretally.errors import Problem, RulebookError
from tests.acceptance.conftest import Answer, Run

CAST = "CAST"
"""Stands for the file of the cast in the words below."""
DECIDE = ("decide", CAST, "--month", "2026-03")
REPLAY = ("replay", CAST, "--from", "2026-01", "--to", "2026-03")

REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no such file": (
        ("decide", "nowhere.ndjson", "--month", "2026-03"),
        r"^nowhere\.ndjson: found no such file; expected .*; check the name",
    ),
    "a folder": (("decide", ".", "--month", "2026-03"), r"found a directory; .*name the files"),
    "no file named": (("decide", "--month", "2026-03"), r"^FILE: found no file; expected .* - for"),
    "not JSON": (("decide", "no.ndjson", "--month", "2026-03"), r"^no\.ndjson:1: .*JSON"),
    "no gzip": (("decide", "no.ndjson.gz", "--month", "2026-03"), r"gzip"),
    "no month": (("decide", CAST), r"^--month: found no month; .*add --month 2026-03"),
    "month 13": (("decide", CAST, "--month", "2026-13"), r"^--month: found '2026-13'; .*YYYY-MM"),
    "a date as month": (("decide", CAST, "--month", "2026-03-01"), r"^--month: found '2026-03-01'"),
    "unknown policy": (
        (*DECIDE, "--policy", "interactive"),
        r"^--policy: found 'interactive'; expected one of cms_combined.*mean interactive_only",
    ),
    "no offset": (
        (*DECIDE, "--as-of", "2026-04-01T00:00:00"),
        r"^--as-of: found '2026-04-01T00:00:00', which has no offset; .*add the offset",
    ),
    "no instant": ((*DECIDE, "--as-of", "yesterday"), r"^--as-of: found 'yesterday'; expected an"),
    "unknown patient": (
        (*DECIDE, "--patient", "pat_adda"),
        r"^--patient: found 'pat_adda', of whom there is no entry; .*did you mean pat_ada\?",
    ),
    "patient unlike any": ((*DECIDE, "--patient", "x"), r"the files have 9 patients, such as pat_"),
    "no descriptors": ((*DECIDE, "--descriptors", "none.csv"), r"^none\.csv: found no such file"),
    "descriptors without columns": (
        (*DECIDE, "--descriptors", "no.ndjson"),
        r"^no\.ndjson:1: .*expected code,descriptor",
    ),
    "descriptors twice": (
        (*DECIDE, "--descriptors", "twice.csv"),
        r"^twice\.csv:3: found 99457 again",
    ),
    "a folder for decisions of files": (
        (*DECIDE, "--out", "decisions"),
        r"^--out: found it without --tables; expected --tables DIR, or no such option; .* with >",
    ),
    "unknown code": (
        ("rulebook", "show", "99475"),
        r"^CODE: found '99475'; expected a code that has a sheet; did you mean 994",
    ),
    "unknown payer": (
        ("rulebook", "show", "99457", "--payer", "medicare"),
        r"^--payer: found 'medicare'; expected one of medicare_ffs",
    ),
    "no date": (("rulebook", "show", "99457", "--on", "2025"), r"^--on: found '2025'; .*-31"),
    "no dates to compare": (("rulebook", "diff", "2025", "2026"), r"^first DATE: found '2025'"),
    "unknown source": (("rulebook", "sources", "--key", "RIM"), r"^--key: .*did you mean RIM2"),
    "months the wrong way round": (
        ("replay", CAST, "--from", "2026-03", "--to", "2026-01", "--rules-of", "2026-01"),
        r"^--to: found 2026-01; expected 2026-03 or later",
    ),
    "nothing otherwise": (REPLAY, r"^replay: found neither; expected either --rules-of"),
    "two things otherwise": (
        (*REPLAY, "--rules-of", "2026-01", "--policy", "interactive_only"),
        r"^replay: found both",
    ),
    "rules that are not loaded": (
        (*REPLAY, "--rules-of", "2027-01"),
        r"^--rules-of: found 2027-01-31, without rules; expected a date from 2019-01-01",
    ),
    "too many patients": (
        ("synthesize", "--patients", "0", "--months", "999", "--out", "new.ndjson"),
        r"patients: found 0; expected 1 to [\d,]+\n.*months: found 999; expected 1 to 120",
    ),
    "a file that is there": (
        ("synthesize", "--patients", "1", "--out", "no.ndjson"),
        r"^--out: found no\.ndjson, which exists already; .*remove it first",
    ),
    "no folder": (
        ("synthesize", "--patients", "1", "--out", "nowhere/new.ndjson"),
        r"^--out: found no folder nowhere; .*mkdir -p nowhere",
    ),
    "no option": (("decide", CAST, "--mont", "2026-03"), r"--mont"),
    "no command": (("decode",), r"decode"),
    "a number that is none": (("synthesize", "--patients", "many"), r"--patients.*valid integer"),
}


@pytest.fixture
def refused(run: Run, cast_file: Path, tmp_path: Path) -> Run:
    """Return a function that runs the program beside some files that are wrong."""
    (tmp_path / "no.ndjson").write_text("patient;minutes\n1;20\n")
    (tmp_path / "no.ndjson.gz").write_text("patient;minutes\n1;20\n")
    (tmp_path / "twice.csv").write_text("code,descriptor\n99457,one\n99457,two\n")

    def answered(*words: str) -> Answer:
        return run(*(cast_file if word == CAST else word for word in words))

    return answered


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_words(refused: Run, tmp_path: Path, name: str) -> None:
    words, says = REFUSED[name]
    before = set(tmp_path.iterdir())
    answer = refused(*words)
    assert answer.status == 2, answer
    assert answer.out == ""
    assert re.search(says, answer.err, re.MULTILINE), answer.err
    assert "Traceback" not in answer.err
    assert set(tmp_path.iterdir()) == before, "something was left behind"


def test_every_problem_of_every_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(b'{"id":"a"}\n\xff\n')
    (tmp_path / "b.ndjson").write_bytes(
        b'{"id":"b","kind":"time_logged","patient":"p","actor":"staff:n","body":{"program":"rpm",'
        b'"category":"review","start":"2026-03-01T10:00:00","end":"later","performer":"n"}}\n'
    )
    answer = run("decide", "a.ndjson", "b.ndjson", "gone.ndjson", "--month", "2026-03", "--json")
    assert answer.status == 2
    assert answer.out == ""
    for place in (r"a\.ndjson:1: ", r"a\.ndjson:2: ", r"b\.ndjson:1: body\.start: ",
                  r"b\.ndjson:1: body\.end: ", r"gone\.ndjson: "):  # fmt: skip
        assert re.search(rf"^{place}", answer.err, re.MULTILINE), place
    assert re.search(r"^\d+ problems; nothing was done\.$", answer.err, re.MULTILINE)


def test_contradicting_corrections_are_told_by_file_and_line(
    run: Run, cast_file: Path, tmp_path: Path
) -> None:
    wrong = (
        '{"id":"v1","kind":"entry_voided","patient":"pat_ada","at":"2026-03-01T00:00:00Z",'
        '"recorded_at":"2026-03-01T00:00:00Z","actor":"staff:x","reason":"slip",'
        '"body":{"entry":"nothing"}}\n'
    )
    (tmp_path / "void.ndjson").write_text(wrong)
    for command in (("decide", cast_file, "void.ndjson", "--month", "2026-03"),
                    ("entries", "check", cast_file, "void.ndjson")):  # fmt: skip
        answer = run(*command)
        assert answer.status == 2
        assert answer.out == ""
        assert "void.ndjson:1: " in answer.err


def test_messages_hold_no_patient_content(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text(
        '{"id":"p1","kind":"patient_registered","patient":"p","at":"2026-01-01T00:00:00Z",'
        '"actor":"staff:x","body":{"name":"Wilhelmina Secret","birth_date":"Wilhelmina"}}\n'
    )
    answer = run("decide", "p.ndjson", "--month", "2026-03")
    assert answer.status == 2
    assert "Wilhelmina" not in answer.err + answer.out


def test_a_rulebook_that_cannot_be_used_ends_with_3(
    run: Run, cast_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RulebookError([Problem(where="medicare/99457.yaml:3", found="x", expected="y")])

    monkeypatch.setattr(deciding, "load_rulebook", broken)
    answer = run("decide", cast_file, "--month", "2026-03", "--json")
    assert (answer.status, answer.out) == (3, "")
    assert answer.err == "medicare/99457.yaml:3: found x; expected y\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CARETALLY_POTR", "1", r"^CARETALLY_POTR: found a setting nobody reads; .*CARETALLY_PORT"),
        ("CARETALLY_COLOR", "1", r"^CARETALLY_COLOR: .*unset it"),
        ("CARETALLY_PORT", "99999", r"^CARETALLY_PORT: found '99999'; expected 1 to 65535"),
    ],
)
def test_settings_nobody_reads_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    answer = run("rulebook", "sources")
    assert (answer.status, answer.out) == (2, "")
    assert re.search(says, answer.err)
