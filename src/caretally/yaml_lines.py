"""YAML as marked text: every key and value knows its file and line, and everything is a string.

What people write as rules is judged by date, so nothing may be converted behind their back: no
floats, no implicit dates, no yes/no words. This module refuses aliases, tags, doubled keys and
keys nobody read; it does not know what a sheet or a protocol is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import yaml

from caretally.errors import Problem

NOTHING = frozenset({"", "~", "null"})
PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))
STRING_LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Resolves no types at all: `1200`, `2019-01-01` and `yes` stay text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it was written."""

    where: str
    value: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list in written order."""

    where: str
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping in written order; values are None where `null` was written."""

    where: str
    entries: dict[str, Node | None]
    places: dict[str, str]


Node = Text | Items | Table
SHAPES: dict[type, str] = {Items: "a list", Table: "a mapping", type(None): "nothing"}


@dataclass(slots=True)
class Problems:
    """All problems met so far, so that an author sees them in one run."""

    found: list[Problem] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    """Keys that may be cited."""
    unreadable: set[str] = field(default_factory=set)
    """Files that are no YAML, so that what they seem to lack says nothing."""

    def add(self, where: str, name: str, found: str, expected: str, hint: str = "") -> None:
        """Note one problem and carry on."""
        self.found.append(
            Problem(where=where, field=name, found=found, expected=expected, hint=hint)
        )

    def settled(self) -> tuple[Problem, ...]:
        """Return each problem once, and of an unreadable file only that it is unreadable."""
        of_files = [(problem, problem.where.rpartition(":")[0]) for problem in self.found]
        kept = [p for p, file in of_files if file not in self.unreadable or not p.field]
        return tuple(dict.fromkeys(kept))


def shape(node: Node | None) -> str:
    """Return a word for what a node is, with its text where it is short."""
    if isinstance(node, Text):
        return repr(node.value[:60])
    return SHAPES[type(node)]


