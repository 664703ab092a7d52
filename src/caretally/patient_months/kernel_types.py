"""How compiled code sees the fold's columns: addresses in one block of words, nothing else.

Numba would pass a tuple of sixty arrays as four hundred arguments and count references to each.
Here a table is one pointer to a block of 64-bit words: a number is a word, a column two words
(address and length), a table within a table the words that follow. Reading a column widens to 64
bits, writing cuts to the column's width. Positions are never checked; the uncompiled fold is the
one that checks them.
"""

from __future__ import annotations

import operator
from typing import Any

from caretally.patient_months.extras import extending, imputils, llvm, np, templates, types

WORD = llvm.IntType(64)
Words = list[int]


class ColumnType(types.Type):  # type: ignore[misc]
    """A column of integers of some width; cells can be written."""

    def __init__(self, width: int, *, is_written: bool) -> None:
        """Take the width in bits."""
        self.width = width
        self.is_written = is_written
        super().__init__(f"{'Cells' if is_written else 'Column'}{width}")


class GridType(types.Type):  # type: ignore[misc]
    """Columns of one width and length, one after the other, chosen by number."""

    def __init__(self, column: ColumnType) -> None:
        """Take the type of each column."""
        self.column = column
        super().__init__(f"Grid({column.name})")


class ColumnsType(types.Type):  # type: ignore[misc]
    """Columns of any widths, chosen by constants."""

    def __init__(self, columns: tuple[ColumnType, ...]) -> None:
        """Take the type of each column."""
        self.columns = columns
        super().__init__(f"Columns({', '.join(column.name for column in columns)})")


class TableType(types.Type):  # type: ignore[misc]
    """Named numbers, columns and tables, each with the word it begins at."""

    def __init__(self, fields: tuple[tuple[str, Any, int], ...]) -> None:
        """Take name, type and first word of every field."""
        self.fields = {name: (kind, word) for name, kind, word in fields}
        super().__init__(f"Table({', '.join(f'{n}: {k} at {w}' for n, k, w in fields)})")


class PointerModel(extending.models.PrimitiveModel):  # type: ignore[misc]
    """A pointer to the first word."""

    def __init__(self, manager: Any, frontend: Any) -> None:
        """Register the pointer as the representation."""
        super().__init__(manager, frontend, WORD.as_pointer())


class ColumnModel(extending.models.StructModel):  # type: ignore[misc]
    """The two words of a column, or of a grid: the length is that of each of its columns."""

    def __init__(self, manager: Any, frontend: Any) -> None:
        """Register the words as the representation."""
        members = [("address", types.int64), ("length", types.int64)]
        super().__init__(manager, frontend, members)


extending.register_model(TableType)(PointerModel)
extending.register_model(ColumnsType)(PointerModel)
extending.register_model(ColumnType)(ColumnModel)
extending.register_model(GridType)(ColumnModel)


# --- what expressions mean ------------------------------------------------------------------------


class FieldOfTable(templates.AttributeTemplate):  # type: ignore[misc]
    """`table.name`."""

    key = TableType

    def generic_resolve(self, table: TableType, name: str) -> Any:
        """Return the type of a field."""
        return table.fields[name][0] if name in table.fields else None


class Item(templates.AbstractTemplate):  # type: ignore[misc]
    """`column[row]` and `grid[number]`."""

    def generic(self, args: Any, _: Any) -> Any:
        """Return the signature, or None for what is not ours."""
        if isinstance(args[0], ColumnType) and isinstance(args[1], types.Integer):
            return templates.signature(types.int64, args[0], types.int64)
        if isinstance(args[0], GridType) and isinstance(args[1], types.Integer):
            return templates.signature(args[0].column, args[0], types.int64)
        return None


class ConstantItem(templates.AbstractTemplate):  # type: ignore[misc]
    """`columns[CONSTANT]`."""

    key = "static_getitem"

    def generic(self, args: Any, _: Any) -> Any:
        """Return the signature, or None for what is not ours."""
        if isinstance(args[0], ColumnsType) and isinstance(args[1], int):
            return templates.signature(args[0].columns[args[1]], *args)
        return None


class ItemSet(templates.AbstractTemplate):  # type: ignore[misc]
    """`cells[row] = value`."""

    def generic(self, args: Any, _: Any) -> Any:
        """Return the signature, or None for what is not ours."""
        if isinstance(args[0], ColumnType) and args[0].is_written:
            return templates.signature(types.none, args[0], types.int64, types.int64)
        return None


class Length(templates.AbstractTemplate):  # type: ignore[misc]
    """`len(column)`."""

    def generic(self, args: Any, _: Any) -> Any:
        """Return the signature, or None for what is not ours."""
        if isinstance(args[0], ColumnType):
            return templates.signature(types.int64, args[0])
        return None


templates.infer_getattr(FieldOfTable)
templates.infer_global(operator.getitem)(Item)
templates.infer(ConstantItem)
templates.infer_global(operator.setitem)(ItemSet)
templates.infer_global(len)(Length)


# --- what they become -----------------------------------------------------------------------------


