"""Garbage into the reader: it must answer with entries and problems, never with a traceback.

Runs under atheris, which grows inputs that reach new branches:
`python tests/fuzz/fuzz_reader.py -max_total_time=60`. What it checks of every input:

- the reader ends, within bounds, and each problem can be printed;
- what it takes is written and read again to the same entries and the same bytes;
- a lenient reading takes no fewer entries and finds no more problems.
"""

from __future__ import annotations

import importlib.util
import inspect
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from caretally.journal.entries import KINDS
from caretally.journal.lines import Source
from caretally.journal.ndjson import Reading, line_of, read_entries

WORDS = ("patient", "recorded_at", "supersedes", "2026-03-04T10:00:00Z", "99454", *KINDS)


def reading_of(content: bytes, *, lenient: bool = False, packed: bool = False) -> Reading:
    """Read bytes as a file."""
    source = Source(name="fuzz", stream=io.BytesIO(content), compressed=packed)
    return read_entries([source], lenient=lenient)


def check(content: bytes) -> None:
    """Hold one input against what the reader promises."""
    strict = reading_of(content)
    lenient = reading_of(content, lenient=True)
    packed = reading_of(content, packed=True)
    for problem in (*strict.problems, *lenient.problems, *lenient.skipped, *packed.problems):
        str(problem).encode()
    assert not lenient.skipped or strict.problems
    assert len(lenient.problems) <= len(strict.problems) + len(lenient.entries)
    written = b"".join(line_of(entry) for entry in strict.entries)
    again = reading_of(written)
    assert not again.problems
    assert again.entries == strict.entries
    assert b"".join(line_of(entry) for entry in again.entries) == written


def seeds() -> list[bytes]:
    """Return the lines from which inputs are grown: the short and full samples of the tests."""
    path = Path(__file__).parents[1] / "unit" / "journal" / "samples.py"
    spec = importlib.util.spec_from_file_location("samples", path)
    assert spec is not None
    assert spec.loader is not None
    samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(samples)
    return [samples.line(make(kind)) for kind in KINDS for make in (samples.raw, samples.short)]


def grow(folder: Path) -> list[str]:
    """Write what inputs are grown from, and return the options that name it."""
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, seed in enumerate(seeds()):
        (corpus / f"{number:03d}").write_bytes(seed)
    words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
    return [f"-dict={words}", "-max_len=4096", str(corpus)]


def main() -> None:
    """Run until the time is used up."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz_reader: skipped; atheris is not installed (it needs Linux on x86-64)")
        return
    atheris = importlib.import_module("atheris")
    for module in [each for name, each in sys.modules.items() if name.startswith("caretally.")]:
        for function in vars(module).values():
            if inspect.isfunction(function):
                atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([*sys.argv, *grow(Path(folder))], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
