"""Withings: notifications without values, and the groups of measures that are fetched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally.devices.pulls import ABOUT
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.withings.slice import SLICE
from caretally.journal.quantities import (
    DIASTOLIC,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

AT = datetime(2026, 11, 2, 13, 10, tzinfo=UTC)
TAKEN = 1793624698
"""2026-11-02T13:04:58Z."""
USER = ("withings:user", "363")


def read(body: bytes, **headers: str) -> Unpacked:
    """Return what a body holds."""
    return SLICE.parse(Posted(body=body, headers=headers, received_at=AT))


def group(*measures: tuple[int, int, int], **changed: Any) -> dict[str, Any]:
    """Return a group of measures given as type, value and power of ten."""
    told = {
        "grpid": 12, "attrib": 0, "date": TAKEN, "created": TAKEN + 20, "modified": TAKEN + 20,
        "category": 1, "deviceid": "892359876fd8", "hash_deviceid": "892359876fd8",
        "measures": [
            {"type": t, "value": v, "unit": u, "algo": 0, "fm": 3} for t, v, u in measures
        ],
        "modelid": 45, "model": "BPM Connect", "comment": None,
    }  # fmt: skip
    return {**told, **changed}


def answer(*groups: dict[str, Any], **changed: Any) -> Unpacked:
    """Return what an answer of `getmeas` about user 363 holds."""
    body = {"updatetime": TAKEN + 30, "timezone": "America/Chicago", "measuregrps": groups}
    text = json.dumps({"status": 0, "body": {**body, **changed}})
    return read(text.encode(), **{ABOUT: "withings:user 363"})


@pytest.mark.parametrize(
    ("kind", "value", "power", "metric", "wanted", "unit"),
    [
        (1, 84250, -3, WEIGHT, "84.250", "kg"),
        (1, 843, -1, WEIGHT, "84.3", "kg"),
        (1, 84, 0, WEIGHT, "84", "kg"),
        (1, 8, 1, WEIGHT, "80", "kg"),
        (71, 36867, -3, TEMPERATURE, "36.867", "Cel"),
        (12, 371, -1, TEMPERATURE, "37.1", "Cel"),
        (54, 97, 0, SATURATION, "97", "%"),
        (11, 70, 0, PULSE, "70", "/min"),
        (4, 1751, -3, "8302-2", "1.751", "m"),
        (6, 24567, -3, "41982-0", "24.567", "%"),
    ],
)  # fmt: skip
def test_a_value_is_its_number_times_ten_to_its_unit(
    kind: int, value: int, power: int, metric: str, wanted: str, unit: str
) -> None:
    (reading,) = answer(group((kind, value, power))).readings
    (measured,) = reading.measured
    assert (reading.metric, measured.metric, measured.unit) == (metric, metric, unit)
    assert measured.value == Decimal(wanted)
    assert measured.value.as_tuple().exponent == power, "as many digits as were sent"


def test_pressures_and_pulse_of_a_group_are_one_reading() -> None:
    (reading,) = answer(group((9, 81, 0), (10, 132, 0), (11, 70, 0))).readings
    assert reading.metric == PRESSURE
    assert [(each.metric, each.value, each.unit) for each in reading.measured] == [
        (SYSTOLIC, 132, "mm[Hg]"), (DIASTOLIC, 81, "mm[Hg]"), (PULSE, 70, "/min"),
    ]  # fmt: skip
    assert reading.measured_at == datetime(2026, 11, 2, 13, 4, 58, tzinfo=UTC)
    assert reading.received_at == datetime(2026, 11, 2, 13, 5, 18, tzinfo=UTC)
    assert reading.vendor_reading_id == f"12/{PRESSURE}"
    assert reading.origin == "device"


def test_two_groups_of_one_answer_are_not_mixed() -> None:
    found = answer(group((1, 84250, -3)), group((9, 81, 0), (10, 132, 0), grpid=13)).readings
    assert [each.metric for each in found] == [WEIGHT, PRESSURE]
    assert [each.vendor_reading_id for each in found] == [f"12/{WEIGHT}", f"13/{PRESSURE}"]


def test_one_pressure_alone_is_a_fault_and_no_reading() -> None:
    found = answer(group((10, 132, 0), (11, 70, 0)))
    assert [each.metric for each in found.readings] == [PULSE]
    assert [(each.path, each.code) for each in found.faults] == [
        ("/body/measuregrps/0/measures", "missing_field")
    ]


@pytest.mark.parametrize(
    ("attrib", "origin", "flags"),
    [
        (0, "device", ()), (1, "unknown", ("ambiguous_user",)), (2, "manual", ()),
        (4, "manual", ("typed_at_set_up",)), (5, "device", ("best_of_several",)),
        (7, "unknown", ()), (8, "device", ()), (99, "unknown", ()), (None, "unknown", ()),
    ],
)  # fmt: skip
def test_only_a_device_and_a_certain_user_can_make_a_data_day(
    attrib: int | None, origin: str, flags: tuple[str, ...]
) -> None:
    (reading,) = answer(group((1, 84250, -3), attrib=attrib)).readings
    assert (reading.origin, reading.flags) == (origin, flags)


def test_a_goal_is_no_measure_and_is_told_as_such() -> None:
    found = answer(group((1, 75000, -3), category=2), group((1, 84250, -3)))
    assert [each.measured[0].value for each in found.readings] == [Decimal("84.250")]
    assert [each.path for each in found.passed] == ["/body/measuregrps/0"]
    assert found.faults == ()


def test_an_inconclusive_measure_is_marked() -> None:
    (reading,) = answer(group((54, 97, 0), is_inconclusive=True)).readings
    assert reading.flags == ("inconclusive",)


def test_the_offset_follows_from_the_named_zone_at_that_instant() -> None:
    before = group((1, 84250, -3), date=1793508000)
    after = group((1, 84250, -3), date=1793624698)
    offsets = [each.offset_seconds for each in answer(before, after).readings]
    assert offsets == [-5 * 3600, -6 * 3600], "daylight saving ended on 2026-11-01"
    (reading,) = answer(group((1, 84250, -3), timezone="Europe/Paris")).readings
    assert (reading.offset_seconds, reading.offset_origin) == (3600, "source")
    (reading,) = answer(group((1, 84250, -3)), timezone="Nowhere/Else").readings
    assert (reading.offset_seconds, reading.offset_origin) == (None, "")


def test_the_users_own_device_is_the_surest_name() -> None:
    (reading,) = answer(group((1, 84250, -3))).readings
    assert reading.names == (("withings:device", "363/892359876fd8"), USER)
    (reading,) = answer(group((1, 84250, -3), deviceid=None, hash_deviceid=None)).readings
    assert reading.names == (USER,)


def test_measures_of_nobody_are_a_fault() -> None:
    lost = group((1, 84250, -3), deviceid=None, hash_deviceid=None)
    body = {"updatetime": 1, "timezone": "UTC", "measuregrps": [lost]}
    found = read(json.dumps({"status": 0, "body": body}).encode())
    assert [each.code for each in found.faults] == ["no_device"]
    assert found.readings == ()


def test_known_types_without_reading_are_told_and_unknown_ones_are_faults() -> None:
    found = answer(group((88, 3200, -3), (5, 64000, -3), (73, 33100, -3), (4242, 1, 0), (1, 84, 0)))
    assert [each.metric for each in found.readings] == [WEIGHT]
    assert [each.path[-1] for each in found.passed] == ["0", "1", "2"]
    assert [(each.code, each.says) for each in found.faults] == [("unknown_metric", "type 4242")]


@pytest.mark.parametrize(
    ("value", "power", "code"),
    [
        ("132", None, "missing_field"), (None, 0, "missing_field"), ("many", 0, "not_a_number"),
        (1.5, 0, "not_a_number"), (1, 300, "unknown_unit"), (1, -300, "unknown_unit"),
        (True, 0, "not_a_number"), ([], 0, "not_a_number"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_costs_its_measure_alone(
    value: object, power: object, code: str
) -> None:
    wrong = {"type": 1, "value": value, "unit": power}
    told = group((54, 97, 0))
    told["measures"].append(wrong)
    found = answer(told)
    assert [each.metric for each in found.readings] == [SATURATION]
    assert [each.code for each in found.faults] == [code]


def test_a_correction_has_another_version_under_the_same_id() -> None:
    first, second = answer(
        group((1, 84250, -3)), group((1, 82250, -3), modified=TAKEN + 900)
    ).readings
    assert first.vendor_reading_id == second.vendor_reading_id
    assert first.version != second.version


def test_a_notification_is_fetched_later() -> None:
    form = b"userid=363&deviceid=&appli=4&startdate=1793624690&enddate=1793624700"
    (fetch,) = read(form).fetches
    assert fetch.names == (USER,)
    assert fetch.what == "appli 4"
    assert (fetch.begins, fetch.ends) == (
        datetime(2026, 11, 2, 13, 4, 50, tzinfo=UTC), datetime(2026, 11, 2, 13, 5, tzinfo=UTC),
    )  # fmt: skip


def test_a_deletion_takes_back_that_kind_in_that_stretch() -> None:
    form = b"userid=363&appli=1&startdate=1793624690&enddate=1793624700&action=delete"
    (removal,) = read(form).removals
    assert removal.names == (USER,)
    assert WEIGHT in removal.metrics
    assert PRESSURE not in removal.metrics
    assert removal.begins is not None
    assert removal.ends is not None


def test_a_deletion_without_stretch_takes_nothing_back() -> None:
    found = read(b"userid=363&appli=1&action=delete")
    assert found.removals == ()
    assert [each.code for each in found.faults] == ["missing_field"]


def test_a_user_who_ends_it_is_a_trouble_to_be_seen() -> None:
    (sign,) = read(b"userid=363&appli=1&action=unlink").signs
    assert (sign.names, sign.kind, sign.signal) == ((USER,), "fault", "unlink")


@pytest.mark.parametrize("appli", ["16", "44", "46", "50", "51", "54"])
def test_notifications_about_other_things_are_told_and_fetch_nothing(appli: str) -> None:
    found = read(f"userid=363&appli={appli}&date=2026-11-02".encode())
    assert found.fetches == ()
    assert found.faults == ()
    assert len(found.passed) == 1


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (b"userid=363&appli=999", "unknown_metric"), (b"userid=363", "missing_field"),
        (b"appli=4&startdate=1&enddate=2", "no_device"), (b"", "not_readable"),
        (b"userid=363&appli=4&startdate=x", "not_a_number"), (b"no form", "not_readable"),
        (b"userid=363&appli=4&startdate=1793624700&enddate=1793624690", "not_a_time"),
        (b"userid=363&appli=4&startdate=1793624700000", "not_a_time"),
        (b"userid=%FF&appli=4", "not_readable"), (b"userid=1&appli=4&action=grow", "not_the_shape"),
        (b"{", "not_readable"), (b'{"status":401,"body":{}}', "not_the_shape"),
        (b'{"status":0,"body":[]}', "not_the_shape"), (b"\xff\xfe", "not_readable"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_fault(form: bytes, code: str) -> None:
    found = read(form)
    assert [each.code for each in found.faults] == [code]
    assert (found.readings, found.fetches, found.removals) == ((), (), ())


def posted(query: str, address: str = "", allowed: str = "") -> Posted:
    """Return a notification that came by an address."""
    return Posted(
        body=b"userid=1", received_at=AT, headers={":query": query, ":address": address},
        settings={"addresses": allowed},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "genuine"),
    [
        (posted("secret=s%2Bcret"), True), (posted("a=1&secret=older"), True),
        (posted("secret=other"), False), (posted("secret="), False), (posted(""), False),
        (posted("secret=older", "89.30.121.160", "89.30.121.128/25"), True),
        (posted("secret=older", "89.30.121.1", "89.30.121.128/25, 10.0.0.0/8"), False),
        (posted("secret=older", "", "89.30.121.128/25"), False),
        (posted("secret=older", "89.30.121.160", "not a network"), False),
        (posted("secret=%FF"), False),
    ],
)  # fmt: skip
def test_a_notification_is_genuine_by_its_address(sent: Posted, genuine: bool) -> None:
    verdict = SLICE.verify(sent, (b"s+cret", b"older"))
    assert verdict.is_genuine is genuine
    assert bool(verdict.says) is not genuine
    assert "older" not in verdict.says


def test_the_same_notification_may_be_news_again_and_head_is_answered() -> None:
    assert SLICE.repeats
    assert SLICE.answers_head
