"""Deliveries read again: first what would change, then the change; nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from caretally.devices.unpacked import Measured, Posted, Unpacked, VendorReading
from caretally.devices.vendors import registry
from caretally.practice.replaying_deliveries import NO_LONGER_READ, Which, preview
from caretally.practice.replaying_deliveries import replay as replay_all
from caretally.store.intake_tables import (
    DISMISSED,
    FORGOTTEN,
    MENDED,
    OPEN,
    REFUSED,
    UNPACKED,
    Inbound,
    IntakeFault,
    IntakeReading,
    IntakeSource,
)
from tests.integration.invented_vendor import INVENTED, SLICES, parse, pressure
from tests.integration.store.test_intake import Intake

Reads = Callable[[Unpacked], Unpacked]


@pytest.fixture(autouse=True)
def vendors(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reads], None]:
    """Know the invented vendors; returns a function that gives one another parser."""
    monkeypatch.setattr(registry, "SLICES", SLICES)

    def reads(other: Reads) -> None:
        def parse_so(posted: Posted) -> Unpacked:
            return other(parse(posted))

        slice_ = replace(INVENTED, parse=parse_so, adapter="2")
        monkeypatch.setattr(registry, "SLICES", {**SLICES, "invented": slice_})

    return reads


@pytest.fixture(params=["demo", "demo_postgres"])
def intake_of(request: pytest.FixtureRequest) -> Intake:
    """Return an intake on each database in turn."""
    return Intake(request.getfixturevalue(request.param))


ALL = Which()


def without(found: Unpacked, **other: Any) -> Unpacked:
    """Return what was found with something else in it."""
    return msgspec.structs.replace(found, **other)


def doubled(reading: VendorReading) -> VendorReading:
    """Return a reading with other values."""
    measured = tuple(Measured(each.metric, each.value * 2, each.unit) for each in reading.measured)
    return msgspec.structs.replace(reading, measured=measured)


def states() -> list[int]:
    """Return the states of all faults, in order."""
    return list(IntakeFault.objects.order_by("pk").values_list("state", flat=True))


def test_the_same_parser_changes_nothing(intake_of: Intake) -> None:
    intake_of.send(
        [pressure(1), {"device": "cuff"}, {"device": "cuff", "gone": "r"}], [pressure(1)]
    )
    intake_of.unpack()
    office = intake_of.demo.office("amir")
    assert preview(office, ALL).is_empty
    found = replay_all(office, ALL)
    assert (found.is_empty, found.deliveries) == (True, 2)
    assert (IntakeReading.objects.count(), IntakeSource.objects.count()) == (1, 1)
    counts = Inbound.objects.order_by("pk").values_list("readings", "repeats", "faults", "state")
    assert list(counts) == [(1, 0, 1, UNPACKED), (0, 1, 0, UNPACKED)]


def test_a_parser_that_understands_more_mends_faults(
    intake_of: Intake, vendors: Callable[[Reads], None]
) -> None:
    vendors(lambda found: without(found, readings=found.readings[:1], faults=found.faults))
    intake_of.send([pressure(1), pressure(2), {"device": "cuff"}])
    intake_of.unpack()
    vendors(lambda found: without(found, faults=()))
    office = intake_of.demo.office("amir")
    would = preview(office, ALL)
    assert (would.counts["new"], would.counts["mended"], states()) == (1, 1, [OPEN])
    assert would.new[0].after == "8480-6 102 mm[Hg], 8462-4 80 mm[Hg]"
    assert IntakeReading.objects.count() == 1
    done = replay_all(office, ALL)
    assert done.counts == would.counts
    assert (IntakeReading.objects.count(), states()) == (2, [MENDED])
    kept = Inbound.objects.get()
    assert (kept.adapter, kept.readings, kept.faults) == ("2", 2, 0)
    assert preview(office, ALL).is_empty


def test_a_reading_that_is_not_read_any_more_is_left_and_put_before_a_person(
    intake_of: Intake, vendors: Callable[[Reads], None]
) -> None:
    intake_of.send([pressure(1), pressure(2)])
    intake_of.unpack()
    vendors(lambda found: without(found, readings=found.readings[1:]))
    office = intake_of.demo.office("amir")
    for _ in range(2):
        replay_all(office, ALL)
    assert IntakeReading.objects.count() == 2
    fault = IntakeFault.objects.get()
    assert (fault.code, fault.path, fault.state) == (NO_LONGER_READ, "/0", OPEN)
    IntakeFault.objects.update(state=DISMISSED)
    replay_all(office, ALL)
    assert states() == [DISMISSED]


def test_other_values_are_told_as_a_change_and_both_are_kept(
    intake_of: Intake, vendors: Callable[[Reads], None]
) -> None:
    intake_of.send([pressure(1)])
    intake_of.unpack()
    vendors(lambda found: without(found, readings=tuple(map(doubled, found.readings))))
    office = intake_of.demo.office("amir")
    would = preview(office, ALL)
    assert (would.counts["changed"], would.counts["new"], would.counts["gone"]) == (1, 0, 0)
    change = would.changed[0]
    assert (change.before, change.after) == (
        "8480-6 101 mm[Hg], 8462-4 80 mm[Hg]", "8480-6 202 mm[Hg], 8462-4 160 mm[Hg]",
    )  # fmt: skip
    replay_all(office, ALL)
    assert IntakeReading.objects.count() == 2
    assert msgspec.json.decode(
        IntakeReading.objects.latest("pk").content, type=VendorReading
    ).measured[0].value == Decimal(202)
    assert IntakeFault.objects.get().code == NO_LONGER_READ


def test_deliveries_are_chosen_and_forgotten_ones_passed_over(
    intake_of: Intake, vendors: Callable[[Reads], None]
) -> None:
    intake_of.send([pressure(1)], [{"device": "cuff"}], b"{")
    intake_of.unpack()
    first, second, third = Inbound.objects.order_by("pk")
    office = intake_of.demo.office("amir")
    assert third.state == REFUSED

    def chosen(**which: Any) -> int:
        return preview(office, Which(**which)).deliveries

    assert chosen(has_faults=True) == 2
    assert chosen(delivery=second.pk) == 1
    assert chosen(connection=intake_of.door.name) == 3
    assert chosen(connection="con_other") == 0
    assert chosen(since_us=first.received_us + 1) < 3
    assert chosen(until_us=first.received_us) == 0
    Inbound.objects.filter(pk=first.pk).update(state=FORGOTTEN, body=b"")
    assert chosen() == 2


def test_another_practice_reads_nothing_of_it(intake_of: Intake) -> None:
    intake_of.send([pressure(1)])
    intake_of.unpack()
    office = intake_of.demo.office("cora", "prac_harbor")
    allowed = replace(office.caller, grants=intake_of.demo.office("amir").caller.grants)
    assert preview(replace(office, caller=allowed), ALL).deliveries == 0
