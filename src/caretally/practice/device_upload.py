"""Many devices from a table: every problem of every line is told first, then all or nothing.

A line puts a device on the books; where it names a patient, the device goes to them as well. Each
line is checked by the same commands as the forms, and lines are checked against one another.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from caretally.devices.catalogue import OnBooks, register_device
from caretally.devices.names import SERIAL, name_of, scheme_and_value
from caretally.enrollment.commands import assign_device
from caretally.errors import CaretallyError, InputError, Problem
from caretally.journal.drafts import Draft
from caretally.journal.entries import (
    DeviceAssigned,
    DeviceRegistered,
    Entry,
    EntryVoided,
    Identifier,
)
from caretally.practice.devices import after_change, registration_of
from caretally.practice.enrolling import MISTAKEN, UNDONE_WITHIN
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL, MANAGE_DEVICES
from caretally.store.device_cards import claimants, device_entries
from caretally.store.gathering import stored_entries
from caretally.store.streams import Book, locked_book

MOST_LINES = 2_000
MOST_CHARACTERS = 500_000
COLUMNS = (
    "device", "vendor", "model", "serial", "imei", "mac", "other_names", "medical_device",
    "parameters", "clinic", "patient",
)  # fmt: skip
"""In the order of the template; all but two may be left out or left empty."""
NEEDED = ("device", "medical_device")
YES, NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
COLUMN_OF = {"body.device": "device", "body.serial": "serial", "body.parameters": "parameters",
             "body.identifiers": "other_names", "patient": "patient"}  # fmt: skip
"""The column that a field of an entry comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTable:
    """A table as it was sent.

    upload_id: made by the page, so that the same table sent twice is stored once.
    """

    upload_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A line of the table: what it would store, and all that is wrong with it.

    number: as an editor counts, the header being the first.
    """

    number: int
    device: str
    patient: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePreview:
    """What a table would store, and all that is wrong with it.

    problems: of the table as a whole; those of lines stand with the lines.
    """

    lines: tuple[DeviceLine, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def every_problem(self) -> tuple[Problem, ...]:
        """All problems, of the table first."""
        return (*self.problems, *(problem for line in self.lines for problem in line.problems))


def preview_devices(office: Office, table: DeviceTable) -> DevicePreview:
    """Return what a table would store; nothing is stored.

    Raises:
        ForbiddenError: the caller may not keep devices.
    """
    office.caller.require(MANAGE_DEVICES)
    rows, problems = rows_of(table.text)
    if problems:
        return DevicePreview(problems=problems)
    owners = names_on_books(office, rows)
    devices: dict[str, int] = {}
    lines = []
    for number, row in rows:
        line = line_of(office, table, (number, row), owners)
        if line.device in devices:
            twice = problem(number, "device", f"the device of line {devices[line.device]}",
                            "each device once")  # fmt: skip
            line = replace(line, problems=(*line.problems, twice))
        devices.setdefault(line.device, number)
        for name in names_in(row):
            owners.setdefault(name, ())
            owners[name] = (*owners[name], line.device)
        lines.append(line)
    return DevicePreview(lines=tuple(lines))


def store_devices(office: Office, table: DeviceTable) -> int:
    """Store a whole table in one transaction and return how many devices it has.

    Raises:
        ForbiddenError: the caller may not keep devices, or not assign them.
        InputError: something is wrong with it, all of which is named; nothing is stored.
    """
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        rows, problems = rows_of(table.text)
        if rows and not problems and is_stored(book, table, rows[0][0]):
            return len(rows)
        found = preview_devices(office, table)
        if found.every_problem:
            raise InputError(found.every_problem)
        office.append([entry for line in found.lines for entry in line.entries])
        after_change(office, {line.device for line in found.lines})
    return len(found.lines)


def undo_upload(office: Office, upload_id: str, lines: int) -> int:
    """Take back a whole table that the caller stored just now; returns how many entries.

    Raises:
        InputError: it is somebody else's, too old, or a part of it was changed since.
    """
    office.caller.require(MANAGE_DEVICES)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        ids = [entry_id(upload_id, number, what) for number in range(2, lines + MOST_LINES)
               for what in ("device", "hands")]  # fmt: skip
        stored = [each.entry for each in stored_entries(book, ids)]
        voids = [entry_id(upload_id, 0, f"void {each.id}") for each in stored]
        gone = {each.entry.id for each in stored_entries(book, voids)}
        if gone:
            return len(gone)
        is_own = all(
            each.actor == office.caller.actor and office.now - each.recorded_at <= UNDONE_WITHIN
            for each in stored
        )
        if not stored or not is_own:
            raise InputError([problem(1, "", "a table of somebody else, or of more than a few "
                                      "minutes ago", "one that you stored just now")])  # fmt: skip
        office.append([voided(office, entry, name)
                       for entry, name in zip(stored, voids, strict=True)])  # fmt: skip
    return len(stored)


def voided(office: Office, entry: Entry, name: str) -> Entry:
    """Return the void of an entry of a table."""
    filing = office.filing(entry.patient, entry_id=name, reason=MISTAKEN)
    return Draft.of(filing, EntryVoided(entry=entry.id)).filed()[0]


def entry_id(upload_id: str, number: int, what: str) -> str:
    """Return the id of an entry that a line makes; the same for the same table."""
    return f"ent_{sha256(f'{upload_id}:{number}:{what}'.encode()).hexdigest()[:32]}"


def is_stored(book: Book, table: DeviceTable, number: int) -> bool:
    """Tell whether the table was stored before."""
    return bool(stored_entries(book, [entry_id(table.upload_id, number, "device")]))


def names_in(row: Mapping[str, str]) -> list[str]:
    """Return the names that a line gives its device."""
    names = [name_of(each.scheme, each.value) for each in identifiers_of(row)]
    return [*names, *([name_of(SERIAL, row["serial"])] if row.get("serial") else [])]


def identifiers_of(row: Mapping[str, str]) -> list[Identifier]:
    """Return the identifiers of a line; other names stand with semicolons between."""
    found = [Identifier(scheme=name, value=row[name]) for name in ("imei", "mac") if row.get(name)]
    for each in filter(None, map(str.strip, row.get("other_names", "").split(";"))):
        scheme, value = scheme_and_value(each)
        found.append(Identifier(scheme=scheme.lower(), value=value.strip()))
    return found


def names_on_books(
    office: Office, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> dict[str, tuple[str, ...]]:
    """Return which devices have the names of a table, in one question."""
    asked = {name for _, row in rows for name in names_in(row)}
    return {name: tuple(found) for name, found in claimants(office.book(), asked).items()}


def line_of(
    office: Office,
    table: DeviceTable,
    numbered: tuple[int, Mapping[str, str]],
    owners: Mapping[str, tuple[str, ...]],
) -> DeviceLine:
    """Return a line with its entries, checked as the forms check them."""  # fmt: skip
    number, row = numbered
    line = DeviceLine(number=number, device=row.get("device", ""), patient=row.get("patient", ""),
                      problems=tuple(row_problems(number, row)))  # fmt: skip
    body = body_of(row)
    filing = office.filing(None, entry_id=entry_id(table.upload_id, number, "device"))
    known = device_entries(office.book(), office.journal.desk.shelf, line.device)
    books = OnBooks(registered=registration_of(known), owners=owners)
    try:
        line = replace(line, entries=register_device(books, filing, body))
        if line.patient:
            line = replace(line, entries=(*line.entries, handed(office, table, line, body)))
    except InputError as error:
        moved = tuple(at_column(number, each, body) for each in error.problems)
        return replace(line, problems=(*line.problems, *moved))
    except CaretallyError as error:
        told = problem(number, "patient", str(error), "a patient who is open to you")
        return replace(line, problems=(*line.problems, told))
    return line


def handed(office: Office, table: DeviceTable, line: DeviceLine, body: DeviceRegistered) -> Entry:
    """Return the entry by which a line's device goes to its patient."""
    card = office.card(line.patient, permission=ENROLL)
    filing = office.filing(line.patient, entry_id=entry_id(table.upload_id, line.number, "hands"))
    assigned = DeviceAssigned(
        device=body.device, vendor=body.vendor, model=body.model, serial=body.serial,
        medical_device=body.medical_device, parameters=body.parameters,
    )  # fmt: skip
    return assign_device(office.chart(card).record, filing, assigned)[0]


