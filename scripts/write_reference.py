"""Write docs/reference anew from the program itself; with --check only compare.

Generated pages are committed, so that a reader needs no program and a reviewer sees in the
difference what a changed sheet means. This script refuses to hold words of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from caretally.cli.reference import reference

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def stale(files: dict[str, str], folder: Path) -> list[str]:
    """Return the paths that are missing or say something else on disk, and pages left over."""
    differing = [
        path
        for path, text in files.items()
        if not (folder / path).is_file() or (folder / path).read_text(encoding="utf-8") != text
    ]
    written = (page.relative_to(folder).as_posix() for page in (folder / "codes").glob("*.md"))
    return sorted([*differing, *(path for path in written if path not in files)])


def write(files: dict[str, str], folder: Path) -> None:
    """Write all files and take away pages of codes that are gone."""
    for path in stale(files, folder):
        if path not in files:
            (folder / path).unlink()
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(files[path], encoding="utf-8")


def main() -> int:
    """Write or compare, and say which pages changed."""
    files = reference()
    changed = stale(files, REFERENCE)
    if "--check" not in sys.argv[1:]:
        write(files, REFERENCE)
    for path in changed:
        print(f"docs/reference/{path}")
    print(f"{len(files)} pages, {len(changed)} changed")
    return int("--check" in sys.argv[1:] and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
