"""Tables from outside are refused with all that is wrong with them, before anything is folded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")
pytest.importorskip("pyarrow", reason="the extra 'bulk' is not installed")

from caretally.clock import ServiceMonth
from caretally.errors import InputError
from caretally.exchange.bulk import BulkSettings, Engine, PartDone, decide_tables
from caretally.exchange.extras import np, pa, pq
from caretally.exchange.tables.conversion import convert
from caretally.exchange.tables.input_files import part_folders, read_part
from caretally.exchange.tables.parquet import schema_of
from caretally.exchange.tables.schemas import INPUTS, KINDS, LISTS
from caretally.patient_months.columns import (
    ACCESS,
    AUTHORIZED,
    CAREGIVER,
    COVERED,
    CUSTODY,
    DETAIL,
    DIED,
    ELSEWHERE,
    ENROLLED,
    PLACE,
    SETUP,
    TIME,
    VISIT,
    VISITED,
)  # fmt: skip
from caretally.patient_months.table_bounds import READINGS, SPANS
from tests.property.hostile import hostile_entries

pytestmark = pytest.mark.bulk

MONTH = ServiceMonth(2026, 3)
EMPTY: list[int] = []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one part with every kind of span, reading, registration and fact."""
    folder = tmp_path_factory.mktemp("whole") / "tables"
    entries, _ = hostile_entries(12, 60)
    convert(entries, folder)
    kinds = pq.read_table(folder / "part-00000" / "facts.parquet").column("kind").to_pylist()
    assert set(kinds) == set(range(len(KINDS)))
    return folder


@pytest.fixture
def part(whole: Path, tmp_path: Path) -> Path:
    """A copy of that part, to be broken."""
    target = tmp_path / "tables" / "part-00000"
    target.mkdir(parents=True)
    for file in (whole / "part-00000").iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    (tmp_path / "tables" / "tables.json").write_bytes((whole / "tables.json").read_bytes())
    return target


def rewrite(part: Path, table: str, column: str, change: Callable[[list[Any]], object]) -> None:
    """Change a column of a table in place, as a list of its rows."""
    path = part / f"{table}.parquet"
    found = pq.read_table(path)
    rows = found.column(column).to_pylist()
    change(rows)
    at = found.column_names.index(column)
    schema = schema_of(INPUTS[table])
    pq.write_table(
        found.set_column(at, schema.field(column), pa.array(rows, schema.types[at])), path
    )


def problems_of(part: Path) -> list[str]:
    """What is wrong with a part."""
    with pytest.raises(InputError) as refused:
        read_part(part)
    assert refused.value.exit_status == 2
    return [str(problem) for problem in refused.value.problems]


def first_of(part: Path, kind: int, table: str = "facts") -> int:
    """The first row of a kind."""
    found: list[int] = pq.read_table(part / f"{table}.parquet").column("kind").to_pylist()
    return found.index(kind)


def test_the_part_is_right_before_it_is_broken(part: Path) -> None:
    assert len(read_part(part).patients) == 60


# --- a number out of bounds -----------------------------------------------------------------------


class Fault(NamedTuple):
    """A number put where it cannot be; facts are of a kind."""

    table: str
    column: str
    value: int
    expected: str
    kind: int | None = None


def by_bounds(table: str, bounds: dict[str, Any]) -> list[Fault]:
    """One number below and one above what every column of a table may hold."""
    widths = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
    types = {field.name: field.type for field in INPUTS[table]}
    found = []
    for column, bound in bounds.items():
        most = (1 << widths[types[column]] - 1) - 1
        values = [-most - 1, bound.low - 1, bound.high + 1, most]
        found += [
            Fault(table, column, value, str(bound))
            for value in values
            if -most - 1 <= value <= most and not bound.low <= value <= bound.high
        ]
    return found


