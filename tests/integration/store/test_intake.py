"""Deliveries become readings, each once: again, at once, killed in between, on both databases."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from caretally import clock
from caretally.clock import microseconds_of
from caretally.devices.unpacked import Removal, VendorReading
from caretally.devices.vendors import registry
from caretally.practice import unpacking
from caretally.practice.connections import Wanted, connect
from caretally.practice.receiving import Door, arrived, door
from caretally.practice.unpacking import unpack_due
from caretally.store import intake
from caretally.store.inbox import keep_batch
from caretally.store.intake import settle_events, told_events
from caretally.store.intake_tables import (
    DONE,
    REFUSED,
    REMOVAL,
    TOLD,
    UNPACKED,
    WAITING,
    DeviceHealth,
    Inbound,
    IntakeEvent,
    IntakeFault,
    IntakeReading,
    IntakeSource,
)
from caretally.store.models import Connection
from tests.integration.demonstrated import Demo
from tests.integration.invented_vendor import SLICES, emptied, pressure


@pytest.fixture(autouse=True)
def vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know the invented vendors."""
    monkeypatch.setattr(registry, "SLICES", SLICES)


class Intake:
    """A connection of the invented vendor, without HTTP before it."""

    def __init__(self, demo: Demo) -> None:
        """Connect it."""
        self.demo = demo
        emptied()
        made, _ = connect(demo.office("amir"), Wanted(vendor="invented"))
        found = door(demo.journal.db, "invented", made.name)
        assert found is not None
        self.door: Door = found

    def send(self, *told: Any) -> None:
        """Store a delivery each."""
        posted = [
            unpacking.Posted(
                body=each if isinstance(each, bytes) else json.dumps(each).encode(),
                received_at=clock.now(),
            )
            for each in told
        ]
        keep_batch(self.demo.journal.db, [arrived(self.door, each) for each in posted])

    def unpack(self, limit: int = 500) -> int:
        """Read what waits."""
        return unpack_due(self.demo.journal, clock.now(), limit)


@pytest.fixture(params=["demo", "demo_postgres"])
def intake_of(request: pytest.FixtureRequest) -> Intake:
    """Return an intake on each database in turn."""
    return Intake(request.getfixturevalue(request.param))


def test_a_reading_is_kept_once_with_all_its_sources(intake_of: Intake) -> None:
    intake_of.send([pressure(1), pressure(2), pressure(1)], [pressure(2, sys="102.0"), pressure(3)])
    assert intake_of.unpack() == 2
    assert intake_of.unpack() == 0
    assert IntakeReading.objects.count() == 3
    assert sorted(IntakeSource.objects.values_list("element", "how")) == [
        (0, "again"),
        (2, "again"),
    ]
    counts = Inbound.objects.order_by("pk").values_list("state", "readings", "repeats", "faults")
    assert list(counts) == [(UNPACKED, 2, 1, 0), (UNPACKED, 1, 1, 0)]
    intake_of.send([pressure(3), pressure(4)])
    assert intake_of.unpack() == 1
    assert IntakeReading.objects.count() == 4
    source = IntakeSource.objects.latest("pk")
    assert source.reading.inbound_id != source.inbound_id
    content = msgspec.json.decode(IntakeReading.objects.first().content, type=VendorReading)
    assert content.measured[0].value == Decimal(101)


def test_a_correction_is_another_reading(intake_of: Intake) -> None:
    intake_of.send([pressure(1, id="r1")], [pressure(1, id="r1", dia="90")])
    intake_of.unpack()
    assert IntakeReading.objects.count() == 2


def test_digits_without_value_make_no_other_reading(intake_of: Intake) -> None:
    same = ["120", "120.0", "1.2E+2", "120.00"]
    close = "120.0000000000000000000000000000000000000001"
    intake_of.send(*([pressure(1, sys=value)] for value in (*same, close)))
    intake_of.unpack()
    assert IntakeReading.objects.count() == 2
    assert IntakeSource.objects.count() == 3


def test_what_is_told_beside_readings_waits_for_its_room(intake_of: Intake) -> None:
    beside = [
        {"device": "cuff", "gone": "r1"}, {"device": "cuff", "status": "shipped"},
        {"device": "cuff", "fetch": "4"}, {"device": "cuff", "gone": "r1"},
    ]  # fmt: skip
    intake_of.send(beside)
    intake_of.unpack()
    assert sorted(IntakeEvent.objects.values_list("kind", "state")) == [
        ("custody", TOLD), ("fetch", TOLD), ("removal", TOLD),
    ]  # fmt: skip
    db = intake_of.demo.journal.db
    with db.atomic():
        (told,) = told_events(db, REMOVAL, 10)
        assert msgspec.json.decode(told.content, type=Removal).vendor_reading_id == "r1"
        assert (told.practice, told.connection) == ("prac_lakeside", intake_of.door.name)
        settle_events(db, [(told.number, DONE, "taken back")])
    with db.atomic():
        assert told_events(db, REMOVAL, 10) == []


