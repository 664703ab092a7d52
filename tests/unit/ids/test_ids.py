"""Ids carry their kind and their time, and sort by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally import ids

NOW = datetime(2026, 3, 4, 10, 0, 0, 123456, tzinfo=UTC)
RANDOM = st.binary(min_size=10, max_size=10)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(2199, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(MOMENTS, RANDOM)
def test_an_id_is_a_uuid_of_version_7_and_tells_its_time(now: datetime, random: bytes) -> None:
    made = ids.entry_id(now, random)
    prefix, _, rest = made.partition("_")
    uuid = UUID(hex=rest)
    assert prefix == "ent"
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert ids.made_at(made) == now - timedelta(microseconds=now.microsecond % 1000)


@given(MOMENTS, RANDOM, RANDOM)
def test_later_ids_sort_later(now: datetime, first: bytes, second: bytes) -> None:
    later = now + timedelta(milliseconds=1)
    assert ids.timer_id(now, first) < ids.timer_id(later, second)


@given(RANDOM, RANDOM)
def test_other_bytes_make_another_id(first: bytes, second: bytes) -> None:
    kept = [int.from_bytes(each, "big") & ~(63 << 62) for each in (first, second)]
    same = ids.entry_id(NOW, first) == ids.entry_id(NOW, second)
    assert same == (kept[0] == kept[1])


def test_each_kind_has_its_prefix() -> None:
    makers = (
        ids.entry_id, ids.patient_id, ids.practice_id, ids.staff_id, ids.caregiver_id,
        ids.device_id, ids.decision_id, ids.timer_id,
    )  # fmt: skip
    prefixes = [str(make(NOW, bytes(10))).split("_")[0] for make in makers]
    assert prefixes == ["ent", "pat", "prac", "stf", "cgv", "dev", "dec", "tmr"]


def test_what_cannot_be_held_is_refused() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        ids.uuid7(NOW, bytes(9))
    with pytest.raises(ValueError, match="outside"):
        ids.uuid7(datetime(1969, 12, 31, tzinfo=UTC), bytes(10))


@pytest.mark.parametrize("text", ["ent_ada_0001", "", "ent_" + "0" * 32])
def test_other_ids_tell_no_time(text: str) -> None:
    assert ids.made_at(text) is None
