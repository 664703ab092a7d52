"""Reads BodyTrace's messages, pushed or asked for: one, a list, or values by their time.

Source: https://github.com/api-evangelist/bodytrace
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from caretally.devices.pulls import ABOUT
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Posted, Unpacked
from caretally.devices.vendors.bodytrace.messages import Message, Values, items_of

decode_usual = msgspec.json.Decoder(list[Message] | Message).decode
VALUES = frozenset(field.name for field in msgspec.structs.fields(Values))


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery, or an answer to a question, holds."""
    # of which device, as `imei NUMBER`
    about = posted.headers.get(ABOUT, "").rpartition(" ")[2]
    # An answer to a question does not repeat which device was asked about.
    usual = None if about else usual_messages(posted.body)
    if usual is None:
        return unpack(posted.body, lambda document: read(document, posted.settings, about))
    found = Found()
    for path, message in usual:
        try:
            found.add(items_of(message, path, posted.settings))
        except Misread as misread:
            found.add([misread.fault])
    return found.unpacked()


def usual_messages(body: bytes) -> list[tuple[str, Message]] | None:
    """Return the messages of a document with their places; None of an unusual one."""
    try:
        told = decode_usual(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(told, Message):
        found = [("", told)]
    else:
        found = [(f"/{number}", message) for number, message in enumerate(told)]
    # Without anything measured it must be seen whether there was something we do not know.
    is_usual = len(found) <= MOST_ELEMENTS and all(
        message.values is not None and message.values.measures() for _, message in found
    )
    return found if is_usual else None


def read(document: object, settings: Mapping[str, str], about: str) -> Iterator[Item]:
    """Yield what a document holds."""
    if isinstance(document, list):
        elements = listed(document)
    elif isinstance(document, dict) and document and all(map(is_time, document)):
        elements = [(told_at(time, value), f"/{time}") for time, value in document.items()]
    else:
        elements = [(document, "")]
    yield from each_of(elements, lambda node: careful(node, settings, about))


def is_time(name: object) -> bool:
    """Tell whether a name of a field is a count of milliseconds."""
    return isinstance(name, str) and name.isascii() and name.isdigit() and len(name) <= 15


def told_at(time: str, value: object) -> object:
    """Return values with the time that is their name in the document."""
    return {**value, "ts": time} if isinstance(value, dict) else value


def careful(node: Node, settings: Mapping[str, str], about: str) -> list[Item]:
    """Return what any message says.

    Raises:
        Misread: something is not as it should be.
    """
    message = filled(node, Message, skipped=("values",))
    values = node.part("values")
    known = filled(values, Values)
    strange = [name for name in values.fields if name not in VALUES]
    if strange and not known.measures():
        raise Misread(values.path, "unknown_metric", "values holds nothing that is known")
    whole = msgspec.structs.replace(message, values=known, imei=message.imei or about)
    return items_of(whole, node.path, settings)