OF_FACTS = [
    Fault("facts", "kind", -1, "0 to 17"),
    Fault("facts", "kind", 18, "0 to 17"),
    Fault("facts", "code", 7, "0 to 6 for a fact of kind 0", ENROLLED),
    Fault("facts", "code", -1, "0 to 6 for a fact of kind 0", ENROLLED),
    Fault("facts", "code", 1, "0 for a fact of kind 2", DIED),
    Fault("facts", "from", 1 << 60, "an instant", DETAIL),
    Fault("facts", "from", -(1 << 63), "an instant", SETUP),
    Fault("facts", "from", 1_770_000_000, "a day", COVERED),
    Fault("facts", "to", (1 << 60) + 1, "an instant", ENROLLED),
    Fault("facts", "to", -(1 << 60) - 1, "an instant", COVERED),
    Fault("facts", "x", -1, f"0 to {(1 << 62) - 1}", DETAIL),
    Fault("facts", "x", 1 << 62, f"0 to {(1 << 62) - 1}", ACCESS),
    Fault("facts", "y", 9_999, "a position in the part's diagnosis_sets", DETAIL),
    Fault("facts", "y", -1, "a position in the part's diagnosis_sets", DETAIL),
    Fault("facts", "x", 99, "a position in the part's zones", PLACE),
    Fault("facts", "x", -1, "a position in the part's zones", PLACE),
    Fault("facts", "y", 4, "0 to 3 for", PLACE),
    Fault("facts", "x", 10_000, "0 to 9999", VISITED),
    Fault("facts", "x", 4_000, "a position in the part's payers", COVERED),
    Fault("facts", "x", -1, "a position in the part's payers", COVERED),
    Fault("facts", "code", -1, "0 to 1048575", CAREGIVER),
    Fault("facts", "code", 1 << 20, "0 to 1048575", CUSTODY),
    Fault("facts", "x", 2, "0 to 1 for", CUSTODY),
    Fault("facts", "y", 3, "-1 to 2 for", CUSTODY),
    Fault("facts", "y", -2, "-1 to 2 for", CUSTODY),
    Fault("facts", "code", 4_000, "a position in the part's codes", ELSEWHERE),
    Fault("facts", "code", -1, "a position in the part's codes", VISIT),
    Fault("facts", "code", 4_000, "a position in the part's payers", AUTHORIZED),
    Fault("facts", "x", 1 << 23, f"0 to {(1 << 23) - 1}", AUTHORIZED),
]
OF_STAFF = [
    Fault("staff", "staff", -1, "a position in the part's staff"),
    Fault("staff", "staff", 9_999, "a position in the part's staff"),
    Fault("staff", "role", 16, "0 to 15"),
    Fault("staff", "role", -1, "0 to 15"),
    Fault("staff", "from", 3_000_000, "a day"),
    Fault("staff", "to", -800_000, "a day"),
]
COUNTS = [
    Fault("patients", table, value, f"the rows of {table}")
    for table in ("spans", "readings", "facts")
    for value in (-1, 1 << 30)
]
OWNERS = [
    Fault("spans", "patient", value, "the patient whose row it is") for value in (-1, 60, 1 << 30)
]
FAULTS = [
    *by_bounds("spans", SPANS), *by_bounds("readings", READINGS), *OF_FACTS, *OF_STAFF, *COUNTS,
    *OWNERS,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.table}-{f.column}-{f.value}-{f.kind}")
def test_a_number_out_of_bounds_is_named(fault: Fault, part: Path) -> None:
    row = 3 if fault.kind is None else first_of(part, fault.kind)
    rewrite(part, fault.table, fault.column, lambda rows: rows.__setitem__(row, fault.value))
    where = f"{part}/{fault.table}.parquet: row {row}: {fault.column}: found {fault.value}; "
    told = [text for text in problems_of(part) if text.startswith(where)]
    assert [text for text in told if fault.expected in text], problems_of(part)


def test_every_column_of_numbers_is_tried() -> None:
    tried = {(fault.table, fault.column) for fault in FAULTS}
    tried |= {("spans", column) for column in ("performers", "places", "excluded")}
    unread = {("readings", "patient"), ("facts", "patient")}
    numbers = {(t, f.name) for t, fields in INPUTS.items() for f in fields if f.type != "string"}
    assert tried | unread == numbers


# --- lists ----------------------------------------------------------------------------------------


def put(rows: list[Any], row: int, value: Sequence[int]) -> None:
    """Put a list in a row."""
    rows[row] = list(value)


@pytest.mark.parametrize("value", [-1, 9_999])
def test_a_performer_nobody_knows_is_named(value: int, part: Path) -> None:
    row = first_of(part, TIME, "spans")
    rewrite(part, "spans", "performers", lambda rows: put(rows, row, [value]))
    (told,) = [text for text in problems_of(part) if ": performers:" in text]
    assert f"row {row}: performers: found {value}; expected 0 to " in told


def test_logged_time_without_a_performer_is_named(part: Path) -> None:
    row = first_of(part, TIME, "spans")
    for column in ("performers", "places"):
        rewrite(part, "spans", column, lambda rows: put(rows, row, EMPTY))
    told = [text for text in problems_of(part) if "for logged time" in text]
    assert len(told) == 1
    assert f"row {row}: performers: found 0; expected one performer" in told[0]