def word_at(builder: Any, table: Any, word: int) -> Any:
    """Return a word of a block, saying that nothing ever writes it."""
    return unchanging(builder, builder.gep(table, [WORD(word)]))


def unchanging(builder: Any, pointer: Any) -> Any:
    """Return what a pointer points to, saying that nothing ever writes it."""
    loaded = builder.load(pointer)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def pair(builder: Any, address: Any, length: Any) -> Any:
    """Return the two words of a column as one value."""
    empty = llvm.Constant(llvm.LiteralStructType([WORD, WORD]), llvm.Undefined)
    return builder.insert_value(builder.insert_value(empty, address, 0), length, 1)


def column_at(builder: Any, table: Any, word: int) -> Any:
    """Return the column whose words begin at a word of a block."""
    return pair(builder, word_at(builder, table, word), word_at(builder, table, word + 1))


def field_of_table(_: Any, builder: Any, table: TableType, value: Any, name: str) -> Any:
    """Return a number, a column, or where a table's words begin."""
    kind, word = table.fields[name]
    if isinstance(kind, types.Integer):
        return word_at(builder, value, word)
    if isinstance(kind, ColumnType | GridType):
        return column_at(builder, value, word)
    return builder.gep(value, [WORD(word)])


def cell(builder: Any, column: ColumnType, value: Any, row: Any) -> Any:
    """Return the pointer to a cell."""
    kind = llvm.IntType(column.width).as_pointer()
    return builder.gep(builder.inttoptr(builder.extract_value(value, 0), kind), [row])


def read_cell(_: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Return a cell as 64 bits."""
    column = signature.args[0]
    pointer = cell(builder, column, *args)
    read = builder.load(pointer) if column.is_written else unchanging(builder, pointer)
    return read if column.width == WORD.width else builder.sext(read, WORD)


def write_cell(_: Any, builder: Any, signature: Any, args: Any) -> None:
    """Write a cell, cut to its width."""
    column, (value, row, written) = signature.args[0], args
    if column.width < WORD.width:
        written = builder.trunc(written, llvm.IntType(column.width))
    builder.store(written, cell(builder, column, value, row))


def column_of_grid(_: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Return one column of a grid."""
    value, number = args
    column_length = builder.extract_value(value, 1)
    size = builder.mul(column_length, WORD(signature.args[0].column.width // 8))
    address = builder.add(builder.extract_value(value, 0), builder.mul(number, size))
    return pair(builder, address, column_length)


def constant_column(_: Any, builder: Any, __: Any, args: Any) -> Any:
    """Return the column at a constant."""
    value, number = args
    return column_at(builder, value, 2 * number)


def length(_: Any, builder: Any, __: Any, args: Any) -> Any:
    """Return the length of a column."""
    return builder.extract_value(args[0], 1)


imputils.lower_getattr_generic(TableType)(field_of_table)
extending.lower_builtin(operator.getitem, ColumnType, types.Integer)(read_cell)
extending.lower_builtin(operator.setitem, ColumnType, types.Integer, types.Integer)(write_cell)
extending.lower_builtin(operator.getitem, GridType, types.Integer)(column_of_grid)
extending.lower_builtin("static_getitem", ColumnsType, types.Any)(constant_column)
extending.lower_builtin(len, ColumnType)(length)


# --- from values to types and words ---------------------------------------------------------------


def layout_of(table: Any) -> tuple[object, ...]:
    """Return what tables must have in common to be read by the same code."""
    return tuple(map(item_layout, table))


def item_layout(value: Any) -> object:
    """Return what one item of a table must have in common with others."""
    if isinstance(value, int):
        return "number"
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.ndim
    return layout_of(value)


def words_of(table: Any) -> Words:
    """Return the words of a named tuple.

    Its items are integers, arrays, named tuples, and lists of arrays that are chosen by constants.
    The arrays must outlive every use of the words.
    """
    words: Words = []
    for value in table:
        if isinstance(value, int):
            words.append(value)
        elif isinstance(value, np.ndarray):
            assert value.flags.c_contiguous
            words += [value.__array_interface__["data"][0], value.shape[-1]]
        else:
            words += words_of(value)
    return words


def table_type(table: Any, *, is_written: bool) -> TableType:
    """Return the type of a named tuple."""
    fields: list[tuple[str, Any, int]] = []
    at = 0
    for name, value in zip(table._fields, table, strict=True):
        fields.append((name, item_type(value, is_written=is_written), at))
        at += len(words_of((value,)))
    return TableType(tuple(fields))


def item_type(value: Any, *, is_written: bool) -> Any:
    """Return the type of one item of a table."""
    if isinstance(value, int):
        return types.int64
    if isinstance(value, np.ndarray):
        kind = column_type(value, is_written=is_written)
        return GridType(kind) if value.ndim == 2 else kind
    if hasattr(value, "_fields"):
        return table_type(value, is_written=is_written)
    return ColumnsType(tuple(column_type(column, is_written=is_written) for column in value))


def column_type(column: Any, *, is_written: bool) -> ColumnType:
    """Return the type of an array of signed integers."""
    assert column.dtype.kind == "i", column.dtype
    return ColumnType(column.dtype.itemsize * 8, is_written=is_written)
