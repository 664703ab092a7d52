"""The names under which devices are known to others, written in one way only.

Vendors write one IMEI with and without its check digit, and one MAC address in four ways; a reading
finds its device only if both sides write the name alike.
"""

from __future__ import annotations

import re

IMEI, MAC, SERIAL, DEVICE = "imei", "mac", "serial", "device"
"""Schemes that are nobody's own; the last is our own id of a device."""
_IMEI_DIGITS = 15
_SHORTEST_IMEI = 12
_MAC = re.compile(r"[0-9a-f]{12}\Z")
_BETWEEN = re.compile(r"[\s:.\-]")


def name_of(scheme: str, value: str) -> str:
    """Return a name as it is stored and looked up: the scheme, a space, the value in its one form.

    An IMEI gets the zeros and the check digit that BodyTrace leaves out; a MAC address is twelve
    small digits. What is neither stays as it was sent, without space around it.

    Example:
        >>> name_of("imei", "35-209900-176148-1")
        'imei 352099001761481'
        >>> name_of("imei", "35209900176148")
        'imei 352099001761481'
        >>> name_of("mac", "A4:C1:38:0B:5E:11")
        'mac a4c1380b5e11'
    """
    scheme = scheme.strip().lower()
    if scheme == IMEI:
        return f"{scheme} {imei_of(value)}"
    if scheme == MAC:
        return f"{scheme} {mac_of(value)}"
    return f"{scheme} {value.strip()}"


def scheme_and_value(name: str) -> tuple[str, str]:
    """Return the two parts of a stored name."""
    scheme, _, value = name.partition(" ")
    return scheme, value


def imei_of(value: str) -> str:
    """Return an IMEI with all its digits; what cannot be one stays as it is."""
    digits = _BETWEEN.sub("", value)
    if not (digits.isascii() and digits.isdigit()):
        return value.strip()
    if _SHORTEST_IMEI <= len(digits) < _IMEI_DIGITS:
        digits = digits.zfill(_IMEI_DIGITS - 1)
        return digits + check_digit(digits)
    return digits


def mac_of(value: str) -> str:
    """Return a MAC address as twelve small digits; what cannot be one stays as it is."""
    digits = _BETWEEN.sub("", value).lower()
    return digits if _MAC.match(digits) else value.strip()


def check_digit(digits: str) -> str:
    """Return the digit that Luhn's formula puts behind others.

    Source: ISO/IEC 7812-1, annex B; 3GPP TS 23.003, section 6.2.1.
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def is_imei(value: str) -> bool:
    """Tell whether a text is a whole IMEI whose check digit is right."""
    return (
        len(value) == _IMEI_DIGITS
        and value.isascii()
        and value.isdigit()
        and check_digit(value[:-1]) == value[-1]
    )


def is_mac(value: str) -> bool:
    """Tell whether a text is a MAC address in its one form."""
    return _MAC.match(value) is not None
