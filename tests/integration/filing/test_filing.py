"""Readings that wait become entries of whom they belong to, each once, or are held and say why."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from caretally.devices.rules import (
    ANOTHER_PERSON,
    CLOCK_AHEAD,
    CROSSED_PRESSURES,
    IMPOSSIBLE_LOCAL_TIME,
    NOT_ASSIGNED,
    NOT_STORABLE,
    OUT_OF_BOUNDS,
    TOO_OLD,
    UNIT_SWAP,
    UNKNOWN_DEVICE,
    UNKNOWN_ORIGIN,
)
from caretally.devices.unpacked import Measured
from caretally.journal.entries import ReadingRecorded
from caretally.store.intake_tables import FILED, HELD, REPEATED
from caretally.store.models import IntakeReading
from tests.integration.filing.ward import (
    BEGAN,
    CHICAGO,
    NOW,
    PHOENIX,
    Ward,
    pressure,
    told,
    weight,
)

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MORNING = datetime.fromisoformat("2026-03-10T13:04:58+00:00")


@pytest.fixture
def ward(site) -> Ward:
    """Return a ward with two patients, one of whom holds a device."""
    made = Ward(journal=site.journal())
    made.open("pat_a", "pat_b")
    made.register("dev_1", ("tenovi:device", "77aa"))
    made.assign("dev_1", "pat_a")
    return made


def body_of(ward: Ward, number: int) -> ReadingRecorded:
    """Return the body of the entry that a reading was filed as."""
    wanted = ward.row(number).entry_id
    body = next(each.body for each in ward.readings() if each.id == wanted)
    assert isinstance(body, ReadingRecorded)
    return body


def usual(ward: Ward, *values: str, unit: str = "kg") -> None:
    """Put a patient's usual weights on record."""
    for day, value in enumerate(values, 1):
        ward.tell(told(MORNING - day * DAY, weight(value, unit)))
    ward.file()


def test_a_reading_is_filed_under_who_holds_its_device(ward: Ward) -> None:
    (number,) = ward.tell(told(
        MORNING, pressure(132, 81), received_at=MORNING + MINUTE, vendor_reading_id="v-1",
        flags=("irregular_heartbeat",), context=(("position", "seated"),), is_estimated=True,
    ))  # fmt: skip
    assert ward.file() == 1
    row = ward.row(number)
    assert (row.state, row.device, row.patient) == (FILED, "dev_1", "pat_a")
    (entry,) = ward.readings("pat_a")
    assert entry.id == row.entry_id
    assert (entry.actor, entry.reason, entry.recorded_at) == ("device:dev_1", "late_upload", NOW)
    body = body_of(ward, number)
    assert body.measured_at == MORNING
    assert body.received_at == MORNING + MINUTE
    assert body.value is None
    assert [(c.metric, c.value, c.unit) for c in body.components] == [
        ("8480-6", Decimal(132), "mm[Hg]"), ("8462-4", Decimal(81), "mm[Hg]"),
    ]  # fmt: skip
    assert body.vendor_reading_id == "v-1"
    assert body.context == "estimated_time; irregular_heartbeat; position seated"
    assert ward.days("pat_a", "2026-03") == 1
    assert ward.file() == 0


def test_a_reading_of_today_needs_no_reason(ward: Ward) -> None:
    ward.tell(told(NOW - HOUR, weight("84.2")))
    ward.file()
    (entry,) = ward.readings()
    assert (entry.reason, entry.at) == (None, NOW - HOUR)


def test_a_buffered_reading_goes_to_whom_held_the_device_then(ward: Ward) -> None:
    """Case D11: measured on the 10th, handed on on the 12th, told on the 14th."""
    twelfth = MORNING + 2 * DAY
    ward.assign("dev_1", "pat_b", twelfth)
    ward.tell(
        told(MORNING, pressure(132, 81)), told(twelfth, pressure(120, 70)),
        told(twelfth - timedelta(microseconds=1), pressure(133, 82)),
    )  # fmt: skip
    ward.file()
    assert [each.at for each in ward.readings("pat_a")] == [
        MORNING, twelfth - timedelta(microseconds=1)
    ]  # fmt: skip
    assert [each.at for each in ward.readings("pat_b")] == [twelfth]
    assert (ward.days("pat_a", "2026-03"), ward.days("pat_b", "2026-03")) == (2, 1)


def test_a_reading_finds_its_device_by_the_first_name_that_is_known(ward: Ward) -> None:
    """Case J11: the gateway was replaced; the vendor's id of the device is what counts."""
    ward.register("dev_2", ("gateway", "old-gateway"))
    ward.assign("dev_2", "pat_b")
    for hour, gateway in enumerate(("new-gateway", "old-gateway")):
        names = (("tenovi:device", "77aa"), ("gateway", gateway))
        ward.tell(told(MORNING + hour * HOUR, pressure(132, 81), names=names))
    ward.file()
    assert [each.patient for each in ward.readings()] == ["pat_a", "pat_a"]


