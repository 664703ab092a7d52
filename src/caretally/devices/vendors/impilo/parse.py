"""Reads Impilo's webhooks: readings, devices coming, going and failing, and orders."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import Item, Node, each_of, listed, unpack
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import CustodyNotice, DeviceSign, Passed, Posted, Unpacked
from caretally.devices.vendors.impilo.readings import names_of, reading_of

READING = "reading."
SIGNS = {
    "device.lowBattery": "low_battery", "device.weakSignal": "weak_signal",
    "device.healthcheck": "heartbeat",
}  # fmt: skip
CUSTODY = {"device.associationCreated": "connected", "device.associationRemoved": "in_stock"}
ORDERS = ("order.", "return.", "transferRequest.", "procurement.")
NOT_OURS = ("patient.", "supportTicket.", "reading.sleepMat")
STATUSES = {
    "created": "ordered", "placed": "ordered", "pending": "ordered", "processing": "ordered",
    "submitted": "ordered", "approved": "ordered", "onhold": "on_hold", "hold": "on_hold",
    "shipped": "shipped", "intransit": "shipped", "outfordelivery": "shipped",
    "delivered": "delivered", "fulfilled": "delivered", "complete": "delivered",
    "completed": "delivered", "returned": "returned", "received": "returned", "lost": "lost",
    "canceled": "in_stock", "cancelled": "in_stock",
}  # fmt: skip
"""By the vendor's word, in small letters without blanks, dashes and underscores."""


def parse(posted: Posted) -> Unpacked:
    """Return what a webhook holds."""
    return unpack(posted.body, read)


def read(document: object) -> Iterator[Item]:
    """Yield what a document holds: one event, or a list of them."""
    elements = listed(document) if isinstance(document, list) else [(document, "")]
    yield from each_of(elements, event_of)


def event_of(node: Node) -> list[Item]:
    """Return what an event says.

    Raises:
        Misread: something is not as it should be, or the type is not known.
    """
    kind = node.needed_text("type")
    payload = node.part("payload")
    if kind.startswith(NOT_OURS):
        return [Passed(path=node.path, says=f"an event of the type {told(kind)}")]
    if kind.startswith(READING):
        return [reading_of(payload, kind.removeprefix(READING))]
    if kind in SIGNS:
        return [sign_of(payload, SIGNS[kind])]
    if kind in CUSTODY:
        return [notice_of(payload, CUSTODY[kind], kind)]
    if kind.startswith(ORDERS):
        return order_of(payload)
    raise Misread(node.at("type"), "unknown_metric", f"the type {told(kind)}")


def device_in(payload: Node) -> Node:
    """Return the device of a payload: an object of its own, or the payload itself."""
    return payload.part("device") if payload.has("device") else payload


def sign_of(payload: Node, kind: str) -> DeviceSign:
    """Return what an event says of a device's battery, signal or life."""
    at = payload.instant("timestamp") or payload.instant("createdAt")
    signal = payload.text("signalStrength")
    return DeviceSign(
        names=names_of(device_in(payload)), at=at, kind=kind, signal=signal, path=payload.path,
        battery_percent=payload.number("batteryLevel") or payload.number("batteryPercentage"),
    )  # fmt: skip


def notice_of(payload: Node, status: str, says: str) -> CustodyNotice:
    """Return that a device was given to a patient, or taken from one."""
    at = payload.instant("timestamp") or payload.instant("createdAt")
    names = names_of(device_in(payload))
    return CustodyNotice(names=names, status=status, says=says, at=at, path=payload.path)


def order_of(payload: Node) -> list[Item]:
    """Return what an order says of each of its devices, or of the order where it names none.

    Raises:
        Misread: the status is missing or not known, or nothing is named.
    """
    word = payload.needed_text("status")
    status = STATUSES.get(word.lower().replace(" ", "").replace("-", "").replace("_", ""))
    if status is None:
        raise Misread(payload.at("status"), "not_the_shape", "a status that is not known")
    order = payload.text("orderNumber") or payload.text("orderId") or payload.text("id")
    at = (
        payload.instant("updatedAt") or payload.instant("timestamp") or payload.instant("createdAt")
    )
    devices = [
        names_of(Node(each, path)) for each, path in listed(payload.parts("devices"),
                                                            payload.at("devices"))
        if isinstance(each, dict)
    ]  # fmt: skip
    if not devices and payload.has("device"):
        devices = [names_of(payload.part("device"))]
    if not devices:
        if not order:
            raise Misread(payload.path, "no_device", "no device and no order is named")
        devices = [(("impilo:order", order),)]
    tracking = payload.text("trackingUrl") or payload.text("trackingNumber")
    return [
        CustodyNotice(names=names, status=status, says=word, at=at, order=order,
                      tracking=tracking, path=payload.path)
        for names in devices
    ]  # fmt: skip
