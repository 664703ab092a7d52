"""Writes what is made of every golden delivery: python -m tests.vendors.write [VENDOR…] [--check].

Read the diff before it is committed: it is the proof that a change of a parser does what was meant.
"""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path

from caretally.devices.vendors.registry import SLICES
from tests.vendors.kit import EXPECTED, bodies_of, expectation, plain, posted_of


def written(vendor: str, path: Path) -> str:
    """Return what is to stand beside a body."""
    expected = expectation(path)
    unpacked = SLICES[vendor].parse(posted_of(path, expected["posted"]))
    whole = {"posted": expected["posted"], "unpacked": plain(unpacked)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def differences(vendors: list[str], *, write: bool) -> list[str]:
    """Return how the files differ from what is made of the bodies now, and renew them."""
    found = []
    for vendor in vendors:
        for path in bodies_of(vendor):
            beside = path.parent / (path.stem + EXPECTED)
            old = beside.read_text(encoding="utf-8") if beside.exists() else ""
            new = written(vendor, path)
            if new != old:
                found.extend(
                    difflib.unified_diff(
                        old.splitlines(), new.splitlines(), str(beside), "now", lineterm=""
                    )
                )
                if write:
                    beside.write_text(new, encoding="utf-8")
    return found


def main() -> int:
    """Write, or with --check only tell; print what differs."""
    named = [each for each in sys.argv[1:] if not each.startswith("-")]
    check = "--check" in sys.argv
    found = differences(named or sorted(SLICES), write=not check)
    print("\n".join(found) or "Every golden delivery is read as it is written.")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