def test_what_is_nobodys_is_held_and_says_why(ward: Ward) -> None:
    stranger, early = ward.tell(
        told(MORNING, weight("80.0"), names=(("imei", "1"),)), told(BEGAN - DAY, weight("80.0"))
    )
    ward.file()
    assert (ward.row(stranger).rule, ward.row(stranger).device) == (UNKNOWN_DEVICE, "")
    assert (ward.row(early).rule, ward.row(early).device) == (NOT_ASSIGNED, "dev_1")
    assert "no name is on record" in ward.row(stranger).says
    assert "2026-01-04 12:00 UTC" in ward.row(early).says
    assert ward.readings() == []


@pytest.mark.parametrize(
    ("at", "measured", "rule", "says"),
    [
        (NOW + 11 * MINUTE, weight("84.0"), CLOCK_AHEAD, "at most 10 minutes after"),
        (NOW - 367 * DAY, weight("84.0"), TOO_OLD, "at most 366 days before"),
        (MORNING, weight("1000"), OUT_OF_BOUNDS, "weight 1000 kg; expected 2 to 450 kg"),
        (MORNING, pressure(81, 132), CROSSED_PRESSURES, "expected diastolic below systolic"),
        (MORNING, pressure(120, 120), CROSSED_PRESSURES, "expected diastolic below systolic"),
        (MORNING, (Measured("8310-5", Decimal("98.6"), "Cel"),), UNIT_SWAP, "in [degF]"),
        (MORNING, (Measured("41653-7", Decimal("5.5"), "mg/dL"),), UNIT_SWAP, "in mmol/L"),
        (MORNING, (Measured("59408-5", Decimal(101), "%"),), OUT_OF_BOUNDS, "30 to 100 %"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_held_and_says_what_was_expected(
    ward: Ward, at: datetime, measured: tuple[Measured, ...], rule: str, says: str
) -> None:
    if at < BEGAN:
        ward.assign("dev_1", "pat_a", at - DAY)
    (number,) = ward.tell(told(at, measured))
    ward.file()
    row = ward.row(number)
    assert (row.state, row.rule, row.patient) == (HELD, rule, "pat_a")
    assert says in row.says
    assert ward.readings() == []


@pytest.mark.parametrize(
    ("at", "measured"),
    [
        (NOW + 10 * MINUTE, weight("84.0")),
        (MORNING, weight("450")),
        (MORNING, pressure(120, 119)),
        (MORNING, (Measured("59408-5", Decimal(100), "%"),)),
        (MORNING, (Measured("8310-5", Decimal("98.6"), "[degF]"),)),
        (MORNING, (Measured("41653-7", Decimal("5.5"), "mmol/L"),)),
    ],
)
def test_what_is_just_possible_is_filed(
    ward: Ward, at: datetime, measured: tuple[Measured, ...]
) -> None:
    (number,) = ward.tell(told(at, measured))
    ward.file()
    assert ward.row(number).state == FILED


def test_an_unknown_origin_is_held_and_a_typed_one_makes_no_data_day(ward: Ward) -> None:
    """Cases D3 and D6."""
    unknown, typed = ward.tell(
        told(MORNING, weight("84.0"), origin="unknown"),
        told(MORNING + DAY, weight("84.1"), origin="manual"),
    )
    ward.tell(told(MORNING + 2 * DAY, weight("84.2")))
    ward.file()
    assert (ward.row(unknown).state, ward.row(unknown).rule) == (HELD, UNKNOWN_ORIGIN)
    assert ward.row(typed).state == FILED
    assert [each.actor for each in ward.readings()] == ["system:intake", "device:dev_1"]
    assert ward.days("pat_a", "2026-03") == 1


def test_a_weight_in_another_unit_or_of_another_person_is_held(ward: Ward) -> None:
    usual(ward, "84.0", "84.4", "84.2")
    swapped, smaller, other, near = ward.tell(
        told(MORNING, weight("185.6")), told(MORNING + HOUR, weight("84.2", "[lb_av]")),
        told(MORNING + 2 * HOUR, weight("62.0")), told(MORNING + 3 * HOUR, weight("90.0")),
    )  # fmt: skip
    ward.file()
    assert [ward.row(each).rule for each in (swapped, smaller, other, near)] == [
        UNIT_SWAP, UNIT_SWAP, ANOTHER_PERSON, "",
    ]  # fmt: skip
    assert ward.row(swapped).says == (
        "weight 185.6 kg, 2.20 times the usual, 84.2 kg (median of the last 3); "
        "pounds and kilograms differ by 2.20"
    )
    assert "usual is 84.2 kg (median of the last 3)" in ward.row(other).says


def test_too_few_weights_make_no_usual(ward: Ward) -> None:
    usual(ward, "84.0", "84.4")
    (number,) = ward.tell(told(MORNING, weight("62.0")))
    ward.file()
    assert ward.row(number).state == FILED


def test_a_pressure_far_from_the_usual_is_marked_and_never_held(ward: Ward) -> None:
    def with_pulse(day: int, systolic: int, pulse: int) -> None:
        measured = (*pressure(systolic, 80), Measured("8867-4", Decimal(pulse), "/min"))
        ward.tell(told(MORNING + day * DAY, measured))

    for day in range(3):
        with_pulse(day, 128 + day, 70)
    with_pulse(3, 214, 124)
    ward.file()
    *_, last = ward.readings()
    assert isinstance(last.body, ReadingRecorded)
    assert last.body.context == "unlike_recent"


def test_two_readings_within_minutes_are_both_kept_and_the_second_marked(ward: Ward) -> None:
    ward.tell(told(MORNING, pressure(132, 81)), told(MORNING + 2 * MINUTE, pressure(128, 80)))
    ward.file()
    assert [each.body.context for each in ward.readings()] == [None, "again_within_minutes"]


def test_the_same_reading_by_another_route_is_one_with_two_sources(ward: Ward) -> None:
    """Case J15: the vendor tells kilograms, the aggregator pounds without seconds."""
    ward.register("dev_2", ("validic:user", "u-1"))
    ward.assign("dev_2", "pat_a")
    (first,) = ward.tell(told(MORNING, weight("84.25")))
    ward.file()
    moment = MORNING.replace(second=0)
    names = (("validic:user", "u-1"),)
    second, another = ward.tell(
        *(told(moment, weight(value, "[lb_av]"), names=names) for value in ("185.7", "186.0")),
        vendor="validic",
    )
    ward.file()
    assert (ward.row(second).state, ward.row(second).entry_id) == (
        REPEATED, ward.row(first).entry_id
    )  # fmt: skip
    assert ward.row(another).state == FILED
    sources = ward.journal.db.rows("SELECT reading_id, inbound_id, how FROM store_intakesource")
    assert [tuple(row) for row in sources] == [(first, ward.row(second).inbound_id, "route")]
    assert len(ward.readings("pat_a")) == 2
    assert ward.days("pat_a", "2026-03") == 1


def test_two_measurements_of_one_device_are_two_however_alike(ward: Ward) -> None:
    ward.tell(
        told(MORNING, weight("84.2")), told(MORNING + 30 * timedelta(seconds=1), weight("84.2"))
    )
    ward.file()
    assert len(ward.readings()) == 2


def test_a_pulse_told_with_the_pressure_and_by_itself_is_one(ward: Ward) -> None:
    pulse = Measured("8867-4", Decimal(70), "/min")
    ward.tell(told(MORNING, (*pressure(132, 81), pulse)))
    alone, other = ward.tell(
        told(MORNING, (pulse,)), told(MORNING, (Measured("8867-4", Decimal(71), "/min"),))
    )
    ward.file()
    assert (ward.row(alone).state, ward.row(other).state) == (REPEATED, FILED)
    rows = ward.journal.db.rows("SELECT how FROM store_intakesource")
    assert [row[0] for row in rows] == ["again"]


def test_a_vendors_correction_supersedes_and_says_so(ward: Ward) -> None:
    ward.tell(told(MORNING, weight("84.2"), vendor_reading_id="v-1"))
    ward.file()
    ward.tell(told(MORNING, weight("83.7"), vendor_reading_id="v-1"))
    ward.tell(told(MORNING, weight("83.9"), vendor_reading_id="v-1"))
    ward.file()
    by_value = {each.body.value: each for each in ward.readings()}
    first, second, third = (by_value[Decimal(v)] for v in ("84.2", "83.7", "83.9"))
    assert (second.supersedes, third.supersedes) == (first.id, second.id)
    assert second.reason == third.reason == "vendor_correction"
    assert ward.days("pat_a", "2026-03") == 1


# --- local times ----------------------------------------------------------------------------------


def wall(text: str, **more: object):
    """Return a reading that tells a local time only."""
    return told(None, weight("84.2"), wall=datetime.fromisoformat(text), **more)


@pytest.mark.parametrize(
    ("text", "instant", "context"),
    [
        ("2026-03-09T23:30", "2026-03-10T04:30+00:00", f"zone patient {CHICAGO}"),
        ("2026-03-08T01:59", "2026-03-08T07:59+00:00", f"zone patient {CHICAGO}"),
        ("2026-03-08T03:00", "2026-03-08T08:00+00:00", f"zone patient {CHICAGO}"),
    ],
)
def test_a_local_time_is_read_in_the_patients_zone(
    ward: Ward, text: str, instant: str, context: str
) -> None:
    """Case J16: never as UTC."""
    ward.tell(wall(text))
    ward.file()
    (entry,) = ward.readings()
    assert entry.at == datetime.fromisoformat(instant)
    assert isinstance(entry.body, ReadingRecorded)
    assert entry.body.context == context


def test_a_local_time_that_did_not_exist_is_held(ward: Ward) -> None:
    (number,) = ward.tell(wall("2026-03-08T02:30"))
    ward.file()
    assert ward.row(number).rule == IMPOSSIBLE_LOCAL_TIME
    assert CHICAGO in ward.row(number).says


def test_a_local_time_that_happened_twice_is_the_first_and_marked(ward: Ward) -> None:
    ward.assign("dev_1", "pat_a", BEGAN - 200 * DAY)
    ward.tell(wall("2025-11-02T01:30"))
    ward.file()
    (entry,) = ward.readings()
    assert entry.at == datetime.fromisoformat("2025-11-02T06:30+00:00")
    assert isinstance(entry.body, ReadingRecorded)
    assert entry.body.context == f"ambiguous_local_time; zone patient {CHICAGO}"


def test_an_offset_the_device_told_comes_before_any_zone(ward: Ward) -> None:
    ward.tell(wall("2026-03-08T02:30", offset_seconds=-18_000, offset_origin="device"))
    ward.file()
    (entry,) = ward.readings()
    assert entry.at == datetime.fromisoformat("2026-03-08T07:30+00:00")
    assert isinstance(entry.body, ReadingRecorded)
    assert entry.body.context == "zone device -05:00"


def test_without_a_zone_of_the_patient_the_practices_is_used(site) -> None:
    ward = Ward(journal=site.journal())
    ward.open("pat_a", time_zone=None)
    ward.register("dev_1", ("tenovi:device", "77aa"))
    ward.assign("dev_1", "pat_a")
    ward.tell(wall("2026-03-09T23:30"))
    ward.file()
    (entry,) = ward.readings()
    assert entry.at == datetime.fromisoformat("2026-03-10T06:30+00:00")
    assert isinstance(entry.body, ReadingRecorded)
    assert entry.body.context == f"zone practice {PHOENIX}"


# --- trouble --------------------------------------------------------------------------------------


def test_one_reading_the_record_refuses_holds_up_no_other(ward: Ward) -> None:
    good, bad, also = ward.tell(
        told(MORNING, weight("84.2")),
        told(MORNING + HOUR, weight("84.3"), vendor_reading_id="a\u0007b"),
        told(MORNING + 2 * HOUR, weight("84.4")),
    )
    ward.file()
    assert [ward.row(each).state for each in (good, bad, also)] == [FILED, HELD, FILED]
    assert ward.row(bad).rule == NOT_STORABLE
    assert "body.vendor_reading_id" in ward.row(bad).says or "another entry" in ward.row(bad).says
    assert len(ward.readings()) == 2


def test_what_cannot_be_decoded_is_held(ward: Ward) -> None:
    (number,) = ward.tell(told(MORNING, weight("84.2")))
    IntakeReading.objects.using(ward.journal.db.alias).filter(pk=number).update(content="{}")
    ward.file()
    assert (ward.row(number).state, ward.row(number).rule) == (HELD, NOT_STORABLE)


def test_a_reading_filed_before_is_not_filed_again(ward: Ward) -> None:
    (number,) = ward.tell(told(MORNING, weight("84.2")))
    ward.file()
    before = ward.readings()
    IntakeReading.objects.using(ward.journal.db.alias).filter(pk=number).update(state=0)
    ward.file(NOW + DAY)
    assert ward.readings() == before
    assert (ward.row(number).state, ward.row(number).patient) == (FILED, "pat_a")


def test_a_batch_that_fails_leaves_nothing_and_is_filed_again(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.tell(*(told(MORNING + hour * HOUR, weight("84.2")) for hour in range(5)))
    with monkeypatch.context() as patched:
        patched.setattr("caretally.practice.filing.settle", fail)
        with pytest.raises(RuntimeError):
            ward.file()
    assert ward.readings() == []
    assert ward.file() == 5
    assert len(ward.readings()) == 5


def fail(*_: object) -> None:
    """Fail as a dying process does."""
    raise RuntimeError("gone")
