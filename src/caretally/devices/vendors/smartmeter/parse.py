"""Reads Smart Meter's deliveries, pushed or asked for: an envelope, an array, or one reading.

Common documents are decoded in one go; one with anything unusual in it is read field by field, into
the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from caretally.devices.documents import (
    MOST_ELEMENTS,
    Found,
    Item,
    Node,
    each_of,
    filled,
    listed,
    unpack,
)
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.smartmeter.readings import LOCAL, Told, items_of


class Answer(msgspec.Struct, gc=False):
    """The envelope of an answer."""

    readings: list[Told]


decode_list = msgspec.json.Decoder(list[Told]).decode
decode_answer = msgspec.json.Decoder(Answer).decode


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery, or an answer to a question, holds."""
    is_local = posted.settings.get("recorded_in") == LOCAL
    usual = usual_readings(posted.body)
    if usual is None:
        return unpack(posted.body, lambda document: read(document, is_local=is_local))
    found = Found()
    path, readings = usual
    for number, told in enumerate(readings):
        try:
            found.add(items_of(told, f"{path}/{number}", is_local=is_local))
        except Misread as misread:
            found.add([misread.fault])
    return found.unpacked()


def usual_readings(body: bytes) -> tuple[str, list[Told]] | None:
    """Return where the readings of a document stand, and the readings; None of an unusual one."""
    try:
        if body.startswith(b"["):
            path, readings = "", decode_list(body)
        else:
            path, readings = "/readings", decode_answer(body).readings
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return (path, readings) if len(readings) <= MOST_ELEMENTS else None


def read(document: object, *, is_local: bool) -> Iterator[Item]:
    """Yield what a document holds."""
    if isinstance(document, dict) and isinstance(document.get("readings"), list):
        elements = listed(document["readings"], "/readings")
    elif isinstance(document, list):
        elements = listed(document)
    else:
        elements = [(document, "")]
    yield from each_of(elements, reader(is_local=is_local))


def reader(*, is_local: bool) -> Callable[[Node], list[Item]]:
    """Return what reads one element field by field."""

    def read_one(node: Node) -> list[Item]:
        told = filled(node, Told, unsure=("battery", "time_zone_offset"))
        return items_of(told, node.path, is_local=is_local)

    return read_one
