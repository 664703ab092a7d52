"""Garbage into the reader of X12 files: it answers with what was told or with what is wrong.

Runs under atheris, which grows inputs that reach new branches:
`python tests/fuzz/fuzz_x12.py -max_total_time=60`. What it checks of every input:

- nothing but InputError is raised, its problems name a segment and can be printed;
- what is read is read again the same, and holds no more than the file does;
- segments that are cut can be written again, and then are cut the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from caretally.claims.x12.reading import read_file
from caretally.claims.x12.segments import segments_of
from caretally.errors import InputError

GOLDEN = Path(__file__).parents[1] / "x12" / "golden"
WORDS = ("ISA*", "~GS*", "~ST*835*", "~SE*", "~CLP*", "~SVC*HC:", "~CAS*PR*", "~PLB*", "~IK3*",
         "~STC*", "~HL*", "005010X221A1", "00501", "-0.01", "20260331")  # fmt: skip
LEAST_OF_CLAIM = 10
"""Characters that the shortest claim takes."""


def check(content: bytes) -> None:
    """Hold one input against what the reader promises."""
    check_segments(content)
    try:
        read = read_file(content)
    except InputError as error:
        refused(error)
        return
    assert read == read_file(content)
    claims = sum(len(told.claims) for told in read.remittances)
    assert claims * LEAST_OF_CLAIM <= len(content)


def refused(error: InputError) -> None:
    """Hold a refusal against what it must tell."""
    assert error.problems
    assert all(each.where for each in error.problems)
    str(error).encode()


def check_segments(content: bytes) -> None:
    """Cut, write and cut again; delimiters may change within a file, so only plain ones."""
    try:
        found = list(segments_of(content))
    except InputError as error:
        str(error).encode()
        return
    if any(each.name == "ISA" and (each.inner, each.get(11)) != (":", "^") for each in found):
        return
    text = "".join("*".join((each.name, *each.values)) + "~" for each in found)
    if any("*" in value or "~" in value for each in found for value in each.values):
        return
    assert list(segments_of(text.encode())) == found


def grow(folder: Path) -> list[str]:
    """Write what inputs are grown from, and return the options that name it."""
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for path in sorted(GOLDEN.iterdir()):
        (corpus / path.name).write_bytes(path.read_bytes())
    words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
    return [f"-dict={words}", "-max_len=4096", "-rss_limit_mb=1024", "-timeout=5", str(corpus)]


def main() -> None:
    """Run until the time is used up."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz_x12: skipped; atheris is not installed (it needs Linux on x86-64)")
        return
    atheris = importlib.import_module("atheris")
    watched = "caretally.claims.x12."
    for module in [each for name, each in sys.modules.items() if name.startswith(watched)]:
        for function in vars(module).values():
            if inspect.isfunction(function):
                atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([*sys.argv, *grow(Path(folder))], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
