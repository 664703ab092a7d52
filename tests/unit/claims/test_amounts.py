"""Every published amount comes out to the cent as a claim would ask for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from benchmarks import amounts
from benchmarks.amounts import Case

PRICED = [case for case in amounts.national() if case.published is not None]


def test_all_vectors_and_all_priced_rows_are_asked_for() -> None:
    found = amounts.measure()
    assert found.wrong == ()
    assert found.rows == 424
    assert found.vectors == 219


@pytest.mark.parametrize("case", PRICED[:3], ids=lambda case: case.of)
def test_a_cent_more_is_seen(case: Case) -> None:
    assert case.published is not None
    assert amounts.otherwise(case._replace(published=case.published + Decimal("0.01")))
    elsewhere = replace(case.profile, place_of_service="22", qualifying_apm=True)
    assert amounts.otherwise(case._replace(profile=elsewhere))
