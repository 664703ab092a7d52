"""Numbers of medical Bluetooth devices: whole ones, SFLOAT and FLOAT of IEEE 11073-20601.

A float is a decimal mantissa and a decimal exponent, so it is a Decimal exactly; five of its
patterns are no numbers and are told apart from those that are.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from caretally.devices.documents import FIRST_DEVICE_YEAR
from caretally.devices.refusals import Misread

SPECIAL_12 = {0x7FF: "NaN", 0x800: "NRes", 0x7FE: "+INF", 0x802: "-INF", 0x801: "reserved"}
SPECIAL_24 = {
    0x7FFFFF: "NaN", 0x800000: "NRes", 0x7FFFFE: "+INF", 0x800002: "-INF", 0x800001: "reserved",
}  # fmt: skip


def signed(value: int, bits: int) -> int:
    """Return a number in two's complement.

    Example:
        >>> signed(0xF, 4), signed(0x7FF, 12), signed(0x800, 12)
        (-1, 2047, -2048)
    """
    return value - (1 << bits) if value >> (bits - 1) else value


def sfloat(raw: int) -> Decimal | str:
    """Return the number of an SFLOAT, or the name of a value that is none.

    Example:
        >>> sfloat(0x0084), sfloat(0xF371), sfloat(0x07FF)
        (Decimal('132'), Decimal('88.1'), 'NaN')
    """
    mantissa = raw & 0xFFF
    if mantissa in SPECIAL_12:
        return SPECIAL_12[mantissa]
    return Decimal(signed(mantissa, 12)).scaleb(signed(raw >> 12, 4))


def float32(raw: int) -> Decimal | str:
    """Return the number of a FLOAT, or the name of a value that is none.

    Example:
        >>> float32(0xFF00016C), float32(0x00800000)
        (Decimal('36.4'), 'NRes')
    """
    mantissa = raw & 0xFFFFFF
    if mantissa in SPECIAL_24:
        return SPECIAL_24[mantissa]
    return Decimal(signed(mantissa, 24)).scaleb(signed(raw >> 24, 8))


class Octets:
    """The bytes of a characteristic, read from front to back; the least byte comes first."""

    def __init__(self, raw: bytes, path: str) -> None:
        """Begin at the front."""
        self._raw, self._at, self.path = raw, 0, path

    def whole(self, size: int) -> int:
        """Return an unsigned number of so many bytes.

        Raises:
            Misread: there are not that many left.
        """
        found = self._raw[self._at : self._at + size]
        if len(found) < size:
            raise Misread(self.path, "not_the_shape", "the characteristic is too short")
        self._at += size
        return int.from_bytes(found, "little")

    def number(self, what: str) -> Decimal:
        """Return an SFLOAT.

        Raises:
            Misread: it is no number.
        """
        return self._sound(sfloat(self.whole(2)), what)

    def long_number(self, what: str) -> Decimal:
        """Return a FLOAT.

        Raises:
            Misread: it is no number.
        """
        return self._sound(float32(self.whole(4)), what)

    def perhaps(self) -> Decimal | None:
        """Return an SFLOAT; None where the device says that it has none."""
        found = sfloat(self.whole(2))
        return found if isinstance(found, Decimal) else None

    def wall(self) -> datetime | None:
        """Return a local time without offset; None where the device's clock was not set.

        Raises:
            Misread: it is no time.
        """
        year = self.whole(2)
        month, day, hour, minute, second = (self.whole(1) for _ in range(5))
        if not (year and month and day):
            return None
        try:
            found = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - it has none
        except ValueError:
            raise Misread(self.path, "not_a_time", "the time of the device is none") from None
        if found.year < FIRST_DEVICE_YEAR:
            raise Misread(self.path, "not_a_time", "the clock of the device was not set")
        return found

    def _sound(self, found: Decimal | str, what: str) -> Decimal:
        if isinstance(found, Decimal):
            return found
        raise Misread(self.path, "not_a_number", f"{what} is {found}")
