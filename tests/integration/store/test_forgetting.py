"""Raw bodies go when they are kept no longer, and never while anything in them is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from caretally import clock
from caretally.devices.vendors import registry
from caretally.practice.forgetting import forget_bodies
from caretally.practice.policies import KNOWN
from caretally.store.intake_tables import (
    FILED,
    FORGOTTEN,
    MENDED,
    REFUSED,
    UNPACKED,
    WAITING,
    Inbound,
    IntakeFault,
    IntakeReading,
)
from tests.integration.invented_vendor import SLICES, pressure
from tests.integration.store.test_intake import Intake

YEARS = timedelta(days=int(KNOWN["raw_bodies_days"].default))


@pytest.fixture(autouse=True)
def vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know the invented vendors."""
    monkeypatch.setattr(registry, "SLICES", SLICES)


@pytest.fixture(params=["demo", "demo_postgres"])
def intake_of(request: pytest.FixtureRequest) -> Intake:
    """Return an intake on each database in turn, with a delivery of every sort."""
    made = Intake(request.getfixturevalue(request.param))
    made.send([pressure(1)], [{"device": "cuff"}], b"{", [{"device": "cuff", "gone": "r"}])
    made.unpack()
    made.send([pressure(1)], [{"device": "cuff", "battery": "9"}])
    made.unpack(limit=500)
    made.send([pressure(2)])
    return made


def states() -> list[int]:
    """Return the states of all deliveries, in order."""
    return list(Inbound.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_done_with_is_forgotten_in_time(intake_of: Intake) -> None:
    kept, at = intake_of.demo.journal, clock.now()
    assert forget_bodies(kept, at + YEARS - timedelta(hours=1)) == 0
    later = at + YEARS + timedelta(hours=1)
    assert forget_bodies(kept, later) == 1  # the battery alone has nothing that is open
    assert states() == [UNPACKED, UNPACKED, REFUSED, UNPACKED, FORGOTTEN, WAITING]
    IntakeReading.objects.update(state=FILED)
    IntakeFault.objects.update(state=MENDED)
    assert forget_bodies(kept, later) == 3
    assert states() == [FORGOTTEN] * 3 + [UNPACKED, FORGOTTEN, WAITING]
    gone = Inbound.objects.order_by("pk").first()
    assert bytes(gone.body) == b""
    assert len(bytes(gone.digest)) == 32


def test_a_forgotten_delivery_that_comes_again_is_known(intake_of: Intake) -> None:
    IntakeReading.objects.update(state=FILED)
    forget_bodies(intake_of.demo.journal, clock.now() + YEARS + timedelta(hours=1))
    intake_of.send([pressure(1)])
    first = Inbound.objects.order_by("pk").first()
    assert (first.state, first.seen) == (FORGOTTEN, 3)


def test_metrics_tell_what_is_on_its_way_and_of_nobody(intake_of: Intake) -> None:
    told = Client().get("/metrics").content.decode()
    assert "caretally_inbound_waiting 1.0" in told
    assert "caretally_readings_waiting 1.0" in told
    assert "caretally_faults_open 2.0" in told
    assert "caretally_inbound_lag_seconds" in told
    assert "cuff" not in told
