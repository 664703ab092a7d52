"""The fold compiled by Numba from the very functions that run on lists.

Nothing is rewritten: the code of every function of the fold is compiled as it stands, with the
compiled ones as its callees. What was compiled is kept on disk in a folder named by everything it
depends on, so that it can never be taken for the code of another source.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from caretally import codes
from caretally.patient_months import (
    columns,
    days,
    evidence,
    fold,
    kernel_types,
    positions,
    seconds,
    windows,
)
from caretally.patient_months.arrays import Workspace
from caretally.patient_months.columns import Folded, Part
from caretally.patient_months.extras import extending, llvm, np, numba, types
from caretally.patient_months.kernel_types import TableType, layout_of, table_type, words_of
from caretally.patient_months.positions import SLOTS

KERNEL = (windows, seconds, days, evidence, fold)
"""The modules that are compiled, callees first."""
SOURCES = (codes, columns, positions, *KERNEL, kernel_types)
SLOTS_PER_PATIENT = 3
"""Room for slots at first; the fold says when it needs more."""
OPTIONS = {"nogil": True, "error_model": "numpy"}
"""Every function is put into its callers: half the code, and a tenth of the time saved."""

Fold = Callable[[int, int], int]
"""From the addresses of a part's words and of an output's to the number of slots, or -1."""


def own_functions(module: ModuleType) -> dict[str, FunctionType]:
    """Return the functions a module defines."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }


def kernel_namespace() -> dict[str, Any]:
    """Return what the fold's code refers to by name: constants, and every function, compiled."""
    namespace: dict[str, Any] = {"__name__": fold.__name__, "__builtins__": __builtins__}
    for module in KERNEL:
        for name, value in vars(module).items():
            if not name.startswith("__") and not isinstance(value, FunctionType | ModuleType):
                assert namespace.setdefault(name, value) is value, name
    for module in KERNEL:
        for name, function in own_functions(module).items():
            assert name not in namespace, f"two meanings of {name}"
            copy = FunctionType(function.__code__, namespace, name, function.__defaults__)
            namespace[name] = numba.njit(forceinline=True, **OPTIONS)(copy)
    return namespace


def seen_as(table: TableType) -> Any:
    """Return the function that takes an address for a table."""

    @extending.intrinsic  # type: ignore[untyped-decorator]
    def see(_: Any, address: Any) -> Any:
        def pointer(__: Any, builder: Any, ___: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], llvm.IntType(64).as_pointer())

        return table(types.int64), pointer

    return see


def fold_at(part_address: int, output_address: int) -> int:
    """Fold the part whose words lie at one address into the output whose words lie at another."""
    part = see_part(part_address)  # type: ignore[name-defined]  # noqa: F821
    out = see_output(output_address)  # type: ignore[name-defined]  # noqa: F821
    return fold_part(part, out)  # type: ignore[name-defined, no-any-return]  # noqa: F821


def digest(layout: str) -> str:
    """Return what names compiled code: its sources, its layout, and who compiled it."""
    found = hashlib.sha256(f"{numba.__version__} {np.__version__} {layout} {OPTIONS}".encode())
    for module in SOURCES:
        found.update(Path(str(module.__file__)).read_bytes())
    found.update(Path(__file__).read_bytes())
    return found.hexdigest()[:24]


class CompiledFold:
    """The compiled fold for every layout of columns that was asked for.

    Safe to share between threads; compiling and loading from disk happen once a layout.
    """

    def __init__(self, cache: Path) -> None:
        """Take the folder that keeps compiled code; it is made when needed."""
        self.cache = cache
        self.slots_per_patient = SLOTS_PER_PATIENT
        self._folds: dict[object, Fold] = {}
        self._namespace: Mapping[str, Any] | None = None
        self._lock = threading.Lock()

    def __call__(self, part: Part, workspace: Workspace) -> tuple[Folded, int]:
        """Return what a part of arrays folds to, and how many slots were opened."""
        capacity = self.slots_per_patient * part.patients + 8
        while True:
            out = workspace.output(part, capacity)
            compiled = self.compiled(part, out)
            block, out_block = np.array(words_of(part)), np.array(words_of(out))
            if compiled(block.ctypes.data, out_block.ctypes.data) >= 0:
                return out, int(out.cursor[SLOTS])
            capacity *= 2

    def compiled(self, part: Part, out: Folded) -> Fold:
        """Return the fold for tables of some widths, from memory, from disk, or compiled now."""
        layout = layout_of(part), layout_of(out)
        if layout not in self._folds:
            with self._lock:
                if layout not in self._folds:
                    self._folds[layout] = self._make(part, out)
        return self._folds[layout]

    def _make(self, part: Part, out: Folded) -> Fold:
        if self._namespace is None:
            self._namespace = kernel_namespace()
        tables = table_type(part, is_written=False), table_type(out, is_written=True)
        seen = dict(zip(("see_part", "see_output"), map(seen_as, tables), strict=True))
        copy = FunctionType(fold_at.__code__, {**self._namespace, **seen}, fold_at.__name__)
        folder = self.cache / digest(" ".join(table.name for table in tables))
        folder.mkdir(parents=True, exist_ok=True)
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)
        try:
            made = numba.njit("int64(int64, int64)", cache=True, **OPTIONS)(copy)
        finally:
            numba.config.CACHE_DIR = before
        return made  # type: ignore[no-any-return]
