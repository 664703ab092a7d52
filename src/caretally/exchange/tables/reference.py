"""The reference page of the tables: every column, from the very fields that are written."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from itertools import pairwise

from caretally.codes import RULE_CODES
from caretally.exchange.tables.schemas import INPUTS, KINDS, OUTPUTS, SLOTS, Field
from caretally.patient_months import columns
from caretally.patient_months.facts import Facts

PAGE = "tables.md"
INTRODUCTION = """\
`caretally tables` writes the first, `caretally decide --tables` reads them and writes the second.
A folder holds parts, `part-00000` and so on, and a list of them (`tables.json`, `decisions.json`).
A part is all patients who share a practice, a member of staff or a device; parts can be decided
apart. Each part holds one Parquet file a table, and `part.json` with the words behind the numbers.

Words of the contract are positions in the tuples of `caretally.codes`, instants whole seconds since
1970-01-01 UTC, days days since 1970-01-01, sets bit masks. Stretches are half-open; an empty end is
open. Patients, staff, zones, payers, diagnosis sets and codes are positions in the part's words; a
patient's number is the row in `patients`, or in `decisions`.

Rows are sorted: spans by patient, start and id; readings by patient, instant and id; facts by
patient, kind and code. Integers are packed by their differences (DELTA_BINARY_PACKED), without
dictionaries; a writer of one's own may choose otherwise.

Whoever wrote them, tables are held to this page before they are decided. What is missing, broken,
of another type, out of bounds or out of order is refused with exit status 2, all of it named by
file, row and column; rows count from 0, and of a column the first wrong row is told. Parts that are
right are decided."""


def reference() -> str:
    """Return the page."""
    lines = [
        "<!-- Generated from src/caretally by `make docs`; changes here are lost. -->",
        "",
        "# Tables for populations",
        "",
        INTRODUCTION,
        "",
        "## In",
        *tables(INPUTS),
        *kinds(),
        "",
        "## Out",
        *tables({**OUTPUTS, "slots": spoken_slots()}),
        *numbers(),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def tables(described: dict[str, tuple[Field, ...]]) -> Iterator[str]:
    """Yield the columns of tables."""
    for name, fields in described.items():
        yield from ("", f"### {name}", "", "| column | type | meaning |", "|---|---|---|")
        for field in fields:
            kind = f"{field.type}, may be empty" if field.empty else field.type
            yield f"| `{field.name}` | {kind} | {field.says} |"


def kinds() -> Iterator[str]:
    """Yield what the rows of facts say, kind by kind."""
    yield from ("", "#### Kinds of facts", "", "| kind | name | code | from and to | x | y |")
    yield "|---:|---|---|---|---|---|"
    for number, (name, code, stretch, x, y) in enumerate(KINDS):
        assert getattr(columns, name.upper()) == number, name
        yield f"| {number} | {name} | {code} | {stretch} | {x} | {y} |"
    yield from ("", "Codes billed by others are numbered by the part's words, these first: ")
    yield ", ".join(f"{number} {code}" for number, code in enumerate(RULE_CODES) if code) + "."


def numbers() -> Iterator[str]:
    """Yield the bits of reasons."""
    yield from ("", "#### Bits of reasons", "")
    yield ", ".join(f"{bit} `{name}`" for bit, name in enumerate(columns.REASONS)) + "."


def spoken_slots() -> tuple[Field, ...]:
    """Return the columns of slots with what the facts say of themselves."""
    said = dict(said_of(ast.parse(inspect.getsource(Facts)).body))
    return tuple(field._replace(says=said[field.name]) for field in SLOTS)


def said_of(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield every field of a class with the words that stand below it."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from said_of(node.body)
    statements = list(body)
    for node, below in pairwise(statements):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            assert isinstance(below, ast.Expr)
            assert isinstance(below.value, ast.Constant)
            yield node.target.id, str(below.value.value).rstrip(".")
