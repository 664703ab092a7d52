"""The lock of the validators of Node: every version with its hash, and no address."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.standards.validators import HERE

LOCK = HERE / "node" / "package-lock.json"


def faults_of(text: str) -> Iterator[str]:
    """Yield what is wrong with a lock."""
    if "://" in text:
        yield "it names an address"
    for name, package in json.loads(text)["packages"].items():
        if "resolved" in package:
            yield f"{name} names where it comes from"
        # What comes inside of another package is covered by the hash of that.
        is_inside = not name or package.get("inBundle", False)
        if not is_inside and not package.get("integrity", "").startswith("sha512-"):
            yield f"{name} has no hash"


def test_the_lock_holds_hashes_and_no_address() -> None:
    assert list(faults_of(LOCK.read_text("utf-8"))) == []


def test_a_planted_fault_is_found() -> None:
    text = LOCK.read_text("utf-8")
    name, package = list(json.loads(text)["packages"].items())[1]
    assert list(faults_of(text.replace(package["integrity"], ""))) == [f"{name} has no hash"]
    broken = json.loads(text)
    broken["packages"][name]["resolved"] = "https://registry.example/x.tgz"
    assert len(list(faults_of(json.dumps(broken)))) == 2
