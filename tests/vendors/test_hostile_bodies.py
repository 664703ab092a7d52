"""Bodies cut short, changed or made of garbage: no parser raises, and no element is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.registry import SLICES
from tests.vendors import kit
from tests.vendors.kit import Golden, about
from tests.vendors.test_conformance import sound

GOLDEN = kit.all_golden()
EACH_GOLDEN = pytest.mark.parametrize("golden", GOLDEN, ids=[each.name for each in GOLDEN])
EACH_VENDOR = pytest.mark.parametrize("vendor", list(SLICES))
PRIVATE = "Ada@Lovelace"
"""Content that must never come up in what is told about a fault."""
HOSTILE: tuple[object, ...] = (
    None, True, False, 0, -1, 10**18, 2**63, -(10**40), "", " ", PRIVATE, "NaN", "Infinity", "1e9",
    "1e999999", "0x10", "1_000", "١٣٢", "\x00", "x" * 5000, [], {}, [[]], [{}], {"": {}}, "null",
    "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    "2026-11-01T01:30:00", "1970-01-01", 1793624698000, "-0", "132 ", [1, 2], "blood_pressure",
)  # fmt: skip
PARTS = 7
BODIES = (
    b"", b" ", b"null", b"[]", b"{}", b"[[]]", b"[null]", b"1", b'""', b"\xff\xfe", b"[" * 50_000,
    b'{"a":' * 5_000, b"9" * 10_000, b"1e999999999", b"\x00" * 64, b'{"results":1}', b"[1e5]",
    b'{"readings":null}', b"-", b'"\\ud800"', "é".encode("latin-1"), b'[{"metric":"pulse"}]',
)  # fmt: skip


def held(vendor: str, posted: Posted) -> Unpacked:
    """Read a body and hold what comes of it to what is promised of any body."""
    unpacked = SLICES[vendor].parse(posted)
    sound(unpacked)
    try:
        document = json.loads(posted.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return unpacked
    assert not kit.dropped(document, unpacked, about(vendor).elements)
    return unpacked


def with_body(golden: Golden, body: bytes) -> Posted:
    """Return a golden delivery with another body."""
    return msgspec.structs.replace(golden.posted, body=body)


@EACH_GOLDEN
def test_a_body_cut_short_is_read_or_told(golden: Golden) -> None:
    body = golden.posted.body
    for end in range(0, len(body), max(1, len(body) // 20)):
        held(golden.vendor, with_body(golden, body[:end]))


@EACH_VENDOR
def test_garbage_is_told(vendor: str) -> None:
    for golden in list(kit.golden_of(vendor))[:1]:
        for body in BODIES:
            held(vendor, with_body(golden, body))


def places(document: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every value in a document."""
    yield path
    inner = (
        document.items() if isinstance(document, dict)
        else enumerate(document) if isinstance(document, list) else ()
    )  # fmt: skip
    for name, value in inner:
        yield from places(value, (*path, name))


def changed(document: object, path: tuple[str | int, ...], value: object) -> object:
    """Return a document with another value in one place."""
    if not path:
        return value
    first, *rest = path
    if isinstance(document, dict):
        return {name: changed(each, tuple(rest), value) if name == first else each
                for name, each in document.items()}  # fmt: skip
    assert isinstance(document, list)
    return [changed(each, tuple(rest), value) if number == first else each
            for number, each in enumerate(document)]  # fmt: skip


def document_of(golden: Golden) -> object:
    """Return the document of a golden delivery; skips what is no JSON."""
    try:
        return json.loads(golden.posted.body)
    except ValueError:
        pytest.skip("no JSON")


@EACH_GOLDEN
def test_every_value_may_be_anything(golden: Golden) -> None:
    document = document_of(golden)
    # Each place meets a part of what is hostile, and over all deliveries each part every place.
    for number, path in enumerate(list(places(document))[:40]):
        for value in HOSTILE[(number + len(golden.case)) % PARTS :: PARTS]:
            body = json.dumps(changed(document, path, value)).encode("utf-8", "surrogatepass")
            unpacked = held(golden.vendor, with_body(golden, body))
            assert not any(PRIVATE in fault.says for fault in unpacked.faults)


@EACH_GOLDEN
def test_every_field_may_be_missing(golden: Golden) -> None:
    document = document_of(golden)
    for path in list(places(document))[:60]:
        if path and isinstance(path[-1], str):
            held(golden.vendor, with_body(golden, json.dumps(without(document, path)).encode()))


def without(document: object, path: tuple[str | int, ...]) -> object:
    """Return a document without one field."""
    first, *rest = path
    if isinstance(document, dict):
        return {name: without(each, tuple(rest)) if name == first else each
                for name, each in document.items() if rest or name != first}  # fmt: skip
    assert isinstance(document, list)
    return [without(each, tuple(rest)) if number == first else each
            for number, each in enumerate(document)]  # fmt: skip


@EACH_VENDOR
@settings(max_examples=30, deadline=None)
@given(drawn=st.data())
def test_changed_bytes_raise_nothing(vendor: str, drawn: st.DataObject) -> None:
    bodies = list(kit.golden_of(vendor))
    golden = drawn.draw(st.sampled_from(bodies))
    body = bytearray(golden.posted.body)
    for _ in range(drawn.draw(st.integers(1, 4))):
        begin = drawn.draw(st.integers(0, len(body)))
        end = drawn.draw(st.integers(begin, min(len(body), begin + 12)))
        body[begin:end] = drawn.draw(st.binary(max_size=8))
    held(vendor, with_body(golden, bytes(body)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)  # fmt: skip


@EACH_VENDOR
@settings(max_examples=30, deadline=None)
@given(drawn=st.data())
def test_any_document_raises_nothing(vendor: str, drawn: st.DataObject) -> None:
    golden = drawn.draw(st.sampled_from(list(kit.golden_of(vendor))))
    try:
        document = json.loads(golden.posted.body)
    except ValueError:
        document = None
    path = drawn.draw(st.sampled_from(list(places(document))))
    body = json.dumps(changed(document, path, drawn.draw(json_values)))
    held(vendor, with_body(golden, body.encode("utf-8", "surrogatepass")))
