"""One kit over all vendor slices: what is read, refused, counted, documented."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from caretally.devices.unpacked import FAULTS, Posted, Unpacked, VendorReading
from caretally.devices.vendors.registry import SLICES
from caretally.devices.vendors.slices import Slice
from caretally.journal.quantities import BY_LOINC, PANELS, amount, is_known
from caretally.journal.scalars import is_measurable
from tests.vendors import kit
from tests.vendors.kit import CASES, OLDER, SECRET, WRONG, Golden, about

ROOT = Path(__file__).parents[2]
GOLDEN = kit.all_golden()
EACH = pytest.mark.parametrize("slice_", SLICES.values(), ids=list(SLICES))
EACH_GOLDEN = pytest.mark.parametrize("golden", GOLDEN, ids=[each.name for each in GOLDEN])
HEADINGS = ("What it sends", "Connect it", "Units", "Good to know", "Sources", "Not verified")


@EACH_GOLDEN
def test_a_golden_delivery_is_read_as_it_is_written(golden: Golden) -> None:
    found = kit.plain(SLICES[golden.vendor].parse(golden.posted))
    assert found == golden.expected, "python -m tests.vendors.write shows and writes what is new"


@EACH_GOLDEN
def test_a_parser_says_the_same_twice(golden: Golden) -> None:
    parse = SLICES[golden.vendor].parse
    assert parse(golden.posted) == parse(golden.posted)


@EACH_GOLDEN
def test_what_is_read_can_be_filed(golden: Golden) -> None:
    sound(SLICES[golden.vendor].parse(golden.posted))


def sound(unpacked: Unpacked) -> None:
    """Hold what was unpacked to what every reader of it relies on."""
    for reading in unpacked.readings:
        sound_reading(reading)
    for fault in unpacked.faults:
        assert fault.code in FAULTS
        assert fault.says
    assert msgspec.json.decode(msgspec.json.encode(unpacked), type=Unpacked) == unpacked


def sound_reading(reading: VendorReading) -> None:
    """Hold one reading to what every reader of it relies on."""
    assert reading.names
    assert all(scheme and name for scheme, name in reading.names)
    assert reading.measured
    assert reading.metric in BY_LOINC or reading.metric in PANELS
    for value in reading.measured:
        assert is_measurable(value.value)
        assert is_known(value.metric, value.unit), f"{value.metric} in {value.unit}"
    times = [reading.measured_at, reading.wall]
    assert times.count(None) == 1, "either an instant or a local time"
    assert reading.measured_at is None or reading.measured_at.tzinfo is not None
    assert reading.wall is None or reading.wall.tzinfo is None
    assert bool(reading.offset_origin) == (reading.offset_seconds is not None)


@EACH
def test_there_is_a_golden_delivery_of_every_metric(slice_: Slice) -> None:
    seen = set()
    for golden in kit.golden_of(slice_.name):
        for reading in slice_.parse(golden.posted).readings:
            seen |= {reading.metric, *(value.metric for value in reading.measured)}
    assert set(slice_.metrics) <= seen


@EACH
def test_there_is_a_golden_delivery_of_every_case(slice_: Slice) -> None:
    names = [path.stem for path in kit.bodies_of(slice_.name)]
    excused = about(slice_.name).does_not_apply
    missing = [
        case
        for case in CASES
        if case not in excused and not any(name.startswith(case) for name in names)
    ]
    assert not missing
    assert all(len(why) > 10 for why in excused.values())
    assert set(excused) <= {*CASES, "samples", "verify"}


@EACH_GOLDEN
def test_unknown_fields_change_nothing(golden: Golden) -> None:
    try:
        document = json.loads(golden.posted.body, parse_float=str)
    except ValueError:
        pytest.skip("no JSON")
    if golden.case.startswith(("strict", "unknown_field")):
        pytest.skip("says so")
    more = json.dumps(with_more(document, about(golden.vendor).closed)).encode()
    whole = json.dumps(document).encode()
    parse = SLICES[golden.vendor].parse
    found = parse(msgspec.structs.replace(golden.posted, body=more))
    assert found == parse(msgspec.structs.replace(golden.posted, body=whole))


def with_more(document: object, closed: tuple[str, ...]) -> object:
    """Return a document with a field more in every object that is not closed."""
    if isinstance(document, dict):
        return {**{name: value if name in closed else with_more(value, closed)
                   for name, value in document.items()},
                "zz_added_later": {"more": [1, "two"]}}  # fmt: skip
    if isinstance(document, list):
        return [with_more(value, closed) for value in document]
    return document


def samples_of(slice_: Slice, secret: bytes = SECRET) -> tuple[Posted, ...]:
    """Return deliveries of one sample of every metric."""
    if "samples" in about(slice_.name).does_not_apply:
        pytest.skip(about(slice_.name).does_not_apply["samples"])
    wanted = tuple(
        kit.sample_of(metric, number)
        for number, metric in enumerate(kit.sampled_metrics(slice_), start=1)
    )
    settings = {**slice_.settings, **about(slice_.name).settings}
    return tuple(kit.with_settings(each, settings) for each in slice_.samples(wanted, secret))


@EACH
def test_samples_are_read_as_what_was_asked_for(slice_: Slice) -> None:
    readings = []
    for posted in samples_of(slice_):
        unpacked = slice_.parse(posted)
        assert not unpacked.faults
        readings.extend(unpacked.readings)
    metrics = kit.sampled_metrics(slice_)
    assert len(readings) == len(metrics)
    by_device = {name: each for each in readings for _, name in each.names}
    for number, metric in enumerate(metrics, start=1):
        held_to_sample(slice_, by_device[kit.sample_of(metric, number).device], metric, number)


def held_to_sample(slice_: Slice, reading: VendorReading, metric: str, number: int) -> None:
    """Hold a reading against the sample it was made of."""
    sample = kit.sample_of(metric, number)
    assert reading.names[0] == (slice_.scheme, sample.device)
    assert reading.metric == metric
    assert reading.origin == "device"
    local = (sample.measured_at + timedelta(seconds=sample.offset_seconds)).replace(tzinfo=None)
    assert sample.measured_at == reading.measured_at or local == reading.wall
    assert reading.offset_seconds in {None, sample.offset_seconds}
    found = {value.metric: amount(value.metric, value.value, value.unit)
             for value in reading.measured}  # fmt: skip
    for code, wanted in sample.values.items():
        value = found.pop(code)
        assert value is not None
        assert kit.is_near(code, value, wanted), f"{code}: {value} for {wanted}"
    assert not found


@EACH
def test_what_was_typed_by_hand_is_told_from_what_was_measured(slice_: Slice) -> None:
    if "manual" in about(slice_.name).does_not_apply:
        pytest.skip(about(slice_.name).does_not_apply["manual"])
    unpacked = [slice_.parse(each.posted) for each in kit.golden_of(slice_.name)
                if each.case.startswith("manual")]  # fmt: skip
    assert any(reading.origin == "manual" for each in unpacked for reading in each.readings)


def verified(slice_: Slice, posted: Posted, *secrets: bytes) -> bool:
    """Tell whether a delivery is taken for genuine."""
    verdict = slice_.verify(posted, secrets)
    assert verdict.is_genuine or verdict.says
    assert not any(secret.decode() in verdict.says for secret in (SECRET, OLDER, WRONG))
    return verdict.is_genuine


def signed(slice_: Slice) -> tuple[Posted, ...]:
    """Return deliveries with a signature; vendors that are only asked have none."""
    if "verify" in about(slice_.name).does_not_apply:
        pytest.skip(about(slice_.name).does_not_apply["verify"])
    return samples_of(slice_)


@EACH
def test_only_who_knows_the_secret_is_taken_in(slice_: Slice) -> None:
    for posted in signed(slice_):
        assert verified(slice_, posted, SECRET)
        assert not verified(slice_, posted, WRONG)
        assert not verified(slice_, posted)
        assert not verified(slice_, posted, b"")
        assert not verified(slice_, msgspec.structs.replace(posted, headers={}), SECRET)


@EACH
def test_both_secrets_hold_while_one_is_replaced(slice_: Slice) -> None:
    signed(slice_)
    for posted in samples_of(slice_, OLDER):
        assert verified(slice_, posted, SECRET, OLDER)
        assert not verified(slice_, posted, SECRET)


@EACH
def test_hostile_headers_are_refused_and_raise_nothing(slice_: Slice) -> None:
    for posted in signed(slice_):
        for value in ("", "é\ud800", "t=,v1=", "t=99999999999,v1=0", "x" * 100_000, "Basic ====",
                      "t=1,t=2,v1=a", "Bearer", "=", ","):  # fmt: skip
            headers = dict.fromkeys(posted.headers, value)
            forged = msgspec.structs.replace(posted, headers=headers)
            assert not verified(slice_, forged, SECRET)


@EACH
def test_its_page_is_whole(slice_: Slice) -> None:
    page = (ROOT / "docs" / "vendors" / f"{slice_.name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {slice_.title}\n")
    assert [word for word in HEADINGS if f"\n## {word}\n" not in page] == []
    assert [metric for metric in slice_.metrics if metric not in page] == []
    assert "http" in page.partition("\n## Sources\n")[2]
    assert slice_.scheme in page


@EACH
def test_what_a_slice_says_of_itself_holds(slice_: Slice) -> None:
    assert SLICES[slice_.name] is slice_
    assert slice_.name.isascii()
    assert slice_.name == slice_.name.lower()
    assert slice_.secret_words
    assert set(slice_.metrics) <= {*BY_LOINC, *PANELS}
    assert len(slice_.metrics) == len(set(slice_.metrics))


def test_the_kit_finds_an_element_that_was_dropped() -> None:
    empty = Unpacked()
    assert kit.dropped([{}, {}], empty, ("",)) == ["/0", "/1"]
    assert kit.dropped({"readings": [{}]}, empty, ("/readings",)) == ["/readings/0"]
    assert kit.dropped({}, empty, ("",)) == [""]
