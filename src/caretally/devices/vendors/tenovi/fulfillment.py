"""Tenovi's words on devices on their way: shipments, and orders of several devices.

Sources: https://docs.tenovi.com/hwi-api/webhooks/fulfillment-webhooks and
https://docs.tenovi.com/hwi-api/webhooks/special-order-webhooks
"""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import Node
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import CustodyNotice, SchemedName
from caretally.devices.vendors.tenovi.measurements import SCHEME
from caretally.journal.scalars import is_storable

STATUSES = {
    "pending shipment": "ordered",
    "dropship requested": "ordered",
    "ready to ship": "ordered",
    "client action required": "on_hold",
    "on hold": "on_hold",
    "shipped": "shipped",
    "dropshipped": "shipped",
    "delivered": "delivered",
    "connected": "connected",
    "returned": "returned",
    "replaced": "replaced",
    "unlinked": "in_stock",
}
"""By the vendor's word, in lower case. Unlinked: with nobody, until it is linked again."""


def is_shipment(node: Node) -> bool:
    """Tell whether a document is about a device on its way."""
    return "metric" not in node.fields and any(name.strip() == "status" for name in node.fields)


def status_of(node: Node) -> tuple[str, str]:
    """Return the status of a document, as ours and as the vendor's word.

    A published example writes the name of the field with a blank behind it.

    Raises:
        Misread: it is missing, or not known.
    """
    name = next((name for name in node.fields if name.strip() == "status"), "status")
    word = node.needed_text(name)
    known = STATUSES.get(word.lower())
    if known is None:
        raise Misread(node.at(name), "not_the_shape", "a status that is not known")
    return known, word


def notices_of(node: Node) -> Iterator[CustodyNotice]:
    """Yield what a document says of each device in it.

    Raises:
        Misread: something is not as it should be.
    """
    status, word = status_of(node)
    at = node.instant("updated_on") or node.instant("created_on")
    order = node.text("order_number") or node.text("request_id")
    for names in devices_of(node):
        yield CustodyNotice(
            names=names, status=status, says=word, at=at, order=order,
            tracking=node.text("tracking_link"), path=node.path,
        )  # fmt: skip


def devices_of(node: Node) -> list[tuple[SchemedName, ...]]:
    """Return the names of the devices: the one it is about, or those of a special order.

    An order that names no device yet is known by its own number.

    Raises:
        Misread: nothing is named at all.
    """
    device = node.text("hwi_device_id")
    if device:
        return [((SCHEME, device),)]
    manifest = node.part("manifest")
    shipped = [
        ((scheme, name),)
        for field, scheme in (("imeis", "imei"), ("gateway_ids", "gateway"))
        for name in manifest.parts(field)
        if isinstance(name, str) and 0 < len(name) <= 64 and is_storable(name)
    ]
    if shipped:
        return list(shipped)
    for field, scheme in (
        ("client_device_id", "tenovi:client_device"), ("hardware_uuid", "gateway"),
        ("order_number", "tenovi:order"), ("request_id", "tenovi:order"),
    ):  # fmt: skip
        if node.text(field):
            return [((scheme, node.text(field)),)]
    raise Misread(node.at("hwi_device_id"), "no_device", "no device and no order is named")
