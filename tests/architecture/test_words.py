"""What the repository may not say: addresses of package registries, paths of one machine.

The patterns are put together here piece by piece, so that this file does not hold what it looks
for. Lock files must install from whichever index a reader's tools are set up with.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT

REGISTRIES = [
    rf"{name}\.{ending}"
    for name, ending in (
        ("py" + "pi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "(org|com)"),
        ("deb" + r"\.debian", "org"),
        ("archive" + r"\.ubuntu", "com"),
        ("conda" + r"\.anaconda", "org"),
    )
]
INDEXES = ["--(extra-)?index" + "-url", "--find" + "-links", "PIP" + "_(EXTRA_)?INDEX"]
MACHINES = [
    "/" + "work" + "/(main|shared)",
    "/" + "root" + r"/",
    "/" + "tmp" + "/plan",
    "/" + "opt" + "/(py" + "pi|wheels)",
    "/" + "home" + r"/[a-z]+/",
    "/" + "Users" + r"/[a-z]+/",
    r"\.\./" + "shared" + r"/",
]
REFUSED = [re.compile(pattern) for pattern in (*REGISTRIES, *INDEXES, *MACHINES)]
ALLOWED = {
    # the script that writes the locks passes options that leave the addresses out
    ("scripts/lock.sh", "--find" + "-links"),
}
TEXT = {"", ".py", ".md", ".yaml", ".yml", ".toml", ".lock", ".sh", ".csv", ".json", ".txt", ".cfg"}
LARGEST = 5_000_000


def tracked_files() -> list[Path]:
    """Return the files that the repository tracks; without git, those it would."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        return [ROOT / name for name in listed.split("\0") if name]
    rooms = ("src", "tests", "docs", "benchmarks", "requirements", "scripts")
    inside = (file for room in rooms for file in (ROOT / room).rglob("*") if file.is_file())
    return [file for file in inside if "__pycache__" not in file.parts]


def refused_words(name: str, text: str) -> Iterator[str]:
    """Yield file, line and word of everything that may not be said."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in REFUSED:
            found = pattern.search(line)
            if found and (name, found[0]) not in ALLOWED:
                yield f"{name}:{number}: {found[0]!r}; say what is meant without the address"


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    files = [file for file in tracked_files() if file.suffix in TEXT and file.is_file()]
    said = [
        finding
        for file in files
        if file.stat().st_size < LARGEST
        for finding in refused_words(
            file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8", errors="replace")
        )
    ]
    assert not said, "\n".join(said)


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "pypi" + ".org/simple",
        "files." + "pythonhosted" + ".org",
        "registry." + "npmjs" + ".org",
        "--extra-" + "index" + "-url x",
        "see " + "/wor" + "k/main/src",
        "see " + "../sha" + "red/design",
        "open('" + "/roo" + "t/x')",
    ],
)
def test_a_planted_word_is_found(line: str) -> None:
    assert list(refused_words("docs/a.md", f"fine\n{line}\n")) != []


def test_plain_words_pass() -> None:
    assert list(refused_words("docs/a.md", "the work, the root of the tree, shared staff\n")) == []
