"""What the bulk tests share: compiled code, kept for all runs."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def compiled_cache() -> Path:
    """The folder of compiled code; kept between runs, since its content is named by its sources."""
    return ROOT / "var" / "compiled"


@pytest.fixture(scope="session")
def compiled_fold(compiled_cache: Path) -> Any:
    """The compiled fold; tests that ask for it are skipped where its packages are missing."""
    return import_module("caretally.patient_months.compiled").CompiledFold(compiled_cache)
