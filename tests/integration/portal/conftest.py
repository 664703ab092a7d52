"""The demonstration on either database; on PostgreSQL as the role of the program sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from caretally.project.database_url import database_settings
from caretally.store.guards import grants
from tests.integration.databases import Cluster, free_port
from tests.integration.demonstrated import Demo, lived

ROLE = "portal_program"


@pytest.fixture
def guarded_demo(postgres_demo_pattern: Cluster) -> Iterator[Demo]:
    """Return the demonstration on PostgreSQL, held by row-level security."""
    name = f"portal{free_port()}"
    postgres_demo_pattern.sql(f"DROP ROLE IF EXISTS {ROLE}")
    postgres_demo_pattern.sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
    postgres_demo_pattern.sql(f"CREATE DATABASE {name} TEMPLATE demo_pattern")
    url = postgres_demo_pattern.url(name)
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in grants(ROLE):
            owner.execute(statement)
    yield from lived(database_settings(url.replace("caretally@", f"{ROLE}@"), Path()))
    postgres_demo_pattern.sql(f"DROP DATABASE {name} WITH (FORCE)")
    postgres_demo_pattern.sql(f"DROP ROLE {ROLE}")
