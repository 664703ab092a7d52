"""`caretally tables`, `decide --tables`, replays on columns: the same answers, many at a time."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import pytest

from caretally.cli import extras, replaying
from caretally.errors import MissingExtraError
from tests.acceptance.conftest import Run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which compiled code is kept for all tests here."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program keep its state in the home."""
    monkeypatch.setenv("CARETALLY_HOME", str(home))


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
def test_decisions_from_tables_are_those_from_files(
    run: Run, cast_file: Path, tmp_path: Path
) -> None:
    made = run("tables", cast_file, "tables")
    assert made.status == 0
    assert "entries of 9 patients in tables" in made.err
    asked = ("decide", "--tables", "tables", "--month", "2026-03", "--out", "out", "--workers", 1)
    first = run(*asked)
    assert first.status == 0, first.err
    assert first.out == ""
    assert first.err.startswith("9 patients in 1 part: 17 lines in out\n")
    again = run(*asked, "--json")
    assert "(1 stood before)" in again.err
    assert again.out == run("decide", cast_file, "--month", "2026-03", "--json").out
    other = run(*asked, "--policy", "interactive_only")
    assert other.status == 2
    assert "found decisions on other inputs, rules or options" in other.err
    shutil.rmtree(tmp_path / "out")
    strict = run(*asked, "--policy", "interactive_only", "--json")
    plain = run("decide", cast_file, "--month", "2026-03", "--policy", "interactive_only", "--json")
    assert strict.out == plain.out


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
def test_tables_that_are_broken_are_refused_in_plain_words(
    run: Run, cast_file: Path, tmp_path: Path
) -> None:
    assert run("tables", cast_file, "tables").status == 0
    spans = tmp_path / "tables" / "part-00000" / "spans.parquet"
    spans.write_bytes(spans.read_bytes()[:-9])
    asked = ("decide", "--tables", "tables", "--month", "2026-03", "--out", "out")
    cut = run(*asked)
    assert (cut.status, cut.out) == (2, "")
    assert "spans.parquet: found a file that is broken or no Parquet; expected" in cut.err
    (tmp_path / "tables" / "tables.json").write_text("[")
    listed = run(*asked)
    assert (listed.status, listed.out) == (2, "")
    assert "tables.json: found a file that holds no JSON object" in listed.err


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
def test_without_a_compiler_it_is_slow_and_says_so_once(
    run: Run, cast_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding = import_module("caretally.exchange.tables.deciding")
    assert run("tables", cast_file, "tables").status == 0
    asked = ("decide", "--tables", "tables", "--month", "2026-03", "--workers", 1)
    assert "Numba" not in run(*asked, "--out", "compiled").err

    def nothing(_: str) -> None:
        raise MissingExtraError("bulk", "numba")

    deciding.decider.cache_clear()
    monkeypatch.setattr(deciding, "import_module", nothing)
    slow = run(*asked, "--out", "plain", "--json")
    deciding.decider.cache_clear()
    assert slow.status == 0
    assert slow.err.count("Numba is not installed") == 1
    assert slow.out == run("decide", cast_file, "--month", "2026-03", "--json").out


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
def test_tables_as_known_at_an_instant(run: Run, cast_file: Path) -> None:
    known = ("--as-of", "2026-03-10T00:00:00Z")
    assert run("tables", cast_file, "tables", *known).status == 0
    tables = run("decide", "--tables", "tables", "--month", "2026-03", "--out", "out", "--json")
    files = run("decide", cast_file, "--month", "2026-03", *known, "--json")
    assert tables.out == files.out


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
def test_a_population_is_drawn_and_decided(run: Run) -> None:
    drawn = ("synthesize", "--tables", "--patients", 30, "--months", 1, "--out", "drawn")
    assert run(*drawn).err.startswith("30 patients in drawn\nNext: caretally decide --tables drawn")
    decided = run("decide", "--tables", "drawn", "--month", "2026-01", "--out", "out", "--json")
    assert decided.status == 0
    assert len(decided.out.splitlines()) == 30
    assert run(*drawn).status == 2


@pytest.mark.bulk
@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    "otherwise", [("--policy", "interactive_only"), ("--rules-of", "2025-06")], ids=" ".join
)
def test_a_replay_on_columns_adds_up_the_same(
    run: Run, cast_file: Path, monkeypatch: pytest.MonkeyPatch, otherwise: tuple[str, str]
) -> None:
    asked = ("replay", cast_file, "--from", "2025-12", "--to", "2026-03", *otherwise, "--json")
    plain = run(*asked)
    monkeypatch.setattr(replaying, "MANY_MONTHS", 1)
    assert run(*asked) == plain


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("x.ndjson",), "FILE: found it beside --tables; expected files or tables, not both"),
        (("--patient", "p"), "--patient: found it beside --tables"),
        (("--as-of", "2026-03-01T00:00:00Z"), "--as-of: found it beside --tables"),
        ((), "--out: found no folder; expected a new folder for the decisions"),
        (("--out", "out"), "--tables: found tables, which holds no tables"),
    ],
)
def test_what_tables_do_not_go_with(run: Run, words: tuple[str, ...], says: str) -> None:
    answer = run("decide", "--tables", "tables", "--month", "2026-03", *words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(says), answer.err


def test_a_missing_extra_is_named(
    run: Run, cast_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(room: str) -> None:
        raise MissingExtraError("bulk", "numpy")

    monkeypatch.setattr("caretally.cli.converting.loaded", nothing)
    answer = run("tables", cast_file, "tables")
    assert answer.status == 2
    assert "pip install 'caretally[bulk]'" in answer.err
    monkeypatch.setattr(replaying, "loaded", nothing)
    monkeypatch.setattr(replaying, "MANY_MONTHS", 1)
    asked = ("--from", "2026-03", "--to", "2026-03", "--policy", "interactive_only")
    assert run("replay", cast_file, *asked).status == 0
    assert extras.compiled_folder().name == "compiled"
