"""Common documents are decoded in one go, odd ones field by field: both say the same."""

from __future__ import annotations

import msgspec
import pytest

from caretally.devices.unpacked import Unpacked
from caretally.devices.vendors.bodytrace import parse as bodytrace
from caretally.devices.vendors.registry import SLICES
from caretally.devices.vendors.smartmeter import parse as smartmeter
from caretally.devices.vendors.tenovi import parse as tenovi
from tests.vendors import kit
from tests.vendors.kit import Golden

QUICK = {
    "tenovi": (tenovi, "usual"), "smartmeter": (smartmeter, "usual_readings"),
    "bodytrace": (bodytrace, "usual_messages"),
}  # fmt: skip
GOLDEN = [each for each in kit.all_golden() if each.vendor in QUICK]


@pytest.mark.parametrize("golden", GOLDEN, ids=[each.name for each in GOLDEN])
def test_the_quick_way_and_the_careful_way_agree(
    golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = SLICES[golden.vendor].parse
    quick = parse(golden.posted)
    module, name = QUICK[golden.vendor]
    monkeypatch.setattr(module, name, lambda _: None)
    assert parse(golden.posted) == quick


@pytest.mark.parametrize("vendor", QUICK)
def test_the_quick_way_is_taken(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (single,) = [each for each in kit.golden_of(vendor) if each.case == "array"]
    module, _ = QUICK[vendor]
    monkeypatch.setattr(module, "unpack", lambda *_: Unpacked())
    found = SLICES[vendor].parse(single.posted)
    assert found.readings
    assert msgspec.json.encode(found)