def test_lists_of_unlike_lengths_are_named(part: Path) -> None:
    row = first_of(part, TIME, "spans")
    rewrite(part, "spans", "places", lambda rows: put(rows, row, [*rows[row], 0]))
    assert f"row {row}: places: found 2 places; expected 1, one for" in problems_of(part)[0]


@pytest.mark.parametrize("value", [-1, 1 << 30])
def test_a_place_beyond_the_last_is_named(value: int, part: Path) -> None:
    row = first_of(part, TIME, "spans")
    rewrite(part, "spans", "places", lambda rows: put(rows, row, [value]))
    assert f"row {row}: places: found {value}; expected 0 to" in problems_of(part)[0]


def test_a_place_taken_twice_is_named(part: Path) -> None:
    row = first_of(part, TIME, "spans")
    rewrite(part, "spans", "places", lambda rows: put(rows, row, [(rows[row][0] + 1) % 20]))
    assert "places: found" in problems_of(part)[0]
    assert "expected every place once" in problems_of(part)[0]


def test_places_in_another_order_are_named(part: Path) -> None:
    def turn(rows: list[Any]) -> None:
        total = sum(map(len, rows))
        rows[:] = [[total - 1 - place for place in places] for places in rows]

    rewrite(part, "spans", "places", turn)
    assert "expected places by performer, then start" in problems_of(part)[0]


@pytest.mark.parametrize(
    ("legs", "expected"), [([5], "an even number"), ([5, 1 << 62], "an instant of the years")]
)
def test_excluded_legs_without_an_end_are_named(legs: list[int], expected: str, part: Path) -> None:
    rewrite(part, "spans", "excluded", lambda rows: put(rows, 7, legs))
    (told,) = problems_of(part)
    assert "row 7: excluded" in told
    assert expected in told


# --- order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("readings", ("at",)),
        ("facts", ("kind", "code", "from", "to", "x", "y")),
        ("staff", ("staff", "role", "from", "to")),
    ],
)
def test_rows_in_another_order_are_named(table: str, columns: tuple[str, ...], part: Path) -> None:
    for column in columns:
        rewrite(part, table, column, lambda rows: rows.reverse())
    assert any(f"{table}.parquet: row" in text for text in problems_of(part))


def test_counts_of_another_sum_are_named(part: Path) -> None:
    rewrite(part, "patients", "readings", lambda rows: rows.__setitem__(2, rows[2] + 1))
    (told,) = problems_of(part)
    assert "patients.parquet: row 59: readings: found" in told
    assert "the rows of readings" in told


# --- types, empty cells, broken files -------------------------------------------------------------


@pytest.mark.parametrize("table", INPUTS)
def test_columns_of_another_type_or_none_are_named(table: str, part: Path) -> None:
    path = part / f"{table}.parquet"
    found = pq.read_table(path)
    numbers = [f.name for f in INPUTS[table] if f.type != "string" and f.name != "patient"]
    for name in numbers[:-1]:
        at = found.column_names.index(name)
        is_list = found.schema.field(name).type in [pa.list_(pa.int32()), pa.list_(pa.int64())]
        other = pa.array([["1"]] * len(found)) if is_list else pa.array([1.0] * len(found))
        found = found.set_column(at, name, other)
    pq.write_table(found.drop_columns(numbers[-1:]), path)
    told = problems_of(part)
    assert len(told) == len(numbers)
    assert all("found a column of" in text for text in told[:-1])
    assert "found no such column; expected a column of" in told[-1]


@pytest.mark.parametrize(("table", "column"), [("spans", "program"), ("spans", "performers")])
def test_empty_cells_are_named(table: str, column: str, part: Path) -> None:
    path = part / f"{table}.parquet"
    found = pq.read_table(path)
    kind = next(field.type for field in INPUTS[table] if field.name == column)
    rows = found.column(column).to_pylist()
    rows[4] = rows[9] = None
    alias = pa.list_(pa.int32()) if kind in LISTS else pa.int8()
    at = found.column_names.index(column)
    pq.write_table(found.set_column(at, column, pa.array(rows, alias)), path)
    (told,) = problems_of(part)
    assert f"spans.parquet: row 4: {column}: found nothing; expected {kind}; and 1 more" in told


