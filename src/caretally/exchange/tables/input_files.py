"""The folder of one part: five tables and the words behind their numbers.

A folder is written under another name and renamed when it is whole, so that one that can be found
can be read. Words are refused where this version gives a number another meaning.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caretally.codes import PAYERS, RULE_CODES
from caretally.errors import ExchangeError
from caretally.exchange.extras import np
from caretally.exchange.tables.parquet import (
    flattened,
    integers,
    lists,
    one_piece,
    read_table,
    write_table,
)
from caretally.exchange.tables.schemas import INPUTS
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.part_tables import (
    FactTable,
    PartTables,
    ReadingTable,
    SpanTable,
    StaffTable,
    TableWords,
)

CONTRACT = 1
WORDS = "part.json"
DATASET = "tables.json"
SPAN_COLUMNS = (
    "patient", "start", "end", "kind", "program", "mode", "spoke_with", "two_way", "topics",
    "category", "part_of_visit", "marked", "standing", "recorded",
)  # fmt: skip
SPAN_LISTS = ("performers", "places", "excluded")
READING_COLUMNS = ("at", "device", "origin", "standing")
FACT_COLUMNS = ("kind", "code", "from", "to", "x", "y")
COUNT_COLUMNS = ("spans", "readings", "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
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
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, columns in columns_of(tables).items():
        write_table(columns, INPUTS[name], partial / f"{name}.parquet")
    digests = {f"{name}.parquet": file_digest(partial / f"{name}.parquet") for name in INPUTS}
    (partial / WORDS).write_text(json.dumps(words_json(tables, digests)), encoding="utf-8")
    partial.rename(folder)


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


def read_words(folder: Path) -> TableWords:
    """Return the words of a part.

    Raises:
        ExchangeError: there are none, or their numbers mean something else in this version.
    """
    path = folder / WORDS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExchangeError(f"{path}: cannot be read: {error}; convert the part again") from error
    same = (
        found.get("contract") == CONTRACT
        and found.get("rule_codes") == list(RULE_CODES)
        and found.get("payers", [])[: len(PAYERS)] == list(PAYERS)
    )
    if not same:
        raise ExchangeError(f"{path}: written by another version; convert the part again")
    return TableWords(
        zones=found["zones"],
        payers=found["payers"],
        diagnosis_sets=[tuple(codes) for codes in found["diagnosis_sets"]],
        codes=found["codes"],
        staff=found["staff"],
        default_zone=found["default_zone"],
    )


def read_columns(folder: Path) -> Columns:
    """Decode the columns of a part that the fold needs."""
    return Columns(
        patients=read_table(folder / "patients.parquet", COUNT_COLUMNS),
        spans=read_table(folder / "spans.parquet", (*SPAN_COLUMNS, *SPAN_LISTS)),
        readings=read_table(folder / "readings.parquet", READING_COLUMNS),
        staff=read_table(folder / "staff.parquet", ("staff", "role", "from", "to")),
        facts=read_table(folder / "facts.parquet", FACT_COLUMNS),
    )


def read_ids(folder: Path, table: str, name: str) -> Any:
    """Return a column of ids as an Arrow array."""
    return one_piece(read_table(folder / f"{table}.parquet", (name,)), name)


def read_part(folder: Path) -> PartTables:
    """Return a part without its ids, which deciding does not need.

    Raises:
        ExchangeError: a file is missing, broken, or of another version.
    """
    return tables_of(read_columns(folder), read_words(folder), folder)


def tables_of(columns: Columns, words: TableWords, folder: Path) -> PartTables:
    """Return decoded columns as tables; nothing is copied but ends that are open."""
    spans, readings, staff, facts = columns.spans, columns.readings, columns.staff, columns.facts
    counts = [integers(columns.patients, name) for name in COUNT_COLUMNS]
    for name, count, table in zip(COUNT_COLUMNS, counts, (spans, readings, facts), strict=True):
        if int(count.sum()) != len(table):
            raise ExchangeError(
                f"{folder}: {name}.parquet has {len(table)} rows, patients.parquet says "
                f"{int(count.sum())}; convert the part again"
            )
    nobody: Any = np.empty(0, dtype=np.int32)
    return PartTables(
        patients=range(len(columns.patients)),  # type: ignore[arg-type]
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
        ExchangeError: the folder holds no tables.
    """
    path = directory / DATASET
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExchangeError(
            f"{path}: cannot be read: {error}; `caretally tables` writes such folders"
        ) from error
    return found


def as_of_of(directory: Path) -> str | None:
    """Return the time of knowing of a folder of tables."""
    found: str | None = read_listing(directory).get("as_of")
    return found


def part_folders(directory: Path) -> list[Path]:
    """Return the parts of a folder of tables, in order.

    Raises:
        ExchangeError: the folder holds no tables, or lacks a part.
    """
    folders = [directory / str(name) for name in read_listing(directory).get("parts", ())]
    missing = [folder.name for folder in folders if not (folder / WORDS).is_file()]
    if missing:
        raise ExchangeError(f"{directory}: lacks {', '.join(missing)}; convert it again")
    return folders
