"""The words behind a part's numbers: written beside its tables, and refused where they do not fit.

Words are refused where this version gives a number another meaning, and where they are no words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caretally.clock import zone
from caretally.codes import PAYERS, RULE_CODES
from caretally.errors import InputError, Problem
from caretally.patient_months.part_tables import PartTables, TableWords

CONTRACT = 1
WORDS = "part.json"
LISTED = ("zones", "payers", "codes", "staff")
"""Lists of words that numbers are positions in; diagnosis sets are lists of such lists."""


def words_json(tables: PartTables, digests: dict[str, str]) -> dict[str, object]:
    """Return what the words file says."""
    words = tables.words
    return {
        "contract": CONTRACT,
        "patients": len(tables.patients),
        "rule_codes": list(RULE_CODES),
        "default_zone": words.default_zone,
        "zones": list(words.zones),
        "payers": list(words.payers),
        "diagnosis_sets": [list(codes) for codes in words.diagnosis_sets],
        "codes": list(words.codes),
        "staff": list(words.staff),
        "digests": digests,
    }


def json_object(path: Path, hint: str) -> dict[str, Any]:
    """Return the object in a file.

    Raises:
        InputError: there is no such file, or no object in it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    said = "a file that holds no JSON object" if path.exists() else "no such file"
    raise InputError([Problem(where=str(path), found=said, expected="a JSON object", hint=hint)])


def read_words(folder: Path) -> TableWords:
    """Return the words of a part.

    Raises:
        InputError: there are none, they are no words, or their numbers mean something else in this
            version.
    """
    path = folder / WORDS
    found = json_object(path, "convert the part again")
    problems = [*version_problems(found, path)] or [*word_problems(found, path)]
    if problems:
        raise InputError(problems)
    return TableWords(
        zones=found["zones"],
        payers=found["payers"],
        diagnosis_sets=[tuple(codes) for codes in found["diagnosis_sets"]],
        codes=found["codes"],
        staff=found["staff"],
        default_zone=found["default_zone"],
    )


def version_problems(found: dict[str, Any], path: Path) -> Iterator[Problem]:
    """Yield the news that a version wrote the words which gave numbers another meaning."""
    payers = found.get("payers", [])
    is_ours = (
        found.get("contract") == CONTRACT
        and found.get("rule_codes") == list(RULE_CODES)
        and (not is_words(payers) or payers[: len(PAYERS)] == list(PAYERS))
    )
    if not is_ours:
        yield Problem(
            where=str(path), found="tables written by another version",
            expected=f"those of contract {CONTRACT} and of this version",
            hint="convert the part again",
        )  # fmt: skip


def is_words(found: object) -> bool:
    """Tell whether something is a list of texts."""
    return isinstance(found, list) and all(isinstance(word, str) for word in found)


def word_problems(found: dict[str, Any], path: Path) -> Iterator[Problem]:
    """Yield what is wrong with words of this version."""
    where = str(path)
    for name in LISTED:
        if not is_words(found.get(name)):
            yield Problem(where=where, field=name, found="no such list", expected="a list of texts")
    sets = found.get("diagnosis_sets")
    if not isinstance(sets, list) or not all(map(is_words, sets)):
        expected = "a list of lists of texts"
        yield Problem(where=where, field="diagnosis_sets", found="no such list", expected=expected)
    zones = found["zones"] if is_words(found.get("zones")) else []
    for name in zones:
        if not is_zone(name):
            yield Problem(
                where=where, field="zones", found=repr(name), expected="an IANA time zone"
            )
    if not zones:
        yield Problem(where=where, field="zones", found="none", expected="one zone or more")
    default = found.get("default_zone")
    if type(default) is not int or not 0 <= default < max(1, len(zones)):
        yield Problem(
            where=where, field="default_zone", found=repr(default),
            expected="the position of a zone",
        )  # fmt: skip


def is_zone(name: str) -> bool:
    """Tell whether a time zone of that name is known."""
    try:
        zone(name)
    except ValueError:
        return False
    return True
