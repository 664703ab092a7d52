"""What invented devices send is what it says of itself, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from caretally.devices.vendors.registry import SLICES
from caretally.journal.quantities import amount
from caretally.synthetic.device_programs import (
    BROKEN,
    DUPLICATE,
    KINDS,
    LATE,
    VALID,
    Delivery,
    DevicePlan,
    deliveries,
    device_names,
)

SECRET = b"a long invented secret"
END = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
PUSHING = ("tenovi", "smartmeter", "bodytrace")


def plan(vendor: str = "tenovi", **changes: int) -> DevicePlan:
    """Return a plan with much of everything."""
    return DevicePlan(
        vendor=vendor, devices=changes.pop("devices", 40), days=changes.pop("days", 10), end=END,
        duplicates=150, late=100, broken=80, **changes,
    )  # fmt: skip


def stream(of: DevicePlan) -> list[Delivery]:
    """Return all deliveries of a plan."""
    return list(deliveries(of, SECRET))


def test_the_same_seed_sends_the_same() -> None:
    assert stream(plan()) == stream(plan())
    assert stream(plan()) != stream(plan(seed=2))


@pytest.mark.parametrize("vendor", PUSHING)
def test_every_delivery_is_what_it_says(vendor: str) -> None:
    slice_ = SLICES[vendor]
    found = stream(plan(vendor))
    told = {each.number: slice_.parse(each.posted).readings for each in found}
    for each in found:
        assert slice_.verify(each.posted, (SECRET,)).is_genuine
        unpacked = slice_.parse(each.posted)
        if each.kind == BROKEN:
            assert unpacked.faults
            assert not unpacked.readings
            continue
        (reading,) = unpacked.readings
        assert not unpacked.faults
        assert reading.measured_at == each.sample.measured_at
        values = {v.metric: amount(v.metric, v.value, v.unit) for v in reading.measured}
        assert values.keys() == each.sample.values.keys()
        if each.kind == DUPLICATE:
            assert each.first is not None
            (before,) = told[each.first]
            assert (before.measured, before.names) == (reading.measured, reading.names)


@pytest.mark.parametrize("vendor", PUSHING)
def test_there_is_as_much_of_everything_as_was_asked_for(vendor: str) -> None:
    found = Counter(each.kind for each in stream(plan(vendor, devices=60, days=20)))
    readings = found[VALID] + found[LATE] + found[BROKEN]
    assert found.keys() == set(KINDS)
    assert 0.12 < found[DUPLICATE] / readings < 0.18
    assert 0.07 < found[LATE] / readings < 0.13
    assert 0.05 < found[BROKEN] / readings < 0.11


def test_everything_is_sent_in_order_and_nothing_from_the_future() -> None:
    found = stream(plan())
    times = [each.posted.received_at for each in found]
    assert times == sorted(times)
    assert [each.number for each in found] == list(range(len(found)))
    assert max(times) <= END + timedelta(minutes=2)
    assert all(each.sample.measured_at < END for each in found)


def test_what_is_late_was_measured_long_before() -> None:
    late = [each for each in stream(plan()) if each.kind == LATE]
    waits = [each.posted.received_at - each.sample.measured_at for each in late]
    assert max(waits) > timedelta(days=2)


def test_some_duplicates_have_the_same_body_and_some_another() -> None:
    found = stream(plan())
    bodies = {each.number: each.posted.body for each in found}
    same = [bodies[each.first] == each.posted.body for each in found if each.first is not None]
    assert {True, False} == set(same)


def test_a_device_measures_one_thing_at_different_times() -> None:
    found = [each.sample for each in stream(plan()) if each.kind != DUPLICATE]
    moments = Counter((sample.device, sample.measured_at) for sample in found)
    assert set(moments.values()) == {1}
    assert len({sample.metric for sample in found}) > 2


def test_given_names_come_first() -> None:
    own = DevicePlan(vendor="tenovi", devices=3, days=1, end=END, names=("a", "b"))
    assert device_names(own)[:2] == ("a", "b")
    assert len(set(device_names(own))) == 3
