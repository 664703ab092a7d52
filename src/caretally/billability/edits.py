"""Reads Medicare's unit edits (MUE) and procedure pairs (NCCI) from their tables.

The tables are of one quarter; `edits.yaml` beside them says which and where they come from. A
code that is not in a table has no known edit, which is not the same as having none.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping

from caretally.billability.sheet_records import Edits, Mue
from caretally.yaml_lines import Problems, Row

MUE_COLUMNS = ("hcpcs", "mue_practitioner", "mai", "effective")
PAIR_COLUMNS = ("column1", "column2", "modifier_indicator")
INDICATORS = {"0": 0, "1": 1}
ReadText = Callable[[str], str]


def read_edits(row: Row, read_text: ReadText) -> Edits:
    """Return the edits that a header describes; `read_text` opens a file of the folder by name."""
    problems = row.problems
    units_file, pairs_file = row.text("mue"), row.text("pairs")
    cites_of_units, cites_of_pairs = row.cites("mue_cites"), row.cites("pairs_cites")
    edits = Edits(
        as_of=row.dated("as_of"),
        mue=read_mue(read_text(units_file), units_file, (cites_of_units, problems)),
        pairs=read_pairs(read_text(pairs_file), pairs_file, problems),
        cites=cites_of_pairs,
    )
    for says in ("origin", "caveat"):
        row.text(says)
    row.finish()
    return edits


def rows_of(
    text: str, file: str, columns: tuple[str, ...], problems: Problems
) -> list[tuple[str, Mapping[str, str]]]:
    """Return the rows of a CSV text with file:line, refusing other columns than expected."""
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != columns:
        problems.add(f"edits/{file}:1", "", ",".join(reader.fieldnames or ()), ",".join(columns))
        return []
    return [(f"edits/{file}:{reader.line_num}", row) for row in reader]


def read_mue(text: str, file: str, told: tuple[tuple[str, ...], Problems]) -> dict[str, Mue]:
    """Return the unit edits by code; `told` holds their citations and the problems so far."""
    cites, problems = told
    found: dict[str, Mue] = {}
    for where, row in rows_of(text, file, MUE_COLUMNS, problems):
        units, mai = row["mue_practitioner"], row["mai"]
        if not units.isdigit() or mai not in {"1", "2", "3"} or row["hcpcs"] in found:
            problems.add(
                where,
                row["hcpcs"],
                f"{units}, {mai}",
                "units and 1, 2 or 3, once a code",
            )
            continue
        found[row["hcpcs"]] = Mue(units=int(units), mai=int(mai), cites=cites)
    return found


def read_pairs(text: str, file: str, problems: Problems) -> dict[tuple[str, str], int]:
    """Return the pairs as (column 1, column 2) to 0 or 1."""
    found: dict[tuple[str, str], int] = {}
    for where, row in rows_of(text, file, PAIR_COLUMNS, problems):
        pair, indicator = (row["column1"], row["column2"]), row["modifier_indicator"]
        if indicator not in INDICATORS or pair in found:
            problems.add(where, "/".join(pair), repr(indicator), "0 or 1, once a pair")
            continue
        found[pair] = INDICATORS[indicator]
    return found
