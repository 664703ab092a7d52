"""`caretally synthesize`, `demo` and `entries`: something to try, a schema and a check."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from caretally.cli import watched
from caretally.journal.entries import Entry
from caretally.journal.ndjson import write_entries
from caretally.synthetic.cast import STORIES
from tests.acceptance.conftest import Run


def test_the_same_seed_makes_the_same_file_that_can_be_decided(run: Run, tmp_path: Path) -> None:
    asked = ("synthesize", "--patients", "4", "--months", "1", "--seed", "5", "--from", "2026-02")
    first, second = (run(*asked, "--out", name) for name in ("a.ndjson.gz", "b.ndjson.gz"))
    assert (first.status, second.status) == (0, 0)
    assert (tmp_path / "a.ndjson.gz").read_bytes() == (tmp_path / "b.ndjson.gz").read_bytes()
    assert "entries of 4 patients in a.ndjson.gz" in first.err
    assert "Next: caretally decide a.ndjson.gz --month 2026-02" in first.err
    decided = run("decide", "a.ndjson.gz", "--month", "2026-02", "--json")
    assert decided.status == 0
    assert len(decided.out.splitlines()) == 4


def test_the_demonstration_says_all_and_what_to_try_next(run: Run, cast_file: Path) -> None:
    answer = run("demo", "--save", "cast.ndjson")
    assert answer.status == 0
    for story in STORIES:
        assert f"{story.patient}: {story.headline}" in " ".join(answer.out.split())
    assert "99457  billable, 1 unit" in answer.out
    assert "✓  Counted management time came to 31 min 40 s; 20 min are needed." in answer.out
    assert Path("cast.ndjson").read_bytes() == cast_file.read_bytes()
    commands = [line.strip() for line in answer.out.splitlines() if line.startswith("  caretally ")]
    assert commands
    for command in commands:
        assert run(*command.split()[1:]).status == 0, command


def test_the_schema_is_json_and_takes_the_cast(run: Run, cast_file: Path) -> None:
    schema = json.loads(run("entries", "schema").out)
    validator = jsonschema.Draft202012Validator(schema)
    for line in cast_file.read_text(encoding="utf-8").splitlines()[::7]:
        validator.validate(json.loads(line))


def test_a_check_counts_what_is_there(run: Run, cast_file: Path) -> None:
    answer = run("entries", "check", cast_file)
    assert answer.status == 0
    assert "entries of 9 patients, no problems" in answer.out
    assert "contact_held" in answer.out


@pytest.mark.parametrize("name", ["cast.ndjson", "cast.ndjson.gz"])
def test_a_long_file_is_read_the_same_under_a_bar(
    run: Run, cast: tuple[Entry, ...], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_entries(cast, name)
    plain = run("entries", "check", name)
    monkeypatch.setattr(watched, "LARGE", 1024)
    assert run("entries", "check", name) == plain
    both = run("entries", "check", name, "nowhere.ndjson")
    assert both.status == 2
    assert both.err.startswith("nowhere.ndjson: found no such file")
