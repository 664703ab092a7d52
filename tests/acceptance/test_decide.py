"""`caretally decide`: the contract's JSON for programs, a page a biller can read for people."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import pytest

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from caretally.synthetic.cast import STORIES
from caretally.synthetic.stories import Story
from tests.acceptance.conftest import Run

MARCH = ServiceMonth(2026, 3)
KEYS = [
    "contract", "patient", "month", "time_zone", "payer", "policy", "totals", "periods", "lines",
    "sister_lines", "codes", "entries", "next", "holds", "flags", "rulebook",
]  # fmt: skip


def test_json_is_what_the_library_decides(
    run: Run, cast: tuple[Entry, ...], cast_file: Path
) -> None:
    answer = run("decide", cast_file, "--month", "2026-03", "--json")
    assert answer.status == 0
    assert answer.err == ""
    printed = [json.loads(line) for line in answer.out.splitlines()]
    assert printed == [json.loads(json.dumps(d.to_json())) for d in decide(cast, MARCH)]
    assert [each["patient"] for each in printed] == sorted(each["patient"] for each in printed)
    assert all(list(each) == KEYS for each in printed)
    assert not re.search(r"\d\.\d", re.sub(r'"[^"]*"', "", answer.out)), "a number with a fraction"


def test_the_order_of_lines_and_files_carries_no_meaning(
    run: Run, cast_file: Path, tmp_path: Path
) -> None:
    lines = cast_file.read_bytes().splitlines(keepends=True)
    random.Random(7).shuffle(lines)
    half = len(lines) // 2
    (tmp_path / "a.ndjson").write_bytes(b"".join(lines[half:]))
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(b"".join(lines[:half])))
    whole = run("decide", cast_file, "--month", "2026-03", "--json")
    parts = run("decide", "a.ndjson", "b.ndjson.gz", "--month", "2026-03", "--json")
    assert parts.out == whole.out


def test_standard_input_is_a_file(run: Run, cast_file: Path) -> None:
    told = run("decide", "-", "--month", "2026-03", "--json", stdin=cast_file.read_bytes())
    assert told.out == run("decide", cast_file, "--month", "2026-03", "--json").out


def test_one_patient_is_decided_with_everybody_heard(run: Run, cast_file: Path) -> None:
    every = run("decide", cast_file, "--month", "2026-03", "--json").out.splitlines()
    one = run("decide", cast_file, "--month", "2026-03", "--patient", "pat_hal", "--json")
    assert one.out.splitlines() == [line for line in every if '"patient":"pat_hal"' in line]


def test_policy_and_time_of_knowing_are_heard(run: Run, cast_file: Path) -> None:
    asked = ("decide", cast_file, "--month", "2026-03", "--patient", "pat_cleo", "--json")
    strict = json.loads(run(*asked, "--policy", "interactive_only").out)
    assert strict["policy"] == "interactive_only"
    assert "99457" not in {line["code"] for line in strict["lines"]}
    early = json.loads(run(*asked, "--as-of", "2026-03-10T00:00:00-05:00").out)
    assert early["totals"]["management_seconds"] < strict["totals"]["management_seconds"]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.patient)
def test_the_page_says_what_the_story_says(run: Run, cast_file: Path, story: Story) -> None:
    answer = run("decide", cast_file, "--month", "2026-03", "--patient", story.patient)
    assert answer.status == 0
    page = answer.out
    assert f"{story.patient} · March 2026" in page
    codes = ", ".join(f"{code} × {units}" if units > 1 else code for code, units, _ in story.lines)
    assert (f"May be billed: {codes}." if codes else "Nothing may be billed.") in page
    for code, _, day in story.lines:
        assert re.search(rf"^{code} +\d+ +{day} +\$\d+\.\d\d ", page, re.MULTILINE)
    minutes, seconds = divmod(story.management_seconds, 60)
    assert re.search(rf"Management +{minutes}:{seconds:02d} ", page)
    for hold in story.holds:
        assert f"✗  {hold} stops " in page
        assert "To mend: " in page
    for code, reading in story.at_risk:
        assert re.search(rf"{code}.* would fall or shrink .*\({reading}\)", page, re.DOTALL)
        assert "docs/interpretations/" in page
    assert f"Rulebook {decided_digest(run, cast_file)}" in page


def decided_digest(run: Run, file: Path) -> str:
    """Return the rulebook's digest as the JSON says it."""
    answer = run("decide", file, "--month", "2026-03", "--patient", "pat_ada", "--json")
    return str(json.loads(answer.out)["rulebook"])


