"""The published cases of the intake, from a vendor's golden body to the decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from caretally.clock import ServiceMonth
from caretally.devices.rules import UNKNOWN_ORIGIN
from caretally.devices.unpacked import Posted
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.journal.quantities import amount
from caretally.practice import unpacking
from caretally.practice.caller import system_caller
from caretally.practice.connections import Wanted, connect
from caretally.practice.filing import file_ready
from caretally.practice.office import Office
from caretally.practice.receiving import arrived, door
from caretally.practice.unpacking import unpack_due
from caretally.store.inbox import keep_batch
from tests.integration.filing.ward import BEGAN, PRACTICE, Ward

GOLDEN = Path(__file__).parents[2] / "vendors" / "golden"
NOW = datetime(2026, 11, 28, 14, tzinfo=UTC)
MEASURED = datetime.fromisoformat("2026-11-02T13:04:58+00:00")
NOVEMBER = ServiceMonth(2026, 11)
DAY = timedelta(days=1)
BY_VENDOR = {
    "tenovi": ("tenovi:device", "4b0e8f2a-7c1d-4e53-9a60-2f1c8d7e0b11"),
    "validic": ("validic:user", "652572e18b8b8"),
    "bodytrace": ("imei", "354762111234567"),
    "smartmeter": ("smartmeter:device", "867420040012345"),
    "withings": ("withings:device", "892359876fd8805ac45bab078c4828692f0276b1"),
    "dexcom": ("dexcom:user", "079a528d-7cf7-d4b4-7704-1efbd08f921d"),
}
"""Under which name each golden body's device is known to its vendor."""


class Clinic(Ward):
    """A practice that vendors deliver to."""

    def hand_out(self, vendor: str, patient: str = "pat_a", at: datetime = BEGAN) -> None:
        """Put a vendor's device on the books and give it to a patient."""
        self.register(f"dev_{vendor}", BY_VENDOR[vendor])
        self.assign(f"dev_{vendor}", patient, at)

    def deliver(self, vendor: str, body: bytes | Any, received_at: datetime = NOW) -> None:
        """Deliver a body, as bytes or as a document, and let the worker do what follows."""
        self.store(vendor, body, received_at)
        self.work()

    def store(self, vendor: str, body: bytes | Any, received_at: datetime = NOW) -> None:
        """Store a delivery, as the webhook and the pulls do."""
        if vendor not in self.doors:
            office = Office(journal=self.journal, now=NOW,
                            caller=system_caller(PRACTICE, "test"))  # fmt: skip
            made, _ = connect(office, Wanted(vendor=vendor))
            self.doors[vendor] = made.name
        at = door(self.journal.db, vendor, self.doors[vendor])
        assert at is not None
        headers = {"content-type": "application/json"}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        posted = Posted(body=raw, headers=headers, received_at=received_at)
        keep_batch(self.journal.db, [arrived(at, posted)])

    def work(self) -> None:
        """Read and file what waits."""
        while unpack_due(self.journal, NOW) + file_ready(self.journal, NOW):
            pass

    def days_of(self, patient: str) -> int:
        """Return the data days of November, as they are decided."""
        decision = self.journal.decision(PRACTICE, patient, NOVEMBER)
        return int(decision.month.decided.data_days)

    def only(self) -> ReadingRecorded:
        """Return the one reading there is."""
        (entry,) = self.readings()
        return of(entry)


def of(entry: Entry) -> ReadingRecorded:
    """Return the body of a reading's entry."""
    assert isinstance(entry.body, ReadingRecorded)
    return entry.body