def read_table(text: str, file: str, problems: Problems) -> Table:
    """Return the one mapping of a YAML file; an empty one when it cannot be read."""
    empty = Table(f"{file}:1", {}, {})
    try:
        root = yaml.compose(text, Loader=STRING_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.unreadable.add(file)
        said = getattr(error, "problem", None) or "text that is no YAML"
        problems.add(f"{file}:{line}", "", str(said), "one YAML document")
        return empty
    node = _Marking(file, problems).mark(root) if root is not None else None
    if isinstance(node, Table):
        return node
    problems.add(f"{file}:1", "", shape(node), "a mapping of keys to values")
    return empty


class _Marking:
    """Turns composed nodes into marked ones."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.seen: set[int] = set()

    def mark(self, node: yaml.Node) -> Node | None:
        """Return the marked node, or None for a written `null`."""
        where = f"{self.file}:{node.start_mark.line + 1}"
        if id(node) in self.seen:
            self.problems.add(where, "", "an alias (*name)", "the value written out")
            return None
        self.seen.add(id(node))
        if node.tag not in PLAIN_TAGS:
            self.problems.add(where, "", f"the tag {node.tag}", "a plain value")
        if isinstance(node, yaml.ScalarNode):
            bare = not node.style and node.value in NOTHING
            return None if bare else Text(where, node.value)
        if isinstance(node, yaml.SequenceNode):
            return Items(where, tuple(filter(None, [self.mark(item) for item in node.value])))
        return self.mark_table(node, where)

    def mark_table(self, node: yaml.Node, where: str) -> Table:
        """Return a marked mapping, refusing doubled keys."""
        entries: dict[str, Node | None] = {}
        places: dict[str, str] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = f"{self.file}:{key_node.start_mark.line + 1}"
            if key in entries:
                self.problems.add(place, key, "the key twice", "every key once")
            entries[key] = self.mark(value_node)
            places[key] = place
        return Table(where, entries, places)


@dataclass(slots=True)
class Row:
    """One mapping while it is being read; what nobody asks for is refused by `finish`."""

    table: Table
    problems: Problems
    path: str = ""
    asked: set[str] = field(default_factory=set)

    def name(self, key: str) -> str:
        """Return the dotted path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def place(self, key: str) -> str:
        """Return file and line of a key, or of the mapping where the key is absent."""
        return self.table.places.get(key, self.table.where)

    def written(self) -> tuple[str, ...]:
        """Return the keys in written order, read or not."""
        return tuple(self.table.entries)

    def refuse(self, key: str, found: str, expected: str, hint: str = "") -> None:
        """Note a problem with the value of a key."""
        self.problems.add(self.place(key), self.name(key), found, expected, hint)

    def node(self, key: str) -> Node | None:
        """Return what stands at a key and mark the key as read."""
        self.asked.add(key)
        return self.table.entries.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a scalar; without a default its absence is a problem."""
        node = self.node(key)
        if isinstance(node, Text):
            return node.value
        if node is not None or default is None:
            self.refuse(key, shape(node), "text")
        return default or ""

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a word out of a closed set."""
        word, allowed = self.text(key, default), tuple(allowed)
        if word not in allowed:
            self.refuse(key, repr(word), "one of " + ", ".join(allowed))
        return word

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a written `true` or `false`."""
        return self.one_of(key, ("true", "false"), "true" if default else "false") == "true"

    def whole(self, key: str) -> int:
        """Return a whole number of zero or more."""
        return whole(self.text(key), self, key)

    def day(self, key: str) -> date | None:
        """Return a date written YYYY-MM-DD, or None where `null` or nothing is written."""
        node = self.node(key)
        return None if node is None else day(self.text(key), self, key)

    def dated(self, key: str) -> date:
        """Return a date; its absence is a problem."""
        found = self.day(key)
        if found is None:
            self.refuse(key, "nothing", "a date written YYYY-MM-DD")
        return found or date.min

    def words(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of scalars; an empty or absent one is a problem where it is required."""
        node = self.node(key)
        if isinstance(node, Items) and all(isinstance(item, Text) for item in node.values):
            words = tuple(item.value for item in node.values if isinstance(item, Text))
            if words or not required:
                return words
        if node is not None or required:
            self.refuse(key, shape(node), "a list of words")
        return ()

    def cites(self, key: str = "cites") -> tuple[str, ...]:
        """Return the keys of the sources cited: at least one, all of them known."""
        cites = self.words(key)
        for cite in cites:
            if cite not in self.problems.sources:
                self.refuse(key, f"the unknown source {cite!r}", "a key of sources.yaml")
        return cites

    def row(self, key: str) -> Row:
        """Return the mapping at a key; an empty one when there is none."""
        return self.as_row(self.node(key), key)

    def rows(self, key: str) -> tuple[Row, ...]:
        """Return the mappings of the list at a key; none where the key is absent."""
        node = self.node(key)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.refuse(key, shape(node), "a list of mappings")
            return ()
        return tuple(self.as_row(item, f"{key}[{i}]") for i, item in enumerate(node.values, 1))

    def as_row(self, node: Node | None, key: str) -> Row:
        """Return a node as a mapping under this one's path."""
        if not isinstance(node, Table):
            if node is not None:
                self.refuse(key, shape(node), "a mapping of keys to values")
            node = Table(self.place(key), {}, {})
        return Row(node, self.problems, self.name(key))

    def finish(self) -> None:
        """Refuse every key that was not read: a rule nobody applies must not look present."""
        for key in self.table.entries:
            if key not in self.asked:
                known = ", ".join(sorted(self.asked))
                self.refuse(key, "a key that nothing reads", f"one of {known}")


def whole(text: str, row: Row, key: str) -> int:
    """Return a whole number of zero or more; 0 with a problem noted where the text is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    row.refuse(key, repr(text), "a whole number of zero or more")
    return 0


def day(text: str, row: Row, key: str) -> date:
    """Return a date written YYYY-MM-DD; the first of dates with a problem noted otherwise."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    row.refuse(key, repr(text), "a date written YYYY-MM-DD")
    return date.min
