"""Reads Tenovi's deliveries: measurements, shipments and special orders."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import Item, Node, listed, unpack
from caretally.devices.pulls import about
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.tenovi.fulfillment import is_shipment, notices_of
from caretally.devices.vendors.tenovi.measurements import (
    SCHEME,
    Part,
    careful_part,
    joined,
    usual,
)


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery holds."""
    found = usual(posted.body)
    if found is not None:
        return Unpacked(readings=tuple(found[0]), signs=tuple(found[1]))
    asked_about = about(posted, SCHEME)
    return unpack(posted.body, lambda document: read(document, asked_about))


def read(document: object, asked_about: str) -> Iterator[Item]:
    """Yield what a document holds: one object, an array, or a page of what was asked for."""
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        yield from read_all(listed(document["results"], "/results"), asked_about)
    elif isinstance(document, list):
        yield from read_all(listed(document), asked_about)
    else:
        yield from read_all([(document, "")], asked_about)


def read_all(elements: list[tuple[object, str]], asked_about: str) -> Iterator[Item]:
    """Yield what elements hold, measurements of one moment joined.

    asked_about: the device a page was fetched for, where its measurements do not name it.
    """
    parts: list[Part] = []
    for value, path in elements:
        try:
            if not isinstance(value, dict):
                raise Misread(path, "not_the_shape", "an element is no object")
            named = {"hwi_device_id": asked_about} if asked_about else {}
            node = Node({**named, **value}, path)
            if is_shipment(node):
                yield from tuple(notices_of(node))
            else:
                parts.append(careful_part(node))
        except Misread as misread:
            yield misread.fault
    readings, signs = joined(parts)
    yield from readings
    yield from signs
