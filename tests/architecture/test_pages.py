"""Pages tell the truth: the sources, targets of make and files they name exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.modules import PACKAGE, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
KEY = re.compile(r"\[([A-Z][A-Z0-9]{1,9})\](?!\()")
LISTED = re.compile(r"^\| ([A-Z][A-Z0-9]+) \|", re.MULTILINE)
MADE = re.compile(r"(?:`|^\s*)make ([a-z][a-z -]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
SAMPLE = re.compile(r"^ *```yaml.*?^ *```", re.MULTILINE | re.DOTALL)
SOURCE = re.compile(r"^([A-Za-z][A-Za-z0-9]*):$", re.MULTILINE)


def page_faults(text: str, folder: Path) -> Iterator[str]:
    """Yield what a page names that is not there: sources, targets of make, files."""
    sources = (PACKAGE / "rulebook" / "sources.yaml").read_text(encoding="utf-8")
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    known = set(SOURCE.findall(sources)) | set(LISTED.findall(text))
    yield from (f"no source {key}" for key in KEY.findall(SAMPLE.sub("", text)) if key not in known)
    for words in MADE.findall(text):
        yield from (f"no target {word}" for word in words.split() if word not in targets)
    for link in LINK.findall(text):
        if not (folder / link).exists():
            yield f"no file {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_what_is_there(page: Path) -> None:
    assert list(page_faults(page.read_text(encoding="utf-8"), page.parent)) == []


@pytest.mark.parametrize(
    "text", ["As [NOSUCHKEY] says.", "Run `make nothing`.", "See [there](docs/nowhere.md)."]
)
def test_a_planted_fault_is_found(text: str) -> None:
    assert len(list(page_faults(text, ROOT))) == 1
