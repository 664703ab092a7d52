"""What pages show runs, ends as they say, and prints what they print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, differences

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorials").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    *sorted((ROOT / "docs" / "explanation").glob("*.md")),
]


def marked(page: Path) -> object:
    """Return a page as a parameter, with what its commands need."""
    marks = [pytest.mark.bulk] if page.name == "decide-many.md" else []
    return pytest.param(page, marks=marks, id=page.relative_to(ROOT).as_posix())


@pytest.mark.parametrize("page", [marked(page) for page in PAGES])
def test_a_page_shows_what_happens(page: Path, tmp_path: Path) -> None:
    wrong = list(differences(page.read_text(encoding="utf-8"), tmp_path))
    assert not wrong, "python -m tests.docs.pages writes what is printed:\n\n" + "\n\n".join(wrong)


def test_the_readme_shows_a_real_decision() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "$ caretally decide" in page
    assert "May be billed:" in page


@pytest.mark.parametrize(
    "page",
    [
        "```console\n$ caretally decode\n```\n",
        "```console\n$ caretally --version\ncaretally of another world\n```\n",
        "```console exit=2\n$ caretally --version\n```\n",
    ],
)
def test_a_planted_fault_is_found(page: str, tmp_path: Path) -> None:
    assert len(list(differences(page, tmp_path))) == 1


def test_what_is_right_passes(tmp_path: Path) -> None:
    page = (
        "```text words.txt\none\ntwo\nthree\n```\n```text >> words.txt\nfour\n```\n"
        "```console\n$ cat words.txt\none\n…\nfour\n$ make nothing\n```\n"
        "```console exit=2\n$ caretally decide\n…\n```\n"
    )
    assert list(differences(page, tmp_path)) == []
