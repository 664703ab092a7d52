"""The databases and the demonstration, for all tests beside this file."""

from __future__ import annotations

from tests.integration.databases import cluster, make_site, pattern, site
from tests.integration.demonstrated import (
    demo,
    demo_pattern,
    demo_postgres,
    enter,
    postgres_demo_pattern,
)

__all__ = [
    "cluster", "demo", "demo_pattern", "demo_postgres", "enter", "make_site", "pattern",
    "postgres_demo_pattern", "site",
]  # fmt: skip
