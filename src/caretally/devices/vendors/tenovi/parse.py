"""Reads Tenovi's deliveries: measurements, shipments and special orders."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import Item, Misread, Node, listed, unpack
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.tenovi.fulfillment import is_shipment, notices_of
from caretally.devices.vendors.tenovi.measurements import Part, careful_part, joined, usual


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery holds."""
    found = usual(posted.body)
    if found is not None:
        return Unpacked(readings=tuple(found[0]), signs=tuple(found[1]))
    return unpack(posted.body, read)


def read(document: object) -> Iterator[Item]:
    """Yield what a document holds: one object, an array, or a page of what was asked for."""
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        yield from read_all(listed(document["results"], "/results"))
    elif isinstance(document, list):
        yield from read_all(listed(document))
    else:
        yield from read_all([(document, "")])


def read_all(elements: list[tuple[object, str]]) -> Iterator[Item]:
    """Yield what elements hold, measurements of one moment joined."""
    parts: list[Part] = []
    for value, path in elements:
        try:
            if not isinstance(value, dict):
                raise Misread(path, "not_the_shape", "an element is no object")
            node = Node(value, path)
            if is_shipment(node):
                yield from tuple(notices_of(node))
            else:
                parts.append(careful_part(node))
        except Misread as misread:
            yield misread.fault
    readings, signs = joined(parts)
    yield from readings
    yield from signs
