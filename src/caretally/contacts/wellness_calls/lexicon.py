"""Sets of words, written as they are read."""

from __future__ import annotations


def word_set(*lines: str) -> frozenset[str]:
    """Return the words of some lines.

    Example:
        >>> sorted(word_set("one two", "three"))
        ['one', 'three', 'two']
    """
    return frozenset(" ".join(lines).split())
