"""Readings that were held back because nobody was known to hold their device go on by themselves.

Part of every save, whoever saves: pages, the API, an import, a vendor's word. Nothing here decides
whose a reading is; it is only put back where filing looks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from caretally.devices.binding import device_of, names_in
from caretally.devices.rules import HEALED_BY_CUSTODY
from caretally.devices.unpacked import SchemedName
from caretally.store.device_cards import devices_named
from caretally.store.readings_on_the_way import held_for_custody, make_ready
from caretally.store.streams import Book


class Named(msgspec.Struct, frozen=True):
    """A reading, as far as its device's names go; the rest is not decoded, of thousands."""

    names: tuple[SchemedName, ...]


NAMES = msgspec.json.Decoder(Named)


def let_go_on(book: Book, devices: Collection[str]) -> int:
    """Let readings be filed anew whose device has other names or another holder than before.

    A reading is concerned if its device was one of these, or is now, by any name it was told under.

    Returns:
        How many will be looked at again.
    """
    if not devices:
        return 0
    held = tuple(held_ones(book))
    known = devices_named(book, {name for _, _, each in held for name in names_in(each)})
    numbers = [
        number
        for number, device, each in held
        if device in devices or device_of(each, known) in devices
    ]
    return make_ready(book, numbers) if numbers else 0


def held_ones(book: Book) -> Iterator[tuple[int, str, Named]]:
    """Yield number, device and names of what is held for want of a holder, as far as readable."""
    for number, device, content in held_for_custody(book, HEALED_BY_CUSTODY):
        try:
            yield number, device, NAMES.decode(content)
        except msgspec.MsgspecError:
            continue
