"""Runs the program as a user does: words in, bytes and an exit status out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from caretally.cli.main import main
from caretally.journal.entries import Entry
from caretally.journal.ndjson import write_entries
from caretally.synthetic.cast import cast_entries


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a run of the program came to."""

    status: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the program in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def answered(*words: object, stdin: bytes = b"") -> Answer:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["caretally", *map(str, words)])
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        return Answer(
            status=code if isinstance(code, int) else 1, out=written(out), err=written(err)
        )

    return answered


def written(stream: io.TextIOWrapper) -> str:
    """Return what was written to a stream of the program."""
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@pytest.fixture(scope="session")
def cast() -> tuple[Entry, ...]:
    """Return the entries of the cast."""
    return cast_entries()


@pytest.fixture(scope="session")
def cast_file(cast: tuple[Entry, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the entries of the cast."""
    path = tmp_path_factory.mktemp("cast") / "cast.ndjson"
    write_entries(cast, path)
    return path
