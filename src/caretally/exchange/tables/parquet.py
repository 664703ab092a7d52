"""Reads and writes single Parquet files: integers packed by their differences, nothing else clever.

Differences take half the bytes of a dictionary and decode twice as fast; integers are therefore
neither compressed nor put in dictionaries. Pages carry checksums.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from caretally.errors import InputError, Problem
from caretally.exchange.extras import np, pa, pc, pq
from caretally.exchange.tables.schemas import LISTS, MASK, TEXT, Field
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.part_tables import NumberedIds

Array: TypeAlias = Any
"""An array of integers."""


def type_of(name: str) -> Any:
    """Return an Arrow type by its name."""
    if name in LISTS:
        return pa.list_(pa.field("element", type_of(LISTS[name]), nullable=False))
    return pa.type_for_alias(name)


def schema_of(fields: tuple[Field, ...]) -> Any:
    """Return the Arrow schema of a table."""
    return pa.schema([pa.field(f.name, type_of(f.type), nullable=f.empty) for f in fields])


def encoding_of(field: Field) -> tuple[str, str, str]:
    """Return the path of a column in a file, its encoding and its compression."""
    if field.type in LISTS:
        return f"{field.name}.list.element", "DELTA_BINARY_PACKED", "none"
    if field.type == TEXT:
        return field.name, "DELTA_BYTE_ARRAY", "zstd"
    plain = field.type == MASK
    return field.name, "PLAIN" if plain else "DELTA_BINARY_PACKED", "zstd" if plain else "none"


def write_table(columns: dict[str, Any], fields: tuple[Field, ...], path: Path) -> None:
    """Write columns, given by name as arrays of any width, to a file."""
    schema = schema_of(fields)
    arrays = [arrow(columns[field.name], field) for field in fields]
    table = pa.Table.from_arrays(arrays, schema=schema)
    encodings = [encoding_of(field) for field in fields]
    pq.write_table(
        table,
        path,
        row_group_size=max(1, len(table)),
        use_dictionary=False,
        column_encoding={name: encoding for name, encoding, _ in encodings},
        compression={name: compression for name, _, compression in encodings},
        write_statistics=False,
        write_page_checksum=True,
    )


def arrow(column: Any, field: Field) -> Any:
    """Return a column as Arrow has it; FOREVER is empty where a column may be empty."""
    kind = type_of(field.type)
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column.cast(kind)
    if isinstance(column, NumberedIds):
        return written_out(column)
    if not isinstance(column, np.ndarray):
        return pa.array(column, type=kind)
    if not field.empty:
        return pa.array(column).cast(kind)
    return pa.array(column, mask=np.abs(column) >= FOREVER).cast(kind)


def written_out(ids: NumberedIds) -> Any:
    """Return ids as text."""
    numbers = pc.utf8_lpad(pa.array(np.arange(ids.rows)).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise(pa.scalar(ids.prefix), numbers, "")


def lists(first: Array, values: Array) -> Any:
    """Return an Arrow column of lists, from where each begins and all values."""
    return pa.ListArray.from_arrays(pa.array(first, type=pa.int32()), pa.array(values))


def read_table(path: Path, names: Sequence[str]) -> Any:
    """Return those of some columns that a file has as an Arrow table.

    Raises:
        InputError: the file is missing, or cannot be read as a table.
    """
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=list(names), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        is_there = path.exists()
        reason = f" ({str(error).splitlines()[0]})" if is_there and str(error) else ""
        problem = Problem(
            where=str(path),
            found="a file that is broken or no Parquet" if is_there else "no such file",
            expected="a table as `caretally tables` and `caretally decide` write it",
            hint=f"make the folder again{reason}",
        )
        raise InputError([problem]) from error


def one_piece(table: Any, name: str) -> Any:
    """Return a column as one Arrow array."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def integers(table: Any, name: str, *, empty: int = FOREVER) -> Array:
    """Return a column of integers; `empty` stands where it is empty."""
    column = one_piece(table, name)
    if column.null_count:
        column = pc.fill_null(column.cast(pa.int64()), empty)
    return column.to_numpy(zero_copy_only=True)


def flattened(table: Any, name: str) -> tuple[Array, Array]:
    """Return where each list of a column begins, and the items of all lists."""
    column = one_piece(table, name)
    offsets = column.offsets.to_numpy()
    if len(offsets) and offsets[0]:
        offsets = offsets - offsets[0]
    return offsets, column.flatten().to_numpy()