def test_lists_with_empty_items_are_named(part: Path) -> None:
    path = part / "spans.parquet"
    found = pq.read_table(path)
    rows = found.column("performers").to_pylist()
    rows[first_of(part, TIME, "spans")] = [None]
    at = found.column_names.index("performers")
    column = pa.array(rows, pa.list_(pa.int32()))
    pq.write_table(found.set_column(at, "performers", column), path)
    assert "performers: found lists with empty items" in problems_of(part)[0]


def test_several_row_groups_are_read_as_one(part: Path) -> None:
    path = part / "spans.parquet"
    whole = read_part(part)
    pq.write_table(pq.read_table(path), path, row_group_size=7, use_dictionary=True)
    again = read_part(part)
    assert all(np.array_equal(a, b) for a, b in zip(whole.spans, again.spans, strict=True))


@pytest.mark.parametrize("table", INPUTS)
@pytest.mark.parametrize("keep", [0, 3, 0.1, 0.5, 0.9, -8])
def test_a_truncated_file_is_named(table: str, keep: float, part: Path) -> None:
    path = part / f"{table}.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if 0 < keep < 1 else int(keep)])
    (told,) = problems_of(part)
    assert told.startswith(f"{path}: found a file that is broken or no Parquet; expected a table")
    assert "\n" not in told


def test_missing_files_and_words_are_named_together(part: Path) -> None:
    (part / "readings.parquet").unlink()
    (part / "staff.parquet").write_bytes(b"PAR1 nothing PAR1")
    (part / "part.json").write_text("[1]")
    told = problems_of(part)
    assert [text.split(": ")[0].rpartition("/")[2] for text in told] == [
        "part.json", "readings.parquet", "staff.parquet",
    ]  # fmt: skip
    assert "no such file" in told[1]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("zones", ["Mars/Olympus"], "an IANA time zone"),
        ("zones", [], "one zone or more"),
        ("zones", "UTC", "a list of texts"),
        ("payers", None, "a list of texts"),
        ("payers", ["nobody"], "those of contract 1"),
        ("codes", [1], "a list of texts"),
        ("staff", {}, "a list of texts"),
        ("diagnosis_sets", ["I10"], "a list of lists"),
        ("default_zone", 99, "the position of a zone"),
        ("default_zone", -1, "the position of a zone"),
        ("default_zone", True, "the position of a zone"),
        ("contract", 2, "those of contract 1"),
        ("rule_codes", [], "those of contract 1"),
    ],
)
def test_words_that_do_not_fit_are_named(
    name: str, value: object, expected: str, part: Path
) -> None:
    words = json.loads((part / "part.json").read_text())
    (part / "part.json").write_text(json.dumps({**words, name: value}))
    assert any(expected in text for text in problems_of(part))


# --- the whole run --------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [["../part-00000"], [".hidden"], [1], None, ["a", "a"]])
def test_a_list_of_parts_that_is_none_is_refused(parts: object, part: Path) -> None:
    (part.parent / "tables.json").write_text(json.dumps({"parts": parts}))
    with pytest.raises(InputError, match="names of folders beside this file"):
        part_folders(part.parent)


@pytest.mark.parametrize("as_of", ["yesterday", "2026-03-01T00:00:00", 5, True])
def test_a_time_of_knowing_that_is_none_is_refused(as_of: object, part: Path) -> None:
    (part.parent / "tables.json").write_text(json.dumps({"parts": [part.name], "as_of": as_of}))
    with pytest.raises(InputError, match="as_of: found no instant"):
        part_folders(part.parent)


def test_a_run_names_everything_and_decides_nothing(
    part: Path, tmp_path: Path, compiled_cache: Path
) -> None:
    rewrite(part, "spans", "program", lambda rows: rows.__setitem__(0, 99))
    rewrite(part, "readings", "origin", lambda rows: rows.__setitem__(0, -7))
    settings = BulkSettings(month=MONTH, cache=compiled_cache)
    with pytest.raises(InputError) as refused:
        decide_tables(part.parent, tmp_path / "out", settings, engine=Engine(workers=1))
    assert [(p.field, p.found) for p in refused.value.problems] == [
        ("program", "99"),
        ("origin", "-7"),
    ]
    assert not (tmp_path / "out" / part.name).exists()


def test_what_was_done_can_be_carried_as_text() -> None:
    with pytest.raises(InputError) as refused:
        part_folders(Path("nowhere"))
    done = PartDone(part="part-00001", problems=refused.value.problems)
    assert PartDone.from_json(done.to_json()) == done
