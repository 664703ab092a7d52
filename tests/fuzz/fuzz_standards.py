"""Garbage into the listener's blocks and answers, and into the assistant for tables.

Runs under atheris: `python tests/fuzz/fuzz_standards.py -max_total_time=60`. The first byte of an
input picks what it goes to. Parsers of deliveries are in fuzz_vendors.py. What it checks:

- a stream gives the same blocks however it is cut, and holds no more than a block;
- every message is answered, or its sender wanted no answer, and the answer can be read;
- a proposal for a table can be written, read again and shown.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from caretally.devices.refusals import Misread
from caretally.devices.vendors.csv.guessing import guess
from caretally.devices.vendors.csv.mapping import problems_of, read_mapping, write_mapping
from caretally.devices.vendors.csv.preview import preview
from caretally.errors import InputError
from caretally.exchange.mllp_answers import TAKEN, Reply, answer, opened
from caretally.exchange.mllp_client import answer_in
from caretally.exchange.mllp_frames import Framer, Trouble

GOLDEN = Path(__file__).parents[1] / "vendors" / "golden"
AT = datetime(2026, 3, 4, tzinfo=UTC)
MOST = 200
WORDS = ("MSH|^~", "OBX|1|NM|", "ORU^R01", "systolic", "date", "weight (lb)", "03/04/2026")


def check_blocks(stream: bytes) -> None:
    """Cut a stream in two ways."""
    at_once = Framer(MOST).feed(stream)
    slow, found = Framer(MOST), []
    for byte in stream:
        told = slow.feed(bytes([byte]))
        found += told
        if any(isinstance(each, Trouble) for each in told):
            break
    assert [each for each in at_once if isinstance(each, bytes)] == [
        each for each in found if isinstance(each, bytes)
    ]
    assert [isinstance(each, Trouble) for each in at_once] == [
        isinstance(each, Trouble) for each in found
    ]


def check_answer(body: bytes) -> None:
    """Answer a message."""
    message = opened(body)
    told = answer(body, message if isinstance(message, Reply) else TAKEN, AT)
    assert told == b"" or answer_in(told).code


def check_table(body: bytes) -> None:
    """Propose a mapping, and show what it would read."""
    try:
        proposal = guess(body)
    except Misread:
        return
    shown = preview(body, proposal.mapping, 3)
    assert len(shown.rows) <= 6
    if not problems_of(proposal.mapping, proposal.columns):
        assert read_mapping(write_mapping(proposal.mapping)) == proposal.mapping


def check_mapping(body: bytes) -> None:
    """Read a mapping."""
    try:
        read_mapping(body)
    except InputError as error:
        str(error).encode()


CHECKS = (check_blocks, check_answer, check_table, check_mapping)


def check(content: bytes) -> None:
    """Hold one input against what is promised."""
    if content:
        CHECKS[content[0] % len(CHECKS)](content[1:])


def seeds() -> list[bytes]:
    """Return what inputs are grown from."""
    messages = [each.read_bytes() for each in sorted((GOLDEN / "hl7v2").glob("*.hl7"))]
    tables = [each.read_bytes() for each in sorted((GOLDEN / "csv").glob("*.csv"))]
    made = [b"\x00\x0b" + each[:150] + b"\x1c\r\x0bx\x1c\r" for each in messages]
    made += [b"\x01" + each for each in messages]
    made += [b"\x02" + each for each in tables]
    return [*made, b'\x03{"device":{"column":"a"},"readings":[{"metric":"29463-7","values":[]}]}']


def grow(folder: Path) -> list[str]:
    """Write what inputs are grown from, and return the options that name it."""
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, seed in enumerate(seeds()):
        (corpus / f"{number:03d}").write_bytes(seed)
    words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
    return [f"-dict={words}", "-max_len=2048", "-rss_limit_mb=1024", "-timeout=5", str(corpus)]


def main() -> None:
    """Run until the time is used up."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz_standards: skipped; atheris is not installed (it needs Linux on x86-64)")
        return
    atheris = importlib.import_module("atheris")
    watched = ("caretally.devices.", "caretally.exchange.mllp")
    for module in [each for name, each in sys.modules.items() if name.startswith(watched)]:
        for function in vars(module).values():
            if inspect.isfunction(function):
                atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([*sys.argv, *grow(Path(folder))], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