def golden(vendor: str, name: str) -> Any:
    """Return a golden document."""
    return json.loads((GOLDEN / vendor / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def clinic(site) -> Clinic:
    """Return a practice with two patients."""
    made = Clinic(journal=site.journal())
    made.open("pat_a", "pat_b")
    return made


def test_d3_typed_readings_are_kept_and_make_no_data_day(clinic: Clinic) -> None:
    clinic.hand_out("validic")
    document = golden("validic", "manual")
    weight = next(each for each in document["metrics"] if each["type"] == "body_weight")
    for number in range(16):
        at = (MEASURED + number * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
        origin = "manual" if number < 6 else "device"
        clinic.store("validic", {
            **document, "id": f"d3-{number}", "checksum": str(number), "start_time": at,
            "end_time": at, "metrics": [{**weight, "origin": origin}],
        })  # fmt: skip
    clinic.work()
    assert len(clinic.readings("pat_a")) == 16
    assert clinic.days_of("pat_a") == 10


def test_d5_signs_of_life_make_no_data_day(clinic: Clinic) -> None:
    clinic.hand_out("bodytrace")
    clinic.hand_out("tenovi")
    for name in ("heartbeat", "heartbeat_without_values", "null_value"):
        clinic.deliver("bodytrace", golden("bodytrace", name))
    clinic.deliver("tenovi", golden("tenovi", "heartbeat_battery"))
    assert clinic.readings() == []
    assert clinic.days_of("pat_a") == 0


def test_d6_an_unknown_origin_is_held_for_review(clinic: Clinic) -> None:
    clinic.hand_out("validic")
    clinic.deliver("validic", golden("validic", "origin_unknown"))
    rows = clinic.journal.db.rows("SELECT rule, says FROM store_intakereading WHERE state = 2")
    assert {row[0] for row in rows} == {UNKNOWN_ORIGIN}
    assert "expected device, manual or derived" in rows[0][1]
    assert clinic.days_of("pat_a") == 0


def test_d11_a_buffered_reading_belongs_to_whom_held_the_device(clinic: Clinic) -> None:
    clinic.hand_out("smartmeter")
    clinic.assign("dev_smartmeter", "pat_b", MEASURED + 2 * DAY)
    clinic.deliver("smartmeter", golden("smartmeter", "single"), MEASURED + 4 * DAY)
    assert [each.patient for each in clinic.readings()] == ["pat_a"]
    assert (clinic.days_of("pat_a"), clinic.days_of("pat_b")) == (1, 0)


def test_j1_an_object_and_an_array_are_both_taken_and_are_one_reading(clinic: Clinic) -> None:
    clinic.hand_out("tenovi")
    clinic.deliver("tenovi", golden("tenovi", "array"))
    clinic.deliver("tenovi", golden("tenovi", "single"))
    values = {part.metric: part.value for part in clinic.only().components}
    assert (values["8480-6"], values["8462-4"]) == (132, 81)
    rows = clinic.journal.db.rows("SELECT how FROM store_intakesource")
    assert [row[0] for row in rows] == ["again"]


def test_j2_what_failed_after_the_answer_is_read_again(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.hand_out("tenovi")
    clinic.store("tenovi", golden("tenovi", "single"))
    with monkeypatch.context() as patched:
        patched.setattr(unpacking, "store_read", failing(unpacking.store_read))
        with pytest.raises(RuntimeError):
            clinic.work()
    assert clinic.readings() == []
    clinic.work()
    assert clinic.only().measured_at == MEASURED


def failing(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does its work and dies before it is kept."""

    def done(*words: Any) -> Any:
        work(*words)
        raise RuntimeError("gone")

    return done


def test_j6_each_element_of_a_batch_is_of_its_own_type(clinic: Clinic) -> None:
    document = golden("smartmeter", "array")
    for number, each in enumerate(document["readings"]):
        clinic.register(f"dev_{number}", ("smartmeter:device", each["device_id"]))
        clinic.assign(f"dev_{number}", "pat_a")
    clinic.deliver("smartmeter", document)
    assert {of(each).metric for each in clinic.readings()} == {
        "85354-9", "29463-7", "41653-7", "59408-5"
    }  # fmt: skip


def test_j9_weights_keep_their_unit_and_compare_in_kilograms(clinic: Clinic) -> None:
    pound = golden("tenovi", "single") | {"metric": "weight", "value_1": "185.7", "value_2": None}
    reading = next(
        each
        for each in golden("smartmeter", "array")["readings"]
        if each["reading_type"] == "weight"
    )
    group = golden("withings", "single")
    measured = group["body"]["measuregrps"][0]
    measured["measures"] = [{"value": 84250, "type": 1, "unit": -3}]
    bodies = {
        "tenovi": pound, "bodytrace": golden("bodytrace", "single"),
        "smartmeter": {**reading, "device_id": BY_VENDOR["smartmeter"][1]}, "withings": group,
    }  # fmt: skip
    expected = {
        "tenovi": "84.232103109", "bodytrace": "84.25", "smartmeter": "82.5", "withings": "84.25",
    }  # fmt: skip
    for vendor, body in bodies.items():
        patient = f"pat_{vendor}"
        clinic.open(patient)
        clinic.hand_out(vendor, patient)
        clinic.deliver(vendor, body)
        (entry,) = clinic.readings(patient)
        told = of(entry)
        assert told.value is not None
        assert amount(told.metric, told.value, told.unit or "") == Decimal(expected[vendor])


def test_j10_an_estimated_time_counts_and_is_marked(clinic: Clinic) -> None:
    clinic.hand_out("tenovi")
    clinic.deliver("tenovi", golden("tenovi", "estimated_time"))
    assert "estimated_time" in (clinic.only().context or "").split("; ")
    assert clinic.days_of("pat_a") == 1


def test_j11_a_new_gateway_changes_nothing(clinic: Clinic) -> None:
    clinic.hand_out("tenovi")
    clinic.register("dev_b", ("gateway", "A1B2C3D4E5F6"))
    clinic.assign("dev_b", "pat_b")
    clinic.deliver("tenovi", golden("tenovi", "gateway_replaced"))
    assert {each.patient for each in clinic.readings()} == {"pat_a"}


def test_j15_vendor_and_aggregator_make_one_reading_with_two_sources(clinic: Clinic) -> None:
    clinic.hand_out("tenovi")
    clinic.hand_out("validic")
    clinic.deliver("tenovi", golden("tenovi", "single"))
    record = golden("validic", "array")[0]
    pressure = [each for each in record["metrics"] if each["type"] != "pulse"]
    clinic.deliver("validic", [{**record, "metrics": pressure}])
    assert clinic.only().device == "dev_tenovi"
    rows = clinic.journal.db.rows("SELECT how FROM store_intakesource")
    assert [row[0] for row in rows] == ["route"]
    assert clinic.days_of("pat_a") == 1


def test_j16_a_receivers_local_time_is_never_read_as_utc(clinic: Clinic) -> None:
    clinic.hand_out("dexcom")
    clinic.deliver("dexcom", golden("dexcom", "missing_offset"))
    told = clinic.only()
    assert told.measured_at == MEASURED  # 07:04:58 in Chicago
    assert "zone patient America/Chicago" in (told.context or "")
