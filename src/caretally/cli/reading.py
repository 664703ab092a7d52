"""Reads what a command is given: files of entries, months, instants, policies, patients.

Every refusal says where it was found, what was expected and how to mend it; what is wrong with
several files or options is told together.
"""

from __future__ import annotations

import csv
import difflib
import sys
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from caretally.cli.screen import tell
from caretally.cli.watched import watched
from caretally.clock import ServiceMonth
from caretally.codes import PAYERS, POLICIES
from caretally.errors import InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.lines import Source
from caretally.journal.ndjson import Reading, read_entries
from caretally.patient_months.rows import Record

STDIN = "-"
DESCRIPTOR_COLUMNS = ("code", "descriptor")


def read_files(names: Sequence[str], *, lenient: bool = False) -> Reading:
    """Return the reading of files, `-` being standard input; skipped lines are told.

    Raises:
        InputError: a file cannot be read or a line is no entry; all problems are listed.
    """
    reading = opened(names, lenient=lenient)
    for problem in reading.skipped:
        tell(f"skipped {problem}")
    reading.checked()
    return reading


def record_read(reading: Reading, as_of: datetime | None = None) -> Record:
    """Return what was read as a record, corrections resolved.

    Raises:
        InputError: corrections contradict one another; all are named by file and line.
    """
    resolution = resolve(reading.entries, as_of, where=reading.place_of)
    return Record(known=resolution.known, set_aside=resolution.set_aside)


def opened(names: Sequence[str], *, lenient: bool = False) -> Reading:
    """Return the reading of files, problems and all.

    Raises:
        InputError: no file is named.
    """
    if not names:
        raise refusal("FILE", "no file", "files of entries, or - for standard input")
    with watched([source_of(name) for name in names]) as sources:
        return read_entries(sources, lenient=lenient)


def source_of(name: str) -> Source | Path:
    """Return a file, or standard input for `-`."""
    return Source(name="standard input", stream=sys.stdin.buffer) if name == STDIN else Path(name)


def refusal(where: str, found: str, expected: str, hint: str = "") -> InputError:
    """Return the refusal of one option."""
    return InputError([Problem(where=where, found=found, expected=expected, hint=hint)])


def month_of(text: str | None, option: str = "--month") -> ServiceMonth:
    """Return the month of an option.

    Raises:
        InputError: it is not written YYYY-MM.
    """
    if text is None:
        raise refusal(option, "no month", "a month such as 2026-03", f"add {option} 2026-03")
    try:
        return ServiceMonth.parse(text)
    except ValueError:
        expected = "a month written YYYY-MM, such as 2026-03"
        raise refusal(option, repr(text), expected) from None


def day_of(text: str, option: str) -> date:
    """Return the date of an option.

    Raises:
        InputError: it is not written YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        expected = "a date written YYYY-MM-DD, such as 2026-03-31"
        raise refusal(option, repr(text), expected) from None


def instant_of(text: str | None, option: str = "--as-of") -> datetime | None:
    """Return the instant of an option, aware; None where it is not given.

    Raises:
        InputError: it is no instant, or has no offset.
    """
    if text is None:
        return None
    expected = "an instant with an offset, such as 2026-04-02T09:00:00-05:00 or …Z"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise refusal(option, repr(text), expected) from None
    if instant.tzinfo is None:
        hint = "add the offset: an hour without one is another instant in every zone"
        raise refusal(option, f"{text!r}, which has no offset", expected, hint)
    return instant


def one_of(text: str | None, words: Collection[str], option: str) -> str | None:
    """Return the word of an option; None where it is not given.

    Raises:
        InputError: it is none of the words.
    """
    if text is None or text in words:
        return text
    raise refusal(option, repr(text), f"one of {', '.join(words)}", meant(text, words))


def policy_of(text: str | None) -> str | None:
    """Return the counting policy asked for, or None for the payers' own."""
    return one_of(text, POLICIES, "--policy")


def payer_of(text: str | None) -> str | None:
    """Return the payer asked for, or None."""
    return one_of(text, PAYERS, "--payer")


def meant(text: str, words: Collection[str]) -> str:
    """Return a question naming what was probably meant, or nothing."""
    close = difflib.get_close_matches(text, list(words), n=1)
    return f"did you mean {close[0]}?" if close else ""


def check_patient(patient: str, patients: Sequence[str]) -> None:
    """Refuse a patient the files do not speak of.

    Raises:
        InputError: no entry is of this patient.
    """
    if patient not in patients:
        expected = "the id of a patient in the files"
        few = ", ".join(patients[:5])
        hint = meant(patient, patients) or f"the files have {len(patients)} patients, such as {few}"
        raise refusal("--patient", f"{patient!r}, of whom there is no entry", expected, hint)


def new_file(name: str, option: str = "--out") -> Path:
    """Return a file to be written, which must not exist yet.

    Raises:
        InputError: it exists, or its folder does not.
    """
    path = Path(name)
    if path.exists():
        hint = "name another, or remove it first"
        raise refusal(option, f"{name}, which exists already", "a name that is free", hint)
    if not path.parent.is_dir():
        hint = f"make it first: mkdir -p {path.parent}"
        raise refusal(option, f"no folder {path.parent}", "a folder that exists", hint)
    return path


def descriptors_of(name: str | None) -> dict[str, str]:
    """Return a site's own licensed code descriptors by code; none where no file is named.

    Raises:
        InputError: the file is no CSV of the columns code and descriptor; all problems are listed.
    """
    if name is None:
        return {}
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        unreadable = "bytes that are no UTF-8" if isinstance(error, ValueError) else "no such file"
        expected = "a CSV file with the columns code and descriptor"
        raise refusal(name, unreadable, expected) from None
    rows = csv.DictReader(text.splitlines())
    if not set(DESCRIPTOR_COLUMNS) <= set(rows.fieldnames or ()):
        raise refusal(
            f"{name}:1", ",".join(rows.fieldnames or ()) or "nothing", "code,descriptor",
            "name the columns code and descriptor in the first line",
        )  # fmt: skip
    found: dict[str, str] = {}
    problems = []
    for row in rows:
        code, descriptor = ((row[column] or "").strip() for column in DESCRIPTOR_COLUMNS)
        if not code or not descriptor or code in found:
            what = f"{code} again" if code in found else "an empty cell"
            expected = "one code and its descriptor a line"
            problems.append(Problem(where=f"{name}:{rows.line_num}", found=what, expected=expected))
        found[code] = descriptor
    if problems:
        raise InputError(problems)
    return found