def test_signs_of_life_bring_health_up_to_date(intake_of: Intake) -> None:
    intake_of.send([pressure(1), {"device": "cuff", "battery": "12", "kind": "low_battery"}])
    intake_of.unpack()
    found = DeviceHealth.objects.get()
    assert (found.name, found.battery_percent, found.trouble) == (
        "invented cuff",
        "12",
        "low_battery",
    )
    assert found.reading_us == IntakeReading.objects.get().measured_us
    intake_of.send([{"device": "cuff", "battery": "88"}])
    intake_of.unpack()
    found.refresh_from_db()
    assert (found.battery_percent, found.trouble) == ("88", "")
    assert found.sign_us > found.reading_us


def test_a_clock_that_runs_ahead_is_no_sign_of_life_to_come(intake_of: Intake) -> None:
    intake_of.send([pressure(1, at="2039-01-01T00:00:00Z")])
    intake_of.unpack()
    assert DeviceHealth.objects.get().reading_us <= microseconds_of(clock.now())


def test_what_is_not_understood_holds_nobody_up(
    intake_of: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    intake_of.send(b"{", [{"device": "cuff"}, pressure(1)], b'"break"', [pressure(2, device="\0")],
                   [pressure(2)])  # fmt: skip
    assert intake_of.unpack() == 5
    states = Inbound.objects.order_by("pk").values_list("state", "faults", "readings")
    assert list(states) == [(REFUSED, 1, 0), (UNPACKED, 1, 1), (REFUSED, 1, 0), (REFUSED, 1, 0),
                            (UNPACKED, 0, 1)]  # fmt: skip
    assert IntakeReading.objects.count() == 2
    codes = IntakeFault.objects.order_by("pk").values_list("code", "path")
    assert list(codes) == [("not_readable", ""), ("unknown_metric", "/0"), ("not_readable", ""),
                           ("not_readable", "")]  # fmt: skip
    assert "Ada" not in caplog.text
    assert not IntakeFault.objects.filter(says__contains="Ada").exists()


def test_of_very_many_faults_the_first_are_told(
    intake_of: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_FAULTS", 100)
    intake_of.send([{"device": "cuff"}] * 150)
    intake_of.unpack()
    assert IntakeFault.objects.count() == 101
    assert "50 more" in IntakeFault.objects.latest("pk").says


@pytest.mark.parametrize("broken", ["store_readings", "store_faults", "settle_deliveries"])
def test_broken_off_anywhere_it_leaves_nothing_half_done(
    intake_of: Intake, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    intake_of.send([pressure(1), {"device": "cuff"}], [pressure(2)])
    whole = getattr(intake, broken)

    def breaks(*values: Any) -> None:
        whole(*values)
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, broken, breaks)
    with pytest.raises(KeyboardInterrupt):
        intake_of.unpack()
    monkeypatch.setattr(intake, broken, whole)
    assert set(Inbound.objects.values_list("state", flat=True)) == {WAITING}
    assert not IntakeReading.objects.exists()
    assert not IntakeFault.objects.exists()
    assert intake_of.unpack() == 2
    assert (IntakeReading.objects.count(), IntakeFault.objects.count()) == (2, 1)


def test_a_delivery_that_another_worker_read_is_left_alone(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite deliveries are read before the write begins; the other may be through by then."""
    mine = Intake(demo)
    mine.send([pressure(1)], [pressure(2)])
    read = unpacking.read_all

    def overtaken(delivered: list[intake.Delivered]) -> list[intake.Read]:
        monkeypatch.setattr(unpacking, "read_all", read)
        found = read(delivered)
        assert mine.unpack() == 2
        return found

    monkeypatch.setattr(unpacking, "read_all", overtaken)
    assert mine.unpack() == 0
    assert IntakeReading.objects.count() == 2
    assert not IntakeSource.objects.exists()


def test_batches_are_bounded_in_bytes(intake_of: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    intake_of.send(*([pressure(number)] for number in range(5)))
    size = len(bytes(Inbound.objects.first().body))
    monkeypatch.setattr(intake, "MOST_BYTES", 2 * size + 10)
    assert [intake_of.unpack() for _ in range(3)] == [2, 2, 1]
    monkeypatch.setattr(intake, "MOST_BYTES", 1)
    intake_of.send([pressure(9)])
    assert intake_of.unpack() == 1


def test_the_connection_tells_when_it_was_heard(intake_of: Intake) -> None:
    intake_of.send([pressure(1)])
    intake_of.unpack()
    assert Connection.objects.get().last_received_at is not None
