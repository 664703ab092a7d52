"""Which ICD-10-CM codes are valid on a date: complete ones only, and only in the lists at hand.

A list is of one fiscal year, from 1 October to 30 September. A date that no list covers is never
answered with yes: the caller is told which list is missing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from caretally.claims.extras import icd10_folder

CODE = re.compile(r"[A-Z][0-9A-Z][0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
RELEASE = re.compile(r"code-list-(January|April|October)-([0-9]{4})\.txt")
CMS_FILE = re.compile(r"icd10cm[-_](?:codes|order)[-_](?:[a-z]+[-_])?([0-9]{4})\.txt")
VALID, INVALID, INCOMPLETE, UNKNOWN = "valid", "invalid", "incomplete", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """The codes of one fiscal year without their dots, sorted; headings among them."""

    year: int
    codes: tuple[str, ...]

    def has(self, code: str) -> bool:
        """Tell whether a code without dot is in the list."""
        place = bisect_right(self.codes, code)
        return place > 0 and self.codes[place - 1] == code

    def is_heading(self, code: str) -> bool:
        """Tell whether longer codes begin with a code."""
        place = bisect_right(self.codes, code)
        return place < len(self.codes) and self.codes[place].startswith(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnoses:
    """The lists at hand, by fiscal year."""

    lists: Mapping[int, CodeList]

    def state_on(self, code: str, day: date) -> str:
        """Return whether a code is valid, invalid, incomplete, or unknown for want of a list."""
        known = self.lists.get(fiscal_year(day))
        if known is None:
            return UNKNOWN
        bare = code.replace(".", "").upper()
        if CODE.fullmatch(code.upper()) is None or not known.has(bare):
            return INCOMPLETE if known.is_heading(bare) and CODE.fullmatch(code) else INVALID
        return INCOMPLETE if known.is_heading(bare) else VALID


def fiscal_year(day: date) -> int:
    """Return the fiscal year of a date; it begins on 1 October.

    Example:
        >>> fiscal_year(date(2026, 9, 30)), fiscal_year(date(2026, 10, 1))
        (2026, 2027)
    """
    return day.year + (day.month >= 10)


def wanted_file(day: date) -> str:
    """Return the name of the CMS file that covers a date."""
    return f"icd10cm_codes_{fiscal_year(day)}.txt"


def code_list(year: int, text: str) -> CodeList:
    """Return the list in a text with one code at the beginning of each line.

    A CMS list leaves headings out, which makes no difference: what is a beginning of a code and no
    code is incomplete all the same.
    """
    found = {line.split(maxsplit=1)[0] for line in text.splitlines() if line.strip()}
    codes = {word.replace(".", "") for word in found if CODE.fullmatch(word)}
    return CodeList(year=year, codes=tuple(sorted(codes)))


def fiscal_year_of_file(name: str) -> int | None:
    """Return the fiscal year of a list by the name of its file; None for other files.

    Example:
        >>> fiscal_year_of_file("code-list-April-2026.txt")
        2026
        >>> fiscal_year_of_file("icd10cm_codes_2027.txt")
        2027
    """
    released = RELEASE.fullmatch(name)
    if released:
        return int(released[2]) + (released[1] == "October")
    made = CMS_FILE.fullmatch(name)
    return int(made[1]) if made else None


@lru_cache(maxsize=1)
def installed() -> CodeList:
    """Return the list that came with the installed package, read once.

    Raises:
        MissingExtraError: the package is not installed.
    """
    file = next(each for each in sorted(icd10_folder().iterdir()) if RELEASE.fullmatch(each.name))
    return code_list(fiscal_year_of_file(file.name) or 0, file.read_text(encoding="utf-8"))


def diagnoses(further: Iterable[tuple[str, str]] = ()) -> Diagnoses:
    """Return the lists at hand: the installed one, and further ones by file name and text."""
    lists = {installed().year: installed()}
    for name, text in further:
        year = fiscal_year_of_file(name)
        if year is not None:
            lists[year] = code_list(year, text)
    return Diagnoses(lists=lists)
