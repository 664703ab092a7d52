"""Takes values to the form a file can hold, and names those it cannot.

Two rules, by what a value is for. *Words* (names, streets, cities) are for reading: letters lose
their accents and become capitals, typographic marks become plain ones, and delimiters become
spaces. *Marks* (ids, codes, control numbers) are compared by machines: they are written as they are
or refused. No value is ever shortened.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

from caretally.errors import InputError, Problem

PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
        **dict.fromkeys("*:^~\u00a0", " "),
        "ß": "SS", "Æ": "AE", "æ": "AE", "Ø": "O", "ø": "O", "Œ": "OE", "œ": "OE",
        "Ł": "L", "ł": "L", "Đ": "D", "đ": "D", "ð": "D", "Ð": "D", "Þ": "TH", "þ": "TH", "ı": "I",
    }
)  # fmt: skip
"""What stands for marks and letters that do not come apart into a letter and an accent."""
WRITTEN = re.compile(r"""[A-Za-z0-9 !"&'()+,\-./;?=%@\[\]_{}\\|<>#$]*""")
"""The basic and the extended set of characters, without the delimiters we write."""
MOST_DIGITS = 10
"""How many digits an amount may have before its point."""
CENTS = 2


@lru_cache(maxsize=65_536)
def folded(value: str) -> str:
    r"""Return words in capitals, without accents, delimiters or doubled spaces.

    Example:
        >>> folded("Peña  de la O’Neil")
        "PENA DE LA O'NEIL"
    """
    if value.isascii() and value.isalnum():
        return value.upper()
    # Twice: taking letters apart may bring forth marks that have a plain form.
    apart = unicodedata.normalize("NFKD", value.translate(PLAIN)).translate(PLAIN)
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return re.sub(" {2,}", " ", letters).strip(" ").upper()


class Pen:
    """Writes values for one claim or file, and keeps every problem it meets.

    where: id of the claim, or name of the file, for the problems to come.
    """

    __slots__ = ("problems", "where")

    def __init__(self, where: str) -> None:
        """Begin without problems."""
        self.where = where
        self.problems: list[Problem] = []

    def refuse(self, field: str, found: str, expected: str) -> str:
        """Keep a problem; what is written in its stead never leaves."""
        self.problems.append(Problem(where=self.where, field=field, found=found, expected=expected))
        return ""

    def words(self, value: str, field: str, most: int) -> str:
        """Return a value that is for reading."""
        return self.checked(folded(value), field, most)

    def mark(self, value: str, field: str, most: int) -> str:
        """Return a value that is compared by machines."""
        if value != value.strip(" "):
            return self.refuse(field, "spaces around the value", "no spaces")
        return self.checked(value, field, most)

    def checked(self, value: str, field: str, most: int) -> str:
        """Return a value if it is there, not too long, and of characters a file can hold."""
        if not value:
            return self.refuse(field, "nothing", f"1 to {most} characters")
        if len(value) > most:
            return self.refuse(field, f"{len(value)} characters", f"{most} at most")
        if value.isascii() and value.isalnum():
            return value
        held = WRITTEN.match(value)
        if held is None or held.end() != len(value):
            at = held.end() if held else 0
            return self.refuse(
                field,
                f"the character U+{ord(value[at]):04X} at position {at + 1}",
                "letters, digits and punctuation of the X12 character set, no delimiter",
            )
        return value

    def optional(self, value: str, field: str, most: int) -> str:
        """Return a mark, or nothing where there is none."""
        return self.mark(value, field, most) if value else ""

    def amount(self, value: Decimal, field: str) -> str:
        """Return an amount of money as short as it is exact: 51.7, not 51.70."""
        if not value.is_finite() or value < 0:
            return self.refuse(field, "a negative or endless amount", "0 or more")
        if value != round(value, CENTS):
            return self.refuse(field, "a fraction of a cent", "two decimals at most")
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        whole, _, cents = text.partition(".")
        whole = whole.lstrip("0")
        if len(whole) > MOST_DIGITS:
            return self.refuse(field, f"{len(whole)} digits", f"{MOST_DIGITS} digits at most")
        return f"{whole}.{cents}" if cents else whole or "0"

    def count(self, value: int, field: str, limits: tuple[int, int]) -> None:
        """Keep a problem where there are too few or too many of something."""
        low, high = limits
        if not low <= value <= high:
            self.refuse(field, str(value), f"{low} to {high}")

    def finish(self) -> None:
        """Refuse the file if anything could not be written.

        Raises:
            InputError: with every problem met.
        """
        if self.problems:
            raise InputError(self.problems)


@lru_cache(maxsize=4_096)
def day(value: date) -> str:
    """Return a date as eight digits."""
    return f"{value:%Y%m%d}" if value.year >= 1000 else value.isoformat().replace("-", "")