def body_of(row: Mapping[str, str]) -> DeviceRegistered:
    """Return what a line says of a device."""
    return DeviceRegistered(
        device=row.get("device", ""), vendor=row.get("vendor", "").lower() or None,
        model=row.get("model") or None, serial=row.get("serial") or None,
        practice=row.get("clinic") or None, identifiers=tuple(identifiers_of(row)),
        medical_device=row.get("medical_device", "").lower() in YES,
        parameters=tuple(row.get("parameters", "").replace(";", " ").split()),
    )  # fmt: skip


def row_problems(number: int, row: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with columns that no entry has a field for."""
    if row.get("medical_device", "").lower() not in YES | NO:
        yield problem(number, "medical_device", "another word", "yes or no")


def at_column(number: int, found: Problem, body: DeviceRegistered) -> Problem:
    """Return a problem at the line and the column it comes from."""
    stem, _, rest = found.field.partition("[")
    column = COLUMN_OF.get(stem, stem.removeprefix("body."))
    place = rest.partition("]")[0]
    if stem == "body.identifiers" and place.isdigit():
        scheme = body.identifiers[int(place)].scheme
        column = scheme if scheme in {"imei", "mac"} else column
    return replace(found, where=f"line {number}", field=column)


def rows_of(text: str) -> tuple[list[tuple[int, dict[str, str]]], tuple[Problem, ...]]:
    """Return the rows of a table by line number, or what is wrong with the table."""
    if len(text) > MOST_CHARACTERS:
        found = f"{len(text):,} characters"
        return [], (problem(1, "", found, f"at most {MOST_CHARACTERS:,}"),)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        return [], (problem(reader.line_num + 1, "", str(error), "a table with commas between"),)
    stripped = [
        (number, {name: value.strip() for name, value in row.items() if isinstance(value, str)})
        for number, row in rows
    ]
    return stripped, tuple(table_problems(names, rows))


def table_problems(
    names: Sequence[str], rows: Sequence[tuple[int, Mapping[str, object]]]
) -> Iterator[Problem]:
    """Yield what is wrong with a table as a whole."""
    for name in names:
        if name not in COLUMNS:
            known = ", ".join(COLUMNS)
            yield problem(1, name or "(empty)", "an unknown column", f"columns of {known}")
        if names.count(name) > 1:
            yield problem(1, name, "a column that stands twice", "each column once")
    for name in NEEDED:
        if name not in names:
            yield problem(1, name, "no such column", "a header with it in the first line")
    if not rows:
        yield problem(2, "", "no line below the header", "a line for each device")
    if len(rows) > MOST_LINES:
        yield problem(1, "", f"{len(rows)} lines", f"at most {MOST_LINES} at a time")
    for number, row in rows:
        if row.get(""):
            yield problem(
                number, "", "more fields than columns", "quotes around fields with commas"
            )


def problem(number: int, column: str, found: str, expected: str) -> Problem:
    """Return what is wrong at a line and column."""
    return Problem(where=f"line {number}", field=column, found=found, expected=expected)
