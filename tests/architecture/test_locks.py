"""Lock files hold what pyproject.toml asks for: every version with hashes, and no address."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT, all_modules, imported, module

LOCKS = ("base", "build", "bulk", "cluster", "dev", "proof", "server")
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))?(?: \\)?$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def lock_path(name: str) -> Path:
    """Return the file of a lock."""
    return ROOT / "requirements" / f"{name}.lock"


def lock_faults(text: str) -> Iterator[str]:
    """Yield lines that are neither a pinned version nor a hash, and pins without a hash."""
    hashed = True
    for number, line in enumerate(text.splitlines(), 1):
        if HASH.match(line):
            hashed = True
        elif PIN.match(line):
            if not hashed:
                yield f"{number}: the version before this line has no hash"
            hashed = False
        else:
            yield f"{number}: neither a version nor a hash: {line[:60]!r}"
    if not hashed:
        yield "the last version has no hash"


def pins(name: str) -> set[tuple[str, str]]:
    """Return the names and versions of a lock."""
    lines = lock_path(name).read_text(encoding="utf-8").splitlines()
    found = (PIN.match(line) for line in lines)
    return {(pin["name"], pin["version"]) for pin in found if pin}


def asked_names(requirements: list[str]) -> set[str]:
    """Return the normalized package names of requirements."""
    names = (re.split(r"[ ;<>=!~\[]", asked, maxsplit=1)[0] for asked in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names} - {"caretally"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(name: str) -> None:
    assert list(lock_faults(lock_path(name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "six==1.0\n",
        "six==1.0 \\\n    --hash=sha256:" + "0" * 63 + "\n",
        "--index" + "-url https://x.example\n",
        "six @ https://x.example/six.whl\n",
        "six>=1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n",
    ],
)
def test_a_planted_lock_fault_is_found(text: str) -> None:
    assert list(lock_faults(text)) != []


def test_locks_hold_what_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base = asked_names(project["project"]["dependencies"])
    extras = project["project"]["optional-dependencies"]
    bulk = base | asked_names(extras["bulk"])
    expected = {
        "base": base,
        "bulk": bulk,
        "cluster": bulk | asked_names(extras["cluster"]),
        "server": base | asked_names(extras["server"]),
    }
    for name, names in expected.items():
        missing = names - {pinned for pinned, _ in pins(name)}
        assert not missing, f"run `make lock`: {name}.lock lacks {sorted(missing)}"


def test_locks_agree_on_versions() -> None:
    by_name: dict[str, dict[str, set[str]]] = {}
    for lock in LOCKS:
        for name, version in pins(lock):
            by_name.setdefault(name, {}).setdefault(lock, set()).add(version)
    torn = {
        name: locks
        for name, locks in by_name.items()
        if len(set(map(frozenset, locks.values()))) > 1
    }
    assert not torn, f"run `make lock`; versions differ between locks: {torn}"


def undeclared(top_names: set[str], declared: set[str]) -> set[str]:
    """Return imported packages that are neither Python's, ours nor declared."""
    named = {
        "pyyaml": "yaml", "django-allauth": "allauth", "django-csp": "csp", "django-ninja": "ninja",
        "django-axes": "axes",
    }  # fmt: skip
    ours = {"caretally", "tests", "benchmarks", "scripts"}
    return (
        top_names
        - sys.stdlib_module_names
        - ours
        - {named.get(name, name.replace("-", "_")) for name in declared}
    )


def test_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [asked for extra in project["optional-dependencies"].values() for asked in extra]
    declared = asked_names([*project["dependencies"], *optional])
    loaded = {name.split(".")[0] for where in all_modules() for _, name in imported(where)}
    assert undeclared(loaded, declared) == set()


def test_a_planted_import_is_found() -> None:
    loaded = {name.split(".")[0] for _, name in imported(module("a.py", "import json, sixty"))}
    assert undeclared(loaded, {"pyyaml"}) == {"sixty"}


def test_extras_contain_the_base() -> None:
    assert pins("base") <= pins("bulk") <= pins("cluster")
    assert pins("base") <= pins("server")
