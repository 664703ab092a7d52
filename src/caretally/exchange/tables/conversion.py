"""From a journal's entries to a folder of tables, and from made-up parts to the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import cast

from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.exchange.tables.cutting import cut
from caretally.exchange.tables.input_files import DATASET, write_part
from caretally.exchange.tables.part_words import CONTRACT
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.patient_months.columns import Rules
from caretally.patient_months.part_tables import PartTables
from caretally.patient_months.rows import Record, build_part
from caretally.patient_months.tables_of_entries import raw_codes, tables_of

PATIENTS_PER_PART = 20_000
ANY_MONTH = ServiceMonth(2026, 1)
"""Tables hold all months; the rows are made for one, and do not depend on which."""
NO_RULES = cast(Rules, None)
"""Tables hold what happened, whatever the rules; the rows are made without."""


def tables_of_record(record: Record) -> PartTables:
    """Return the tables of one part."""
    codes = raw_codes()
    return tables_of(build_part(record, ANY_MONTH, NO_RULES, codes), codes)


def write_tables(parts: Iterable[PartTables], directory: Path, *, as_of: str | None = None) -> int:
    """Write parts to a folder of tables; returns how many patients they hold.

    Raises:
        InputError: the folder holds something already.
    """
    if directory.exists() and any(directory.iterdir()):
        raise InputError(
            [
                Problem(
                    where=str(directory),
                    found="a folder that is not empty",
                    expected="an empty or a new folder",
                )
            ]
        )
    directory.mkdir(parents=True, exist_ok=True)
    names, patients = [], 0
    for number, part in enumerate(parts):
        names.append(f"part-{number:05d}")
        write_part(part, directory / names[-1])
        patients += len(part.patients)
    listing = {"contract": CONTRACT, "as_of": as_of, "patients": patients, "parts": names}
    partial = directory / f".{DATASET}.partial"
    partial.write_text(json.dumps(listing, indent=1), encoding="utf-8")
    partial.rename(directory / DATASET)
    return patients


def convert(
    entries: Iterable[Entry],
    directory: Path,
    *,
    as_of: datetime | None = None,
    patients_per_part: int = PATIENTS_PER_PART,
) -> int:
    """Write a journal's entries to a folder of tables; returns how many patients they hold.

    Args:
        entries: of any number of patients and practices, in any order.
        directory: a folder that is empty or not there yet.
        as_of: use only what was recorded by then.
        patients_per_part: about as many are put in a part.

    Raises:
        InputError: corrections contradict one another, or the folder holds something already.
    """
    resolution = resolve(tuple(entries), as_of)
    record = Record(known=resolution.known, set_aside=resolution.set_aside)
    parts = map(tables_of_record, cut(record, patients_per_part))
    said = None if as_of is None else as_of.isoformat()
    return write_tables(parts, directory, as_of=said)
