"""The National Provider Identifier: ten digits, the last of which follows from the others."""

from __future__ import annotations

PREFIX = "80840"
DIGITS = 10


def is_npi(text: str) -> bool:
    """Tell whether a text is a well-formed NPI; whether somebody has it, no number can say.

    Example:
        >>> is_npi("1234567893"), is_npi("1234567890"), is_npi("")
        (True, False, False)
    """
    if len(text) != DIGITS or not (text.isascii() and text.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(PREFIX + text)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0
