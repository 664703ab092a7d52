"""Reads documents of others field by field: numbers as decimals, every trouble with its path.

What is not as it should be is refused (`refusals`), which costs that element and no other. Nothing
here knows a vendor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple, TypeAlias, TypeVar

import msgspec

from caretally.clock import EPOCH
from caretally.devices.refusals import LONGEST_TEXT, Misread, pointed
from caretally.devices.unpacked import (
    CustodyNotice,
    DeviceSign,
    Fault,
    Fetch,
    Measured,
    Passed,
    Removal,
    Unpacked,
    VendorReading,
)
from caretally.journal.scalars import FIRST_YEAR, LAST_YEAR, is_measurable, is_storable

LONGEST_NAME, LONGEST_NUMBER = 100, 80
MOST_ELEMENTS = 20_000
"""Of one delivery; more is no batch of readings, and would keep others waiting."""
FIRST_DEVICE_YEAR = 2000
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
_is_number = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII).fullmatch
_document = msgspec.json.Decoder(object, float_hook=Decimal)

Item: TypeAlias = VendorReading | DeviceSign | CustodyNotice | Removal | Fetch | Fault | Passed

KINDS: tuple[type[Item], ...] = (
    VendorReading, DeviceSign, CustodyNotice, Removal, Fetch, Fault, Passed,
)  # fmt: skip
"""In the order in which `Unpacked` holds them."""


class Node(NamedTuple):
    """An object of a document, and where it stands."""

    fields: Mapping[str, object]
    path: str = ""

    def at(self, name: str) -> str:
        """Return the path of a field."""
        return f"{self.path}/{pointed(name)}"

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self.fields.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text, a whole number as text; nothing where it is absent or null.

        Raises:
            Misread: it is something else, too long, or cannot be stored.
        """
        value = self.fields.get(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
            return str(value)
        if not isinstance(value, str):
            raise Misread(self.at(name), "not_the_shape", f"{name} is no text")
        text = value.strip()
        if len(text) > LONGEST_TEXT or not is_storable(text):
            raise Misread(self.at(name), "too_large", f"{name} is no text of a usual length")
        return text

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None where it is absent, null or empty."""
        return self.text(name) or None

    def needed_text(self, name: str) -> str:
        """Return a text that must be there."""
        text = self.text(name)
        if not text:
            raise Misread(self.at(name), "missing_field", f"{name} is missing")
        return text

    def number(self, name: str) -> Decimal | None:
        """Return a number, also one written as text; None where it is absent, null or empty.

        Raises:
            Misread: it is no number, or none that could have been measured.
        """
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        number = decimal_of(value)
        if number is None:
            raise Misread(self.at(name), "not_a_number", f"{name} is no number")
        if not is_measurable(number):
            raise Misread(self.at(name), "not_a_number", f"{name} is no number of a usual size")
        return number

    def needed_number(self, name: str) -> Decimal:
        """Return a number that must be there."""
        number = self.number(name)
        if number is None:
            raise Misread(self.at(name), "missing_field", f"{name} is missing")
        return number

    def is_true(self, name: str) -> bool:
        """Tell whether a mark is set; null and absence are no.

        Raises:
            Misread: it is neither true nor false.
        """
        value = self.fields.get(name)
        if value is None or isinstance(value, bool):
            return value is True
        words = {"true": True, "1": True, "false": False, "0": False, "": False}
        known = words.get(str(value).lower()) if isinstance(value, str | int) else None
        if known is None:
            raise Misread(self.at(name), "not_the_shape", f"{name} is neither true nor false")
        return known

    def time(self, name: str) -> datetime | None:
        """Return a time as it is written, with its offset or, lacking one, naive.

        Raises:
            Misread: it is no time.
        """
        if not self.has(name) or self.fields.get(name) == "":
            return None
        found = time_of(self.fields[name])
        if found is None:
            raise Misread(self.at(name), "not_a_time", f"{name} is no time")
        return found

    def instant(self, name: str) -> datetime | None:
        """Return an instant in UTC; None where it is absent.

        Raises:
            Misread: it is no time, or one without offset.
        """
        found = self.time(name)
        if found is None:
            return None
        if found.tzinfo is None:
            raise Misread(self.at(name), "not_a_time", f"{name} is a time without offset")
        return found.astimezone(UTC)

    def needed_instant(self, name: str) -> datetime:
        """Return an instant that must be there."""
        found = self.instant(name)
        if found is None:
            raise Misread(self.at(name), "missing_field", f"{name} is missing")
        return found

    def part(self, name: str) -> Node:
        """Return an object inside; an empty one where it is absent or null.

        Raises:
            Misread: it is something else.
        """
        value = self.fields.get(name)
        if value is None:
            return Node({}, self.at(name))
        if not isinstance(value, dict):
            raise Misread(self.at(name), "not_the_shape", f"{name} is no object")
        return Node(value, self.at(name))

    def parts(self, name: str) -> list[object]:
        """Return a list inside; an empty one where it is absent or null.

        Raises:
            Misread: it is something else.
        """
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Misread(self.at(name), "not_the_shape", f"{name} is no list")
        return value


class Found:
    """What a parser has found so far, in the order of the document."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._items: dict[type[Item], list[Item]] = {each: [] for each in KINDS}

    def add(self, items: Iterable[Item]) -> None:
        """Keep what an element held."""
        for item in items:
            self._items[type(item)].append(item)

    def unpacked(self) -> Unpacked:
        """Return all that was found."""
        names = ("readings", "signs", "notices", "removals", "fetches", "faults", "passed")
        lists = zip(names, self._items.values(), strict=True)
        return Unpacked(**{name: tuple(found) for name, found in lists})  # type: ignore[arg-type]


NO_NUMBER = Decimal("NaN")
"""Stands for what was told and is no number, where that costs no reading."""
READERS: Mapping[object, Callable[[Node, str], object]] = {
    str: Node.text,
    str | int: Node.text,
    str | int | None: Node.text_or_none,
    bool: Node.is_true,
    bool | int: Node.is_true,
    Decimal | None: Node.number,
    datetime | None: Node.time,
}
"""By the type of a field, how it is read."""
Shape = TypeVar("Shape", bound=msgspec.Struct)


def filled(
    node: Node, shape: type[Shape], unsure: tuple[str, ...] = (), skipped: tuple[str, ...] = ()
) -> Shape:
    """Return an object as a record with fields of texts, marks, numbers and times.

    unsure: fields that may hold anything; what is no number there becomes `NO_NUMBER`.
    skipped: fields that are left as they are by default.

    Raises:
        Misread: a field holds something else.
    """
    found = {}
    for name, read in _readers_of(shape, skipped):
        try:
            found[name] = read(node, name)
        except Misread:
            if name not in unsure:
                raise
            found[name] = NO_NUMBER
    return shape(**found)


@cache
def _readers_of(
    shape: type[msgspec.Struct], skipped: tuple[str, ...]
) -> tuple[tuple[str, Callable[[Node, str], object]], ...]:
    return tuple(
        (each.name, READERS[each.type])
        for each in msgspec.structs.fields(shape) if each.name not in skipped
    )  # fmt: skip


def opened(body: bytes) -> object:
    """Return a JSON document; numbers with a point become decimals from their text.

    Raises:
        Misread: it is none, or nested too deep.
    """
    try:
        return _document.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Misread("", "not_readable", "the body is no JSON document") from None


def listed(values: list[object], path: str = "") -> list[tuple[object, str]]:
    """Return the elements of a list with their paths.

    Raises:
        Misread: they are more than a delivery may hold.
    """
    if len(values) > MOST_ELEMENTS:
        raise Misread(path, "too_large", f"more than {MOST_ELEMENTS} elements")
    return [(value, f"{path}/{number}") for number, value in enumerate(values)]


def each_of(
    elements: Iterable[tuple[object, str]], read: Callable[[Node], Iterable[Item]]
) -> Iterator[Item]:
    """Yield what each element holds; an element that is misread becomes a fault."""
    for value, path in elements:
        if not isinstance(value, dict):
            yield Fault(path=path, code="not_the_shape", says="an element is no object")
            continue
        try:
            yield from tuple(read(Node(value, path)))
        except Misread as misread:
            yield misread.fault


def never_silent(items: Iterable[Item], path: str) -> Iterator[Item]:
    """Yield items; where there is none, that what stands at a path holds nothing to read."""
    is_silent = True
    for item in items:
        is_silent = False
        yield item
    if is_silent:
        yield Passed(path=path, says="holds nothing that is read")


def unpack(body: bytes, read: Callable[[object], Iterable[Item]]) -> Unpacked:
    """Return what a JSON document holds, as a function reads it."""
    found = Found()
    try:
        found.add(read(opened(body)))
    except Misread as misread:
        found.add([misread.fault])
    return found.unpacked()


def is_name(text: str) -> bool:
    """Tell whether a text may be the name of a device or a reading."""
    return 0 < len(text) <= LONGEST_NAME and (text.isalnum() or is_storable(text))


def measured(metric: str, value: Decimal, unit: str, path: str) -> Measured:
    """Return a value as it was sent.

    Raises:
        Misread: it is none that could have been measured.
    """
    if not is_measurable(value):
        raise Misread(path, "not_a_number", "no number of a usual size")
    return Measured(metric, value, unit)


def in_utc(time: datetime, path: str) -> datetime:
    """Return the instant of a time; one without offset is taken to be in UTC.

    Raises:
        Misread: it is outside of the years we keep.
    """
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise Misread(path, "not_a_time", "a time of no usual year")
    if time.tzinfo is UTC:
        return time
    # A dozen times faster than `replace`, and there are millions of these.
    return EPOCH + (time - NAIVE_EPOCH) if time.tzinfo is None else time.astimezone(UTC)


def decimal_of(value: object) -> Decimal | None:
    """Return a number from a document, exactly; None of anything else, also of true and false."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if len(text) > LONGEST_NUMBER or not _is_number(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def time_of(value: object) -> datetime | None:
    """Return a time from its text, naive where it has no offset; None of anything else."""
    if not isinstance(value, str) or not 16 <= len(value) <= LONGEST_NUMBER:
        return None
    text = value.strip()
    try:
        found: datetime = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def instant_after_epoch(milliseconds: Decimal) -> datetime | None:
    """Return the instant so many milliseconds after 1970; None before there were such devices.

    So seconds, told for milliseconds, are found out: they lie in 1970.
    """
    if not -(2**43) < milliseconds < 2**43:
        return None
    found = EPOCH + timedelta(microseconds=int(milliseconds * 1000))
    return found if FIRST_DEVICE_YEAR <= found.year <= LAST_YEAR else None