@pytest.mark.parametrize("columns", ["40", "80", "100", "120", "300"])
def test_a_page_has_eighty_to_a_hundred_and_twenty_plain_columns(
    run: Run, cast_file: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    page = run("decide", cast_file, "--month", "2026-03", "--patient", "pat_hal", "--all").out
    widest = max(map(len, page.splitlines()))
    assert widest <= min(max(int(columns), 80), 120)
    assert "\x1b" not in page
    assert not re.search(r" $", page, re.MULTILINE), "blanks at the end of a line"


def test_every_criterion_of_a_line_is_on_the_page_with_its_sources(
    run: Run, cast_file: Path
) -> None:
    asked = ("decide", cast_file, "--month", "2026-03", "--patient", "pat_ada")
    said = json.loads(run(*asked, "--json").out)["codes"]
    page, every = (flat(run(*asked, *more).out) for more in ((), ("--all",)))
    for code in ("99454", "99457"):
        for criterion in said[code]["criteria"]:
            assert flat(criterion["says"])[:40] in page
            assert all(cite in page for cite in criterion["cites"])
    for code in said:
        assert code in page
        for criterion in said[code]["criteria"]:
            assert flat(criterion["says"])[:30] in every


def flat(text: str) -> str:
    """Return a text with all blanks and line ends made one blank."""
    return " ".join(text.split())


def test_many_patients_are_a_table_and_a_hint(run: Run, cast_file: Path) -> None:
    answer = run("decide", cast_file, "--month", "2026-03")
    assert answer.status == 0
    for story in STORIES:
        assert re.search(rf"^{story.patient} ", answer.out, re.MULTILINE)
    assert "8 of 9 patients have lines: 99453 × 1" in flat(answer.out)
    assert "✗is_not_billed_elsewhere" in answer.out
    assert answer.err == "One patient in full: add --patient pat_ada\n"


def test_a_month_without_rules_is_decided_to_nothing(run: Run, cast_file: Path) -> None:
    answer = run("decide", cast_file, "--month", "2027-01", "--patient", "pat_ada")
    assert answer.status == 0
    assert "Nothing may be billed. 1 hold stops it." in answer.out
    assert "rules_are_loaded stops every line" in answer.out


def test_a_site_shows_its_own_descriptors(run: Run, cast_file: Path, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("code,descriptor\n99457,Our licensed words\n")
    asked = ("decide", cast_file, "--month", "2026-03", "--patient", "pat_ada")
    assert "Our licensed words" in run(*asked, "--descriptors", "own.csv").out
    assert "Our licensed words" not in run(*asked).out


def test_unknown_kinds_are_skipped_and_told_when_asked(
    run: Run, cast_file: Path, tmp_path: Path
) -> None:
    strange = b'{"id":"x1","kind":"weather_seen","at":"2026-03-01T00:00:00Z","actor":"system:x"}\n'
    (tmp_path / "mixed.ndjson").write_bytes(strange + cast_file.read_bytes())
    asked = ("decide", "mixed.ndjson", "--month", "2026-03", "--json")
    refused = run(*asked)
    assert refused.status == 2
    assert refused.out == ""
    lenient = run(*asked, "--lenient")
    assert lenient.status == 0
    assert "skipped mixed.ndjson:1: kind: found 'weather_seen'" in lenient.err
    assert lenient.out == run("decide", cast_file, "--month", "2026-03", "--json").out


def test_empty_input_decides_nobody(run: Run) -> None:
    answer = run("decide", "-", "--month", "2026-03", "--json")
    assert (answer.status, answer.out) == (0, "")
    table = run("decide", "-", "--month", "2026-03")
    assert table.status == 0
    assert "0 of 0 patients have lines: none." in table.out
