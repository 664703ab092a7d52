"""The folder of one part: five tables and the words behind their numbers.

A folder is written under another name and renamed when it is whole, so that one that can be found
can be read. What is read is held to everything the fold takes for granted: whoever wrote a folder,
it is refused with all that is wrong, or can be folded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from caretally.errors import InputError, Problem
from caretally.exchange.extras import np
from caretally.exchange.tables.column_types import others, pairing_problems, read_typed
from caretally.exchange.tables.parquet import flattened, integers, lists, one_piece, write_table
from caretally.exchange.tables.part_words import (
    WORDS,
    json_object,
    read_words,
    words_json,
)
from caretally.exchange.tables.schemas import INPUTS
from caretally.patient_months.column_checks import Fault
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.part_tables import (
    FactTable,
    PartTables,
    ReadingTable,
    SpanTable,
    StaffTable,
    TableWords,
)
from caretally.patient_months.table_checks import looked_at

DATASET = "tables.json"
SPAN_COLUMNS = (
    "patient", "start", "end", "kind", "program", "mode", "spoke_with", "two_way", "topics",
    "category", "part_of_visit", "marked", "standing", "recorded",
)  # fmt: skip
SPAN_LISTS = ("performers", "places", "excluded")
READING_COLUMNS = ("at", "device", "origin", "standing")
FACT_COLUMNS = ("kind", "code", "from", "to", "x", "y")
COUNT_COLUMNS = ("spans", "readings", "facts")
NEEDED = {
    "patients": COUNT_COLUMNS,
    "spans": (*SPAN_COLUMNS, *SPAN_LISTS),
    "readings": READING_COLUMNS,
    "staff": ("staff", "role", "from", "to"),
    "facts": FACT_COLUMNS,
}
"""The columns that the fold needs, by table."""


class Columns(NamedTuple):
    """The tables of a part as Arrow decoded them; only the columns that the fold needs."""

    patients: Any
    spans: Any
    readings: Any
    staff: Any
    facts: Any


def file_digest(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def write_part(tables: PartTables, folder: Path) -> None:
    """Write a part to a folder that is not there yet."""
    unfinished = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, columns in columns_of(tables).items():
        write_table(columns, INPUTS[name], unfinished / f"{name}.parquet")
    digests = {f"{name}.parquet": file_digest(unfinished / f"{name}.parquet") for name in INPUTS}
    (unfinished / WORDS).write_text(json.dumps(words_json(tables, digests)), encoding="utf-8")
    unfinished.rename(folder)


def columns_of(tables: PartTables) -> dict[str, dict[str, Any]]:
    """Return the columns of every table by name."""
    spans, readings = tables.spans, tables.readings
    return {
        "patients": {
            "patient": tables.patients,
            "spans": tables.span_counts,
            "readings": tables.reading_counts,
            "facts": tables.fact_counts,
        },
        "spans": {
            "id": tables.span_ids,
            **dict(zip(SPAN_COLUMNS, spans[: len(SPAN_COLUMNS)], strict=True)),
            "performers": lists(spans.first_performer, spans.performers),
            "places": lists(spans.first_performer, spans.places),
            "excluded": lists(spans.first_excluded, spans.excluded),
        },
        "readings": {
            "id": tables.reading_ids,
            **dict(zip(("patient", *READING_COLUMNS), readings, strict=True)),
        },
        "staff": dict(zip(("staff", "role", "from", "to"), tables.staff, strict=True)),
        "facts": dict(zip(("patient", *FACT_COLUMNS), tables.facts, strict=True)),
    }


def read_columns(folder: Path) -> Columns:
    """Decode the columns of a part that the fold needs.

    Raises:
        InputError: files are missing or broken, or their columns are not the published ones.
    """
    return Columns._make(all_of([partial(read_needed, folder, name) for name in INPUTS]))


def read_needed(folder: Path, table: str) -> Any:
    """Return those columns of a table that the fold needs."""
    return read_typed(
        folder / f"{table}.parquet", [f for f in INPUTS[table] if f.name in NEEDED[table]]
    )


def all_of(reads: Sequence[Callable[[], Any]]) -> list[Any]:
    """Return what several reads found, or refuse with the problems of all.

    Raises:
        InputError: some were refused.
    """
    found: list[Any] = []
    problems: list[Problem] = []
    for read in reads:
        try:
            found.append(read())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def read_ids(folder: Path, table: str, name: str) -> Any:
    """Return a column of ids as an Arrow array."""
    fields = [field for field in INPUTS[table] if field.name == name]
    return one_piece(read_typed(folder / f"{table}.parquet", fields), name)


def read_part(folder: Path) -> PartTables:
    """Return a part without its ids, which deciding does not need; it is safe to fold.

    Raises:
        InputError: a file is missing, broken, of another version, or holds what cannot be.
    """
    words, columns = all_of([partial(read_words, folder), partial(read_columns, folder)])
    tables, faults = looked_at(tables_of(columns, words))
    problems = [
        *pairing_problems(columns.spans, folder / "spans.parquet"),
        *(problem_of(fault, folder) for fault in faults),
    ]
    if problems:
        raise InputError(problems)
    return tables


def problem_of(fault: Fault, folder: Path) -> Problem:
    """Return a fault of a table as a problem at a place a person can open."""
    return Problem(
        where=f"{folder / fault.table}.parquet: row {fault.row}",
        field=fault.column,
        found=fault.found,
        expected=fault.expected,
        hint=others(fault.more),
    )


def tables_of(columns: Columns, words: TableWords) -> PartTables:
    """Return decoded columns as tables; nothing is copied but ends that are open."""
    spans, readings, staff, facts = columns.spans, columns.readings, columns.staff, columns.facts
    counts = [integers(columns.patients, name) for name in COUNT_COLUMNS]
    nobody: Any = np.empty(0, dtype=np.int32)
    return PartTables(        patients=range(len(columns.patients)),  # type: ignore[arg-type]
        span_counts=counts[0],
        reading_counts=counts[1],
        fact_counts=counts[2],
        spans=SpanTable._make(
            (
                *(integers(spans, name) for name in SPAN_COLUMNS),
                *flattened(spans, "performers"),
                flattened(spans, "places")[1],
                *flattened(spans, "excluded"),
            )
        ),
        readings=ReadingTable(nobody, *(integers(readings, name) for name in READING_COLUMNS)),
        staff=StaffTable(
            integers(staff, "staff"), integers(staff, "role"),
            integers(staff, "from", empty=-FOREVER).astype(np.int64),
            integers(staff, "to").astype(np.int64),
        ),
        facts=FactTable(nobody, *(integers(facts, name) for name in FACT_COLUMNS)),
        words=words,
    )  # fmt: skip


def read_listing(directory: Path) -> dict[str, Any]:
    """Return what a folder of tables says of itself.

    Raises:
        InputError: the folder holds no tables.
    """
    found = json_object(directory / DATASET, "`caretally tables` writes such folders")
    names = found.get("parts")
    if not (isinstance(names, list) and all(map(is_folder_name, names)) and is_unique(names)):
        problem = Problem(
            where=str(directory / DATASET), field="parts", found="no list of folders",
            expected="names of folders beside this file, each once", hint="convert it again",
        )  # fmt: skip
        raise InputError([problem])
    if not is_instant_or_none(found.get("as_of")):
        problem = Problem(
            where=str(directory / DATASET), field="as_of", found="no instant",
            expected="an ISO 8601 instant with offset, or null", hint="convert it again",
        )  # fmt: skip
        raise InputError([problem])
    return found


def is_instant_or_none(said: object) -> bool:
    """Tell whether something is a written instant with its offset, or nothing."""
    try:
        return said is None or datetime.fromisoformat(str(said)).tzinfo is not None
    except ValueError:
        return False


def is_unique(names: Sequence[str]) -> bool:
    """Tell whether no name stands twice."""
    return len(set(names)) == len(names)


def is_folder_name(name: object) -> bool:
    """Tell whether something can be the name of a part's folder."""
    return isinstance(name, str) and not name.startswith(".") and Path(name).name == name


def as_of_of(directory: Path) -> str | None:
    """Return the time of knowing of a folder of tables."""
    found: str | None = read_listing(directory).get("as_of")
    return found


def part_folders(directory: Path) -> list[Path]:
    """Return the parts of a folder of tables, in order.

    Raises:
        InputError: the folder holds no tables, or lacks a part.
    """
    folders = [directory / name for name in read_listing(directory)["parts"]]
    problems = [
        Problem(where=str(folder), found="no part", expected=WORDS, hint="convert it again")
        for folder in folders
        if not (folder / WORDS).is_file()
    ]
    if problems:
        raise InputError(problems)
    return folders
