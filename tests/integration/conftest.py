"""The databases and the demonstration, for all tests beside this file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caretally.store import database
from tests.integration.databases import cluster, make_site, migrated_home, pattern, site
from tests.integration.demonstrated import (
    demo,
    demo_home,
    demo_pattern,
    demo_postgres,
    enter,
    postgres_demo_pattern,
)

__all__ = [
    "a_scope_of_its_own", "cluster", "demo", "demo_home", "demo_pattern", "demo_postgres", "enter",
    "make_site", "migrated_home", "pattern", "postgres_demo_pattern", "site",
]  # fmt: skip


@pytest.fixture(autouse=True)
def a_scope_of_its_own() -> Iterator[None]:
    """Take back what a test told its whole process: `scope_all` is for commands and workers."""
    yield
    database._outer[0] = ""
