"""Which devices are told of, and which cause is named first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from caretally.devices.health import CAUSE_WORDS, Watched, concerns, dbm_of

NOW = datetime(2026, 3, 26, 14, tzinfo=UTC)
DAY = timedelta(days=1)
CUFF = Watched(
    device="cuff", patient="pat_x", vendor="tenovi", since=NOW - 60 * DAY, sign_at=NOW - 4 * DAY
)
HEARD = {"tenovi": NOW - timedelta(hours=1)}


def causes(*watched: Watched, heard: dict[str, datetime] = HEARD) -> list[tuple[str, str, str]]:
    """Return device, kind and cause of every concern."""
    return [(each.device, each.kind, each.cause) for each in concerns(watched, heard, NOW)]


def test_three_days_are_borne_and_a_moment_more_is_not() -> None:
    assert causes(replace(CUFF, sign_at=NOW - 3 * DAY)) == []
    late = replace(CUFF, sign_at=NOW - 3 * DAY - timedelta(seconds=1))
    assert causes(late) == [("cuff", "silent", "unknown")]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"battery": Decimal(20)}, "battery_low"),
        ({"battery": Decimal("20.1")}, "unknown"),
        ({"trouble": "low_battery"}, "battery_low"),
        ({"signal": "-106 dBm"}, "signal_weak"),
        ({"signal": "-105 dBm"}, "unknown"),
        ({"trouble": "weak_signal"}, "signal_weak"),
        ({"trouble": "fault"}, "device_fault"),
        ({"is_away": True, "battery": Decimal(5)}, "patient_away"),
    ],
)
def test_the_likely_cause_is_told(change: dict[str, object], cause: str) -> None:
    assert causes(replace(CUFF, **change)) == [("cuff", "silent", cause)]
    assert CAUSE_WORDS[cause] in concerns([replace(CUFF, **change)], HEARD, NOW)[0].says


def test_a_gateway_is_thought_of_only_when_all_of_its_devices_are_silent() -> None:
    first = replace(CUFF, gateway="gateway g", battery=Decimal(5))
    second = replace(first, device="scale")
    assert causes(first, second) == [
        ("cuff", "silent", "gateway_offline"), ("scale", "silent", "gateway_offline"),
    ]  # fmt: skip
    assert causes(first) == [("cuff", "silent", "battery_low")]
    alive = replace(second, sign_at=NOW, battery=None)
    assert causes(first, alive) == [("cuff", "silent", "battery_low")]


def test_a_silent_vendor_explains_everything_else() -> None:
    found = causes(replace(CUFF, is_away=True), heard={"tenovi": NOW - DAY - DAY})
    assert found == [("cuff", "silent", "vendor_outage")]


def test_what_no_connection_could_bring_is_not_watched() -> None:
    assert causes(CUFF, heard={}) == []
    assert causes(replace(CUFF, vendor="")) == []


def test_a_device_that_never_came_to_life_is_told_of_once_it_was_delivered() -> None:
    new = replace(CUFF, sign_at=None, since=NOW - 6 * DAY)
    assert causes(new) == [("cuff", "never_connected", "unknown")]
    assert causes(replace(new, delivered_at=NOW - 4 * DAY)) == []
    before = replace(new, sign_at=NOW - 9 * DAY)
    assert causes(before) == [("cuff", "never_connected", "unknown")]


def test_a_silence_begins_no_earlier_than_the_patient_has_the_device() -> None:
    lately = replace(CUFF, since=NOW - 2 * DAY, sign_at=NOW - 2 * DAY)
    assert causes(lately) == []


def test_a_low_battery_is_told_while_the_device_still_speaks() -> None:
    alive = replace(CUFF, sign_at=NOW, battery=Decimal("12.50"))
    assert causes(alive) == [("cuff", "low_battery", "battery_low")]
    assert "12.5 %" in concerns([alive], HEARD, NOW)[0].says
    weak = replace(CUFF, sign_at=NOW, trouble="weak_signal")
    assert causes(weak) == [("cuff", "weak_signal", "signal_weak")]


def test_the_key_stays_while_the_trouble_is_the_same() -> None:
    today = concerns([CUFF], HEARD, NOW)[0].key
    tomorrow = concerns([CUFF], {"tenovi": NOW + DAY}, NOW + DAY)[0].key
    again = concerns([replace(CUFF, sign_at=NOW)], {"tenovi": NOW + 5 * DAY}, NOW + 5 * DAY)[0].key
    assert today == tomorrow != again


@pytest.mark.parametrize("text", ["", "good", "x dBm", "NaN dBm", "-71", "-71 dB"])
def test_a_signal_in_other_words_is_no_strength(text: str) -> None:
    assert dbm_of(text) is None


def test_a_strength_is_read() -> None:
    assert dbm_of("-71 dBm") == Decimal(-71)
