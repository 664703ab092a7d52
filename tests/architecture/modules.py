"""Modules of the program as the architecture tests read them: parsed, never imported.

Reading instead of importing keeps these tests true for rooms whose optional packages are missing.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "caretally"
type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, kw_only=True)
class Module:
    """One file; `path` is relative to the package, with forward slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first part of the path: a folder, or a module without its ending."""
        return self.path.split("/", 1)[0].removesuffix(".py")

    def at(self, node: ast.AST, says: str) -> str:
        """Return a finding as file, line and what to do."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {says}"

    def walk(self) -> Iterator[ast.AST]:
        """Yield every node of the file."""
        return ast.walk(self.tree)


def module(path: str, text: str) -> Module:
    """Parse the text of a file."""
    return Module(path=path, text=text, tree=ast.parse(text))


@cache
def all_modules() -> tuple[Module, ...]:
    """Return every module of the program, migrations left out."""
    files = sorted(PACKAGE.rglob("*.py"))
    return tuple(
        module(file.relative_to(PACKAGE).as_posix(), file.read_text(encoding="utf-8"))
        for file in files
        if "migrations" not in file.parts
    )


def functions(where: Module) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for node in where.walk():
        if isinstance(node, type_of_function):
            yield node


def docstring_lines(tree: ast.AST) -> set[int]:
    """Return the lines that docstrings take."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            held = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if held and isinstance(child.value.value, str):
                lines.update(range(child.lineno, (child.end_lineno or child.lineno) + 1))
    return lines


def code_lines(where: Module) -> set[int]:
    """Return the lines that hold code: not blank, not only a comment, not a docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(where.text).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines - docstring_lines(where.tree)


def public_definitions(where: Module) -> Iterator[Definition]:
    """Yield the public functions, classes and methods of a module, nested functions left out."""
    holders: list[ast.Module | ast.ClassDef] = [where.tree]
    while holders:
        for node in holders.pop().body:
            if not isinstance(node, (*type_of_function, ast.ClassDef)) or node.name[0] == "_":
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                holders.append(node)


def dotted(node: ast.AST) -> str:
    """Return a name or a chain of attributes as text, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def is_for_types(node: ast.AST) -> bool:
    """Tell whether a node is an `if TYPE_CHECKING` block."""
    return isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING")


def imported(where: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield what a module imports when it runs, with the statement: dotted names."""
    waiting: list[ast.AST] = [where.tree]
    while waiting:
        node = waiting.pop()
        if is_for_types(node):
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))
