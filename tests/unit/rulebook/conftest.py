"""A copy of the rulebook that a test may damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import caretally.rulebook

INSTALLED = Path(str(caretally.rulebook.__file__)).parent


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return the folder of a copied rulebook, without scenarios and cases."""
    left_out = shutil.ignore_patterns("*.scenarios.yaml", "cases", "*.py", "__pycache__")
    return Path(shutil.copytree(INSTALLED, tmp_path / "rulebook", ignore=left_out))
