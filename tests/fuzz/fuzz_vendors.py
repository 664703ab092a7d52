"""Garbage into the vendors' parsers: each must answer with what it found, never with a traceback.

Runs under atheris, which grows inputs that reach new branches:
`python tests/fuzz/fuzz_vendors.py -max_total_time=60`. The first byte of an input picks the vendor,
the rest is the body. What it checks of every input is what the kit checks: nothing raises, what is
read can be filed, no element is lost; and that a small body never grows into much.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec

from caretally.devices.vendors.registry import SLICES
from tests.vendors import kit
from tests.vendors.test_conformance import sound

VENDORS = sorted(SLICES)
FIRST = {vendor: next(iter(kit.golden_of(vendor))).posted for vendor in VENDORS}
ABOUT = {vendor: kit.about(vendor) for vendor in VENDORS}
WORDS = ("metric", "null", "true", "value_1", "2026-11-02T13:04:58Z", "1e999", "\\u0000", "NaN")
MOST_TIMES = 400
"""How much larger than its body, beyond a few thousand bytes, what is made of it may be."""


def check(content: bytes) -> None:
    """Hold one input against what a parser promises."""
    if not content:
        return
    vendor = VENDORS[content[0] % len(VENDORS)]
    body = content[1:]
    unpacked = SLICES[vendor].parse(msgspec.structs.replace(FIRST[vendor], body=body))
    sound(unpacked)
    assert len(msgspec.json.encode(unpacked)) <= 4096 + MOST_TIMES * len(body)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    assert not kit.dropped(document, unpacked, ABOUT[vendor].elements)


def grow(folder: Path) -> list[str]:
    """Write what inputs are grown from, and return the options that name it."""
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, vendor in enumerate(VENDORS):
        for golden in kit.golden_of(vendor):
            body = bytes([number]) + golden.posted.body
            (corpus / f"{vendor}_{golden.case}").write_bytes(body)
    words.write_text("".join(f'"{word}"\n' for word in WORDS if "\\" not in word), encoding="utf-8")
    return [f"-dict={words}", "-max_len=4096", "-rss_limit_mb=1024", "-timeout=5", str(corpus)]


def main() -> None:
    """Run until the time is used up."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz_vendors: skipped; atheris is not installed (it needs Linux on x86-64)")
        return
    atheris = importlib.import_module("atheris")
    watched = ("caretally.devices.", "caretally.journal.scalars")
    for module in [each for name, each in sys.modules.items() if name.startswith(watched)]:
        for function in vars(module).values():
            if inspect.isfunction(function):
                atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([*sys.argv, *grow(Path(folder))], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
