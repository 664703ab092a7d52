"""The demonstration before anybody was called in it."""

from __future__ import annotations

import pytest

from caretally.store.call_tables import Call
from tests.integration.demonstrated import Demo


@pytest.fixture
def demo(demo: Demo) -> Demo:
    """Return the demonstration without its calls, so that a test sees its own alone."""
    Call.objects.using(demo.journal.db.alias).all().delete()
    return demo
