"""The form that Withings posts when a user's values changed; it carries none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from caretally.devices.documents import Item, Node, instant_after_epoch
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import DeviceSign, Fetch, Passed, Removal, SchemedName
from caretally.journal.quantities import (
    BODY_FAT,
    DIASTOLIC,
    GLUCOSE,
    HEIGHT,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

USER, DEVICE = "withings:user", "withings:device"
READ: Mapping[str, tuple[str, ...]] = {
    "1": (WEIGHT, BODY_FAT, HEIGHT),
    "2": (TEMPERATURE,),
    "4": (PRESSURE, SYSTOLIC, DIASTOLIC, PULSE, SATURATION),
    "58": (GLUCOSE,),
}
"""Kinds of values (`appli`) that hold readings, and which."""
NOT_READ: Mapping[str, str] = {
    "16": "activity", "44": "sleep", "46": "an action of the user", "50": "going to bed",
    "51": "leaving the bed", "52": "an inflated mattress sensor", "53": "a device without account",
    "54": "an electrocardiogram", "55": "a failed electrocardiogram",
}  # fmt: skip
"""Kinds of values that hold no reading."""
MOST_FIELDS = 50
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def form_of(body: bytes) -> Node:
    """Return the fields of a form.

    Raises:
        Misread: it is none.
    """
    parts = [part.partition(b"=") for part in body.strip().split(b"&") if part]
    if not parts or len(parts) > MOST_FIELDS or not all(sign for _, sign, _ in parts):
        raise Misread("", "not_readable", "the body is neither a form nor a JSON document")
    try:
        return Node({unescaped(name): unescaped(value) for name, _, value in parts})
    except UnicodeDecodeError:
        raise Misread("", "not_readable", "the form is not written in UTF-8") from None


def unescaped(text: bytes) -> str:
    """Return a part of a form as it was before it was escaped."""
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text.replace(b"+", b" "))
    return plain.decode()


def told(form: Node) -> Iterator[Item]:
    """Yield what a notification asks to be done.

    Raises:
        Misread: something is not as it should be.
    """
    if not form.text("userid"):
        raise Misread(form.at("userid"), "no_device", "userid is missing")
    names: tuple[SchemedName, ...] = ((USER, form.text("userid")),)
    action = form.text("action") or "update"
    if action == "unlink":
        yield DeviceSign(names=names, kind="fault", signal="unlink", path=form.at("action"))
    elif action in {"update", "delete"}:
        yield of_values(form, names, action)
    else:
        raise Misread(form.at("action"), "not_the_shape", "an action that is not known")


def of_values(form: Node, names: tuple[SchemedName, ...], action: str) -> Item:
    """Return what is to be done about values of a kind in a stretch of time.

    Raises:
        Misread: the kind is not known, or the stretch is none.
    """
    kind = form.needed_text("appli")
    if kind in NOT_READ:
        says = f"appli {kind}, {NOT_READ[kind]}, holds no reading"
        return Passed(path=form.at("appli"), says=says)
    if kind not in READ:
        says = f"appli {kind}" if kind.isdecimal() and len(kind) < 5 else "an appli not known"
        raise Misread(form.at("appli"), "unknown_metric", says)
    begins, ends = epoch(form, "startdate"), epoch(form, "enddate")
    if begins is not None and ends is not None and ends < begins:
        raise Misread(form.at("enddate"), "not_a_time", "enddate is before startdate")
    if action == "update":
        return Fetch(names=names, what=f"appli {kind}", begins=begins, ends=ends)
    if begins is None or ends is None:
        # Without a stretch it would take back all that the user ever measured.
        raise Misread(form.at("startdate"), "missing_field", "a deletion without its stretch")
    return Removal(names=names, begins=begins, ends=ends, metrics=READ[kind])


def epoch(node: Node, name: str) -> datetime | None:
    """Return an instant written as seconds since 1970; None where it is absent.

    Raises:
        Misread: it is none.
    """
    seconds = node.number(name)
    if seconds is None:
        return None
    found = instant_after_epoch(seconds * 1000) if seconds > 0 else None
    if found is None or seconds != seconds.to_integral_value() or seconds > Decimal(2**32):
        raise Misread(node.at(name), "not_a_time", f"{name} is no count of seconds since 1970")
    return found
