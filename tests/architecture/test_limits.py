"""The house is still the house: no limit is broken, and each can be."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import chain

import pytest

from tests.architecture.faults import ALLOWED, FAULTS
from tests.architecture.limits import LIMITS, Limit
from tests.architecture.modules import Module, all_modules, module, public_definitions

LEAST_DOCUMENTED = 95


def documented_percent(modules: Sequence[Module]) -> tuple[float, list[str]]:
    """Return the share of public names with a docstring, and the names without one."""
    names = [(where, node) for where in modules for node in public_definitions(where)]
    bare = [where.at(node, node.name) for where, node in names if not ast.get_docstring(node)]
    return 100 * (1 - len(bare) / max(1, len(names))), bare


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.__name__)
def test_no_module_breaks(limit: Limit) -> None:
    broken = list(chain.from_iterable(limit(where) for where in all_modules()))
    assert not broken, f"{limit.__doc__}\n" + "\n".join(broken)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.__name__)
def test_each_limit_has_a_fault_to_find(limit: Limit) -> None:
    assert FAULTS.get(limit.__name__), f"plant a fault for {limit.__name__} in faults.py"


@pytest.mark.parametrize(
    ("limit", "path", "text"),
    [(limit, *fault) for limit in LIMITS for fault in FAULTS.get(limit.__name__, [])],
)
def test_a_planted_fault_is_found(limit: Limit, path: str, text: str) -> None:
    found = list(limit(module(path, text)))
    assert found, f"{limit.__name__} is blind to:\n{text[:300]}"
    assert all(finding.startswith(f"{path}:") for finding in found)


@pytest.mark.parametrize(
    ("limit", "path", "text"),
    [(limit, *fine) for limit in LIMITS for fine in ALLOWED.get(limit.__name__, [])],
)
def test_what_is_allowed_passes(limit: Limit, path: str, text: str) -> None:
    assert list(limit(module(path, text))) == []


def test_public_names_are_documented() -> None:
    percent, bare = documented_percent(all_modules())
    assert percent >= LEAST_DOCUMENTED, f"{percent:.1f} % documented; without:\n" + "\n".join(bare)


def test_missing_documentation_is_found() -> None:
    text = "def spoken() -> int:\n    return 1\n\nclass Silent:\n    x = 1\n"
    percent, bare = documented_percent([module("journal/chain.py", text)])
    assert percent == 0
    assert bare == ["journal/chain.py:1: spoken", "journal/chain.py:4: Silent"]
